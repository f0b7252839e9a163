"""Find rows that stand twice in a table."""

from dataclasses import dataclass

import duckdb

from mingdan.engine.reading.border_sql import SCHEMA
from mingdan.engine.reading.identifiers import literal, quoted
from mingdan.engine.reading.raw import FILE, REST, ROW
from mingdan.engine.schema import Table


@dataclass(frozen=True)
class Duplicates:
    """`query` gives the later of equal rows as they are set aside, `deletion` takes them out of the table."""

    query: str
    deletion: str


def find(con: duckdb.DuckDBPyConnection, table: Table, *, has_rest: bool) -> Duplicates | None:
    """Look for second rows of the same id, or exact duplicates in a table without row ids; None if there are none.

    Only the hashes of all rows are grouped, so that millions of rows take little memory; equal rows are then compared
    cell by cell.
    """
    name = f"{SCHEMA}.{quoted(table.name)}"
    cells = [quoted(column) for column in table.column_names] + ([REST] if has_rest else [])
    same = [quoted(table.key[0])] if table.has_row_id else cells
    hashed = f"hash({', '.join(same)})"
    twice = f"SELECT {hashed} FROM {name} GROUP BY 1 HAVING count(*) > 1"
    con.execute(f'CREATE OR REPLACE TEMP TABLE "twice" AS {twice}')
    if con.execute('SELECT 1 FROM "twice" LIMIT 1').fetchone() is None:
        return None
    _rank(con, name, same, cells, hashed)
    return Duplicates(set_aside_query(table), f'DELETE FROM {name} WHERE rowid IN (SELECT id FROM "later rows")')


def _rank(con: duckdb.DuckDBPyConnection, name: str, same: list[str], cells: list[str], hashed: str) -> None:
    doubtful = f'(SELECT rowid AS id, * FROM {name} WHERE {hashed} IN (FROM "twice"))'
    con.execute(f'CREATE OR REPLACE TEMP TABLE "later rows" AS {later_query(doubtful, same, cells, beside="id,")}')


def later_query(relation: str, same: list[str], cells: list[str], *, beside: str = "") -> str:
    """Return the query of rows that follow another with the same cells `same`, with where the first one stands."""
    depth = f"length({FILE}) - length(replace({FILE}, '/', ''))"
    window = f"(PARTITION BY {', '.join(same)} ORDER BY {depth}, {FILE}, {ROW})"
    return (
        f"SELECT * FROM (SELECT {beside} {ROW} AS place, {FILE} AS file, {same[0]} AS value, "
        f"hash({', '.join(cells)}) AS whole, first_value({FILE}) OVER {window} AS first_file, "
        f"first_value({ROW}) OVER {window} AS first_row, first_value(hash({', '.join(cells)})) OVER {window} AS first_whole, "
        f"row_number() OVER {window} AS number FROM {relation}) WHERE number > 1"
    )


def set_aside_query(table: Table) -> str:
    """Return the query of the relation `later rows` as they are set aside."""
    where = "concat('row ', first_row, CASE WHEN first_file <> file THEN ' of ' || first_file ELSE '' END)"
    where_zh = "concat(CASE WHEN first_file <> file THEN first_file || ' ' ELSE '' END, '第 ', first_row, ' 行')"
    exact = "whole = first_whole"
    column, value = (literal(table.key[0]), "CAST(value AS VARCHAR)") if table.has_row_id else ("''", "''")
    return (
        f"SELECT {literal(table.name)}, file, place, {column}, {value}, "
        f"CASE WHEN {exact} THEN concat('exact duplicate of ', {where}) ELSE concat('second row with this id, the first is ', {where}) END, "
        f"CASE WHEN {exact} THEN concat('与', {where_zh}, '完全重复') ELSE concat('编号重复，首次出现在', {where_zh}) END "
        'FROM "later rows"'
    )
