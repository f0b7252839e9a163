"""The reader's own questions to typed tables, written once for DuckDB and asked of Spark."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import ibis
import sqlglot
from pyspark.sql import DataFrame, SparkSession
from sqlglot import exp

from mingdan.engine.reading.border_sql import SCHEMA
from mingdan.engine.spark.backend import ArrowSpark

Row = tuple[Any, ...]


class SparkStore:
    """Typed tables in Spark. Queries are in DuckDB's SQL; `trail.orders` means the view that was put as `orders`."""

    engine = "spark"

    def __init__(self, session: SparkSession, *, on_close: Callable[[], None] = lambda: None) -> None:
        self.session = session
        self._on_close = on_close
        self._prefix = f"mingdan_{id(self):x}_"
        self._put: list[str] = []

    def put(self, table: str, frame: DataFrame) -> None:
        """Make a frame the typed table of this name, for every look at the trail."""
        frame.createOrReplaceGlobalTempView(self._prefix + table)
        self._put.append(table)

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
        tree = _parsed(query).transform(self._placed)
        return tree.sql(dialect="spark")

    def close(self) -> None:
        """Forget the views."""
        for table in self._put:
            self.session.catalog.dropGlobalTempView(self._prefix + table)
        self._put = []
        self._on_close()

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


@cache
def _parsed(query: str) -> exp.Expr:
    parsed: exp.Expr = sqlglot.parse_one(query, read="duckdb")
    return parsed
