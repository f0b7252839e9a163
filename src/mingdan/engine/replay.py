"""Look at a trail month after month as if it were then, and raise no matter twice."""

import calendar
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Literal

from mingdan.engine.parameters import Setup
from mingdan.engine.reading import ReadTrail
from mingdan.engine.result import Alert, ScanResult
from mingdan.engine.scan import Progress, ScanOptions, look

Every = Literal["week", "month", "quarter"]

_MONTHS = {"month": 1, "quarter": 3}


def days_of(start: date, end: date, every: Every) -> tuple[date, ...]:
    """Return the days to look at, from `start` on and not after `end`; the last day of a month stays the last."""
    if every == "week":
        return tuple(start + timedelta(weeks=step) for step in range((end - start).days // 7 + 1))
    days: list[date] = []
    while (day := _months_later(start, len(days) * _MONTHS[every])) <= end:
        days.append(day)
    return tuple(days)


def _months_later(start: date, months: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    is_last = start.day == calendar.monthrange(start.year, start.month)[1]
    return date(year, month + 1, last if is_last else min(start.day, last))


def replay(
    read: ReadTrail,
    days: Sequence[date],
    options: ScanOptions,
    *,
    on_progress: Progress,
    setup: Setup | None = None,
) -> Iterator[ScanResult]:
    """Yield for each day, in order, what a scan at its end says; its alerts are only those that are new that day."""
    before: list[Alert] = []
    for index, day in enumerate(days):
        result = look(
            read,
            datetime.combine(day, time.max),
            options,
            on_progress=_within(on_progress, index, len(days)),
            setup=setup,
            raised=before,
        )
        before.extend(result.alerts)
        yield result


def _within(on_progress: Progress, index: int, days: int) -> Progress:
    return lambda what, share: on_progress(what, (index + share) / days)
