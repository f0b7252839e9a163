"""Places to which special-price goods of several customers of one salesperson go, and what they weigh."""

from collections.abc import Mapping
from typing import Any

import pytest

from mingdan.engine.methods.program_places import PlaceSigns, program_places, weighed_places
from mingdan.engine.trail import Tables


def trail(to: Mapping[int, str], *, plain: Mapping[int, str] | None = None, **more: Any) -> Tables:
    """Forty customers of four salespeople, each with a program order to its own address or to this place."""
    people = range(40)
    orders = [
        {
            "order_id": f"O{n}",
            "account_id": f"A{n}",
            "employee_id": f"E{n % 4}",
            "ordered_at": "2024-05-01",
            "amount": "900",
            "pricing_program": "project",
            "ship_to_key": to.get(n, f"H{n}"),
        }
        for n in people
    ]
    orders += [
        {"order_id": f"P{n}", "account_id": f"A{n}", "employee_id": f"E{n % 4}", "ordered_at": "2024-03-01", "amount": "900", "ship_to_key": place}
        for n, place in (plain or {}).items()
    ]  # fmt: skip
    accounts = [
        {"account_id": f"A{n}", "name": f"{n:02d} works", "owner_id": f"E{n % 4}", "address_key": f"H{n}"}
        for n in people
    ]
    return Tables.from_records({"orders": orders, "accounts": accounts, **more}, as_of="2025-01-01")


def test_goods_of_two_customers_of_one_salesperson_at_one_place_are_found() -> None:
    (one,) = program_places(trail({0: "STORE", 4: "STORE"}), PlaceSigns())
    assert (one.seller, one.accounts, one.orders, one.programs) == ("E0", ("A0", "A4"), ("O0", "O4"), ("project",))


@pytest.mark.parametrize(
    "tables",
    [
        trail({0: "STORE"}),
        trail({0: "STORE", 1: "STORE"}),
        trail({0: "STORE", 4: "STORE", 1: "STORE", 2: "STORE"}),
        trail({0: "STORE", 4: "STORE"}, plain={0: "STORE"}),
        trail({0: "H8", 8: "H8"}),
    ],
    ids=["one customer", "two salespeople's", "a forwarder", "the customer's own place", "another customer's home"],
)
def test_other_places_are_not(tables: Tables) -> None:
    assert program_places(tables, PlaceSigns()) == []


def test_a_registered_firm_there_and_goods_beyond_need_add_weight() -> None:
    firms = [{"company_id": "F", "name": "Store Co", "address_key": "STORE"}]
    bare = weighed_places(trail({0: "STORE", 4: "STORE"}), PlaceSigns(), beyond=(), strange=())
    more = weighed_places(
        trail({0: "STORE", 4: "STORE"}, companies=firms), PlaceSigns(), beyond={("A4", "project")}, strange=()
    )
    assert more[0][0].company_id == "F"
    assert more[0][1] == pytest.approx(bare[0][1] + 0.8)
