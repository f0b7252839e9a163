"""What somebody may hear live is what they may see."""

from datetime import datetime, timedelta

import pytest

from mingdan.platform.access.actions import lend_right
from mingdan.platform.access.queries import has_right
from mingdan.platform.access.rights import declared_rights
from mingdan.platform.jobs.access import SEE_JOBS
from mingdan.platform.live.topics import Audience, declare_topic
from mingdan.platform.people.models import User

pytestmark = pytest.mark.django_db


def test_a_right_is_heard_by_exactly_those_who_hold_it(cast: dict[str, User], kim: User, now: datetime) -> None:
    lend_right(cast["jo"], SEE_JOBS, by=kim, at=now, reason="audit", expires_at=now + timedelta(days=1))
    for at in (now + timedelta(seconds=1), now + timedelta(days=2)):
        audience = Audience(frozenset(user.pk for user in cast.values()), at)
        for right in declared_rights():
            holders = {user.pk for user in cast.values() if has_right(user, right, at)}
            assert audience.of([f"right:{right.code}"]) == holders, right.code
    assert has_right(cast["jo"], SEE_JOBS, now + timedelta(seconds=1))
    assert not has_right(cast["jo"], SEE_JOBS, now + timedelta(days=2))


def test_a_topic_of_a_part_is_asked_once_for_all_and_unknown_ones_are_heard_by_nobody(now: datetime) -> None:
    asked = []

    def may_hear(key: str, audience: Audience) -> set[int]:
        asked.append(key)
        return {2, 3, 99}

    declare_topic("tests.deal", may_hear)
    audience = Audience(frozenset({1, 2, 3}), now)
    assert audience.of(["tests.deal:12"]) == audience.of(["tests.deal:12", "person:7"]) == {2, 3}
    assert asked == ["12"]
    assert audience.of(["tests.unknown:1", "right:no.such", "person:x"]) == frozenset()
    with pytest.raises(ValueError, match="declared twice"):
        declare_topic("tests.deal", lambda key, audience: ())
