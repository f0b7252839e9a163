"""DuckDB's SQL of the reader in Spark's words: sqlglot translates, and what it does not know is put here."""

from functools import cache

import sqlglot
from sqlglot import exp

from mingdan.engine.reading.forms import CURRENCY_CODE


def spark_sql(query: str) -> str:
    """Return a query or expression in Spark's SQL."""
    return parsed(query).sql(dialect="spark")


@cache
def parsed(query: str) -> exp.Expr:
    """Return the tree of a query, with functions that Spark has."""
    tree: exp.Expr = sqlglot.parse_one(query, read="duckdb")
    return tree.transform(_known_to_spark)


def _known_to_spark(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Anonymous):
        return _renamed(node)
    if isinstance(node, exp.Chr):
        return exp.Literal.string(chr(int(node.expressions[0].name)))
    if isinstance(node, exp.RegexpFullMatch):
        return exp.RegexpLike(this=node.this, expression=_whole(node.expression))
    if isinstance(node, exp.Bracket) and isinstance(node.expressions[0], exp.Slice):
        return _substring(node)
    if isinstance(node, exp.AtTimeZone):
        return exp.cast(node.this, "TIMESTAMPNTZ")
    return node


def _renamed(node: exp.Anonymous) -> exp.Expr:
    name, arguments = node.name.lower(), node.expressions
    if name == "hash":
        return exp.func("xxhash64", *arguments)
    if name == "strlen":
        return exp.func("octet_length", *arguments)
    if name == "chr":
        return exp.Literal.string(chr(int(arguments[0].name)))
    if name == "regexp_full_match":
        return exp.RegexpLike(this=arguments[0], expression=_whole(arguments[1]))
    if name == "currency_code":
        cell = arguments[0]
        known: exp.Expr = parsed(CURRENCY_CODE).transform(lambda one: cell.copy() if one == exp.column("c") else one)
        return known
    if name == "timezone":  # the session is in UTC
        return exp.cast(arguments[1], "TIMESTAMPNTZ")
    return node


def _whole(pattern: exp.Expr) -> exp.Expr:
    return exp.Literal.string(f"^(?:{pattern.name})$")


def _substring(node: exp.Bracket) -> exp.Expr:
    """Translate `c[3:-2]`, the only cut there is: from the third letter to the last but one."""
    part = node.expressions[0]
    first = int(part.this.sql())
    left = int(part.expression.sql().replace("(", "").replace(")", ""))
    if left >= 0:
        raise ValueError(f"no translation for {node.sql()}")
    length = f"length({{}}) - {first - 1 - left - 1}"
    cell = node.this.sql(dialect="duckdb")
    return sqlglot.parse_one(f"substring({cell}, {first}, {length.format(cell)})", read="duckdb")
