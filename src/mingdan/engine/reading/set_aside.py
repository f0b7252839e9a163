"""Rows that could not be used, with where they stand and why."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from mingdan.engine.reading import csv_mend, json_pages, json_stream
from mingdan.engine.reading.atomic import whole_file
from mingdan.engine.reading.identifiers import literal
from mingdan.engine.reading.raw import FILE, ROW, RawTable, UnreadableTrailError
from mingdan.engine.reading.shelf import UNREAD
from mingdan.engine.result import SetAside
from mingdan.engine.schema import Column
from mingdan.engine.tables import TABLES

RELATION = '"rows set aside"'
HIDDEN = "(hidden)"
HEADER = ("table", "file", "row", "column", "value", "reason", "reason_zh")

EMPTY = ("empty", "为空")
_KINDS = {
    "timestamp": ("not a time", "不是有效的时间"),
    "date": ("not a date", "不是有效的日期"),
    "decimal": ("not an amount", "不是有效的金额或数量"),
    "fraction": ("not a share between -1 and 1", "不是 -1 到 1 之间的比例"),
    "integer": ("not a whole number", "不是整数"),
    "boolean": ("neither yes nor no", "不是“是”或“否”"),
    "list": ("not a list", "不是列表"),
    "id": ("a number whose digits were lost in a spreadsheet", "数字被电子表格截断，已丢失位数"),
    "key": (
        "a placeholder, or a number whose digits were lost in a spreadsheet",
        "占位号码，或数字被电子表格截断而丢失位数",
    ),
    "text": ("unreadable", "无法读取"),
}
_UNREAD_ZH = {
    csv_mend.OPEN_QUOTE: "引号没有闭合",
    csv_mend.TOO_MANY: "单元格多于表头",
    csv_mend.TOO_LONG: "整行过长",
    csv_mend.HEADINGS_AGAIN: "重复的表头行",
    json_stream.NOT_JSON: "不是 JSON",
    json_stream.TOO_DEEP: "JSON 嵌套过深",
    json_stream.BREAKS_OFF: "文件在列表中间中断",
    json_pages.ERROR_ANSWER: "接口返回的是错误信息而不是数据，请重新获取",
    json_pages.NO_RECORD: "是单个值，不是一条记录",
}


def unreadable(column: Column) -> tuple[str, str]:
    """Return why a filled cell cannot be a value of this column, in English and Chinese."""
    if column.kind == "enum":
        return f"not one of: {', '.join(column.values)}", f"不在可选值内：{', '.join(column.values)}"
    return _KINDS[column.kind]


class SetAsideRows:
    """The rows set aside so far, kept in DuckDB because they may be many."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        con.execute(
            f'CREATE TABLE {RELATION} ("table" VARCHAR, file VARCHAR, "row" BIGINT, "column" VARCHAR, value VARCHAR, '
            "reason VARCHAR, reason_zh VARCHAR)"
        )

    def take(self, query: str) -> int:
        """Keep what `query` selects (the columns of HEADER); return how many rows."""
        found = self._con.execute(f"INSERT INTO {RELATION} {query}").fetchone()
        return int(found[0]) if found else 0

    def take_unread(self, tables: Sequence[tuple[RawTable, str]], hidden_files: frozenset[str]) -> None:
        """Keep rows that could not be split, under the table of the contract that their file became."""
        names = " ".join(
            f"WHEN file = {literal(raw.file)} AND name = {literal(raw.name)} THEN {literal(table)}"
            for raw, table in tables
        )
        zh = " ".join(f"WHEN {literal(en)} THEN {literal(said)}" for en, said in _UNREAD_ZH.items())
        hidden = ", ".join(map(literal, sorted(hidden_files))) or "NULL"
        source = f"(SELECT name, {FILE} AS file, {ROW} AS place, value, reason FROM {UNREAD})"
        named = f"CASE {names} ELSE name END" if names else "name"
        self.take(
            f"SELECT {named}, file, place, '', CASE WHEN file IN ({hidden}) THEN '{HIDDEN}' ELSE value END, "
            f"reason, CASE reason {zh} ELSE reason END FROM {source}"
        )

    def counts(self) -> dict[str, int]:
        """Return how many rows were set aside, by table."""
        rows = self._con.execute(f'SELECT "table", count(*) FROM {RELATION} GROUP BY 1').fetchall()
        return dict(rows)

    def rows(self, limit: int | None = None) -> Iterator[SetAside]:
        """Yield the rows set aside in a fixed order: by table as declared, file, row."""
        for row in self._ordered(limit):
            yield SetAside(*row)

    def write(self, path: Path) -> None:
        """Write set_aside.csv: UTF-8 with a mark, so that spreadsheets show Chinese, and no cell that they would run."""
        with whole_file(path) as draft, draft.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADER)
            for row in self._ordered(None):
                writer.writerow([_harmless(cell) if isinstance(cell, str) else cell for cell in row])

    def refuse(self) -> None:
        """Raise UnreadableTrailError that names the first rows, if any were set aside (--strict)."""
        total = sum(self.counts().values())
        if total:
            first = "; ".join(
                f"{row.table}, {row.file} row {row.row}{', ' + row.column if row.column else ''}: {row.reason}"
                for row in self.rows(3)
            )
            raise UnreadableTrailError(f"{total} rows cannot be used, and --strict was asked for. {first}.")

    def _ordered(self, limit: int | None) -> Iterator[tuple[str, str, int, str, str, str, str]]:
        order = " ".join(f"WHEN {literal(name)} THEN {at}" for at, name in enumerate(TABLES))
        cursor = self._con.cursor().execute(
            f'SELECT * FROM {RELATION} ORDER BY CASE "table" {order} ELSE {len(TABLES)} END, "table", file, "row", "column", '
            f"value, reason {'' if limit is None else f'LIMIT {limit}'}"
        )
        while batch := cursor.fetchmany(10_000):
            yield from batch


def _harmless(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula."""
    is_formula = cell[:1] in ("=", "+", "-", "@", "\t", "\r") and not cell.lstrip("+-").replace(".", "").isdigit()
    return f"'{cell}" if is_formula else cell
