"""Scales and ticks."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from mingdan.engine.report.figures.svg import element, label


@dataclass(frozen=True)
class Scale:
    """Maps values from `low` to `high` onto pixels from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        if self.high == self.low:
            return (self.start + self.end) / 2
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def month_ticks(first: date, last: date, most: int) -> list[date]:
    """Return firsts of months between two days, every 1, 2, 3, 6, 12, … months so that at most `most` remain."""
    for step in (1, 2, 3, 6, 12, 24, 60, 120):
        ticks = [day for day in _firsts(first, last) if (12 * day.year + day.month - 1) % step == 0]
        if len(ticks) <= most:
            return ticks
    return []


def _firsts(first: date, last: date) -> Iterator[date]:
    day = first.replace(day=1)
    while day <= last:
        if day >= first:
            yield day
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)


def value_ticks(high: float, most: int = 4, *, low: float = 0.0) -> list[float]:
    """Return round values from at most `low` (not below 0) to at least `high`."""
    if high < 1e-9:
        return [0.0, 1.0]
    rough = max(high - low, high / 1000) / most
    power = 10 ** math.floor(math.log10(rough))
    step = next(one * power for one in (1, 2, 2.5, 5, 10) if one * power >= rough * (1 - 1e-9))
    first = math.floor(low / step + 1e-9)
    return [step * index for index in range(first, max(math.ceil(high / step - 1e-9), first + 1) + 1)]


def time_axis(scale: Scale, first: date, last: date, y: float) -> Markup:
    """Draw the line of time with its months."""
    most = max(2, int((scale.end - scale.start) / 72))
    parts = [element("line", x1=scale.start, x2=scale.end, y1=y, y2=y, class_="axis")]
    for day in month_ticks(first, last, most):
        x = scale(day.toordinal())
        parts.append(element("line", x1=x, x2=x, y1=y, y2=y + 4, class_="axis"))
        anchor = "start" if x - scale.start < 22 else "end" if scale.end - x < 22 else "middle"
        parts.append(label(f"{day:%Y-%m}", x=x, y=y + 17, text_anchor=anchor, class_="tick"))
    return Markup("").join(parts)
