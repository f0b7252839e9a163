"""A notice that went the whole way, for tests that begin where it is in force."""

import datetime

from django.utils import timezone

from mingdan.pillars.policy.actions import add_text, draft_version, publish, record_consultation
from mingdan.pillars.policy.models import Consultation, PolicyText, PolicyVersion
from mingdan.platform.people.models import User


def drafted(cast: dict[str, User], at: datetime.datetime, body: str = "告知") -> PolicyVersion:
    """Return a draft of the notice, the text added if it is not there."""
    text = PolicyText.objects.filter(kind="notice").first() or add_text(
        code="notice", title="告知书", title_en="Notice", kind=PolicyText.Kind.NOTICE, by=cast["fay"], at=at
    )
    return draft_version(text, body=body, body_en="Notice", by=cast["fay"], at=at)


def consulted(version: PolicyVersion, cast: dict[str, User], at: datetime.datetime) -> None:
    for step in (Consultation.Step.STAFF, Consultation.Step.REPRESENTATIVES):
        held = {"held_date": timezone.localdate(at), "with_whom": "全体员工", "outcome": "无异议"}
        record_consultation(version, step=step, **held, by=cast["fay"], at=at)  # type: ignore[arg-type]


def in_force(cast: dict[str, User], at: datetime.datetime, *, body: str = "告知") -> PolicyVersion:
    """Return a published notice that is in force from then on."""
    version = drafted(cast, at, body)
    consulted(version, cast, at)
    return publish(version, in_force_at=at, by=cast["ivy"], at=at)
