"""Tables of text become typed tables; what cannot be used is set aside, counted and said."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from mingdan.engine.findings import Text
from mingdan.engine.reading import duplicates
from mingdan.engine.reading.border_sql import (
    SCHEMA,
    Cell,
    cells_of,
    cells_query,
    failed_query,
    lookup_query,
    plain_query,
    probe_query,
    typed_query,
)
from mingdan.engine.reading.day_order import read_year_last
from mingdan.engine.reading.identifiers import quoted
from mingdan.engine.reading.keying import Keyer, install_kind_of_field
from mingdan.engine.reading.raw import FILE, REST, ROW, TextTable
from mingdan.engine.reading.rebuilt import keep_state_changes
from mingdan.engine.reading.set_aside import HIDDEN, SetAsideRows, unreadable
from mingdan.engine.reading.shelf import SCRATCH
from mingdan.engine.schema import DUCKDB_TYPES, Table
from mingdan.engine.tables import TABLES


@dataclass(frozen=True)
class Admitted:
    """A typed table in the schema `trail`: how many rows it keeps, and which columns hold at least one value."""

    table: Table
    rows: int
    supplied: frozenset[str]


class Border:
    """Types the tables of one trail, one after the other."""

    def __init__(self, con: duckdb.DuckDBPyConnection, keyer: Keyer, set_aside: SetAsideRows) -> None:
        self._con, self._keyer, self._set_aside = con, keyer, set_aside
        self.notices: list[Text] = []
        self.personal_files: set[str] = set()
        con.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        keep_state_changes(con, None)

    def admit(self, text: TextTable) -> Admitted | None:
        """Type a table; return None, with a notice, where a required column is missing."""
        table = TABLES[text.table]
        cells = cells_of(table, text, self._stored(text))
        brought = {cell.column.name for cell in cells}
        missing = [column.name for column in table.columns if column.required and column.name not in brought]
        if missing or not cells:
            self._say_missing(table, missing)
            return None
        self._note_personal(text, cells)
        doubtful = [cell for cell in cells if not cell.column.required and cell.column.kind != "text"]
        self._look_closer(text, cells)
        self._fill(table, text, cells, doubtful)
        self._say_odd(table, text, doubtful)
        return self._admitted(table, brought)

    def _fill(self, table: Table, text: TextTable, cells: Sequence[Cell], doubtful: Sequence[Cell]) -> None:
        """Make the typed table, without the rows that are set aside."""
        self._con.execute(f"CREATE TABLE {SCHEMA}.{quoted(table.name)} AS {typed_query(table, text, cells, doubtful)}")
        self._set_failures_aside(table, cells)
        self._set_aside_duplicates(table, text)
        if table.name == "field_changes":
            keep_state_changes(self._con, self._plain_changes(text, cells))

    def _stored(self, text: TextTable) -> dict[str, str]:
        rows = self._con.execute(f"DESCRIBE SELECT * FROM {quoted(text.relation)}").fetchall()
        return {name: stored for name, stored, *_ in rows}

    def _note_personal(self, text: TextTable, cells: Sequence[Cell]) -> None:
        if any(cell.is_plain for cell in cells):
            files = self._con.execute(f"SELECT DISTINCT _file FROM {quoted(text.relation)}").fetchall()
            self.personal_files.update(file for (file,) in files)

    def _look_closer(self, text: TextTable, cells: Sequence[Cell]) -> None:
        """Key plain columns, and read the cells that first sight cannot."""
        for cell in cells:
            if cell.is_plain:
                self._key(text, cells, cell)
        spoken = [cell for cell in cells if cell.is_spoken]
        if not spoken:
            return
        counts = self._con.execute(probe_query(text, spoken)).fetchone() or ()
        for cell, filled, read in zip(spoken, counts[::2], counts[1::2], strict=True):
            if filled != read:
                cell.lookup = f"{SCRATCH}.{quoted(f'values of {text.table} {cell.column.name}')}"
                self._con.execute(f"CREATE TABLE {cell.lookup} AS {lookup_query(text, cell)}")
                self.notices += read_year_last(self._con, text.table, cell)

    def _key(self, text: TextTable, cells: Sequence[Cell], cell: Cell) -> None:
        if cell.column.plain_name in ("old", "new"):
            field = next(other for other in cells if other.column.name == "field")
            install_kind_of_field(self._con, f"SELECT {field.first} AS field FROM ({cells_query(text, [field])})")
        self._keyer.key_values(plain_query(text, cells, cell))

    def _plain_changes(self, text: TextTable, cells: Sequence[Cell]) -> str | None:
        """Return the query of the old and new values of field changes, or None where the trail only has their keys."""
        plain = {cell.heading: cell for cell in cells if cell.is_plain}
        if "old" not in plain:
            return None
        sides = ", ".join(
            f"c{plain[name].at} AS {name}" if name in plain else f"NULL AS {name}" for name in ("old", "new")
        )
        return f"SELECT {FILE}, {ROW}, {sides} FROM ({cells_query(text, list(plain.values()))})"

    def _set_failures_aside(self, table: Table, cells: Sequence[Cell]) -> None:
        if self._set_aside.take(failed_query(table, cells)):
            self._con.execute(f"DELETE FROM {SCHEMA}.{quoted(table.name)} WHERE _why IS NOT NULL")

    def _set_aside_duplicates(self, table: Table, text: TextTable) -> None:
        found = duplicates.find(self._con, table, has_rest=REST in text.columns)
        if found is not None:
            self._set_aside.take(found.query)
            self._con.execute(found.deletion)

    def _say_odd(self, table: Table, text: TextTable, doubtful: Sequence[Cell]) -> None:
        """Say which optional cells were unreadable and became empty, with one of them."""
        name = f"{SCHEMA}.{quoted(table.name)}"
        if not doubtful or self._con.execute(f"SELECT 1 FROM {name} WHERE _odd <> 0 LIMIT 1").fetchone() is None:
            return
        counted = ", ".join(f"count(*) FILTER ((_odd & {1 << bit}) <> 0)" for bit in range(len(doubtful)))
        counts = self._con.execute(f"SELECT {counted} FROM {name} WHERE _odd <> 0").fetchone() or ()
        for cell, count in zip(doubtful, counts, strict=True):
            if count:
                self._say_column(table, text, cell, count)

    def _say_column(self, table: Table, text: TextTable, cell: Cell, count: int) -> None:
        en, zh = unreadable(cell.column)
        example = HIDDEN if cell.is_plain else self._example(text, cell)
        column = f"{table.name}.{cell.column.name}"
        self.notices.append(
            Text(
                en=f"{column}: {count:,} unreadable {'cell' if count == 1 else 'cells'} left empty, such as {example} ({en}).",
                zh=f"{column}：{count:,} 个单元格无法读取，按空值处理，例如 {example}（{zh}）。",
            )
        )

    def _example(self, text: TextTable, cell: Cell) -> str:
        if cell.lookup:
            query = f"SELECT min(said) FROM {cell.lookup} WHERE value IS NULL"
        elif cell.says_enough:
            seen = f"SELECT c{cell.at}, {cell.first} AS v{cell.at} FROM ({cells_query(text, [cell])})"
            query = f"SELECT CAST(min(c{cell.at}) AS VARCHAR) FROM ({seen}) WHERE {cell.is_bad}"
        else:
            query = f"SELECT min(c{cell.at}) FROM ({cells_query(text, [cell])}) WHERE {cell.is_bad}"
        found = self._con.execute(query).fetchone()
        return f"{str(found[0])[:60]!r}" if found else ""

    def _say_missing(self, table: Table, missing: Sequence[str]) -> None:
        columns = ", ".join(missing)
        self.notices.append(
            Text(
                en=f"{table.name} is not used: the column {columns} is missing.",
                zh=f"{table.zh}（{table.name}）未使用：缺少必需列 {columns}。",
            )
        )

    def _admitted(self, table: Table, brought: set[str]) -> Admitted:
        names = sorted(brought)
        counted = ", ".join(f"count({quoted(name)})" for name in names)
        counts = self._con.execute(f"SELECT count(*), {counted} FROM {SCHEMA}.{quoted(table.name)}").fetchone() or (0,)
        filled = frozenset(name for name, count in zip(names, counts[1:], strict=True) if count)
        return Admitted(table, int(counts[0]), filled)


def create_empty(con: duckdb.DuckDBPyConnection, tables: Sequence[Table]) -> None:
    """Create the tables that the trail does not bring, without rows."""
    made = []
    for table in tables:
        declared = ", ".join(f"{quoted(column.name)} {DUCKDB_TYPES[column.kind]}" for column in table.columns)
        made.append(f"CREATE TABLE {SCHEMA}.{quoted(table.name)} ({declared})")
    con.execute(f"BEGIN; {'; '.join(made)}; COMMIT")
