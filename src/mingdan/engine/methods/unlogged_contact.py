"""Weeks in which machines recorded contact with a customer and the CRM holds no activity of the salesperson."""

from dataclasses import dataclass

import ibis
import numpy as np
from ibis.expr.types import Table as Expression
from numpy.typing import NDArray

from mingdan.engine.methods.negative_binomial import LEAST_SIZE, tail
from mingdan.engine.methods.quiet_contact import contacts
from mingdan.engine.trail import Columns, Tables

Floats = NDArray[np.float64]

HABIT_WEEKS = 20.0
"""How many weeks of contact with his other customers the company's habit is worth beside the salesperson's own."""
WEEK, HALF_YEAR_WEEKS = 7 * 86400, 26


@dataclass(frozen=True)
class Gaps:
    """One entry by salesperson, customer and half-year; `p` is the tail of unlogged weeks given the salesperson's habit."""

    seen: Columns
    expected: Floats
    p: Floats


def contact_weeks(tables: Tables) -> Expression:
    """Return by salesperson, customer and half-year (`half`, 0 is the last) the weeks with contact and those of them not logged.

    A week is logged where the salesperson entered any activity with the customer that happened in it.
    """
    entered = tables.activities.filter(ibis._.account_id.notnull()).select(
        "employee_id", "account_id", at="happened_at", by_machine=ibis.literal(0)
    )
    recorded = contacts(tables).select("employee_id", "account_id", at="contact_at", by_machine=ibis.literal(1))
    as_of = ibis.timestamp(tables.as_of)
    both = recorded.union(entered)
    ago = ((as_of.truncate("s").epoch_seconds() - both.at.truncate("s").epoch_seconds()) / WEEK).floor().cast("int64")
    weekly = (
        both.mutate(week=ago)
        .group_by(["employee_id", "account_id", "week"])
        .agg(contacts=ibis._.by_machine.sum(), rows=ibis._.count())
        .filter(ibis._.contacts > 0)
    )
    halves = weekly.mutate(
        half=(weekly.week / HALF_YEAR_WEEKS).floor().cast("int64"),
        unlogged=ibis.ifelse(weekly.rows == weekly.contacts, 1, 0),
    )
    return halves.group_by(["employee_id", "account_id", "half"]).agg(
        weeks=ibis._.count(), unlogged=ibis._.unlogged.sum(), contacts=ibis._.contacts.sum()
    )


def logging_gaps(tables: Tables, halves: int) -> Gaps:
    """Test each of the last half-years of each salesperson and customer against the salesperson's habit elsewhere.

    The expected count is the weeks of contact times the share of unlogged weeks with his other customers in that half-year,
    shrunk towards the company's; negative binomial, its size from the spread of the other salespeople's. The rows of the
    customer tested are left out of the habit.
    """
    rows = contact_weeks(tables).filter((ibis._.half >= 0) & (ibis._.half < halves))
    seen = tables.columns(rows, order_by=["employee_id", "account_id", "half"])
    weeks, unlogged = seen["weeks"].astype(np.float64), seen["unlogged"].astype(np.float64)
    if not len(weeks):
        return Gaps(seen, weeks, weeks)
    _, person = np.unique(seen["employee_id"].astype(str), return_inverse=True)
    group = person * halves + seen["half"].astype(np.int64)
    company = (unlogged.sum() + 1) / (weeks.sum() + 2)
    others = np.bincount(group, weights=weeks)[group] - weeks
    others_unlogged = np.bincount(group, weights=unlogged)[group] - unlogged
    share = (others_unlogged + HABIT_WEEKS * company) / (others + HABIT_WEEKS)
    expected = np.maximum(weeks * share, 1e-6)
    return Gaps(seen, expected, tail(unlogged, expected, _sizes(unlogged, expected, person)))


def _sizes(counts: Floats, mean: Floats, person: NDArray[np.int64]) -> Floats:
    """Return for each row the size by moments of everybody else's rows (see `negative_binomial.py`)."""
    excess, squares = (counts - mean) ** 2 - mean, mean**2
    over = excess.sum() - np.bincount(person, weights=excess)
    base = squares.sum() - np.bincount(person, weights=squares)
    sizes = np.where(over <= 0, 100.0, np.clip(base / np.maximum(over, 1e-9), LEAST_SIZE, 100.0))
    found: Floats = sizes[person]
    return found
