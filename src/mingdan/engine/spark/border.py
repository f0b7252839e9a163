"""The border on Spark: the same SQL types the tables, and the same rows are set aside, where the Parquet lies."""

from collections.abc import Sequence

import duckdb
import pyarrow as pa
from pyspark import StorageLevel
from pyspark.sql import DataFrame
from pyspark.sql import types as kinds

from mingdan.engine.reading import forms
from mingdan.engine.reading.border import Border
from mingdan.engine.reading.border_sql import Cell, cells_query, failed_query, lookup_query, typed_query
from mingdan.engine.reading.duplicates import later_query, set_aside_query
from mingdan.engine.reading.identifiers import quoted
from mingdan.engine.reading.raw import FILE, REST, ROW, TextTable, UnreadableTrailError
from mingdan.engine.reading.set_aside import SetAsideRows
from mingdan.engine.schema import DUCKDB_TYPES, Table
from mingdan.engine.spark.store import SparkStore

_STORED: dict[type[kinds.DataType], str] = {
    kinds.StringType: "VARCHAR",
    kinds.TimestampNTZType: "TIMESTAMP",
    kinds.TimestampType: "TIMESTAMP WITH TIME ZONE",
    kinds.DateType: "DATE",
    kinds.LongType: "BIGINT",
    kinds.IntegerType: "INTEGER",
    kinds.ShortType: "SMALLINT",
    kinds.ByteType: "TINYINT",
    kinds.DoubleType: "DOUBLE",
    kinds.FloatType: "FLOAT",
    kinds.BooleanType: "BOOLEAN",
}


class SparkBorder(Border):
    """Types the tables of one trail in Spark; what takes a closer look is looked up here, each different value once.

    `con` is a DuckDB beside it that keeps the rows set aside and knows every way to write a value.
    """

    def __init__(self, store: SparkStore, con: duckdb.DuckDBPyConnection, set_aside: SetAsideRows) -> None:
        self._con = store  # type: ignore[assignment]  # the reader's own questions are asked of Spark
        self._store, self._beside, self._set_aside = store, con, set_aside
        self.notices = []
        self.personal_files = set()

    def _stored(self, text: TextTable) -> dict[str, str]:
        schema = self._store.frame(f"SELECT * FROM {quoted(text.relation)}").schema
        return {field.name: _stored_as(field.dataType) for field in schema.fields}

    def _note_personal(self, text: TextTable, cells: Sequence[Cell]) -> None:
        plain = [cell.heading for cell in cells if cell.is_plain]
        if plain:
            raise UnreadableTrailError(
                f"{text.table} has plain values in {', '.join(plain)}; Spark reads a trail in place only with match keys "
                "(such as phone_key), so that no secret leaves this machine: bring keys, or scan a copy on this machine."
            )

    def _look_closer(self, text: TextTable, cells: Sequence[Cell]) -> None:
        for cell in cells:
            if cell.is_spoken:
                self._look_up(text, cell)

    def _look_up(self, text: TextTable, cell: Cell) -> None:
        """Read the different cells that first sight cannot, in DuckDB, and lend the answers to Spark."""
        c, late = f"c{cell.at}", f"{forms.in_range(cell.column, f'({cell.first})')} IS NULL"
        seen = f"SELECT DISTINCT {c} FROM ({cells_query(text, [cell])})"
        different = self._store.frame(f"{seen} WHERE {late}" if cell.column.kind == "enum" else seen).toArrow()
        if not different.num_rows:
            return
        relation = f"cells of {text.table} {cell.column.name}"
        self._beside.register("different", different.select([c]).rename_columns([cell.heading]))
        self._beside.execute(
            f"CREATE TABLE {quoted(relation)} AS SELECT 0 AS {ROW}, '' AS {FILE}, {quoted(cell.heading)} FROM different"
        )
        self._beside.unregister("different")
        beside = TextTable(text.table, relation, (cell.heading,))
        answers = self._beside.execute(lookup_query(beside, cell)).to_arrow_table()
        cell.lookup = self._store.lend(f"values_of_{text.table}_{cell.column.name}", answers)

    def _fill(self, table: Table, text: TextTable, cells: Sequence[Cell], doubtful: Sequence[Cell]) -> None:
        typed = self._store.frame(typed_query(table, text, cells, doubtful))
        typed.persist(StorageLevel.MEMORY_AND_DISK)
        self._store.put(table.name, typed)
        if any(cell.column.required for cell in cells):
            self._take(self._store.frame(failed_query(table, cells)))
            typed = typed.where("_why IS NULL")
            self._store.put(table.name, typed)
        later = self._later(table, has_rest=REST in text.columns)
        if later is not None:
            self._store.put(table.name, typed.join(later, [FILE, ROW], "left_anti"))

    def _take(self, frame: DataFrame) -> None:
        failed = frame.toArrow()
        if failed.num_rows:
            names = [f"n{at}" for at in range(failed.num_columns)]
            self._beside.register("failed", failed.rename_columns(names))
            self._set_aside.take("SELECT * FROM failed")
            self._beside.unregister("failed")

    def _later(self, table: Table, *, has_rest: bool) -> DataFrame | None:
        """Set the later of equal rows aside; return where they stand, or None if there are none."""
        name = f"trail.{quoted(table.name)}"
        cells = [quoted(column) for column in table.column_names] + ([REST] if has_rest else [])
        same = [quoted(table.key[0])] if table.has_row_id else cells
        twice = self._store.execute(f"SELECT 1 FROM {name} GROUP BY {', '.join(same)} HAVING count(*) > 1 LIMIT 1")
        if twice.fetchone() is None:
            return None
        found: pa.Table = self._store.frame(later_query(name, same, cells)).toArrow()
        self._beside.register("later rows", found)
        self._set_aside.take(set_aside_query(table))
        self._beside.unregister("later rows")
        self._store.lend(f"later_{table.name}", found.select(["file", "place"]).rename_columns([FILE, ROW]))
        return self._store.frame(f'SELECT {FILE}, {ROW} FROM trail."later_{table.name}"')


def _stored_as(kind: kinds.DataType) -> str:
    if isinstance(kind, kinds.DecimalType):
        return f"DECIMAL({kind.precision},{kind.scale})"
    if isinstance(kind, kinds.ArrayType) and isinstance(kind.elementType, kinds.StringType):
        return DUCKDB_TYPES["list"]
    return _STORED.get(type(kind), kind.simpleString())
