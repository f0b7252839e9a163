"""The year's seasons in purchases, and a clock that runs slower in the quiet months."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_MONTHS, LEAST_PURCHASES = 24, 240
PRIOR_PURCHASES = 30.0
"""How many purchases the belief in no season is worth for each calendar month."""


@dataclass(frozen=True)
class Clock:
    """Turns a day (days since 1970-01-01) into business days' worth of demand; `known` is False where it only counts days."""

    first: int
    passed: Floats
    known: bool

    def at(self, days: Ints) -> Floats:
        """Return the demand passed by each day, 1 a day on average."""
        return np.asarray(self.passed[np.asarray(days) - self.first], dtype=np.float64)


def fit_clock(days: Ints, first: int, end: int) -> Clock:
    """Fit the clock to the days of repeated purchases between the days `first` and `end`.

    The index of a calendar month is its purchases over the centred moving average of twelve months (classical
    decomposition), shrunk towards 1. With less than LEAST_MONTHS whole months every day counts the same.
    """
    calendar = np.arange(first, end + 1)
    index = month_index(days, first, end)
    if index is None:
        return Clock(first, np.arange(len(calendar), dtype=np.float64), known=False)
    daily = index[_month_number(calendar) % 12]
    return Clock(first, np.cumsum(daily) / daily.mean(), known=True)


def month_index(days: Ints, first: int, end: int) -> Floats | None:
    """Return demand a day by calendar month (12 values around 1), or None where the history is too short."""
    months = _month_number(np.array([first, end + 1]))
    start, stop = int(months[0]) + (not _is_month_start(first)), int(months[1])
    length = stop - start
    bought = np.bincount(np.clip(_month_number(days) - start, -1, length) + 1, minlength=length + 2)[1 : length + 1]
    if length < LEAST_MONTHS or bought.sum() < LEAST_PURCHASES:
        return None
    edges = np.arange(start, stop + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    pace = bought / np.diff(edges)
    smooth = np.convolve(pace, np.r_[0.5, np.ones(11), 0.5] / 12, mode="valid")
    calendar = np.arange(start, stop)[6:-6] % 12
    seen = np.bincount(calendar, pace[6:-6] * 30, minlength=12) + PRIOR_PURCHASES
    expected = np.bincount(calendar, smooth * 30, minlength=12) + PRIOR_PURCHASES
    index = np.maximum(seen / expected, 0.2)
    return np.asarray(index / index.mean(), dtype=np.float64)


def _month_number(days: Ints) -> Ints:
    return np.asarray(days).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _is_month_start(day: int) -> bool:
    stamp = np.datetime64(day, "D")
    return bool(stamp == stamp.astype("datetime64[M]").astype("datetime64[D]"))
