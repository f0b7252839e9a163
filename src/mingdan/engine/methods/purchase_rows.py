"""The orders and service tickets that a finding about a customer's purchases rests on."""

from datetime import datetime
from typing import Any

import ibis

from mingdan.engine.findings import Evidence
from mingdan.engine.methods.account_standing import asked_of
from mingdan.engine.trail import Tables

CITED_ORDERS = 6
SERVICE_KINDS = ("warranty", "repair", "consumable", "installation")


def last_orders(tables: Tables, at: dict[str, datetime]) -> dict[str, tuple[Evidence, ...]]:
    """Return each account's last orders before its time."""
    orders = asked_of(at).inner_join(tables.orders, "account_id")
    before = orders.filter((orders.ordered_at < orders.asked_at) & (orders.amount > 0))
    latest = ibis.window(group_by="account_id", order_by=[ibis.desc("ordered_at"), "order_id"])  # type: ignore[no-untyped-call]
    cited = before.mutate(place=ibis.row_number().over(latest)).filter(ibis._.place < CITED_ORDERS)
    return _rows(tables.records(cited.select("account_id", "order_id"), order_by=["account_id", "order_id"]), "orders")


def still_served(tables: Tables, at: dict[str, datetime]) -> dict[str, tuple[Evidence, ...]]:
    """Return the service tickets that show the customer still using such goods after a purchase was due."""
    tickets = asked_of(at).inner_join(tables.tickets, "account_id")
    after = tickets.filter((tickets.opened_at > tickets.asked_at) & tickets.kind.isin(SERVICE_KINDS))
    return _rows(
        tables.records(after.select("account_id", "ticket_id"), order_by=["account_id", "ticket_id"]), "tickets"
    )


def _rows(rows: list[dict[str, Any]], table: str) -> dict[str, tuple[Evidence, ...]]:
    found: dict[str, tuple[Evidence, ...]] = {}
    for row in rows:
        found[row["account_id"]] = (*found.get(row["account_id"], ()), Evidence(table, row[f"{table[:-1]}_id"]))
    return found
