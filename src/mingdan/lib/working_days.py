"""Working days in China: two independent calendars that must agree, and a plain warning for years not yet announced.

The State Council announces each year's holidays, and the weekend days worked in exchange, late in the year before.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import chinese_calendar
import holidays

LONGEST_WAIT = 3660
"""Days searched for a working day before giving up: no calendar is a holiday for ten years."""


@dataclass(frozen=True)
class Day:
    """One day of a calendar; not final means that the official notice for its year is not out or not known here."""

    date: datetime.date
    is_working: bool
    is_final: bool
    name: str = ""


class CalendarsDisagreeError(Exception):
    """The two calendars say different things about a day, so a person has to decide."""


def is_year_final(year: int) -> bool:
    """Return whether the official calendar of a year is known here."""
    try:
        chinese_calendar.is_workday(datetime.date(year, 3, 1))
    except NotImplementedError:
        return False
    return True


def official_day(date: datetime.date) -> Day:
    """Return what the official calendar says about a day; weekends and fixed festivals for a year that is not final."""
    other = _other_calendar(date.year)
    name = other.get(date) or ""
    if not is_year_final(date.year):
        return Day(date, other.is_working_day(date), is_final=False, name=name)
    return Day(date, chinese_calendar.is_workday(date), is_final=True, name=name)


def ensure_calendars_agree(year: int) -> None:
    """Raise CalendarsDisagreeError with the first day of a final year on which the two calendars differ."""
    day = datetime.date(year, 1, 1)
    other = _other_calendar(year)
    while day.year == year:
        if chinese_calendar.is_workday(day) != other.is_working_day(day):
            raise CalendarsDisagreeError(f"{day}: chinesecalendar and holidays disagree on whether it is a working day")
        day += datetime.timedelta(days=1)


@cache
def _other_calendar(year: int) -> "holidays.HolidayBase":
    return holidays.country_holidays("CN", years=year, language="zh_CN")


@dataclass(frozen=True)
class WorkingCalendar:
    """The official calendar with the company's own days, which win."""

    own_days: Mapping[datetime.date, Day]

    def day(self, date: datetime.date) -> Day:
        """Return what holds on a day."""
        return self.own_days.get(date) or official_day(date)

    def is_working(self, date: datetime.date) -> bool:
        """Return whether the company works on a day."""
        return self.day(date).is_working

    def after(self, date: datetime.date, days: int) -> datetime.date:
        """Return the working day that lies so many working days after a date; 0 is the date or the next working day."""
        if days < 0:
            raise ValueError("working days are counted forwards")
        left = days
        for offset in range(1 if days else 0, LONGEST_WAIT):
            candidate = date + datetime.timedelta(days=offset)
            if self.is_working(candidate):
                left -= 1
                if left <= 0:
                    return candidate
        raise ValueError(f"no working day within {LONGEST_WAIT} days after {date}")

    def between(self, start: datetime.date, end: datetime.date) -> int:
        """Return how many working days lie after `start` up to and including `end`; 0 if `end` is not later."""
        span = range(1, (end - start).days + 1)
        return sum(self.is_working(start + datetime.timedelta(days=offset)) for offset in span)
