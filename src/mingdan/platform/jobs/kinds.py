"""The kinds of jobs, and when they start by themselves; each part of the application declares its own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

from mingdan.lib.cron import Cron

if TYPE_CHECKING:
    from mingdan.platform.jobs.running import Attempt

LONGEST_CODE = 80


class WrongJobError(Exception):
    """A job is declared or started wrongly; the message says how."""


Work = Callable[..., Any]
"""Takes the attempt and the job's arguments by name; may be asked to do the same again, so must not mind."""


@dataclass(frozen=True)
class JobKind:
    """What can be worked on.

    `code` is the app and a verb ("events.prune"). `most_attempts` counts the first; `back_off` is the wait before the
    second attempt, four times as long before each further one. `cron` starts it by itself in the company's time zone.
    """

    code: str
    label: str | Promise
    work: "Callable[[Attempt], Any] | Work" = field(compare=False)
    most_attempts: int = 3
    back_off: timedelta = timedelta(seconds=10)
    cron: Cron | None = None


_KINDS: dict[str, JobKind] = {}


def declare_job(
    code: str,
    label: str | Promise,
    work: Work,
    *,
    most_attempts: int = 3,
    back_off: timedelta = timedelta(seconds=10),
    cron: str = "",
) -> JobKind:
    """Make a job known and return it; `cron` as in crontab(5), five fields. Raises WrongJobError."""
    if code in _KINDS or "." not in code or len(code) > LONGEST_CODE or most_attempts < 1:
        raise WrongJobError(f"{code} is declared twice, is not called app.verb, or is never attempted.")
    try:
        kind = JobKind(code, label, work, most_attempts, back_off, Cron.read(cron) if cron else None)
    except ValueError as reason:
        raise WrongJobError(f"{code}: {reason}") from reason
    _KINDS[code] = kind
    return kind


def forget_job(code: str) -> None:
    """Forget a kind; its jobs fail from now on."""
    _KINDS.pop(code, None)


def job_kind(code: str) -> JobKind | None:
    """Return a declared kind, or None for one that this version no longer knows."""
    return _KINDS.get(code)


def scheduled_kinds() -> list[JobKind]:
    """Return the kinds that start by themselves, by code."""
    return [kind for _, kind in sorted(_KINDS.items()) if kind.cron is not None]
