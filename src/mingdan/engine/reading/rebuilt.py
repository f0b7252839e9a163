"""Cells that a trail only gives in their present state, brought back to an earlier moment from what changed since."""

from collections.abc import Collection, Mapping, MutableMapping

import duckdb

from mingdan.engine.reading import forms
from mingdan.engine.reading.border_sql import SCHEMA
from mingdan.engine.reading.identifiers import literal
from mingdan.engine.reading.store import Store
from mingdan.engine.tables import TABLES

STATE_CHANGES = "state_changes"
_FIELDS = {
    ("accounts", "owner_id"): ("account accounts 客户", "owner owner_id ownerid 负责人 归属人"),
    ("leads", "status"): ("lead leads 线索", "status lead_status leadstatus 状态 线索状态"),
}


def keep_state_changes(con: duckdb.DuckDBPyConnection, plain: str | None) -> None:
    """Keep what field changes say of present-state cells, before their values are only keys.

    `plain` selects `_file`, `_row`, `old` and `new` as they stood in the file; None where the trail brings keys only. No
    person's data is among these cells: whose customer it is and how far a lead has come.
    """
    con.execute(
        f"CREATE OR REPLACE TABLE {SCHEMA}.{STATE_CHANGES} (what VARCHAR, row_id VARCHAR, changed_at TIMESTAMP, place BIGINT, "
        "old VARCHAR, new VARCHAR)"
    )
    if plain is None:
        return
    for (table, column), (tables, fields) in _FIELDS.items():
        old, new = (_value(table, column, f"p.{side}") for side in ("old", "new"))
        con.execute(
            f"INSERT INTO {SCHEMA}.{STATE_CHANGES} SELECT {literal(column)}, c.row_id, c.changed_at, c._row, {old}, {new} "
            f"FROM {SCHEMA}.field_changes c JOIN ({plain}) p ON p._file = c._file AND p._row = c._row "
            f"WHERE lower(c.table_name) IN ({_listed(tables)}) AND lower(c.field) IN ({_listed(fields)})"
        )


def _value(table: str, column: str, cell: str) -> str:
    declared = TABLES[table].column(column)
    tidied = forms.cleaned(declared, cell)
    return forms.closer(declared, tidied) if declared.kind == "enum" else tidied


def _listed(words: str) -> str:
    return ", ".join(map(literal, words.split()))


class Rebuilding:
    """How cells of a present state are brought back; `joins` are what the rewritten cells need."""

    def __init__(self, store: Store, supplied: Mapping[str, Collection[str]]) -> None:
        self._supplied = supplied
        rows = store.execute(f"SELECT DISTINCT what FROM {SCHEMA}.{STATE_CHANGES}").fetchall()
        self._recorded = {what for (what,) in rows}

    def rewrite(self, table: str, cells: MutableMapping[str, str], at: str) -> str:
        """Rewrite the SQL of present-state cells to what they were at `at`; return the joins that this needs.

        A change after the moment says what stood before it. Where no change of the kind is recorded at all, what stood
        then is unknown and the cell is null.
        """
        if table == "accounts":
            return self._owners(cells, at)
        return self._lead_status(cells, at) if table == "leads" else ""

    def _owners(self, cells: MutableMapping[str, str], at: str) -> str:
        if "owner_changes" not in self._supplied and "owner_id" not in self._recorded:
            cells["owner_id"], cells["in_pool"] = "CAST(NULL AS VARCHAR)", "CAST(NULL AS BOOLEAN)"
            return ""
        supplied = self._supplied.get("owner_changes", ("from_employee_id", "to_employee_id"))
        after = "next.cell.owner" if "from_employee_id" in supplied else "CAST(NULL AS VARCHAR)"
        then = f"CASE WHEN next.id IS NULL THEN {cells['owner_id']} ELSE {after} END"
        if "to_employee_id" in supplied:
            # what the moment itself knew comes first, so that nothing later can change the answer
            then = f"CASE WHEN last.id IS NOT NULL THEN last.cell.owner ELSE {then} END"
        if "in_pool" in self._supplied.get("accounts", ()):
            cells["in_pool"] = (
                f"CASE WHEN next.id IS NULL AND last.id IS NULL THEN {cells['in_pool']} ELSE ({then}) IS NULL END"
            )
        cells["owner_id"] = then
        changes = (
            f"(SELECT row_id AS id, changed_at, place, old, new FROM {SCHEMA}.{STATE_CHANGES} WHERE what = 'owner_id' "
            + (
                f"UNION ALL SELECT account_id, changed_at, _row, from_employee_id, to_employee_id FROM {SCHEMA}.owner_changes)"
                if "owner_changes" in self._supplied
                else ")"
            )
        )
        return (
            "LEFT JOIN (SELECT id, min({'moment': changed_at, 'place': place, 'none': old IS NULL, 'owner': old}) AS cell "
            f"FROM {changes} WHERE changed_at > {at} GROUP BY 1) next ON next.id = t.account_id "
            "LEFT JOIN (SELECT id, max({'moment': changed_at, 'place': place, 'none': new IS NULL, 'owner': new}) AS cell "
            f"FROM {changes} WHERE changed_at <= {at} GROUP BY 1) last ON last.id = t.account_id"
        )

    def _lead_status(self, cells: MutableMapping[str, str], at: str) -> str:
        """A lead is new until it was first touched (its stamp says so); from then on only recorded changes can tell."""
        status = cells["status"]
        cells["status"] = (
            f"CASE WHEN t.first_touch_at > {at} THEN {status} WHEN changed.id IS NULL "
            f"THEN CASE WHEN t.status IN ('new', 'working') THEN {status} END "
            f"WHEN changed.later IS NULL THEN {status} ELSE changed.later.old END"
        )
        later = "min({'moment': changed_at, 'place': place, 'none': old IS NULL, 'old': old})"
        return (
            f"LEFT JOIN (SELECT row_id AS id, {later} FILTER (changed_at > {at}) AS later FROM {SCHEMA}.{STATE_CHANGES} "
            "WHERE what = 'status' GROUP BY 1) changed ON changed.id = t.lead_id"
        )
