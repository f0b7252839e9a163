"""Which stops are told, and what the registers may explain of them."""

from datetime import datetime

import numpy as np
import pytest

from mingdan.engine.context import Scope
from mingdan.engine.detectors.broken_purchase_cycle import DETECTOR
from mingdan.engine.findings import Status
from mingdan.engine.methods.innocent_causes import holidays_fill
from mingdan.engine.methods.purchase_stops import find_stops
from mingdan.engine.methods.purchases import Purchases
from mingdan.engine.trail import Tables

UNTIL = 1400


def company(leaving: int, staying: int) -> Purchases:
    """Return customers who buy about monthly; the first `leaving` stop for good, one after the other, over three years."""
    rng = np.random.default_rng(11)
    who, days = [], []
    for number in range(leaving + staying):
        end = 430 + number * 600 // leaving if number < leaving else UNTIL
        own = np.cumsum(rng.gamma(9, 30 / 9, 60)).astype(np.int64)
        own = own[own < end]
        who.append(np.full(len(own), number))
        days.append(own)
    names = tuple(f"A{number:03}" for number in range(leaving + staying))
    day = np.concatenate(days)
    return Purchases(names, np.concatenate(who), day, np.full(len(day), 100.0), UNTIL)


@pytest.mark.parametrize(("leaving", "staying"), [(3, 117), (100, 20)], ids=["few leave", "most leave"])
def test_a_year_of_silence_after_many_purchases_is_told_however_many_leave(leaving: int, staying: int) -> None:
    purchases = company(leaving, staying)
    stops, _ = find_stops(purchases, [""] * len(purchases.account_ids), DETECTOR.parameters)
    told = {stop.customer: stop for stop in stops if not stop.slowed}
    assert set(range(leaving)) <= told.keys()
    assert all(told[who].weight > 0 for who in range(leaving))


def test_a_stop_weighs_less_where_most_leave() -> None:
    weights = []
    for leaving, staying in ((3, 117), (100, 20)):
        stops, _ = find_stops(company(leaving, staying), [""] * 120, DETECTOR.parameters)
        weights.append(np.median([stop.weight for stop in stops if stop.customer < leaving]))
    assert weights[0] > weights[1] + 0.3


@pytest.mark.parametrize(
    ("end", "status"), [("2024-02-25", "supported"), ("2024-12-20", "ruled_out")], ids=["a month", "most of a year"]
)
def test_a_holiday_explains_a_short_silence_and_not_a_long_one(end: str, status: Status) -> None:
    holiday = {"kind": "holiday", "from_date": "2024-02-08", "to_date": "2024-02-18"}
    context = Tables.from_records({"context_events": [holiday]}, as_of="2025-01-01").context
    assert holidays_fill(context, datetime.fromisoformat("2024-01-25"), datetime.fromisoformat(end), Scope()) == status


def test_without_a_register_holidays_stay_open() -> None:
    context = Tables.from_records({}, as_of="2025-01-01").context
    assert holidays_fill(context, datetime(2024, 1, 1), datetime(2024, 3, 1), Scope()) == "open"  # noqa: DTZ001


@pytest.mark.parametrize(
    ("begins", "status"), [("2024-07-20", "supported"), ("2025-03-01", "ruled_out")], ids=["at the stop", "long after"]
)
def test_only_a_closure_about_the_time_of_the_stop_explains_it(begins: str, status: Status) -> None:
    example = next(one for one in DETECTOR.examples if one.fires)
    closure = {"kind": "plant_closure", "from_date": begins, "account_id": "A1"}
    tables = Tables.from_records({**example.records, "context_events": [closure]}, as_of=example.as_of)
    assert [finding.explanations["closed"] for finding in DETECTOR.find(tables, DETECTOR.parameters)] == [status]
