"""Purchases around hand-overs, and customers lost by owner."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from scipy.stats import binom

from mingdan.engine.methods.hand_overs import dispersion, hand_overs, revival_p, usual_ratio
from mingdan.engine.methods.owner_churn import gini, high_effect_chance, owned_customers
from mingdan.engine.trail import Tables

START = datetime.fromisoformat("2023-01-01")


def order(account: str, day: int) -> dict[str, object]:
    moment = (START + timedelta(days=day)).isoformat()
    return {"order_id": f"{account}-{day}", "account_id": account, "ordered_at": moment, "amount": "10"}


def change(account: str, day: int, giver: str | None, taker: str | None) -> dict[str, object]:
    moment = (START + timedelta(days=day)).isoformat()
    return {"account_id": account, "changed_at": moment, "from_employee_id": giver, "to_employee_id": taker}


def trail() -> Tables:
    return Tables.from_records(
        {
            "accounts": [{"account_id": "A1", "name": "A1", "owner_id": "E3"}],
            "orders": [order("A1", day) for day in (0, 100, 200, 420, 440, 460)],
            "owner_changes": [
                change("A1", 400, "E1", "E2"),
                change("A1", 450, "E2", "E3"),
                change("A2", 10, None, "E1"),
                change("A2", 50, "E1", "E1"),
            ],
        },
        as_of="2025-03-31",
    )


def test_purchases_are_counted_no_longer_than_each_had_the_customer() -> None:
    overs = hand_overs(trail())
    assert overs.giver.tolist() == ["E1", "E2"]
    assert overs.before.tolist() == [2, 2]  # the order on day 0 is more than a year before the first change
    assert overs.after.tolist() == [2, 1]
    assert overs.days_before.tolist() == [365, 50]
    assert overs.days_after.tolist() == [50, 365]


def test_the_tail_is_the_exact_binomial_one() -> None:
    assert revival_p(12, 3, 0.5, 1.0) == pytest.approx(binom.sf(11, 15, 0.5))
    assert revival_p(12, 3, 0.5, 1.0) == pytest.approx(0.0176, abs=5e-5)  # told on docs/how-it-works/repurchase.md
    assert revival_p(12, 3, 0.5, 3.0) > 0.1
    assert revival_p(0, 3, 0.5, 1.0) == 1.0


def test_without_other_hand_overs_nothing_is_expected_to_change() -> None:
    overs = hand_overs(trail())
    nobody = np.zeros(2, dtype=np.bool_)
    assert usual_ratio(overs, nobody) == 1.0
    assert dispersion(overs, nobody, 1.0) == 1.0


def test_a_regular_customer_belongs_to_whose_it_was_at_its_last_purchase() -> None:
    owned = owned_customers(trail())
    assert owned.owner.tolist() == ["E3"]
    assert owned.lost.tolist() == [True]
    assert owned.at_risk.tolist() == [False]


def test_losses_raise_the_chance_of_a_high_effect() -> None:
    chances = np.full(20, 0.2)
    few, many = np.arange(20) < 4, np.arange(20) < 14
    assert high_effect_chance(chances, few, 0.4) < 0.1
    assert high_effect_chance(chances, many, 0.4) > 0.5


def test_gini_of_equal_and_of_single_losses() -> None:
    assert gini(np.ones(10)) == pytest.approx(0.0)
    assert gini(np.array([0.0] * 9 + [5.0])) == pytest.approx(0.9)
    assert gini(np.zeros(3)) == 0.0
