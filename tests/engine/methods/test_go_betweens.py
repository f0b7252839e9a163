"""Which new accounts began by buying for several customers of one salesperson, and what that weighs."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from mingdan.engine.methods.go_betweens import Signs, go_betweens, judged, weight_of
from mingdan.engine.trail import Tables

START = datetime(2023, 1, 1)  # noqa: DTZ001  # the trail is naive UTC throughout


def orders(account: str, days: Iterable[int], address: str, price: int = 100) -> list[dict[str, Any]]:
    return [
        {
            "order_id": f"{account}{address}{day}",
            "account_id": account,
            "ordered_at": START + timedelta(days=day),
            "amount": price,
            "ship_to_key": address,
        }
        for day in days
    ]


def trail(owners: dict[str, str], *, through: str = "X", going_on: int = 60) -> Tables:
    """Each customer buys monthly for a year, then every so many days, while the account buys for its place."""
    rows = [row for name in owners for row in orders(name, range(0, 360, 30), f"AT-{name}")]
    rows += [row for name in owners for row in orders(name, range(380, 700, going_on), f"AT-{name}")]
    rows += [row for name in owners for row in orders(through, range(370, 700, 40), f"AT-{name}", price=80)]
    lines = [
        {"order_id": row["order_id"], "product_id": "P", "quantity": 1, "unit_price": row["amount"]} for row in rows
    ]
    accounts = [{"account_id": name, "name": name, "owner_id": owner} for name, owner in owners.items()]
    accounts.append({"account_id": through, "name": through, "owner_id": "E1"})
    return Tables.from_records({"orders": rows, "order_lines": lines, "accounts": accounts}, as_of="2025-01-01")


def test_an_account_for_several_customers_of_its_salesperson_is_found_though_they_go_on() -> None:
    (one,) = judged(trail({"A": "E1", "B": "E1", "C": "E1"}), Signs(), 6)
    assert (one.between.new, one.between.employee_id) == ("X", "E1")
    assert [pair.old for pair in one.between.customers] == ["A", "B", "C"]
    assert one.between.direct == pytest.approx(0.5, abs=0.1)
    assert one.change == pytest.approx(-0.2)


@pytest.mark.parametrize("owners", [{"A": "E1"}, {"A": "E1", "B": "E2", "C": "E3"}], ids=["one", "others'"])
def test_one_customer_or_customers_of_several_salespeople_make_no_go_between(owners: dict[str, str]) -> None:
    assert go_betweens(trail(owners), Signs()) == []


def test_an_account_that_was_a_customer_long_before_is_none() -> None:
    owners = {"A": "E1", "B": "E1", "Y": "E1"}
    assert go_betweens(trail(owners, through="Y"), Signs()) == []


def test_a_large_old_firm_that_pays_the_same_and_has_it_all_weighs_little_beside_a_small_young_one() -> None:
    (partly,) = go_betweens(trail({"A": "E1", "B": "E1"}), Signs())
    (wholly,) = go_betweens(trail({"A": "E1", "B": "E1"}, going_on=400), Signs())
    shell = {"established_date": date(2023, 10, 1), "staff_count": 2}
    dealer = {"established_date": date(2010, 1, 1), "staff_count": 40}
    strong = weight_of(partly, -0.1, shell, {"E1"}, 100, Signs())
    weak = weight_of(wholly, 0.0, dealer, {"E1"}, 100, Signs())
    assert strong > 2.5
    assert weak < 0.1


def test_what_many_colleagues_have_too_weighs_less() -> None:
    (one,) = go_betweens(trail({"A": "E1", "B": "E1"}), Signs())
    rare = weight_of(one, None, None, {"E1"}, 100, Signs())
    usual = weight_of(one, None, None, {f"E{n}" for n in range(1, 20)}, 100, Signs())
    assert rare > usual + 1
