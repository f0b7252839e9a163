"""The trail as it was known at a moment, as views: later rows do not exist, later cells are as they were before."""

from collections.abc import Collection, Mapping
from datetime import datetime

import ibis

from mingdan.engine.reading.border_sql import SCHEMA
from mingdan.engine.reading.identifiers import literal, quoted
from mingdan.engine.reading.rebuilt import Rebuilding
from mingdan.engine.reading.store import Store
from mingdan.engine.schema import DUCKDB_TYPES, Table
from mingdan.engine.tables import TABLES


class AsOf:
    """Makes views for each moment, so that moments looked at side by side do not disturb each other."""

    def __init__(self, store: Store, supplied: Mapping[str, Collection[str]], latest: datetime) -> None:
        self._store, self._latest = store, latest
        self._supplied = {name: tuple(sorted(columns)) for name, columns in supplied.items()}
        self._rebuilding = Rebuilding(store, supplied)

    def backend(self, moment: datetime) -> ibis.BaseBackend:
        """Return an Ibis backend whose tables are the trail as of a moment (naive UTC)."""
        return self._store.views({table.name: self._query(table, moment) for table in TABLES.values()})

    def filled(self, backend: ibis.BaseBackend) -> dict[str, frozenset[str]]:
        """Return the columns that held a value at a backend's moment, by table: a column filled later was not there yet."""
        supplied = {}
        for name, columns in self._supplied.items():
            table = backend.table(name)
            counted = {f"c{at}": table[column].count() for at, column in enumerate(columns)}
            (row,) = backend.to_pyarrow(table.aggregate(rows=table.count(), **counted)).to_pylist()
            if row["rows"]:
                supplied[name] = frozenset(column for at, column in enumerate(columns) if row[f"c{at}"])
        return supplied

    def _query(self, table: Table, moment: datetime) -> str:
        at = f"TIMESTAMP {literal(moment.isoformat(sep=' '))}"
        cells = {column.name: f"t.{quoted(column.name)}" for column in table.columns}
        for stamp, before in table.stamps:
            known = self._is_known(stamp, at, moment)
            for name, value in before:
                kind = DUCKDB_TYPES[table.column(name).kind]
                was = "NULL" if value is None else literal(value)
                # an empty cell has nothing to hide; only a filled one goes back to what it was
                cells[name] = (
                    f"CASE WHEN {known} OR {cells[name]} IS NULL THEN {cells[name]} ELSE CAST({was} AS {kind}) END"
                )
        joins = ""
        if moment < self._latest:
            joins = self._rebuilding.rewrite(table.name, cells, at)
        made = ", ".join(f"{cell} AS {quoted(name)}" for name, cell in cells.items())
        return f"SELECT {made} FROM {SCHEMA}.{quoted(table.name)} t {joins} WHERE {self._is_visible(table, at)}"

    def _is_known(self, stamp: str, at: str, moment: datetime) -> str:
        """Return the SQL of whether what a stamp dates was known; what has no date is only known at the trail's end."""
        undated = f" OR t.{quoted(stamp)} IS NULL" if moment >= self._latest else ""
        return f"(t.{quoted(stamp)} <= {at}{undated})"

    def _is_visible(self, table: Table, at: str) -> str:
        """Return the SQL of whether a row existed; an undated row always did, a child as long as its parent did."""
        if not table.visible_at:
            return "true"
        if table.visible_at[0] not in TABLES:
            return f"coalesce({', '.join(f't.{quoted(name)}' for name in table.visible_at)}, {at}) <= {at}"
        parent = TABLES[table.visible_at[0]]
        key = quoted(parent.key[0])
        here = next(column.name for column in table.columns if column.refers_to == parent.name)
        return (
            f"NOT EXISTS (SELECT 1 FROM {SCHEMA}.{quoted(parent.name)} p WHERE p.{key} = t.{quoted(here)} AND "
            f"coalesce({', '.join(f'p.{quoted(name)}' for name in parent.visible_at)}, {at}) > {at})"
        )
