"""The evidence timeline: one lane for each family, one numbered mark for each reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from mingdan.engine.findings import Family, Text
from mingdan.engine.report.figures.axes import Scale, time_axis
from mingdan.engine.report.figures.svg import days, element, label, picture
from mingdan.engine.report.words import FAMILIES

LANE = 30
TOP = 8
RADIUS = 10.0
PURCHASES = Text("purchases", "采购")


@dataclass(frozen=True)
class Mark:
    """One reason on the timeline; `number` is its place in the list of reasons."""

    number: int
    day: date
    family: Family
    weight: float


def timeline(
    marks: Sequence[Mark], purchases: Sequence[date], as_of: date, *, width: float, kind: str, labelled_by: str
) -> Markup:
    """Draw the lanes in the order of a deal's life; purchases, where known, stand in a lane of their own on top."""
    gutter = 96.0 if kind == "wide" else 72.0
    first, last = _range(marks, purchases, as_of)
    scale = Scale(days(first), days(last), gutter + 12, width - 14)
    parts: list[Markup] = []
    y = float(TOP)
    shown = [day for day in purchases if first <= day <= last]
    if shown:
        parts.append(_lane(PURCHASES, y, LANE - 6, width, gutter))
        parts.extend(
            element("line", x1=scale(days(day)), x2=scale(days(day)), y1=y + 6, y2=y + 18, class_="purchase")
            for day in shown
        )
        y += LANE - 6
    for family, name in FAMILIES.items():
        own = [mark for mark in marks if mark.family == family]
        if own:
            rows = _rows(own, scale)
            height = LANE * (1 + max(rows))
            parts.append(_lane(name, y, height, width, gutter))
            for mark, row in zip(own, rows, strict=True):
                parts.append(_mark(mark, scale(days(mark.day)), y + LANE * (row + 0.5)))
            y += height
    parts.append(time_axis(scale, first, last, y))
    x = scale(days(max(as_of, first)))
    parts.append(element("line", x1=x, x2=x, y1=TOP, y2=y, class_="as-of"))
    return picture(width, y + 24, *parts, kind=kind, labelled_by=labelled_by)


def _range(marks: Sequence[Mark], purchases: Sequence[date], as_of: date) -> tuple[date, date]:
    """Show the evidence, up to 18 months of purchases before it, and at least a quarter in all."""
    earliest = min(mark.day for mark in marks)
    before = [day for day in purchases if day >= earliest - timedelta(days=548)]
    first = min([earliest - timedelta(days=21), *before])
    last = max([as_of, *(mark.day for mark in marks)])
    return min(first, last - timedelta(days=90)), last


def _lane(name: Text, y: float, height: float, width: float, gutter: float) -> Markup:
    line = element("line", x1=0, x2=width, y1=y + height, y2=y + height, class_="grid")
    return line + label(name, x=gutter, y=y + min(height, LANE) / 2 + 4, text_anchor="end", class_="lane")


def _rows(marks: Sequence[Mark], scale: Scale) -> list[int]:
    """Put marks that would overlap below each other."""
    taken: list[list[float]] = []
    rows = []
    for mark in marks:
        x = scale(days(mark.day))
        free = (row for row, places in enumerate(taken) if all(abs(x - place) >= 2 * RADIUS + 2 for place in places))
        row = next(free, len(taken))
        if row == len(taken):
            taken.append([])
        taken[row].append(x)
        rows.append(row)
    return rows


def _mark(mark: Mark, x: float, y: float) -> Markup:
    strength = "against" if mark.weight < 0 else "strong" if mark.weight > 1 else "weak"
    circle = element("circle", cx=x, cy=y, r=RADIUS, class_=f"mark {strength}")
    return circle + label(str(mark.number), x=x, y=y + 4, text_anchor="middle", class_=f"number {strength}")
