"""Dates with the year at the end (03/25/2025): whether day or month comes first, only the whole column can tell."""

import duckdb

from mingdan.engine.findings import Text
from mingdan.engine.reading import forms
from mingdan.engine.reading.border_sql import Cell
from mingdan.engine.schema import DUCKDB_TYPES

_YEAR_LAST = r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(.*)$"


def read_year_last(con: duckdb.DuckDBPyConnection, table: str, cell: Cell) -> list[Text]:
    """Fill in the dates of a lookup that have the year at the end, where the column shows which part is the day.

    One number above 12 tells for all. Where there is none, or above 12 in either place, they stay unread, and a notice
    says so: a guess could move every order by months.
    """
    if cell.column.kind not in ("timestamp", "date") or cell.lookup is None:
        return []
    first, second = (f"try_cast(regexp_extract(said, '{_YEAR_LAST}', {at}) AS INTEGER)" for at in (1, 2))
    waiting = f"value IS NULL AND regexp_matches(said, '{_YEAR_LAST}')"
    found = con.execute(f"SELECT max({first}), max({second}), max(said) FROM {cell.lookup} WHERE {waiting}").fetchone()
    if found is None or found[0] is None:
        return []
    day_first, month_first = found[0] > 12, found[1] > 12
    if day_first != month_first:
        written = r"\3-\2-\1\4" if day_first else r"\3-\1-\2\4"
        said = forms.closer(cell.column, f"regexp_replace(said, '{_YEAR_LAST}', '{written}')")
        kind = DUCKDB_TYPES[cell.column.kind]
        con.execute(f"UPDATE {cell.lookup} SET value = CAST({said} AS {kind}) WHERE {waiting}")
    return [_told(f"{table}.{cell.column.name}", found[2], day_first=day_first, month_first=month_first)]


def _told(column: str, example: str, *, day_first: bool, month_first: bool) -> Text:
    if day_first == month_first:
        return Text(
            en=f"{column}: dates such as {example!r} may begin with the day or the month; write them as 2025-03-25.",
            zh=f"{column}：{example!r} 这样的日期无法判断日月顺序，请写作 2025-03-25。",
        )
    en, zh = ("day", "日在前") if day_first else ("month", "月在前")
    return Text(
        en=f"{column}: dates such as {example!r} are read with the {en} first, as others in the column show.",
        zh=f"{column}：{example!r} 这样的日期按{zh}读取，依据同列其他日期。",
    )
