"""Deliveries, confirmed balances, crossed receipts, late postings and program goods: the worked numbers and what must not count."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from mingdan.engine.detectors import (
    balance_confirmation_gap,
    delivery_mismatch,
    expense_without_revenue,
    lapping,
    special_price_leakage,
)
from mingdan.engine.methods.balance_gaps import answers, explained, is_gap, made_of_invoices, usual_share
from mingdan.engine.methods.cost_after_loss import costs_after_loss
from mingdan.engine.methods.delivery_cases import Limits, delivery_cases
from mingdan.engine.methods.held_receipts import held_receipts
from mingdan.engine.methods.posting_lags import late_receipts
from mingdan.engine.methods.program_goods import served_elsewhere
from mingdan.engine.methods.receipt_chains import Crossed, chains_of
from mingdan.engine.trail import Tables


def example(detector: Any, place: int = 0) -> Tables:
    chosen = detector.examples[place]
    return Tables.from_records(chosen.records, as_of=chosen.as_of)


def crossed(*steps: tuple[str, str], days: int = 7) -> list[Crossed]:
    """Return receipts of one person: (whose money, credited to whom), one every so many days."""
    start = datetime(2025, 4, 2)  # noqa: DTZ001  # the trail is naive UTC
    return [
        Crossed(start + timedelta(days=days * n), f"X{n}", "E0", payer, credited, Decimal(20000))
        for n, (payer, credited) in enumerate(steps)
    ]


def test_a_home_where_no_other_customers_goods_go_weighs_by_its_rarity() -> None:
    (case,) = delivery_cases(example(delivery_mismatch.DETECTOR), Limits())
    assert case.how == "home"
    assert case.usual == pytest.approx(1 / 32)
    assert case.weight == pytest.approx(0.982, abs=0.001)


def test_a_place_of_many_customers_is_a_warehouse() -> None:
    tables = example(delivery_mismatch.DETECTOR, 1)
    assert [case.how for case in delivery_cases(tables, Limits())] == ["shared"]
    assert delivery_cases(tables, Limits(hub=2)) == []


def test_money_on_the_way_explains_a_gap() -> None:
    told = answers(example(balance_confirmation_gap.DETECTOR, 1), 20, 30)
    (gap,) = [one for one in told if is_gap(one, Decimal("0.02"))]
    assert gap.paid_after == 60000
    assert explained(gap)


def test_a_gap_of_one_invoice_is_told_from_a_slip() -> None:
    tables = example(balance_confirmation_gap.DETECTOR)
    told = answers(tables, 20, 30)
    (gap,) = [one for one in told if is_gap(one, Decimal("0.02"))]
    assert made_of_invoices(tables, {gap.account_id: gap}) == {"A44"}
    assert usual_share(told, Decimal("0.02"), gap.seller) == pytest.approx(1 / 32)


def test_each_receipt_that_covers_the_one_before_is_a_link() -> None:
    steps = crossed(("A4", "A0"), ("A8", "A4"), ("A12", "A8"), ("A16", "A12"))
    chain = chains_of(steps, {"E0": 10}, days=60)["E0"]
    assert len(chain.links) == 3
    assert chain.expected == pytest.approx(6 / 9)
    assert chain.p == pytest.approx(0.0302, abs=0.0001)


@pytest.mark.parametrize(
    "steps",
    [
        (("A4", "A0"), ("A0", "A4")),
        (("A8", "A4"), ("A4", "A0")),
        (("A4", "A0"), ("A12", "A8")),
    ],
)
def test_a_slip_put_right_and_receipts_in_the_other_order_are_no_links(steps: tuple[tuple[str, str], ...]) -> None:
    assert chains_of(crossed(*steps), {"E0": 10}, days=60)["E0"].links == ()


def test_receipts_far_apart_are_no_links() -> None:
    assert chains_of(crossed(("A4", "A0"), ("A8", "A4"), days=61), {"E0": 10}, days=60)["E0"].links == ()


def test_only_the_person_with_late_receipts_is_surprising() -> None:
    trail = lapping._trail([], lag=15)
    lags = late_receipts(Tables.from_records(trail, as_of="2025-06-30"), 5, 0.5)
    assert set(lags) == {"E0"}
    assert (lags["E0"].late, lags["E0"].receipts, lags["E0"].longest) == (30, 30, 15)
    assert lags["E0"].p < 0.001


def test_money_in_hand_for_two_months_is_told_of_who_collected_it() -> None:
    trail = example(lapping.DETECTOR, 3)
    (one,) = held_receipts(trail, 45).values()
    assert (one.person, one.held, one.collected, one.customers, one.longest) == ("E0", 3, 9, 3, 59)
    assert one.p == pytest.approx(0.0256, abs=0.0001)
    assert held_receipts(trail, 60) == {}


def test_money_held_by_everybody_is_nobodys_sign() -> None:
    shared = held_receipts(example(lapping.DETECTOR, 4), 45)
    assert all(one.p > 0.3 for one in shared.values())


def test_machines_served_elsewhere_are_counted_against_the_program() -> None:
    (one,) = served_elsewhere(example(special_price_leakage.DETECTOR))
    assert (one.buyer, one.elsewhere, one.machines) == ("A0", 3, 3)
    assert one.usual == pytest.approx(0.0083, abs=0.0005)


def test_costs_after_a_loss_are_judged_by_others_lost_customers() -> None:
    spent = costs_after_loss(example(expense_without_revenue.DETECTOR), 30, 365, 90)
    (one,) = [one for one in spent if one.after > 1]
    assert (one.account_id, one.before, one.after) == ("A0", 3, 14)
    assert one.expected == pytest.approx(0.3, abs=0.05)
    assert one.p < 0.001
