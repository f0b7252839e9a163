"""What the registers say of an account at a given time: whose customer it was, which firm it is, who carries on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import ibis
from ibis.expr.types import Table as Expression

from mingdan.engine.findings import Status
from mingdan.engine.methods.account_firms import firms_of_accounts, folded
from mingdan.engine.methods.ownership import ownership
from mingdan.engine.trail import Tables

CLOSED = ("注销", "吊销", "停业", "歇业", "清算", "破产", "撤销", "关闭", "closed", "dissolv", "insolv", "bankrupt", "liquidat", "revok", "cancel", "deregist", "struck", "ceased")  # fmt: skip
"""What the register's status of a firm that no longer trades contains, in lower case."""


@dataclass(frozen=True)
class Standing:
    """An account at a time; what is not known is None. `closed` is open where the register does not say."""

    employee_id: str | None = None
    region: str | None = None
    segment: str | None = None
    company_id: str | None = None
    closed: Status = "open"
    carried_on: Status = "open"


def asked_of(at: Mapping[str, datetime]) -> Expression:
    """Return account_id and asked_at as a table to join with; `at` is not empty."""
    rows = [{"account_id": account, "asked_at": at[account]} for account in sorted(at)]
    return ibis.memtable(rows, schema=ibis.schema({"account_id": "string", "asked_at": "timestamp(6)"}))


def standings(tables: Tables, at: Mapping[str, datetime]) -> dict[str, Standing]:
    """Return each account's standing at its time, for a small list of accounts."""
    if not at:
        return {}
    asked = asked_of(at)
    accounts = _rows(tables, asked.left_join(tables.accounts, "account_id"), "owner_id", "region", "segment")
    owners = _owners(tables, asked)
    sellers = _sellers(tables, asked)
    firms = _firms(tables, asked)
    carried = _carried_on(tables, asked)
    return {
        account: Standing(
            employee_id=owners.get(account) or sellers.get(account) or accounts[account]["owner_id"],
            region=accounts[account]["region"],
            segment=accounts[account]["segment"],
            company_id=firms.get(account, {}).get("company_id"),
            closed=_closed(tables, firms.get(account)),
            carried_on=carried.get(account, "open"),
        )
        for account in sorted(at)
    }


def margin_shares(tables: Tables, at: Mapping[str, datetime]) -> dict[str, Decimal]:
    """Return margin over revenue of each account's order lines, where unit costs are known for half of the revenue."""
    if not at or not tables.has("products", "unit_cost") or not tables.has("order_lines"):
        return {}
    orders = asked_of(at).inner_join(tables.orders, "account_id").select("account_id", "order_id")
    lines = orders.inner_join(tables.order_lines, "order_id").left_join(tables.products, "product_id")
    revenue = lines.quantity * lines.unit_price
    known = lines.unit_cost.notnull() & (lines.quantity > 0)
    summed = lines.group_by("account_id").agg(
        revenue=revenue.sum(),
        costed=revenue.sum(where=known),
        cost=(lines.quantity * lines.unit_cost).sum(where=known),
    )
    return {
        row["account_id"]: 1 - Decimal(row["cost"]) / Decimal(row["costed"])
        for row in tables.records(summed, order_by=["account_id"])
        if row["costed"] and row["costed"] > 0 and 2 * row["costed"] >= row["revenue"]
    }


def _owners(tables: Tables, asked: Expression) -> dict[str, str]:
    spans = asked.inner_join(ownership(tables), "account_id")
    then = spans.filter(
        (spans.since.isnull() | (spans.since <= spans.asked_at))
        & (spans.until.isnull() | (spans.until > spans.asked_at))
        & spans.employee_id.notnull()
    )
    chosen = then.group_by("account_id").agg(employee_id=then.employee_id.min())
    return {row["account_id"]: row["employee_id"] for row in tables.records(chosen, order_by=["account_id"])}


def _sellers(tables: Tables, asked: Expression) -> dict[str, str]:
    """Return who took the account's last order up to the time."""
    orders = asked.inner_join(tables.orders, "account_id")
    before = orders.filter(orders.employee_id.notnull() & (orders.ordered_at <= orders.asked_at))
    latest = ibis.window(group_by="account_id", order_by=[ibis.desc("ordered_at"), "order_id"])  # type: ignore[no-untyped-call]
    last = before.mutate(place=ibis.row_number().over(latest)).filter(ibis._.place == 0)
    return {row["account_id"]: row["employee_id"] for row in _listed(tables, last, "account_id", "employee_id")}


def _firms(tables: Tables, asked: Expression) -> dict[str, dict[str, Any]]:
    tied = asked.inner_join(firms_of_accounts(tables), "account_id").inner_join(tables.companies, "company_id")
    return _rows(tables, tied, "company_id", "status")


def _closed(tables: Tables, firm: Mapping[str, Any] | None) -> Status:
    if firm is None or not firm["status"]:
        return "open"
    status = firm["status"].lower()
    return "supported" if any(word in status for word in CLOSED) else "ruled_out"


def _carried_on(tables: Tables, asked: Expression) -> dict[str, Status]:
    """Return whether another account of the same firm (number, else name) orders after the time."""
    accounts = tables.accounts.select(
        "account_id", number=ibis._.registration_no.strip().upper().nullif(""), called=folded(ibis._.name)
    )
    own = asked.inner_join(accounts, "account_id")
    other = accounts.select(other_id="account_id", other_number="number", other_called="called")
    twins = own.inner_join(other, own.number == other.other_number).union(
        own.inner_join(other, own.called == other.other_called)
    )
    twins = twins.filter(twins.account_id != twins.other_id).select("account_id", "asked_at", "other_id").distinct()
    later = twins.inner_join(tables.orders.select(other_id="account_id", ordered_at="ordered_at"), "other_id")
    carried = later.filter(later.ordered_at > later.asked_at).select("account_id").distinct()
    found: dict[str, Status] = {
        row["account_id"]: "ruled_out" for row in _listed(tables, own.filter(own.number.notnull()), "account_id")
    }
    found.update({row["account_id"]: "supported" for row in tables.records(carried, order_by=["account_id"])})
    return found


def _rows(tables: Tables, expression: Expression, *names: str) -> dict[str, dict[str, Any]]:
    return {row["account_id"]: row for row in _listed(tables, expression, "account_id", *names)}


def _listed(tables: Tables, expression: Expression, *names: str) -> list[dict[str, Any]]:
    return tables.records(expression.select(*names).distinct(), order_by=list(names))
