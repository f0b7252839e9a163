"""What may allow a low price, and the order lines that show it, for a small list of customers."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import ibis

from mingdan.engine.findings import Evidence, Status
from mingdan.engine.methods.listed import among
from mingdan.engine.trail import Tables, row_id

LEAST_USERS = 4
"""A programme that three others buy under too is a price list of its own, not a favour."""


class PricePermits:
    """Price programmes, approved quotes and order lines of these customers, read once."""

    def __init__(self, tables: Tables, accounts: Collection[str]) -> None:
        self._accounts = sorted(accounts)
        self._has_programs = tables.has("orders", "pricing_program")
        self._has_approvals = tables.has("quotes", "approved_by")
        self._programs = self._in_programs(tables)
        self._approved = self._by_account(tables.quotes.filter(ibis._.approved_by.notnull()), tables, "quote_id")
        lines = tables.order_lines.mutate(line=row_id("order_lines"), worth=ibis._.quantity * ibis._.unit_price)
        orders = tables.orders.select("order_id", "account_id", "employee_id", "ordered_at")
        self._lines = self._by_account(lines.inner_join(orders, "order_id"), tables, "line", "worth")

    def _by_account(self, rows: Any, tables: Tables, *order_by: str) -> dict[str, list[dict[str, Any]]]:
        grouped: dict[str, list[dict[str, Any]]] = defaultdict(list)
        kept = among(rows, "account_id", self._accounts)
        for row in tables.records(kept, order_by=order_by):
            grouped[row["account_id"]].append(row)
        return grouped

    def _in_programs(self, tables: Tables) -> set[str]:
        named = tables.orders.filter(ibis._.pricing_program.notnull())
        users = named.group_by("pricing_program").agg(n=ibis._.account_id.nunique())
        usual = users.filter(users.n >= LEAST_USERS)
        mine = among(named, "account_id", self._accounts).semi_join(usual, "pricing_program")
        return {
            row["account_id"] for row in tables.records(mine.select("account_id").distinct(), order_by=["account_id"])
        }

    def frame(self, account: str) -> Status:
        """Return whether the customer buys under a price programme of several customers."""
        if not self._has_programs:
            return "open"
        return "supported" if account in self._programs else "ruled_out"

    def approved(self, account: str, seller: str | None, start: datetime, end: datetime) -> Status:
        """Return whether somebody else than the salesperson approved a quote for it shortly before or meanwhile."""
        if not self._has_approvals:
            return "open"
        earliest = start - timedelta(days=90)
        quotes = self._approved[account]
        found = any(row["approved_by"] != seller and earliest <= row["sent_at"] <= end for row in quotes)
        return "supported" if found else "ruled_out"

    def evidence(self, account: str, seller: str | None, most: int) -> tuple[Evidence, ...]:
        """Return the lines of most money that this salesperson sold, or that nobody is named for."""
        lines = [row for row in self._lines[account] if row["employee_id"] in (None, seller)]
        largest = sorted(lines, key=lambda row: (-row["worth"], row["line"]))[:most]
        return tuple(Evidence("order_lines", line) for line in sorted({row["line"] for row in largest}))
