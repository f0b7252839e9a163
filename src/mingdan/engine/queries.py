"""Fetch what an Ibis expression asks for; DuckDB is told a question that was asked before without translating it again.

Translating an expression costs more than answering it on a small company, and a replay asks the same questions every month.
"""

from collections import OrderedDict
from typing import Any, cast

import duckdb
import ibis
import ibis.expr.operations as ops
import pyarrow as pa
from ibis.backends.duckdb import Backend as DuckDB
from ibis.backends.duckdb.converter import DuckDBPyArrowData
from ibis.expr.types import Table as Expression

_REMEMBERED = 4096
_SQL: OrderedDict[ops.Node, str] = OrderedDict()


def fetched(con: ibis.BaseBackend, expression: Expression) -> pa.Table:
    """Return the rows of an expression over tables that `con` knows by their names, with the types that Ibis says."""
    if not isinstance(con, DuckDB):
        return con.to_pyarrow(expression)
    asked, given = _named(expression)
    sql = _SQL.get(asked)
    if sql is None:
        sql = _SQL[asked] = con.compile(cast("Any", asked).to_expr())
        if len(_SQL) > _REMEMBERED:
            _SQL.popitem(last=False)
    raw: duckdb.DuckDBPyConnection = con.con
    for name, rows in given.items():
        raw.register(name, rows)
    answer = raw.execute(sql).to_arrow_table()
    for name in given:
        raw.unregister(name)
    return cast("Any", expression).__pyarrow_result__(answer, data_mapper=DuckDBPyArrowData)


def _named(expression: Expression) -> tuple[ops.Node, dict[str, pa.Table]]:
    """Return the expression with rows from memory as tables of fixed names, and those rows: so it equals its like."""
    op = cast("Any", expression).op()
    found = op.find(ops.InMemoryTable)
    if not found:
        return op, {}
    named = {
        one: ops.UnboundTable(name=f"given_{place}", schema=one.schema, namespace=ops.Namespace())
        for place, one in enumerate(found)
    }
    given = {table.name: one.data.to_pyarrow(one.schema) for one, table in named.items()}
    return op.replace(named), given
