"""Whether anything happened between us and a customer that explains contact: deals, quotes, orders, service, money owed."""

from collections.abc import Collection
from datetime import datetime

import ibis
from ibis.expr.types import Table as Expression

from mingdan.engine.methods.listed import among
from mingdan.engine.trail import Tables

_BUSINESS = (
    ("opportunities", "created_at"),
    ("opportunities", "closed_at"),
    ("quotes", "sent_at"),
    ("orders", "ordered_at"),
    ("contracts", "signed_at"),
)
_SERVICE = (("tickets", "opened_at"), ("complaints", "opened_at"))
_MONEY = (("invoices", "issued_at"), ("payments", "received_at"))


def happened(tables: Tables, accounts: Collection[str], start: datetime, end: datetime) -> dict[str, set[str]]:
    """Return by customer which of business, service and money something of was recorded between the times."""
    found: dict[str, set[str]] = {account: set() for account in accounts}
    if not found:
        return found
    parts: list[Expression] = [
        tables[table].select("account_id", at=column, kind=ibis.literal(kind))
        for kind, sources in (("business", _BUSINESS), ("service", _SERVICE), ("money", _MONEY))
        for table, column in sources
    ]
    every = parts[0]
    for part in parts[1:]:
        every = every.union(part)
    near = (
        among(every.filter(every.at.between(start, end)), "account_id", found).select("account_id", "kind").distinct()
    )
    for row in tables.records(near, order_by=["account_id", "kind"]):
        found[row["account_id"]].add(row["kind"])
    return found
