"""JSON pages of an interface, or JSON lines, into raw tables."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from mingdan.engine.reading.identifiers import free_name, quoted
from mingdan.engine.reading.json_stream import Broken, json_values
from mingdan.engine.reading.raw import FILE, ROW, RawTable

PARENT = "Parent_Id"
"""The column of a child table that names the record it belongs to."""

UNREADABLE = "unreadable_json"
"""The relation with what was no record: `_row` (a line), `_file`, `value` (how it begins), `reason`."""

_MAKE_UNREADABLE = (
    f"CREATE TABLE IF NOT EXISTS {UNREADABLE} ({ROW} BIGINT, {FILE} VARCHAR, value VARCHAR, reason VARCHAR)"
)

ERROR_ANSWER = "an error answer instead of a page; fetch it again"
NO_RECORD = "a single value instead of a record"
_BATCH = 5000
_DEEPEST = 5
_GENERAL_NAMES = frozenset(
    {"data", "datalist", "records", "rows", "items", "list", "result", "results", "value", "modifyrecordlist"}
)
_ABOUT_THE_PAGE = frozenset(
    {"info", "status", "message", "code", "details", "errorCode", "errorMessage", "errorDescription", "traceId"}
    | {
        "offset",
        "limit",
        "total",
        "count",
        "page",
        "per_page",
        "more_records",
        "next_page_token",
        "success",
        "pageInfo",
    }
)
_IDS = ("id", "_id", "logID")


def read_json(path: Path, con: duckdb.DuckDBPyConnection, name: str, file: str | None = None) -> list[RawTable]:
    """Read a JSON or JSON-lines file into one raw table per kind of record.

    Envelopes are opened ({"data": [...]}, {"data": {"dataList": [...]}}, {"__timeline": [...]}); nested objects become
    columns joined with dots, lists of records tables of their own called `Parent.child` with `Parent_Id`, other lists
    JSON text. `file` is what to call the file, where that is not its own name. Ids and numbers keep the digits that were written. What cannot be read goes into the relation `UNREADABLE`,
    and the rest is read. Raise UnreadableTrailError where the file is no text.
    """
    shelf: dict[str, _Rows] = {}
    shown = file or path.name
    for value in json_values(path):
        for table, record in _records(value, name):
            if isinstance(record, Broken):
                _set_aside(con, shown, record)
            else:
                _file_away(shelf, con, shown, table, record, None)
    return [rows.finished() for rows in shelf.values()]


def unreadable_rows(con: duckdb.DuckDBPyConnection) -> list[tuple[int, str, str]]:
    """Take out what has been set aside so far: place, how it begins, and why it is no record."""
    con.execute(_MAKE_UNREADABLE)
    rows = con.execute(f"SELECT {ROW}, value, reason FROM {UNREADABLE} ORDER BY ALL").fetchall()
    con.execute(f"DELETE FROM {UNREADABLE}")
    return rows


def _records(value: Any, name: str) -> Iterator[tuple[str, "dict[str, Any] | Broken"]]:
    """Open the envelopes around records and yield each with the name of its table."""
    if isinstance(value, Broken):
        yield name, value
    elif isinstance(value, list):
        for member in value:
            yield from _records(member, name)
    elif not isinstance(value, dict):
        yield name, Broken(0, str(value), NO_RECORD)
    elif refused := _refusal(value):
        yield name, Broken(0, json.dumps(value, ensure_ascii=False), refused)
    elif not any(key in value for key in _IDS) and (lists := _lists_of(value)):
        for key, members in lists.items():
            for member in members:
                yield from _records(member, _table_name(name, key))
    elif not _is_empty_page(value):
        yield name, value


def _refusal(page: Mapping[str, Any]) -> str:
    """Return why a page is an error answer, or nothing if it is none."""
    code = page.get("errorCode")
    if code not in (None, "0", "") and "_id" not in page:
        return ERROR_ANSWER
    if page.get("status") == "error" and "code" in page and "id" not in page:
        return ERROR_ANSWER
    return ""


def _lists_of(page: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the lists of records that a page holds, or nothing if it is itself a record."""
    inner = page.get("data")
    if isinstance(inner, Mapping):
        return _lists_of(inner) or {"data": [inner]} if set(page) <= _ABOUT_THE_PAGE | {"data"} else {}
    lists = {key: members for key, members in page.items() if _is_list_of_records(members)}
    return lists if lists and set(page) - set(lists) <= _ABOUT_THE_PAGE else {}


def _is_list_of_records(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(member, dict) for member in value)


def _is_empty_page(page: Mapping[str, Any]) -> bool:
    filled = {key for key, value in page.items() if value not in ([], {}, None)}
    signs = ("data", "info", "errorCode", "__timeline")
    return not filled or (filled <= _ABOUT_THE_PAGE and any(key in page for key in signs))


