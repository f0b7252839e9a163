"""The gate before detectors: nobody without a receipt for the notice in force is in what they read.

People whom the gate leaves out disappear from the table of employees. What they did (calls, mails, messages, visits,
expenses) is left out whole; what the company's books hold (customers, deals, orders, payments) stays, because a customer
must not look silent for a colleague's sake, and names nobody where it named them.
"""

import datetime
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import compute, parquet

from mingdan.engine.tables import TABLES, Table
from mingdan.pillars.policy.queries import people_with_receipt

pc: Any = compute  # pyarrow makes its functions when it is loaded, so no type checker knows them
pq: Any = parquet

_HELD_FOR_ONE = frozenset({"context_events"})
"""Rows that hold for one person; without that person they would hold for everybody, so they go whole."""


def people_who_may_be_looked_at(at: datetime.datetime) -> frozenset[str]:
    """Return the employee numbers that a snapshot may hold: those with a receipt for the notice in force."""
    return frozenset(people_with_receipt(at=at).values_list("number", flat=True))


def let_through(table: Table, rows: pa.Table, allowed: frozenset[str]) -> pa.Table:
    """Return a table's rows as detectors may see them; `allowed` are employee ids, compared as text.

    Rows that are a refused person's are left out; others that name one name nobody instead.
    """
    keys = pa.array(sorted(allowed), pa.string())
    required, optional = _references(table)
    for name in (one for one in required if one in rows.column_names):
        rows = rows.filter(_among(rows[name], keys))
    if table.name == "field_changes" and {"table_name", "row_id"} <= set(rows.column_names):
        of_people = pc.equal(rows["table_name"], "employees").fill_null(False)
        rows = rows.filter(pc.or_(pc.invert(of_people), _among(rows["row_id"], keys)))
    for name in (one for one in optional if one in rows.column_names):
        keeps = pc.or_(pc.is_null(rows[name]), _among(rows[name], keys))
        if table.name in _HELD_FOR_ONE:
            rows = rows.filter(keeps)
        else:
            named = pc.if_else(keeps, rows[name], pa.scalar(None, rows[name].type))
            rows = rows.set_column(rows.column_names.index(name), rows.field(name), named)
    return rows


def _among(column: pa.ChunkedArray, keys: pa.Array) -> pa.ChunkedArray:
    among: pa.ChunkedArray = pc.is_in(column.cast(pa.string()), value_set=keys)
    return among


def _references(table: Table) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the columns of a table that name an employee: those a row cannot be without, and the others."""
    if table.name == "employees":
        return ("employee_id",), ("manager_id",)
    named = [column for column in table.columns if column.refers_to == "employees"]
    required = tuple(column.name for column in named if column.required)
    return required, tuple(column.name for column in named if not column.required)


def write_gated(source: Path, target: Path, *, at: datetime.datetime) -> int:
    """Write a snapshot (one Parquet file for each table of the contract) anew as detectors may see it at a time.

    Return how many people may be looked at. What is no table of the contract is not taken along: what the gate cannot
    read it does not let through. The snapshot's own description (`trail.json`) names nobody and is copied.
    """
    allowed = people_who_may_be_looked_at(at)
    target.mkdir(parents=True)
    for name, table in TABLES.items():
        file = source / f"{name}.parquet"
        if file.exists():
            pq.write_table(let_through(table, pq.read_table(file), allowed), target / file.name)
    if (source / "trail.json").exists():
        shutil.copyfile(source / "trail.json", target / "trail.json")
    return len(allowed)
