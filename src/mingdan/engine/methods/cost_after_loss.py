"""What is spent on customers before and after their last deal was lost."""

import functools
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import ibis
import numpy as np
from ibis.expr.types import Table as Expression

from mingdan.engine.methods.gamma_poisson import at_most, fit_rates
from mingdan.engine.methods.listed import among
from mingdan.engine.trail import Tables, row_id

PRE_DAYS = 180
FOLDS = 5


@dataclass(frozen=True)
class Spent:
    """One customer whose last deal was lost at `lost_at` and that has neither bought nor asked since.

    `before` costs in the 180 days before, `after` in `days` from the pause on; `expected` after by what others' customers
    show, `p` P(at least so many), times the salesperson's lost customers.
    """

    account_id: str
    seller: str | None
    opportunity_id: str
    lost_at: datetime
    before: int
    after: int
    days: int
    expected: float
    p: float


def costs_after_loss(tables: Tables, pause_days: int, most_days: int, least_days: int) -> list[Spent]:
    """Return every lost customer with a cost after the pause, gamma-Poisson fitted to the other salespeople's customers."""
    rows = tables.records(_counted(tables, pause_days, most_days, least_days), order_by=["account_id"])
    if not rows:
        return []
    sellers = sorted({row["seller"] or "" for row in rows})
    fold = np.array([sellers.index(row["seller"] or "") % FOLDS for row in rows])
    before = np.array([float(row["before"]) for row in rows])
    after = np.array([float(row["after"]) for row in rows])
    days = np.array([float(min(most_days, _age(tables, row) - pause_days)) for row in rows])
    exposure = (before + 0.5) * days / PRE_DAYS
    questions = Counter(row["seller"] for row in rows)
    found = []
    for one in range(FOLDS):
        inside = np.flatnonzero((fold == one) & (after > 0))
        others = fold != one
        if not len(inside) or not others.any():
            continue
        shape, rate = fit_rates(after[others], exposure[others])
        p = 1 - at_most(after[inside] - 1, exposure[inside], np.full(len(inside), shape), np.full(len(inside), rate))
        for place, chance in zip(inside.tolist(), p.tolist(), strict=True):
            row = rows[place]
            names = ("account_id", "seller", "opportunity_id", "lost_at", "before", "after")
            expected = float(exposure[place] * shape / rate)
            corrected = min(1.0, chance * questions[row["seller"]])
            found.append(
                Spent(**{name: row[name] for name in names}, days=int(days[place]), expected=expected, p=corrected)
            )
    return sorted(found, key=lambda one: one.account_id)


def costs_of(tables: Tables, accounts: Collection[str]) -> list[dict[str, Any]]:
    """Return the costs of these customers, the oldest first."""
    rows = among(_costs(tables), "account_id", accounts)
    return tables.records(rows, order_by=["account_id", "at", "table_name", "row_id"]) if accounts else []


def _age(tables: Tables, row: dict[str, Any]) -> int:
    lost_at: datetime = row["lost_at"]
    return (tables.as_of - lost_at).days


def _costs(tables: Tables) -> Expression:
    """Return account_id, at, table_name, row_id and amount of expenses, samples, and demonstrations or technical work."""
    nothing = ibis.null("decimal(18,4)")
    work = tables.activities.filter(ibis._.kind.isin(["technical", "demo"]))
    parts = [
        _cost("expenses", tables.expenses, "spent_at", tables.expenses.amount.cast("decimal(18,4)")),
        _cost("samples", tables.samples, "sent_at", nothing),
        _cost("activities", work, "happened_at", nothing),
    ]
    rows = functools.reduce(lambda one, other: one.union(other), parts)
    return rows.filter(rows.account_id.notnull() & rows["at"].notnull())


def _cost(table: str, rows: Expression, at: str, amount: Any) -> Expression:
    return rows.select("account_id", at=rows[at], table_name=ibis.literal(table), row_id=row_id(table), amount=amount)


def _counted(tables: Tables, pause_days: int, most_days: int, least_days: int) -> Expression:
    """Return lost customers with their costs: the last deal lost long enough ago, no deal and no order since."""
    deals = tables.opportunities.filter(ibis._.account_id.notnull())
    closed = deals.filter((deals.outcome == "lost") & deals.closed_at.notnull())
    until = ibis.literal(tables.as_of - timedelta(days=pause_days + least_days))
    latest = ibis.window(group_by="account_id", order_by=[ibis.desc("closed_at"), "opportunity_id"])  # type: ignore[no-untyped-call]
    last = closed.mutate(place=ibis.row_number().over(latest)).filter(ibis._.place == 0)
    lost = last.filter(last.closed_at <= until).select(
        "account_id", "opportunity_id", seller="owner_id", lost_at="closed_at"
    )
    ordered = tables.orders.group_by("account_id").agg(event_at=ibis._.ordered_at.max())
    begun = deals.group_by("account_id").agg(event_at=deals.created_at.max())
    running = deals.filter(deals.outcome == "open").select("account_id").distinct()
    busy = ordered.union(begun).inner_join(lost.select("account_id", "lost_at"), "account_id")
    busy = busy.filter(busy.event_at > busy.lost_at).select("account_id").distinct()
    quiet = lost.anti_join(busy, "account_id").anti_join(running, "account_id")
    both = quiet.left_join(_costs(tables), "account_id")
    day = ibis.interval(days=1)
    before = (both["at"] <= both.lost_at) & (both["at"] > both.lost_at - PRE_DAYS * day)
    start = both.lost_at + pause_days * day
    after = (both["at"] > start) & (both["at"] <= start + most_days * day)
    marked = both.mutate(
        is_before=ibis.ifelse(before.fill_null(False), 1, 0), is_after=ibis.ifelse(after.fill_null(False), 1, 0)
    )
    return marked.group_by("account_id", "opportunity_id", "seller", "lost_at").agg(
        before=marked.is_before.sum(), after=marked.is_after.sum()
    )


def total(rows: list[dict[str, Any]]) -> Decimal:
    """Return the sum of the amounts that are known."""
    return sum((row["amount"] for row in rows if row["amount"]), Decimal(0))
