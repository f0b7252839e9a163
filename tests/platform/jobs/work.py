"""Jobs of the tests: what they do is said in their arguments."""

from typing import Any

from mingdan.platform.jobs.kinds import declare_job
from mingdan.platform.jobs.running import Attempt

DONE: list[Any] = []
"""What was worked on, in order."""


def _work(attempt: Attempt, what: str = "", parts: int = 2, fail_until: int = 0) -> str:
    attempt.progress(0, parts)
    for part in range(parts):
        DONE.append((what, part))
        attempt.progress(part + 1, parts)
    attempt.say(f"worked on {what}")
    if attempt.job.attempts <= fail_until:
        raise LookupError(f"{what} is not there yet")
    return what


WORK = declare_job("tests.work", "Work of the tests", _work)
