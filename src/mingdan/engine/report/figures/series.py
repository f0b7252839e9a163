"""The purchase-rhythm chart and the price chart."""

from datetime import date, timedelta

from markupsafe import Markup

from mingdan.engine.findings import Figure, Text
from mingdan.engine.report.amounts import short_amount
from mingdan.engine.report.figures.axes import Scale, time_axis, value_ticks
from mingdan.engine.report.figures.svg import days, element, label, picture

HEIGHT = 190.0
TOP = 26.0
BASE = HEIGHT - 26
LEFT = 52.0
MOST_EXPECTED = 24
"""Beyond so many missed purchases the marks would only blur; the caption says how long the silence is."""


def series(figure: Figure, currency: str, *, width: float, kind: str, labelled_by: str) -> Markup:
    """Draw a finding's figure: bars for purchases with the silence after them, or dots for prices with what peers pay."""
    first, last = _range(figure)
    x = Scale(days(first), days(last), LEFT + 6, width - 8)
    ticks = _value_ticks(figure)
    y = Scale(ticks[0], ticks[-1], BASE, TOP)
    parts = [_grid(ticks, y, width, figure, currency), time_axis(x, first, last, BASE), _unit(figure, currency)]
    parts.append(_rhythm(figure, x, y) if figure.kind == "rhythm" else _price(figure, x, y, width))
    return picture(width, HEIGHT, *parts, kind=kind, labelled_by=labelled_by)


def _value_ticks(figure: Figure) -> list[float]:
    """Bars start at zero; a line of prices may not, where zero would flatten what it shows."""
    values = [max(value, 0.0) for _, value in figure.points]
    if figure.reference is not None:
        values.append(max(figure.reference, 0.0))
    zoomed = figure.kind == "price" and min(values) > max(values) / 2
    return value_ticks(max(values), low=min(values) if zoomed else 0.0)


def is_share(figure: Figure) -> bool:
    """Return whether a price figure shows shares (discounts) and not unit prices: all of it lies between 0 and 1."""
    values = [value for _, value in figure.points] + ([figure.reference] if figure.reference is not None else [])
    return figure.kind == "price" and all(0 <= value <= 1 for value in values)


def expected_days(figure: Figure) -> list[date]:
    """Return the days on which purchases were expected after the last one."""
    if not figure.points or not figure.expected or not figure.until or figure.expected < 1:
        return []
    last = figure.points[-1][0]
    count = int((figure.until - last).days / figure.expected)
    return [last + timedelta(days=round(figure.expected * index)) for index in range(1, min(count, MOST_EXPECTED) + 1)]


def _range(figure: Figure) -> tuple[date, date]:
    first, last = figure.points[0][0], max(figure.points[-1][0], figure.until or figure.points[-1][0])
    pad = timedelta(days=max(3, (last - first).days // 50))
    return first - pad, last + pad


def _unit(figure: Figure, currency: str) -> Markup:
    if figure.kind == "rhythm":
        text = Text(f"amount of each purchase, {currency}", f"每次采购金额({currency})")
    elif is_share(figure):
        text = Text("discount, %", "折扣(%)")
    else:
        text = Text(f"unit price, {currency}", f"单价({currency})")
    return label(text, x=0, y=12, class_="tick")


def _grid(ticks: list[float], y: Scale, width: float, figure: Figure, currency: str) -> Markup:
    parts = []
    for tick in ticks:
        parts.append(element("line", x1=LEFT, x2=width, y1=y(tick), y2=y(tick), class_="grid"))
        said = _tick(tick, ticks[-1], share=is_share(figure), currency=currency)
        parts.append(label(said, x=LEFT - 8, y=y(tick) + 4, text_anchor="end", class_="tick"))
    return Markup("").join(parts)


def _tick(value: float, highest: float, *, share: bool, currency: str) -> Text:
    if share:
        return Text(f"{100 * value:g} %", f"{100 * value:g} %")
    if highest < 10:
        return Text(f"{value:g}", f"{value:g}")
    short = short_amount(value, "")
    return Text(short.en.strip(), short.zh.strip())


def _rhythm(figure: Figure, x: Scale, y: Scale) -> Markup:
    wide = max(2.0, min(7.0, (x.end - x.start) / (2.2 * len(figure.points))))
    parts = []
    if figure.until and figure.until > figure.points[-1][0]:
        start, end = x(days(figure.points[-1][0])), x(days(figure.until))
        parts.append(element("rect", x=start, y=TOP, width=max(0.0, end - start), height=BASE - TOP, class_="silence"))
        parts.append(_silence(figure, start, end))
    for day, value in figure.points:
        top = y(max(value, 0.0))
        centre = x(days(day))
        bar = element("rect", x=centre - wide / 2, y=top, width=wide, height=max(1.0, BASE - top), rx=1, class_="bar")
        parts.append(bar)
    for day in expected_days(figure):
        parts.append(element("path", d=_diamond(x(days(day)), BASE - 8), class_="expected"))
    return Markup("").join(parts)


def _silence(figure: Figure, start: float, end: float) -> Markup:
    """Label the silent span, above the picture where it is too short for its words."""
    silent = ((figure.until or figure.points[-1][0]) - figure.points[-1][0]).days
    text = Text(f"{silent:,} days silent", f"静默 {silent:,} 天")
    roomy = end - start > 96
    x, y, anchor = ((start + end) / 2, TOP + 14, "middle") if roomy else (end, 12, "end")
    return label(text, x=x, y=y, text_anchor=anchor, class_="note")


def _diamond(x: float, y: float) -> str:
    return f"M{x:.1f} {y - 4.5:.1f}l4.5 4.5l-4.5 4.5l-4.5 -4.5z"


def _price(figure: Figure, x: Scale, y: Scale, width: float) -> Markup:
    places = [(x(days(day)), y(max(value, 0.0))) for day, value in figure.points]
    line = "M" + "L".join(f"{px:.1f} {py:.1f}" for px, py in places)
    parts = [element("path", d=line, class_="line")]
    parts.extend(element("circle", cx=px, cy=py, r=3.5, class_="dot") for px, py in places)
    if figure.reference is not None:
        level = y(figure.reference)
        parts.append(element("line", x1=LEFT, x2=width, y1=level, y2=level, class_="reference"))
        text = Text("peers", "同类客户")
        parts.append(label(text, x=width - 2, y=level - 6, text_anchor="end", class_="note"))
    return Markup("").join(parts)
