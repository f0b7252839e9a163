"""DuckDB, SQLite and Parquet files into raw tables."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb

from mingdan.engine.reading.identifiers import free_name, literal, quoted
from mingdan.engine.reading.raw import FILE, ROW, RawTable, UnreadableTrailError
from mingdan.engine.reading.shelf import Shelf, distinct_headings

_BATCH = 20_000


def read_parquet(path: Path, shelf: Shelf, name: str, file: str) -> None:
    """Put a Parquet file on the shelf as a view; raise UnreadableTrailError where it is none or breaks off."""
    source = f"read_parquet({literal(str(path))}, file_row_number=true, hive_partitioning=false)"
    try:
        described = shelf.con.execute(f"SELECT * FROM {source} LIMIT 0").description or []
        shelf.con.execute(f"SELECT count(*) FROM {source}")
    except duckdb.Error as error:
        raise UnreadableTrailError(f"{file} is damaged or no Parquet file; export it again.") from error
    columns = [column for column, *_ in described if column != "file_row_number"]
    _add_views(shelf, name, file, source, columns, "file_row_number + 1")


def read_duckdb(path: Path, shelf: Shelf, name: str, file: str) -> None:
    """Put each table of a DuckDB file on the shelf as a view; the file is opened read-only."""
    alias = free_name(shelf.con, f"file {name}")
    try:
        shelf.con.execute(f"ATTACH {literal(str(path))} AS {quoted(alias)} (READ_ONLY)")
    except duckdb.Error as error:
        raise UnreadableTrailError(
            f"{file} cannot be opened: it is damaged, encrypted, in use, or made by a newer DuckDB; export Parquet instead."
        ) from error
    found = shelf.con.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = ? ORDER BY 1, 2", [alias]
    ).fetchall()
    for schema, table in found:
        source = f"{quoted(alias)}.{quoted(schema)}.{quoted(table)}"
        described = shelf.con.execute(f"SELECT * FROM {source} LIMIT 0").description or []
        _add_views(shelf, table, file, source, [column for column, *_ in described], "rowid + 1")


def _add_views(shelf: Shelf, name: str, file: str, source: str, columns: Sequence[str], row: str) -> None:
    """Add a view of text over a typed relation, and one that keeps its types for those who need no text."""
    headings = distinct_headings(columns)
    native, relation = free_name(shelf.con, f"typed {name}"), free_name(shelf.con, f"raw {name}")
    named = ", ".join(f"{quoted(old)} AS {quoted(new)}" for old, new in zip(columns, headings, strict=True))
    shelf.con.execute(
        f"CREATE VIEW {quoted(native)} AS SELECT {row} AS {ROW}, {literal(file)} AS {FILE}, {named} FROM {source}"
    )
    texts = ", ".join(f"CAST({quoted(column)} AS VARCHAR) AS {quoted(column)}" for column in headings)
    shelf.con.execute(f"CREATE VIEW {quoted(relation)} AS SELECT {ROW}, {FILE}, {texts} FROM {quoted(native)}")
    shelf.tables.append(RawTable(name, relation, headings, file, native))


def read_sqlite(path: Path, shelf: Shelf, name: str, file: str) -> None:
    """Put each table of a SQLite file on the shelf; raise UnreadableTrailError where it is damaged or locked."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as con:
            con.text_factory = lambda raw: raw.decode("utf-8", "replace")
            found = con.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
            ).fetchall()
            for (table,) in found:
                cursor = con.execute(f"SELECT * FROM {quoted(table)}")
                headings = [column for column, *_ in cursor.description]
                shelf.add_rows(table, file, headings, _texts(cursor))
    except sqlite3.Error as error:
        raise UnreadableTrailError(f"{file} cannot be read as a SQLite file ({error}); copy it again.") from error


def _texts(cursor: sqlite3.Cursor) -> Iterator[list[str | None]]:
    while batch := cursor.fetchmany(_BATCH):
        for row in batch:
            yield [_text(cell) for cell in row]


def _text(cell: Any) -> str | None:
    if cell is None:
        return None
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "replace")
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    return str(cell)
