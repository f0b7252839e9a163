"""Cells that a trail only gives in their present state, brought back to an earlier moment from what changed since."""

from collections.abc import Collection, Mapping, MutableMapping

import duckdb

from mingdan.engine.reading.border_sql import SCHEMA
from mingdan.engine.schema import Table

PLAIN_CHANGES = '"plain changes"'
"""Field changes of present-state cells, with the values from before they were keyed: table_name, row_id, field, changed_at, old."""


def rebuilt_cells(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    cells: MutableMapping[str, str],
    at: str,
    supplied: Mapping[str, Collection[str]],
) -> str:
    """Rewrite the SQL of present-state cells to what they were at `at`; return the joins that this needs.

    A change after the moment says what stood before it. Where no kind of change is recorded at all, what stood then is
    unknown and the cell is null.
    """
    if table.name == "accounts":
        return _owners(cells, at, supplied)
    if table.name == "leads":
        return _lead_status(con, cells, at)
    return ""


def _owners(cells: MutableMapping[str, str], at: str, supplied: Mapping[str, Collection[str]]) -> str:
    if "owner_changes" not in supplied:
        cells["owner_id"], cells["in_pool"] = "CAST(NULL AS VARCHAR)", "CAST(NULL AS BOOLEAN)"
        return ""
    has_from = "from_employee_id" in supplied["owner_changes"]
    pooled = "in_pool" in supplied.get("accounts", ())
    before = "next.cell.owner" if has_from else "last.cell.owner"
    cells["owner_id"] = f"CASE WHEN next.account_id IS NULL THEN {cells['owner_id']} ELSE {before} END"
    if pooled:
        cells["in_pool"] = f"CASE WHEN next.account_id IS NULL THEN {cells['in_pool']} ELSE {before} IS NULL END"
    changes = f"{SCHEMA}.owner_changes"
    return (
        "LEFT JOIN (SELECT account_id, min({'moment': changed_at, 'row': _row, 'owner': from_employee_id}) AS cell "
        f"FROM {changes} WHERE changed_at > {at} GROUP BY 1) next ON next.account_id = t.account_id "
        "LEFT JOIN (SELECT account_id, max({'moment': changed_at, 'row': _row, 'owner': to_employee_id}) AS cell "
        f"FROM {changes} WHERE changed_at <= {at} GROUP BY 1) last ON last.account_id = t.account_id"
    )


def _lead_status(con: duckdb.DuckDBPyConnection, cells: MutableMapping[str, str], at: str) -> str:
    """A lead is new until it was first touched (its stamp says so); from then on only recorded changes can tell."""
    status = cells["status"]
    settled = f"CASE WHEN t.status IN ('new', 'working') OR t.first_touch_at > {at} THEN {status} END"
    if not _has(con, PLAIN_CHANGES):
        cells["status"] = settled
        return ""
    cells["status"] = (
        f"CASE WHEN t.first_touch_at > {at} THEN {status} WHEN next.row_id IS NOT NULL THEN next.cell.old "
        f"WHEN every.row_id IS NOT NULL THEN {status} ELSE {settled} END"
    )
    changes = f"(SELECT * FROM {PLAIN_CHANGES} WHERE table_name = 'leads' AND field = 'status')"
    return (
        "LEFT JOIN (SELECT row_id, min({'moment': changed_at, 'row': _row, 'old': old}) AS cell "
        f"FROM {changes} WHERE changed_at > {at} GROUP BY 1) next ON next.row_id = t.lead_id "
        f"LEFT JOIN (SELECT DISTINCT row_id FROM {changes}) every ON every.row_id = t.lead_id"
    )


def _has(con: duckdb.DuckDBPyConnection, relation: str) -> bool:
    found = con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [relation.strip('"')]).fetchone()
    return found is not None
