"""One of each thing that the pages of policy, retention and files are about."""

import datetime
import io

from mingdan.pillars.policy.models import DataRequest
from mingdan.pillars.policy.requests import answer, make_request
from mingdan.platform.files.actions import keep_file
from mingdan.platform.people.models import Employee, User
from mingdan.platform.retention.holds import place_hold
from tests.pillars.policy.adopting import consulted, drafted, in_force
from tests.platform.files.samples import PDF


def policy_targets(
    cast: dict[str, User], employees: dict[str, Employee], at: datetime.datetime
) -> dict[str, dict[str, int]]:
    """Return the number of each by what it is about; files are written into the data folder of the settings."""
    published, draft = in_force(cast, at), drafted(cast, at, body="草稿")
    consulted(draft, cast, at)
    file = keep_file(io.BytesIO(PDF), "a.pdf", about=published, by=cast["fay"], at=at)
    asked, answered = (make_request(DataRequest.Kind.ACCESS, "all", by=cast["ann"], at=at) for _ in range(2))
    answer(answered, words="here", grant=True, by=cast["fay"], at=at)
    hold = place_hold(employees["jo"], reason="arbitration", by=cast["dan"], at=at)
    return {
        "text": {"any": draft.text_id},
        "version": {"any": published.pk, "draft": draft.pk},
        "draft": {"any": draft.pk},
        "file": {"any": file.pk},
        "request": {"any": asked.pk},
        "answered request": {"any": answered.pk},
        "hold": {"any": hold.pk},
    }
