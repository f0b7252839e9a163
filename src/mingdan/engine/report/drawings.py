"""The figures of one alert, each drawn for wide and narrow screens, with the rows behind them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from markupsafe import Markup

from mingdan.engine.findings import Figure, Finding, Text
from mingdan.engine.report.amounts import amount
from mingdan.engine.report.figures.relations import KINDS, Link, Node, relations
from mingdan.engine.report.figures.series import expected_days, is_share, series
from mingdan.engine.report.figures.timeline import Mark, timeline
from mingdan.engine.report.people import People
from mingdan.engine.result import Matter

WIDE, HALF, NARROW = 900.0, 440.0, 330.0
MOST_ROWS = 60
MOST_PAIRS = 24


@dataclass(frozen=True)
class Drawing:
    """A figure in its two widths; `anchor` is the id of its caption."""

    anchor: str
    wide: Markup
    narrow: Markup


@dataclass(frozen=True)
class Chart:
    """The figure of one reason, with its caption and the rows behind it, newest first."""

    number: int
    drawing: Drawing
    title: Text
    caption: Text
    unit: Text
    rows: tuple[tuple[str, str], ...]
    left_out: int


def draw_timeline(marks: Sequence[Mark], figures: Iterable[Figure], as_of: date, anchor: str) -> Drawing:
    """Draw the evidence timeline of an alert; purchases come from its rhythm figures."""
    bought = sorted({day for figure in figures if figure.kind == "rhythm" for day, _ in figure.points})
    wide = timeline(marks, bought, as_of, width=WIDE, kind="wide", labelled_by=anchor)
    narrow = timeline(marks, bought, as_of, width=NARROW, kind="narrow", labelled_by=anchor)
    return Drawing(anchor, wide, narrow)


def draw_chart(number: int, figure: Figure, currency: str, anchor: str, *, alone: bool) -> Chart:
    """Draw a finding's figure, over the whole width where it is `alone`, and say in words what it shows."""
    drawing = Drawing(
        anchor,
        series(figure, currency, width=WIDE if alone else HALF, kind="wide", labelled_by=anchor),
        series(figure, currency, width=NARROW, kind="narrow", labelled_by=anchor),
    )
    rows = [(day.isoformat(), _value(figure, value, currency)) for day, value in reversed(figure.points)]
    share = is_share(figure)
    title = Text("Purchase rhythm", "采购节奏") if figure.kind == "rhythm" else Text("Price over time", "价格走势")
    unit = (
        Text("amount", "金额")
        if figure.kind == "rhythm"
        else Text("discount", "折扣")
        if share
        else Text("unit price", "单价")
    )
    caption = _rhythm_caption(figure) if figure.kind == "rhythm" else _price_caption(figure, currency)
    return Chart(number, drawing, title, caption, unit, tuple(rows[:MOST_ROWS]), max(0, len(rows) - MOST_ROWS))


def _value(figure: Figure, value: float, currency: str) -> str:
    return f"{100 * value:.1f} %" if is_share(figure) else amount(round(value, 2), currency)


def _rhythm_caption(figure: Figure) -> Text:
    said = Text(f"{len(figure.points):,} purchases", f"共 {len(figure.points):,} 次采购")
    if figure.expected:
        every = f"{figure.expected:,.0f}"
        said = Text(f"{said.en}, expected about every {every} days", f"{said.zh}，预期约每 {every} 天一次")
    if figure.until and figure.until > figure.points[-1][0]:
        silent = f"{(figure.until - figure.points[-1][0]).days:,}"
        until = figure.until.isoformat()
        said = Text(
            f"{said.en}; the last {silent} days before {until}", f"{said.zh}；最后一次距 {until} 已 {silent} 天"
        )
    if expected_days(figure):
        return Text(
            f"{said.en}. Diamonds mark the days on which a purchase was expected.",
            f"{said.zh}。菱形表示预期应有采购的日期。",
        )
    return Text(said.en + ".", said.zh + "。")


def _price_caption(figure: Figure, currency: str) -> Text:
    latest = _value(figure, figure.points[-1][1], currency)
    if figure.reference is None:
        return Text(f"Latest: {latest}.", f"最近一次：{latest}。")
    peers = _value(figure, figure.reference, currency)
    return Text(
        f"Latest: {latest}; comparable customers: {peers} (dashed).", f"最近一次：{latest}；同类客户：{peers}（虚线）。"
    )


@dataclass(frozen=True)
class Relations:
    """The picture of relations and the ties behind it."""

    drawing: Drawing
    links: tuple[Link, ...]


def draw_relations(matter: Matter, people: People, anchor: str) -> Relations | None:
    """Draw who is tied to whom where an outside firm or a link between parties is part of the evidence, else None."""
    if not people.outside_firms(matter) and "entity" not in matter.families:
        return None
    links = _links(matter, people)
    if not links:
        return None
    nodes = _nodes(matter, people)
    wide = relations(nodes, links, kind="wide", width=WIDE, labelled_by=anchor)
    narrow = relations(nodes, links, kind="narrow", width=NARROW, labelled_by=anchor)
    return Relations(Drawing(anchor, wide, narrow), links)


def _nodes(matter: Matter, people: People) -> list[Node]:
    person = [_person(matter.employee_id, people)] if matter.employee_id else []
    return [
        *person,
        *(Node("account", one, people.customer(one)) for one in matter.account_ids),
        *(Node("deal", one, people.masked(one)) for one in matter.opportunity_ids),
        *(Node("company", one, people.firm(one)) for one in people.outside_firms(matter)),
    ]


def _person(employee_id: str, people: People) -> Node:
    return Node("person", "", people.label(employee_id))


def _links(matter: Matter, people: People) -> tuple[Link, ...]:
    """Tie, for each reason, each party to those of the next kind that the same finding names."""
    of_pair: dict[tuple[Node, Node], list[int]] = {}
    for number, reason in enumerate(matter.reasons, start=1):
        for pair in _pairs(reason.finding, people.outside_firms(matter), people):
            of_pair.setdefault(pair, []).append(number)
    return tuple(Link(start, end, tuple(numbers)) for (start, end), numbers in of_pair.items())


def _pairs(finding: Finding, firms: Collection[str], people: People) -> list[tuple[Node, Node]]:
    groups = [
        [_person(finding.employee_id, people)] if finding.employee_id else [],
        [Node("account", one, people.customer(one)) for one in finding.account_ids],
        [Node("deal", one, people.masked(one)) for one in finding.opportunity_ids],
        [Node("company", one, people.firm(one)) for one in finding.company_ids if one in firms],
    ]
    present = [group for group in groups if group]
    pairs = [(a, b) for left, right in pairwise(present) for a in left for b in right]
    return pairs[:MOST_PAIRS]


def kind_title(node: Node) -> Text:
    return KINDS[node.kind]
