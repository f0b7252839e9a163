"""Ibis on Spark, with answers fetched as Arrow: no detour over pandas, so that decimals and large integers stay exact."""

from collections.abc import Mapping
from typing import Any, cast

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.schema as sch
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.pyspark import Backend
from ibis.formats.pyarrow import PyArrowSchema
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import to_arrow_schema


class ArrowSpark(Backend):
    """The Ibis backend for one Spark session."""

    @classmethod
    def of(cls, session: SparkSession) -> "ArrowSpark":
        """Return a backend whose tables are the views of a session."""
        cls.register_options()
        backend = cls()
        backend.do_connect(session)
        return backend

    def get_schema(self, table_name: str, *, catalog: str | None = None, database: str | None = None) -> sch.Schema:
        """Return a view's columns; times have microseconds, and saying so lets Ibis join them with those of DuckDB's kind."""
        known = super().get_schema(table_name, catalog=catalog, database=database)
        micro = dt.Timestamp(scale=6)
        return sch.schema({name: micro if kind.is_timestamp() else kind for name, kind in known.items()})

    def schema_of(self, expr: ir.Expr) -> pa.Schema:
        """Return the columns that Spark says an expression has, without running it; raise where Spark cannot take it."""
        self._run_pre_execute_hooks(expr)
        table = expr.as_table()
        return to_arrow_schema(self._session.sql(self.compile(table)).schema)

    def to_pyarrow(
        self,
        expr: ir.Expr,
        /,
        *,
        params: Mapping[ir.Scalar, Any] | None = None,
        limit: int | str | None = None,
        **kwargs: Any,
    ) -> Any:
        """Run an expression and return it as Arrow data of the types that Ibis says."""
        self._run_pre_execute_hooks(expr)
        table = expr.as_table()
        order, unordered = _order_of(table)
        frame: DataFrame = self._session.sql(self.compile(unordered, **kwargs))
        fetched = frame.toArrow().cast(PyArrowSchema.from_ibis(table.schema()))
        ordered = fetched.sort_by(order) if order else fetched
        return cast("Any", expr).__pyarrow_result__(ordered)

    def _register_in_memory_table(self, op: ops.InMemoryTable) -> None:
        rows = op.data.to_pyarrow(op.schema)
        self._session.createDataFrame(rows).createOrReplaceTempView(op.name)


def _order_of(table: ir.Table) -> tuple[list[tuple[str, str]], ir.Table]:
    """Part an expression from an order by plain columns: sorting what was fetched costs less than one more shuffle."""
    sort = table.op()
    if not isinstance(sort, ops.Sort):
        return [], table
    keys = [(key.arg.name, "ascending") for key in sort.keys if isinstance(key.arg, ops.Field) and key.ascending]
    is_plain = all(not key.nulls_first and not key.arg.dtype.is_array() for key in sort.keys)
    if len(keys) < len(sort.keys) or not is_plain:
        return [], table
    return keys, cast("Any", sort.parent).to_expr()
