"""The figures stay inside their pictures, whatever the data."""

import re
from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingdan.engine.findings import Figure, Text
from mingdan.engine.report.drawings import draw_chart, draw_relations
from mingdan.engine.report.figures.axes import month_ticks, value_ticks
from mingdan.engine.report.figures.relations import Link, Node, relations
from mingdan.engine.report.figures.series import expected_days, is_share, series
from mingdan.engine.report.figures.svg import element, label, shortened
from mingdan.engine.report.figures.timeline import Mark, timeline
from mingdan.engine.report.people import People
from mingdan.engine.report.words import FAMILIES
from tests.engine.report.pages import Page
from tests.engine.report.samples import rich

DAYS = st.dates(date(2015, 1, 1), date(2026, 1, 1))
COORDINATE = re.compile(r'\b(?:x|cx|x1|x2)="(-?[\d.]+)"')
HEIGHT = re.compile(r'\b(?:y|cy|y1|y2)="(-?[\d.]+)"')


def stays_inside(svg: str) -> bool:
    box = re.search(r'viewBox="0 0 (\d+) (\d+)"', svg)
    assert box is not None
    across, down = float(box[1]), float(box[2])
    inside = all(-1 <= float(x) <= across + 1 for x in COORDINATE.findall(svg))
    return inside and all(-1 <= float(y) <= down + 1 for y in HEIGHT.findall(svg))


@given(DAYS, DAYS, st.integers(2, 14))
def test_month_ticks_are_few_and_between_the_two_days(one: date, other: date, most: int) -> None:
    first, last = sorted((one, other))
    ticks = month_ticks(first, last, most)
    assert len(ticks) <= most
    assert all(first <= tick <= last and tick.day == 1 for tick in ticks)


@given(st.floats(1e-6, 1e12))
def test_value_ticks_are_few_start_at_zero_and_cover_the_highest(high: float) -> None:
    ticks = value_ticks(high)
    assert ticks[0] == 0
    assert ticks[-1] >= high * (1 - 1e-6)
    assert len(ticks) <= 6


@given(st.floats(1e-3, 1e9), st.floats(0.5, 1))
def test_value_ticks_of_prices_hold_the_lowest_and_the_highest(high: float, share: float) -> None:
    ticks = value_ticks(high, low=high * share)
    assert 0 <= ticks[0] <= high * share * (1 + 1e-6)
    assert ticks[-1] >= high * (1 - 1e-6)
    assert 2 <= len(ticks) <= 8


@given(st.lists(st.tuples(DAYS, st.sampled_from(list(FAMILIES)), st.floats(-1, 3)), min_size=1, max_size=12), DAYS)
def test_the_timeline_keeps_its_marks_inside(marks: list[tuple[date, str, float]], as_of: date) -> None:
    numbered = [Mark(n, day, family, weight) for n, (day, family, weight) in enumerate(marks, 1)]  # type: ignore[arg-type]
    for kind, width in (("wide", 900.0), ("narrow", 330.0)):
        svg = timeline(numbered, [day for day, _, _ in marks], as_of, width=width, kind=kind, labelled_by="x")
        assert stays_inside(svg)
        assert Page(svg).faults == []
        circles = re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', svg)
        assert len(set(circles)) == len(marks)
        apart = [abs(float(a) - float(b)) for (a, y), (b, z) in combinations(circles, 2) if y == z]
        assert all(gap >= 20 for gap in apart)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(DAYS, st.floats(0, 1e7)), min_size=1, max_size=30),
    st.one_of(st.none(), st.floats(0.5, 400)),
    st.one_of(st.none(), DAYS),
    st.sampled_from(["rhythm", "price"]),
)
def test_charts_keep_their_points_inside(
    points: list[tuple[date, float]], expected: float | None, until: date | None, kind: str
) -> None:
    ordered = tuple(sorted(points))
    figure = Figure(kind, ordered, expected=expected, reference=expected, until=until)  # type: ignore[arg-type]
    for width in (900.0, 330.0):
        svg = series(figure, "CNY", width=width, kind="wide", labelled_by="x")
        assert stays_inside(svg)
        assert Page(svg).faults == []


def test_a_chart_of_discounts_is_drawn_in_percent_and_one_of_prices_in_money() -> None:
    day = date(2025, 1, 1)
    discount = Figure("price", ((day, 0.1), (day + timedelta(days=30), 0.25)), reference=0.09)
    price = Figure("price", ((day, 410.0), (day + timedelta(days=30), 400.5)), reference=500.0)
    assert is_share(discount)
    assert not is_share(price)
    assert draw_chart(1, discount, "CNY", "c", alone=True).rows[0] == ("2025-01-31", "25.0 %")
    assert draw_chart(1, price, "CNY", "c", alone=False).rows == (("2025-01-31", "¥400.50"), ("2025-01-01", "¥410"))


def test_expected_purchases_follow_the_last_one_until_the_silence_is_counted() -> None:
    figure = Figure("rhythm", ((date(2025, 1, 1), 5.0),), expected=30.0, until=date(2025, 4, 5))
    assert expected_days(figure) == [date(2025, 1, 31), date(2025, 3, 2), date(2025, 4, 1)]


def test_relations_are_drawn_for_firms_and_not_for_a_customer_alone() -> None:
    result = rich()
    people = People(result, with_names=False)
    drawn = [draw_relations(alert.matter, people, "x") is not None for alert in result.alerts]
    assert drawn == [bool(alert.matter.company_ids) for alert in result.alerts]
    assert True in drawn
    assert False in drawn


@pytest.mark.parametrize("kind", ["wide", "narrow"])
@given(st.integers(1, 9), st.integers(0, 9), st.integers(0, 9))
@settings(max_examples=25)
def test_relations_stay_inside_and_count_what_is_not_drawn(kind: str, accounts: int, deals: int, firms: int) -> None:
    person = Node("person", "", Text("salesperson 1", "销售员 1"))
    groups = [
        [Node(name, f"{name}{n}", Text(f"{name} {n}" * 9, f"{name} {n}" * 9)) for n in range(count)]
        for name, count in (("account", accounts), ("deal", deals), ("company", firms))
    ]
    nodes = [person, *(node for group in groups for node in group)]
    links = [Link(person, node, (1, 2, 3, 4)) for node in nodes[1:]]
    svg = relations(nodes, links, kind=kind, width=900.0 if kind == "wide" else 330.0, labelled_by="x")
    assert stays_inside(svg)
    assert Page(svg).faults == []
    assert svg.count("and 4 more") == sum(count == 9 for count in (accounts, deals, firms))


def test_svg_text_is_escaped_and_shortened_to_its_width() -> None:
    assert "<b>" not in label("<b>&", x=1)
    assert element("g", label(Text("a", "甲"))).count("<text") == 2
    assert shortened("苏州恒达精密机械有限公司", 60) == "苏州恒…"
    assert shortened("Short", 60) == "Short"
