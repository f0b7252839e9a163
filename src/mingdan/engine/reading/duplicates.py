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
    return Duplicates(_set_aside_query(table), f'DELETE FROM {name} WHERE rowid IN (SELECT id FROM "later rows")')


def _rank(con: duckdb.DuckDBPyConnection, name: str, same: list[str], cells: list[str], hashed: str) -> None:
    window = f"(PARTITION BY {', '.join(same)} ORDER BY len(string_split({FILE}, '/')), {FILE}, {ROW})"
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE "later rows" AS
        SELECT * FROM (
            SELECT rowid AS id, {ROW} AS place, {FILE} AS file, {same[0]} AS value, hash({", ".join(cells)}) AS whole,
                first_value({FILE}) OVER {window} AS first_file, first_value({ROW}) OVER {window} AS first_row,
                first_value(hash({", ".join(cells)})) OVER {window} AS first_whole, row_number() OVER {window} AS number
            FROM {name} WHERE {hashed} IN (FROM "twice")
        ) WHERE number > 1
        """
    )


def _set_aside_query(table: Table) -> str:
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