def _table_name(name: str, key: str) -> str:
    if key.lower() in _GENERAL_NAMES:
        return name
    if key == "__timeline":
        return name if "timeline" in name.lower() else f"{name}.__timeline"
    return key


def _file_away(
    shelf: "dict[str, _Rows]",
    con: duckdb.DuckDBPyConnection,
    file: str,
    table: str,
    record: Mapping[str, Any],
    parent: str | None,
) -> None:
    """Put one record on its table, and the records inside it on theirs."""
    if table not in shelf:
        shelf[table] = _Rows(con, file, table)
    rows = shelf[table]
    flat: dict[str, str | None] = {} if parent is None else {PARENT: parent}
    inner: list[tuple[str, list[dict[str, Any]]]] = []
    _flatten(record, "", flat, inner, 1)
    identity = next((flat[key] for key in _IDS if flat.get(key)), None)
    number = rows.add(flat)
    for key, members in inner:
        for member in members:
            _file_away(shelf, con, file, f"{table}.{key}", member, identity or f"{parent or file}#{number}")


def _flatten(
    record: Mapping[str, Any],
    prefix: str,
    flat: dict[str, str | None],
    inner: list[tuple[str, list[dict[str, Any]]]],
    depth: int,
) -> None:
    for key, value in record.items():
        column = f"{prefix}{key}"
        if isinstance(value, dict) and value and depth < _DEEPEST:
            _flatten(value, f"{column}.", flat, inner, depth + 1)
        elif _is_list_of_records(value) and depth < _DEEPEST:
            inner.append((column, value))
        else:
            flat[column] = _cell(value)


def _cell(value: Any) -> str | None:
    if value is None or value in ("", [], {}):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _set_aside(con: duckdb.DuckDBPyConnection, file: str, broken: Broken) -> None:
    con.execute(_MAKE_UNREADABLE)
    text = broken.text.encode("utf-8", "replace").decode("utf-8")
    con.execute(f"INSERT INTO {UNREADABLE} VALUES (?, ?, ?, ?)", [broken.place, file, text, broken.reason])


class _Rows:
    """The rows of one table on their way into DuckDB, whose columns are learnt as they come."""

    def __init__(self, con: duckdb.DuckDBPyConnection, file: str, name: str) -> None:
        self._con, self._file, self._name = con, file, name
        self._columns: dict[str, str] = {}
        self._taken = {ROW, FILE}
        self._waiting: list[dict[str, str | None]] = []
        self._count = 0
        self._relation = free_name(con, f"raw {_name(name)}")
        con.execute(f"CREATE TABLE {quoted(self._relation)} ({ROW} BIGINT, {FILE} VARCHAR)")

    def add(self, row: dict[str, str | None]) -> int:
        """Take a row and return its number."""
        self._count += 1
        self._waiting.append(row)
        for name in row:
            if name not in self._columns:
                self._learn(name)
        if len(self._waiting) >= _BATCH:
            self._flush()
        return self._count

    def finished(self) -> RawTable:
        """Write what waits and return the table."""
        self._flush()
        return RawTable(self._name, self._relation, tuple(self._columns.values()), self._file)

    def _learn(self, name: str) -> None:
        """Add a column; DuckDB does not tell Name from name, so that a second writing of it gets a number."""
        wanted = _name(name)
        column, number = wanted, 2
        while column.lower() in self._taken:
            column, number = f"{wanted}_{number}", number + 1
        self._taken.add(column.lower())
        self._columns[name] = column
        self._con.execute(f"ALTER TABLE {quoted(self._relation)} ADD COLUMN {quoted(column)} VARCHAR")

    def _flush(self) -> None:
        first = self._count - len(self._waiting) + 1
        arrays: dict[str, pa.Array] = {
            ROW: pa.array(range(first, self._count + 1), pa.int64()),
            FILE: pa.array([self._file] * len(self._waiting), pa.string()),
        }
        for name, column in self._columns.items():
            arrays[column] = _text_array([row.get(name) for row in self._waiting])
        batch = pa.table(arrays)
        self._con.register("json_batch", batch)
        self._con.execute(f"INSERT INTO {quoted(self._relation)} BY NAME SELECT * FROM json_batch")
        self._con.unregister("json_batch")
        self._waiting = []


def _text_array(values: list[str | None]) -> pa.Array:
    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:  # half a surrogate pair, as some exports escape it
        return pa.array([None if value is None else _whole(value) for value in values], pa.string())


def _name(text: str) -> str:
    """Return a name that SQL can hold."""
    return _whole(text).replace("\0", "") or "unnamed"


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
