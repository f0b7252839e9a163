"""Which new account follows which old customer."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from mingdan.engine.methods.successors import Search, goods_of, reach_of, successions
from mingdan.engine.trail import Tables


def orders(account: str, days: Iterable[int], address: str, price: int = 100) -> dict[str, list[dict[str, Any]]]:
    start = datetime(2023, 1, 1)  # noqa: DTZ001  # the trail is naive UTC throughout
    days = list(days)
    ids = [f"{account}{address}{day}" for day in days]
    return {
        "orders": [
            {"order_id": one, "account_id": account, "ordered_at": start + timedelta(days=day), "amount": price, "ship_to_key": address}
            for one, day in zip(ids, days, strict=True)
        ],
        "order_lines": [{"order_id": one, "product_id": "P", "quantity": 1, "unit_price": price} for one in ids],
    }  # fmt: skip


def trail(*parts: dict[str, list[dict[str, Any]]]) -> Tables:
    joined = {name: [row for part in parts for row in part[name]] for name in ("orders", "order_lines")}
    return Tables.from_records(joined, as_of="2025-01-01")


OLD = orders("A", range(0, 300, 30), "HERE")


def test_a_new_account_at_the_same_address_follows_and_its_spread_is_summed() -> None:
    tables = trail(OLD, orders("X", range(320, 500, 30), "HERE", price=80))
    pairs = successions(tables, Search())
    assert [(pair.old, pair.new, pair.links) for pair in pairs] == [("A", "X", ("address",))]
    goods = goods_of(tables, pairs)["A", "X"]
    assert goods.price_change == pytest.approx(-0.2)
    assert (goods.spread, goods.reference) == (Decimal(120), 100.0)


@pytest.mark.parametrize(
    "follower",
    [
        orders("X", range(320, 500, 30), "THERE"),
        orders("X", range(450, 700, 30), "HERE"),
        orders("X", range(30, 500, 30), "HERE"),
    ],
    ids=["another address", "a year later", "long before"],
)
def test_nobody_follows(follower: dict[str, list[dict[str, Any]]]) -> None:
    assert successions(trail(OLD, follower), Search()) == []


def test_a_customer_that_goes_on_is_not_followed() -> None:
    going_on = orders("A", range(0, 720, 30), "HERE")
    assert successions(trail(going_on, orders("X", range(320, 500, 30), "HERE")), Search()) == []


def test_a_forwarder_s_address_ties_nobody() -> None:
    others = [orders(f"B{number}", range(number, 700, 50), "HERE") for number in range(3)]
    assert successions(trail(OLD, orders("X", range(320, 500, 30), "HERE"), *others), Search()) == []


def test_each_of_several_customers_taken_over_time_is_followed() -> None:
    later = orders("B", range(0, 600, 30), "THERE")
    both = orders("X", range(320, 720, 30), "HERE", price=80), orders("X", range(615, 720, 35), "THERE", price=80)
    pairs = successions(trail(OLD, later, *both), Search())
    assert [(pair.old, pair.known_days) for pair in pairs] == [("A", 0), ("B", 295)]
    theirs = goods_of(trail(OLD, later, *both), pairs)["B", "X"]
    assert theirs.spread == Decimal(20 * len(both[1]["orders"]))


def test_a_customer_that_moves_a_part_shrank() -> None:
    thinned = orders("A", [*range(0, 360, 15), *range(360, 720, 60)], "HERE")
    pairs = successions(trail(thinned, orders("X", range(365, 720, 20), "HERE", price=80)), Search())
    assert [(pair.new, pair.shrunk) for pair in pairs] == [("X", True)]
    assert pairs[0].last_at < pairs[0].first_at


def test_a_newcomer_that_makes_up_little_of_what_is_missing_follows_nobody() -> None:
    thinned = orders("A", [*range(0, 360, 15), *range(360, 720, 60)], "HERE")
    assert successions(trail(thinned, orders("X", [400, 600], "HERE")), Search()) == []


def test_only_places_that_nobody_used_before_are_an_account_s_own_custom() -> None:
    new = orders("X", range(320, 500, 30), "HERE"), orders("X", range(321, 500, 30), "ELSEWHERE")
    assert reach_of(trail(OLD, *new), ["A", "X"]) == {"A": 1, "X": 1}
