"""The calendar of a simulated company: days since its trail starts, working hours, seasons and holidays."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from mingdan.engine.simulate.dice import Dice, Floats, Ints

OPENS_UTC, HOURS_OPEN = 1.0, 9.5
"""Offices in China work from 9:00 to 18:30, which is 1:00 to 10:30 UTC."""

SPRING_FESTIVAL_DAY = 35
"""Day of the year around which business rests; the true date moves by two weeks each way."""


@dataclass(frozen=True)
class Clock:
    """Days are floats counted from midnight UTC of `start`; `days` is the length of the trail."""

    start: date
    days: float

    @property
    def epoch_days(self) -> int:
        """Days from 1970 to the start."""
        return (self.start - date(1970, 1, 1)).days

    def day_of(self, day: date) -> int:
        return (day - self.start).days

    def day_of_year(self, days: Floats) -> Floats:
        """Return the day of the year, leap days ignored."""
        first = (self.start - date(self.start.year, 1, 1)).days
        return np.mod(days + first, 365.25)

    def at_work(self, days: Floats, dice: Dice) -> Floats:
        """Move times into working hours of the same day, or of Monday where it is a weekend."""
        whole = np.floor(days)
        weekday = np.mod(whole + self.start.weekday(), 7)
        whole += np.where(weekday == 5, 2.0, np.where(weekday == 6, 1.0, 0.0))
        return whole + (OPENS_UTC + HOURS_OPEN * dice.beta(1.4, 1.4, len(days))) / 24

    def festivals(self) -> list[tuple[float, float]]:
        """Return the Spring Festivals as (first day, last day)."""
        found = []
        for year in range(self.start.year, (self.start + timedelta(days=int(self.days))).year + 1):
            first = self.day_of(date(year, 1, 1)) + SPRING_FESTIVAL_DAY - 5
            if 0 <= first < self.days:
                found.append((float(first), float(first + 10)))
        return found

    def season(self, days: Floats, swing: float, peak: Floats) -> Floats:
        """Return how brisk business is (1 is the mean): a yearly wave, and a rest at the Spring Festival."""
        year = self.day_of_year(days)
        wave = 1 + swing * np.cos(2 * np.pi * (year - peak) / 365.25)
        rest: Floats = np.where(np.abs(year - SPRING_FESTIVAL_DAY) < 7, 0.35, 1.0)
        return wave * rest

    def months(self) -> Ints:
        """Return the days on which months of 30 days start."""
        return np.arange(0, int(self.days), 30, dtype=np.int64)


def clock_for(years: float, dice: Dice) -> Clock:
    """Return a clock that ends with a month between 2024 and 2025."""
    month = int(dice.integers(0, 24))
    end = date(2024 + month // 12, month % 12 + 1, 1)
    days = max(60, round(years * 365.25))
    return Clock(end - timedelta(days=days), float(days))
