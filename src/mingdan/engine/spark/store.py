"""The reader's own questions to typed tables, written once for DuckDB and asked of Spark."""

from collections.abc import Mapping
from typing import Any

import ibis
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from sqlglot import exp

from mingdan.engine.reading.border_sql import SCHEMA
from mingdan.engine.reading.identifiers import quoted
from mingdan.engine.reading.rebuilt import STATE_CHANGES
from mingdan.engine.schema import DUCKDB_TYPES, Table
from mingdan.engine.spark.backend import ArrowSpark
from mingdan.engine.spark.dialect import parsed

Row = tuple[Any, ...]

_STATE_CHANGES = (
    "CAST(NULL AS VARCHAR) AS what, CAST(NULL AS VARCHAR) AS row_id, CAST(NULL AS TIMESTAMP) AS changed_at, "
    "CAST(NULL AS BIGINT) AS place, CAST(NULL AS VARCHAR) AS old, CAST(NULL AS VARCHAR) AS new"
)


class SparkStore:
    """Typed tables in Spark. Queries are in DuckDB's SQL; `trail.orders` means the view that was put as `orders`."""

    engine = "spark"

    def __init__(self, session: SparkSession) -> None:
        self.session = session
        self._prefix = f"mingdan_{id(self):x}_"
        self._put: set[str] = set()

    def put(self, table: str, frame: DataFrame) -> None:
        """Make a frame the typed table of this name, for every look at the trail."""
        frame.createOrReplaceGlobalTempView(self._prefix + table)
        self._put.add(table)

    def put_relation(self, name: str, query: str) -> None:
        """Name a query of the reader, beside the typed tables."""
        self.frame(query).createOrReplaceTempView(name)

    def put_state_changes(self) -> None:
        """Make the table of recorded owners and states, which a trail with nothing but keys does not bring."""
        self.put(STATE_CHANGES, self.frame(f"SELECT {_STATE_CHANGES} WHERE false"))

    def lend(self, name: str, rows: pa.Table) -> str:
        """Bring rows from here to Spark; return the relation's name in a query."""
        self.put(name, self.session.createDataFrame(rows))
        return f"{SCHEMA}.{quoted(name)}"

    def execute(self, query: str) -> "Fetched":
        """Run a query and fetch its few rows."""
        return Fetched([tuple(row) for row in self.session.sql(self.spark_sql(query)).collect()])

    def frame(self, query: str) -> DataFrame:
        """Return what a query selects, not yet computed."""
        return self.session.sql(self.spark_sql(query))

    def views(self, queries: Mapping[str, str]) -> ibis.BaseBackend:
        """Return an Ibis backend whose tables are these queries; a look at another moment has views of its own."""
        session = self.session.newSession()
        backend = ArrowSpark.of(session)
        for name, query in queries.items():
            session.sql(f"CREATE TEMPORARY VIEW `{name}` AS {self.spark_sql(query)}")
        return backend

    def spark_sql(self, query: str) -> str:
        """Return a query in Spark's SQL."""
        return parsed(query).transform(self._placed).sql(dialect="spark")

    def close(self) -> None:
        """Forget the views."""
        for table in self._put:
            self.session.catalog.dropGlobalTempView(self._prefix + table)
        self._put = set()

    def _placed(self, node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Table) and node.db == SCHEMA:
            return exp.table_(self._prefix + node.name, db="global_temp", alias=node.alias or None)
        return node


class Fetched:
    """Rows of a query, as DuckDB's cursor hands them out."""

    def __init__(self, rows: list[Row]) -> None:
        self._rows = rows

    def fetchone(self) -> Row | None:
        """Return the first row, or None."""
        return self._rows[0] if self._rows else None

    def fetchall(self) -> list[Row]:
        """Return every row."""
        return self._rows


def empty_table(store: SparkStore, table: Table) -> DataFrame:
    """Return a table of the contract without rows."""
    cells = ", ".join(f"CAST(NULL AS {DUCKDB_TYPES[column.kind]}) AS {quoted(column.name)}" for column in table.columns)
    return store.frame(f"SELECT {cells} WHERE false")
