"""What a company's trail lacks: tables it never kept, columns it never had, cells nobody filled in."""

from dataclasses import dataclass

import numpy as np

from mingdan.engine.simulate.dice import Dice, Flags, stream
from mingdan.engine.tables import TABLES

TABLE_ABSENT: dict[str, float] = {
    "company_profile": 0.06, "leaves": 0.1, "declared_interests": 0.1, "leads": 0.08, "owner_changes": 0.06,
    "contacts": 0.06, "field_changes": 0.12, "stage_changes": 0.1, "quotes": 0.04, "quote_lines": 0.14,
    "products": 0.06, "approvals": 0.2, "bypasses": 0.3, "contracts": 0.1, "order_lines": 0.05, "shipments": 0.12,
    "invoices": 0.1, "payments": 0.08, "company_bank_accounts": 0.1, "balance_confirmations": 0.3, "expenses": 0.15,
    "samples": 0.25, "activities": 0.06, "calls": 0.2, "emails": 0.25, "messages": 0.3, "channel_events": 0.35,
    "tickets": 0.1, "callbacks": 0.15, "survey_responses": 0.3, "complaints": 0.25, "tips": 0.3,
    "access_events": 0.15, "export_rows": 0.25, "companies": 0.05, "company_people": 0.12, "distributors": 0.15,
    "context_events": 0.12,
}  # fmt: skip
"""Chance that a company has no such table at all; tables that are not named here are always there."""

_ALWAYS = frozenset(
    {
        "opportunities.account_id", "opportunities.owner_id", "opportunities.closed_at", "opportunities.amount",
        "orders.employee_id", "accounts.owner_id", "accounts.created_at", "accounts.in_pool", "employees.hired_date",
        "quotes.opportunity_id", "contracts.employee_id", "payments.order_id", "messages.consent", "messages.account_id",
        "owner_changes.from_employee_id", "owner_changes.to_employee_id", "leads.assigned_to", "leads.status",
        "callbacks.account_id", "tips.about_employee_id", "companies.established_date",
    }
)  # fmt: skip
_WHOLE_TABLES = frozenset({"context_events", "company_bank_accounts", "distributors", "company_profile", "leaves"})
"""Registers whose empty cells would mean something (a cause without a region holds everywhere)."""


@dataclass(frozen=True)
class Gaps:
    """The missing tables and columns (`table.column`) of one company, and the share of empty cells of some columns."""

    seed: int
    tables: frozenset[str]
    columns: frozenset[str]
    cells: dict[str, float]

    def holes(self, table: str, column: str, first: int, n: int) -> Flags | None:
        """Return which of n cells from row `first` on stay empty, or None where all of them are filled."""
        share = self.cells.get(f"{table}.{column}", 0.0)
        if not share or not n:
            return None
        drawn = stream(self.seed, "gaps", table, column, first).random(n, dtype=np.float32)
        return drawn < share


NO_GAPS = Gaps(0, frozenset(), frozenset(), {})


def draw_gaps(seed: int, dice: Dice) -> Gaps:
    """Draw what is missing: the less orderly the company, the more of everything."""
    disorder = float(dice.beta(1.1, 1.6))
    tables = frozenset(name for name, absent in TABLE_ABSENT.items() if dice.random() < 1.7 * disorder * absent)
    columns, cells = set(), {}
    for table in TABLES.values():
        for column in table.columns:
            absent, gappy, share = (
                dice.random() < 0.13 * disorder,
                dice.random() < 0.2 + 0.3 * disorder,
                dice.beta(0.5, 3),
            )
            name = f"{table.name}.{column.name}"
            if column.required or column.name in table.key or name in _ALWAYS or table.name in _WHOLE_TABLES:
                continue
            if column.name == "currency":
                continue
            if absent:
                columns.add(name)
            elif gappy:
                cells[name] = round(float(share) * (0.4 + disorder), 4)
    return Gaps(seed, tables, frozenset(columns), cells)
