"""Times that come again, written as in crontab(5): minute, hour, day of the month, month, day of the week."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

_RANGES = {"minute": (0, 59), "hour": (0, 23), "day": (1, 31), "month": (1, 12), "weekday": (0, 7)}
_FARTHEST = datetime.timedelta(days=366 * 8 + 2)
"""29 February is at most eight years away."""


@dataclass(frozen=True)
class Cron:
    """When something is due, in some time zone's local time; `written` is what was read."""

    written: str
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    any_day_will_do: bool
    """As in crontab: if day of the month and day of the week are both restricted, either is enough."""

    @classmethod
    def read(cls, written: str) -> "Cron":
        """Read five fields of numbers, lists, ranges and steps; raise ValueError for what is none, or never comes."""
        fields = written.split()
        if len(fields) != len(_RANGES):
            raise ValueError(f"{written!r} has {len(fields)} fields, not minute, hour, day, month, weekday.")
        sets = (_numbers(text, name) for text, name in zip(fields, _RANGES, strict=True))
        minutes, hours, days, months, weekdays = sets
        either = "*" not in (fields[2][0], fields[4][0])
        cron = cls(written, minutes, hours, days, months, frozenset(day % 7 for day in weekdays), either)
        cron.next_after(datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC), ZoneInfo("UTC"))
        return cron

    def next_after(self, at: datetime.datetime, zone: ZoneInfo) -> datetime.datetime:
        """Return the first time after `at` at which this is due.

        A local time that the clocks jump over counts as the same number of minutes after the jump; one that comes
        twice counts once, the first time.
        """
        first = at.astimezone(zone).date() - datetime.timedelta(days=1)  # a jump can move a time over midnight
        last = first + _FARTHEST
        day = first
        while day <= last:
            if self._is_day(day) and (times := [one for one in self._times_on(day, zone) if one > at]):
                return min(times)
            day += datetime.timedelta(days=1)
        raise ValueError(f"{self.written!r} never comes.")

    def _is_day(self, day: datetime.date) -> bool:
        if day.month not in self.months:
            return False
        fits = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return any(fits) if self.any_day_will_do else all(fits)

    def _times_on(self, day: datetime.date, zone: ZoneInfo) -> Iterator[datetime.datetime]:
        for hour in self.hours:
            for minute in self.minutes:
                local = datetime.datetime.combine(day, datetime.time(hour, minute), tzinfo=zone)
                yield local.astimezone(datetime.UTC)


def _numbers(text: str, name: str) -> frozenset[int]:
    least, most = _RANGES[name]
    found: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        low, dash, high = span.partition("-")
        if span == "*":
            low, high = str(least), str(most if name != "weekday" else 6)
        elif not dash:
            high = str(most) if step else low
        if not (low.isdecimal() and high.isdecimal() and (step or "1").isdecimal() and int(step or 1) > 0):
            raise ValueError(f"{part!r} is no {name}.")
        if not least <= int(low) <= int(high) <= most:
            raise ValueError(f"{part!r} is outside {least} to {most} as {name}.")
        found.update(range(int(low), int(high) + 1, int(step or 1)))
    return frozenset(found)
