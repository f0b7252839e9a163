"""Which outside firm got the business of which customer: lost deals with a known winner, and what customers say when asked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis
from ibis.expr.types import Table as Expression

from mingdan.engine.methods.account_standing import standings
from mingdan.engine.methods.firm_names import firms_by_name
from mingdan.engine.trail import Tables
from mingdan.lib.company_names import firm_name

Row = dict[str, Any]


@dataclass(frozen=True)
class Win:
    """One customer's business that went to a firm; `firm` is the register's id, or `name:` and the name where it has none.

    `employee_id` lost the deal, or owned the customer when it was asked. `row_id` is a row of `table`.
    """

    firm: str
    called: str
    employee_id: str
    account_id: str
    opportunity_id: str | None
    region: str
    segment: str
    at: datetime
    amount: Any
    table: str
    row_id: str

    @property
    def company_id(self) -> str | None:
        """Return the firm's id where the register knows it."""
        return None if self.firm.startswith("name:") else self.firm


def firm_wins(tables: Tables) -> tuple[Win, ...]:
    """Return every known win over us, oldest first.

    The competitor that a salesperson types beside a lost deal is not used: it is a habit more often than a finding.
    """
    wins = [*_of_deals(tables), *_of_callbacks(tables)]
    return tuple(sorted(wins, key=lambda win: (win.at, win.table, win.row_id)))


def _of_deals(tables: Tables) -> list[Win]:
    deals = tables.opportunities
    lost = deals.filter(
        (deals.outcome == "lost")
        & deals.winner_company_id.notnull()
        & deals.account_id.notnull()
        & deals.owner_id.notnull()
    )
    accounts = tables.accounts.select("account_id", "region", "segment")
    firms = tables.companies.select(winner_company_id="company_id", called="name")
    placed = lost.left_join(accounts, "account_id").drop("account_id_right")
    placed = placed.left_join(firms, "winner_company_id").drop("winner_company_id_right")
    wanted = placed.select(
        "opportunity_id", "account_id", "owner_id", "winner_company_id", "called", "region", "segment", "amount",
        at=ibis.coalesce(placed.closed_at, placed.created_at),
    )  # fmt: skip
    return [
        Win(
            firm=row["winner_company_id"],
            called=row["called"] or row["winner_company_id"],
            employee_id=row["owner_id"],
            account_id=row["account_id"],
            opportunity_id=row["opportunity_id"],
            region=row["region"] or "",
            segment=row["segment"] or "",
            at=row["at"],
            amount=row["amount"],
            table="opportunities",
            row_id=row["opportunity_id"],
        )
        for row in tables.records(wanted, order_by=["opportunity_id"])
    ]


def _of_callbacks(tables: Tables) -> list[Win]:
    """A supplier that a customer names when called back; the salesperson is who owned the customer then."""
    calls = tables.callbacks
    said = calls.filter(
        calls.account_id.notnull()
        & (calls.supplier_company_id.notnull() | calls.supplier_name.notnull())
        & calls.bought_elsewhere.fill_null(True)
    )
    rows = tables.records(_with_name(tables, said), order_by=["callback_id"])
    if not rows:
        return []
    unnamed = sorted({row["supplier_name"] for row in rows if not row["supplier_company_id"] and row["supplier_name"]})
    by_name = firms_by_name(tables, unnamed)
    # A customer asked twice keeps the salesperson of the first call: whose loss it was does not change by asking again.
    first: dict[str, datetime] = {}
    for row in rows:
        first[row["account_id"]] = min(row["called_at"], first.get(row["account_id"], row["called_at"]))
    owners = standings(tables, first)
    wins = []
    for row in rows:
        standing = owners[row["account_id"]]
        firm = row["supplier_company_id"] or _named(row["supplier_name"], by_name)
        if standing.employee_id and firm:
            wins.append(
                Win(
                    firm=firm,
                    called=row["called"] or row["supplier_name"] or firm,
                    employee_id=standing.employee_id,
                    account_id=row["account_id"],
                    opportunity_id=row["opportunity_id"],
                    region=standing.region or "",
                    segment=standing.segment or "",
                    at=row["called_at"],
                    amount=None,
                    table="callbacks",
                    row_id=row["callback_id"],
                )
            )
    return wins


def _with_name(tables: Tables, said: Expression) -> Expression:
    firms = tables.companies.select(supplier_company_id="company_id", called="name")
    joined = said.left_join(firms, "supplier_company_id").drop("supplier_company_id_right")
    return joined.select(
        "callback_id", "account_id", "opportunity_id", "called_at", "supplier_company_id", "supplier_name", "called"
    )


def _named(written: str, by_name: dict[str, str]) -> str | None:
    """Return the register's firm of this name, else the name itself where it says anything."""
    if written in by_name:
        return by_name[written]
    name = firm_name(written)
    return f"name:{name}" if len(name) >= 3 else None
