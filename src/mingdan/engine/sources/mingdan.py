"""The trail in the contract's own shape, or under its Chinese headings."""

import difflib
from collections.abc import Sequence

import duckdb

from mingdan.engine.findings import Text
from mingdan.engine.reading.identifiers import free_name, literal, quoted
from mingdan.engine.reading.raw import FILE, REST, ROW, RawTable, SourceOptions, TextTable, Translation
from mingdan.engine.schema import Column
from mingdan.engine.sources.placing import Placed, place
from mingdan.engine.sources.sheets import heading_form

_TO_START = frozenset({"opportunities", "orders"})
_MOST_NAMED = 12


class MingdanSource:
    """Tables of the contract, by their names, titles and headings in English or Chinese."""

    name = "mingdan"

    def recognises(self, raw: Sequence[RawTable]) -> bool:
        """Return whether there are deals or orders with every required column."""
        found = [placed for placed in map(place, raw) if placed is not None]
        return any(placed.table.name in _TO_START and not placed.missing for placed in found)

    def translate(self, raw: Sequence[RawTable], con: duckdb.DuckDBPyConnection, options: SourceOptions) -> Translation:
        """Make tables of the contract; a file without a required column, or unknown altogether, is left out with a notice."""
        notices: list[Text] = []
        usable: dict[str, list[Placed]] = {}
        for table in raw:
            placed = place(table)
            if placed is None:
                notices.append(unknown_file_notice(table))
            elif placed.missing:
                notices.append(missing_notice(placed))
            else:
                usable.setdefault(placed.table.name, []).append(placed)
                if placed.unknown:
                    notices.append(unknown_columns_notice(placed))
        return Translation(tuple(_text_table(con, name, parts) for name, parts in usable.items()), tuple(notices))


def _text_table(con: duckdb.DuckDBPyConnection, table: str, parts: Sequence[Placed]) -> TextTable:
    """Put the files of one table together; they need not have the same columns."""
    keeps_types = all(part.raw.native for part in parts)
    columns = list(dict.fromkeys(name for part in parts for name in part.columns))
    if any(part.unknown for part in parts):
        columns.append(REST)
    relation = free_name(con, f"text {table}")
    union = " UNION ALL BY NAME ".join(_part(part, keeps_types=keeps_types) for part in parts)
    con.execute(f"CREATE VIEW {quoted(relation)} AS {union}")
    return TextTable(table, relation, tuple(columns))


def _part(placed: Placed, *, keeps_types: bool) -> str:
    made = []
    for name, taken in placed.columns.items():
        cell = quoted(taken.heading)
        if taken.unit:
            cell = f"CASE WHEN trim(CAST({cell} AS VARCHAR)) <> '' THEN concat(trim(CAST({cell} AS VARCHAR)), {literal(taken.unit)}) END"
        made.append(f"{cell} AS {quoted(name)}")
    rest = f", hash({', '.join(map(quoted, placed.unknown))}) AS {REST}" if placed.unknown else ""
    relation = placed.raw.native if keeps_types and placed.raw.native else placed.raw.relation
    return f"SELECT {ROW}, {FILE}, {', '.join(made)}{rest} FROM {quoted(relation)}"


def unknown_file_notice(raw: RawTable) -> Text:
    """Say that a file is none of the tables."""
    shown = _shown(raw)
    return Text(en=f"{shown} is no table of the trail, left out.", zh=f"{shown} 不是销售轨迹中的表，未读取。")


def unknown_columns_notice(placed: Placed) -> Text:
    """Say which columns of a file are left out."""
    shown, named = _shown(placed.raw), _named(placed.unknown)
    return Text(en=f"{shown}: unknown columns left out: {named}.", zh=f"{shown}：未知的列已忽略：{named}。")


def missing_notice(placed: Placed) -> Text:
    """Say which columns a file lacks, what headings it has, and which of them could be meant."""
    table, shown, found = placed.table, _shown(placed.raw), _named(placed.raw.columns)
    columns = ", ".join(column.name for column in placed.missing)
    hints = [hint for column in placed.missing if (hint := _closest(column, placed.unknown))]
    en_hint = f" Perhaps {', '.join(f'{theirs!r} is {ours}' for ours, theirs in hints)}." if hints else ""
    zh_hint = f"或许{'，'.join(f'“{theirs}”即 {ours}' for ours, theirs in hints)}。" if hints else ""
    return Text(
        en=f"{shown} is not used for {table.name}: it has no column {columns}; its headings are {found}.{en_hint}",
        zh=f"{shown} 未用作{table.zh}（{table.name}）：缺少列 {columns}；现有表头为 {found}。{zh_hint}",
    )


def _closest(column: Column, headings: Sequence[str]) -> tuple[str, str] | None:
    by_form = {heading_form(heading): heading for heading in headings}
    for word in (column.name, *column.labels):
        close = difflib.get_close_matches(heading_form(word), by_form, n=1, cutoff=0.6)
        if close:
            return column.name, by_form[close[0]]
    return None


def _shown(raw: RawTable) -> str:
    return raw.file if raw.name in raw.file else f"{raw.file} ({raw.name})"


def _named(headings: Sequence[str]) -> str:
    return ", ".join(headings[:_MOST_NAMED]) + (", ..." if len(headings) > _MOST_NAMED else "")
