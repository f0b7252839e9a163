"""Who looked after an account at a time, which firm it is, and whether somebody carries on."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from mingdan.engine.methods.account_standing import margin_shares, standings
from mingdan.engine.trail import Tables

AT = {"A": datetime(2024, 3, 1)}  # noqa: DTZ001  # the trail is naive UTC throughout
ORDER = {"order_id": "O1", "account_id": "A", "ordered_at": "2024-02-01", "amount": 100, "employee_id": "E9"}


def trail(**records: list[dict[str, Any]]) -> Tables:
    return Tables.from_records({"orders": [ORDER], **records}, as_of="2024-12-31")


def test_the_owner_then_counts_not_the_owner_now() -> None:
    changes = [{"account_id": "A", "changed_at": "2024-06-01", "from_employee_id": "E1", "to_employee_id": "E2"}]
    tables = trail(accounts=[{"account_id": "A", "name": "A", "owner_id": "E2"}], owner_changes=changes)
    assert standings(tables, AT)["A"].employee_id == "E1"


def test_without_owners_whoever_took_the_last_order_counts() -> None:
    assert standings(trail(), AT)["A"].employee_id == "E9"


def test_without_salespeople_nobody_is_named() -> None:
    order = {name: value for name, value in ORDER.items() if name != "employee_id"}
    assert standings(Tables.from_records({"orders": [order]}, as_of="2024-12-31"), AT)["A"].employee_id is None


@pytest.mark.parametrize(("status", "closed"), [("注销", "supported"), ("存续", "ruled_out"), (None, "open")])
def test_a_firm_struck_off_the_register_is_closed(status: str | None, closed: str) -> None:
    firm: dict[str, Any] = {"company_id": "C", "name": "A", "registration_no": "R", "status": status}
    tables = trail(accounts=[{"account_id": "A", "name": "A", "registration_no": "R"}], companies=[firm])
    assert standings(tables, AT)["A"].closed == closed


def test_another_account_of_the_same_number_that_orders_later_carries_on() -> None:
    accounts = [{"account_id": name, "name": name, "registration_no": "R"} for name in ("A", "B")]
    later = {"order_id": "O2", "account_id": "B", "ordered_at": "2024-05-01", "amount": 100}
    assert standings(trail(accounts=accounts, orders=[ORDER, later]), AT)["A"].carried_on == "supported"
    assert standings(trail(accounts=accounts), AT)["A"].carried_on == "ruled_out"


def test_a_margin_is_told_only_where_costs_are_known() -> None:
    lines = [{"order_id": "O1", "product_id": "P", "quantity": 2, "unit_price": 50}]
    costed = trail(order_lines=lines, products=[{"product_id": "P", "unit_cost": 30}])
    unknown = trail(
        order_lines=lines, products=[{"product_id": "P", "unit_cost": None}, {"product_id": "Q", "unit_cost": 1}]
    )
    assert margin_shares(costed, AT) == {"A": Decimal("0.4")}
    assert margin_shares(unknown, AT) == {}
