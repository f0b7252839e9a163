"""How many customers' rows each salesperson exported or opened on each day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import ibis
import numpy as np
from ibis.expr.types import Table as Expression
from numpy.typing import NDArray

from mingdan.engine.methods.ownership import ownership
from mingdan.engine.trail import Tables

Floats = NDArray[np.float64]

TAKING: tuple[str, ...] = ("export", "download", "print")
OPENING: tuple[str, ...] = ("view",)


@dataclass(frozen=True)
class AccessDays:
    """A day count by person and day: `counts` and `present` (at work that day) have one row per person.

    `days` are the dates of the columns; `people` the ids of the rows.
    """

    people: tuple[str, ...]
    days: NDArray[np.datetime64]
    counts: Floats
    present: NDArray[np.bool_]


def exports(tables: Tables) -> Expression:
    """Return the events that took rows out: event_id, employee_id, happened_at, day, rows.

    Rows are the event's own count, else the customers listed for it, else one.
    """
    listed = tables.export_rows.group_by("event_id").agg(listed=ibis._.count())
    events = tables.access_events.filter(ibis._.action.isin(TAKING)).left_join(listed, "event_id")
    rows = ibis.coalesce(events.row_count, events.listed, ibis.literal(1))
    return events.select("event_id", "employee_id", "happened_at", day=events.happened_at.date(), rows=rows)


def taken_days(tables: Tables) -> AccessDays:
    """Return rows exported, downloaded or printed by person and day."""
    return _matrix(tables, exports(tables).group_by("employee_id", "day").agg(n=ibis._.rows.sum()))


def opened_days(tables: Tables) -> AccessDays:
    """Return distinct customers opened on the screen by person and day."""
    views = tables.access_events.filter(ibis._.action.isin(OPENING) & ibis._.account_id.notnull())
    days = views.mutate(day=ibis._.happened_at.date()).group_by("employee_id", "day")
    return _matrix(tables, days.agg(n=ibis._.account_id.nunique()))


def _matrix(tables: Tables, daily: Expression) -> AccessDays:
    sellers = tables.employees.filter(ibis._.role.isin(["rep", "manager"])).select("employee_id")
    kept = daily.semi_join(sellers, "employee_id") if tables.has("employees", "role") else daily
    columns = tables.columns(kept.mutate(n=ibis._.n.cast("float64")), order_by=["employee_id", "day"])
    listed, row = np.unique(columns["employee_id"].astype(str), return_inverse=True)
    people = tuple(str(one) for one in listed)
    if not people:
        nothing = np.zeros((0, 0))
        return AccessDays((), np.array([], dtype="datetime64[D]"), nothing, nothing.astype(bool))
    days = np.arange(columns["day"].min(), np.datetime64(tables.as_of.date()) + 1)
    counts = np.zeros((len(people), len(days)))
    counts[row, (columns["day"] - days[0]).astype(np.int64)] = columns["n"]
    return AccessDays(people, days, counts, _present(tables, people, days, counts))


def _present(tables: Tables, people: Sequence[str], days: NDArray[np.datetime64], counts: Floats) -> NDArray[np.bool_]:
    """Return who was employed on which day; from the first access on where nobody knows since when."""
    rows = tables.records(tables.employees.select("employee_id", "hired_date", "left_date"), order_by=["employee_id"])
    spans: dict[str, tuple[date | None, date | None]] = {
        row["employee_id"]: (row["hired_date"], row["left_date"]) for row in rows
    }
    seen = counts > 0
    first, last = days[seen.argmax(axis=1)], days[len(days) - 1 - seen[:, ::-1].argmax(axis=1)]
    present = np.zeros(counts.shape, dtype=bool)
    for index, one in enumerate(people):
        hired, left = spans.get(one, (None, None))
        start = min(first[index], np.datetime64(hired)) if hired else first[index]
        end = max(last[index], np.datetime64(left)) if left else days[-1]
        present[index] = (days >= start) & (days <= end)
    return present


def outside_shares(tables: Tables) -> Expression:
    """Return for each export with a list of customers: event_id, employee_id, known, outside (not the person's then)."""
    events = tables.access_events.filter(ibis._.action.isin(TAKING)).select("event_id", "employee_id", "happened_at")
    rows = tables.export_rows.inner_join(events, "event_id").distinct()
    spans = ownership(tables)
    held = rows.inner_join(spans, ["account_id", "employee_id"])
    held = held.filter(
        (held.since.isnull() | (held.since <= held.happened_at))
        & (held.until.isnull() | (held.until > held.happened_at))
    )
    owned = held.group_by("event_id").agg(owned=ibis._.account_id.nunique())
    counted = rows.group_by("event_id", "employee_id").agg(known=ibis._.count()).left_join(owned, "event_id")
    return counted.select("event_id", "employee_id", "known", outside=counted.known - counted.owned.fill_null(0))
