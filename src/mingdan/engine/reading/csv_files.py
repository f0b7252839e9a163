"""Text files with columns into raw tables: fast where a file is well-formed, row by row where it is damaged."""

from collections.abc import Sequence
from pathlib import Path, PurePath

import duckdb

from mingdan.engine.reading.csv_form import CsvForm, form_of
from mingdan.engine.reading.csv_mend import HEADINGS_AGAIN, Damaged, mend
from mingdan.engine.reading.identifiers import free_name, literal, quoted
from mingdan.engine.reading.raw import FILE, ROW, RawTable, UnreadableTrailError
from mingdan.engine.reading.shelf import SCRATCH, Shelf, distinct_headings

_LONGEST_LINE = 8_000_000


def read_csv(path: Path, shelf: Shelf, name: str, file: str) -> None:
    """Put a text file on the shelf as one raw table of text; a damaged row goes to the unread ones.

    Memory stays bounded whatever the size. Raise UnreadableTrailError where the file is no text.
    """
    form = form_of(path, shelf.options.get(PurePath(file).name.removesuffix(".gz"), {}))
    if form is None:
        shelf.say(f"{file} is empty.", f"{file} 是空文件。")
        return
    relation = free_name(shelf.con, f"raw {name}")
    columns = distinct_headings(form.headings)
    if not _read_plain(path, form, shelf, name, file, relation, columns):
        _read_mended(path, form, shelf, name, file, relation, columns)
    shelf.tables.append(RawTable(name, relation, columns, file))


def _read_plain(
    path: Path, form: CsvForm, shelf: Shelf, name: str, file: str, relation: str, columns: Sequence[str]
) -> bool:
    """Read a file as it lies; return False, with nothing left behind, where its rows are not beyond doubt."""
    if not form.is_plain or form.bytes.records is None or len(columns) < 2:
        return False
    con, stored = shelf.con, f"{SCRATCH}.{quoted(relation)}"
    declared = ", ".join(f"{literal(f'c{at}')}: 'VARCHAR'" for at in range(len(columns)))
    source = _csv_source(path, form.separator, declared, header=form.has_headings)
    try:
        con.execute(f"CREATE TABLE {stored} AS SELECT * FROM {source}")
    except (duckdb.InvalidInputException, duckdb.ConversionException):
        return False
    expected = form.bytes.records - form.has_headings
    if _count(con, stored) != expected or (form.bytes.inner_newlines and _swallowed(con, stored, form)):
        con.execute(f"DROP TABLE {stored}")
        return False
    where = _without_headings(form, shelf, stored, name, file)
    named = ", ".join(f"c{at} AS {quoted(column)}" for at, column in enumerate(columns))
    con.execute(
        f"CREATE VIEW {quoted(relation)} AS SELECT rowid + 1 AS {ROW}, {literal(file)} AS {FILE}, {named} FROM {stored}{where}"
    )
    return True


def _read_mended(
    path: Path, form: CsvForm, shelf: Shelf, name: str, file: str, relation: str, columns: Sequence[str]
) -> None:
    damaged: list[tuple[int, str, str]] = []

    def report(row: Damaged) -> None:
        damaged.append((row.row, row.text[:200], row.reason))
        if len(damaged) >= 100_000:
            shelf.put_unread(file, name, damaged)
            damaged.clear()

    clean = shelf.copy_of(Path("mended.csv"))
    written = mend(path, form, clean, report)
    shelf.put_unread(file, name, damaged)
    declared = ", ".join(["'r': 'BIGINT'", *(f"{literal(f'c{at}')}: 'VARCHAR'" for at in range(len(columns)))])
    named = ", ".join(f"c{at} AS {quoted(column)}" for at, column in enumerate(columns))
    source = _csv_source(clean, ",", declared, header=False)
    stored = f"{SCRATCH}.{quoted(relation)}"
    shelf.con.execute(f"CREATE TABLE {stored} AS SELECT r AS {ROW}, {literal(file)} AS {FILE}, {named} FROM {source}")
    shelf.con.execute(f"CREATE VIEW {quoted(relation)} AS FROM {stored}")
    if _count(shelf.con, stored) != written:
        raise UnreadableTrailError(f"{file} cannot be split into rows for certain; export it again as xlsx or Parquet.")
    clean.unlink()


def _csv_source(path: Path, separator: str, declared: str, *, header: bool) -> str:
    return (
        f"read_csv({literal(str(path))}, auto_detect=false, header={str(header).lower()}, columns={{{declared}}}, "
        f"delim={literal(separator)}, quote='\"', escape='\"', strict_mode=true, null_padding=false, "
        f"ignore_errors=false, nullstr='', max_line_size={_LONGEST_LINE})"
    )


def _count(con: duckdb.DuckDBPyConnection, relation: str) -> int:
    found = con.execute(f"SELECT count(*) FROM {relation}").fetchone()
    return int(found[0]) if found else 0


def _swallowed(con: duckdb.DuckDBPyConnection, stored: str, form: CsvForm) -> bool:
    """Return whether a cell with line ends holds a line that could be a row: a sign of a slipped quotation mark."""
    width = len(form.headings)
    one_row = f"len(string_split(line, {literal(form.separator)})) >= {width}"
    tests = " OR ".join(
        f"(contains(c{at}, chr(10)) AND len(list_filter(string_split(c{at}, chr(10)), lambda line: {one_row})) > 0)"
        for at in range(width)
    )
    return con.execute(f"SELECT 1 FROM {stored} WHERE {tests} LIMIT 1").fetchone() is not None


def _without_headings(form: CsvForm, shelf: Shelf, stored: str, name: str, file: str) -> str:
    """Return the condition that leaves out repeated headings, as where two exports were copied together."""
    same = " AND ".join(f"coalesce(trim(c{at}), '') = {literal(text)}" for at, text in enumerate(form.headings))
    found = shelf.con.execute(f"SELECT rowid + 1 FROM {stored} WHERE {same} ORDER BY 1").fetchall()
    if not found or not form.has_headings:
        return ""
    text = form.separator.join(form.headings)[:200]
    shelf.put_unread(file, name, [(row, text, HEADINGS_AGAIN) for (row,) in found])
    return f" WHERE NOT ({same})"
