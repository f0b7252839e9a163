"""Which new account follows which old customer."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from mingdan.engine.methods.successors import Search, goods_of, successions
from mingdan.engine.trail import Tables


def orders(account: str, days: range, address: str, price: int = 100) -> dict[str, list[dict[str, Any]]]:
    start = datetime(2023, 1, 1)  # noqa: DTZ001  # the trail is naive UTC throughout
    ids = [f"{account}{day}" for day in days]
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
