"""Modules of a CRM's export: raw tables of one kind read as one, under the names of the vendor's interface."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb

from mingdan.engine.findings import Text
from mingdan.engine.reading.identifiers import free_name, quoted
from mingdan.engine.reading.raw import FILE, ROW, RawTable, TextTable
from mingdan.engine.sources import cells
from mingdan.engine.sources.notices import table_left_out
from mingdan.engine.tables import TABLES

_PAGE_NUMBER = re.compile(r"[\s_\-.]*(?:page|part|\()?[\s_\-]*\d+\)?$", re.IGNORECASE)


def without_page(name: str) -> str:
    """Return a file's name without the number of its page (Deals_2, Deals-page-03 -> Deals)."""
    return _PAGE_NUMBER.sub("", name) or name


@dataclass(frozen=True)
class Module:
    """The rows of one module; `relation` has `_row`, `_file` and `columns`. A module that is not there has no columns."""

    name: str
    relation: str
    columns: frozenset[str]
    alias: str = "m"

    @property
    def is_there(self) -> bool:
        return bool(self.columns)

    def has(self, *names: str) -> bool:
        """Return whether all of these columns are there."""
        return self.columns.issuperset(names)

    def text(self, *names: str) -> str:
        """Return SQL for the first filled of those columns that are there; NOTHING if none is."""
        return cells.first_of([cells.trimmed(f"{self.alias}.{quoted(name)}") for name in names if name in self.columns])

    def moment(self, *names: str) -> str:
        """Return SQL for a time in ISO 8601; see `text`."""
        found = self.text(*names)
        return found if found == cells.NOTHING else cells.moment(found)

    def aliased(self, alias: str) -> "Module":
        """Return the same rows under another alias, for joins."""
        return replace(self, alias=alias)

    def number(self, *names: str) -> str:
        """Return SQL for an amount in plain digits; see `text`."""
        found = self.text(*names)
        return found if found == cells.NOTHING else cells.number(found)

    @property
    def rows(self) -> str:
        """SQL for a FROM clause."""
        return f"{quoted(self.relation)} AS {self.alias}"


def missing(name: str) -> Module:
    """Return the module of an export that does not hold it."""
    return Module(name, "", frozenset())


def gathered(
    con: duckdb.DuckDBPyConnection, name: str, tables: Sequence[RawTable], rename: Callable[[str], str]
) -> Module:
    """Read raw tables as one module whose columns `rename` names; two headings of one name fill each other's gaps."""
    selects = []
    columns: dict[str, None] = {}
    for table in tables:
        by_name: dict[str, list[str]] = {}
        for heading in table.columns:
            by_name.setdefault(rename(heading), []).append(quoted(heading))
        listed = "".join(f", {cells.first_of(found)} AS {quoted(column)}" for column, found in by_name.items())
        selects.append(f"SELECT {ROW}, {FILE}{listed} FROM {quoted(table.relation)}")
        columns.update(dict.fromkeys(by_name))
    relation = free_name(con, f"module {name}")
    con.execute(f"CREATE VIEW {quoted(relation)} AS {' UNION ALL BY NAME '.join(selects)}")
    return Module(name, relation, frozenset(columns))


@dataclass(frozen=True)
class Made:
    """Rows of a table of the contract: SQL for each column, and FROM onwards, where `m` is the row they come from."""

    table: str
    columns: Mapping[str, str]
    source: str

    def sql(self) -> str:
        listed = "".join(f", {made} AS {quoted(name)}" for name, made in self.filled.items())
        return f"SELECT m.{ROW}, m.{FILE}{listed} FROM {self.source}"

    @property
    def filled(self) -> dict[str, str]:
        """The columns that this export has."""
        return {name: made for name, made in self.columns.items() if made != cells.NOTHING}


def text_tables(
    con: duckdb.DuckDBPyConnection, prefix: str, made: Sequence[Made]
) -> tuple[tuple[TextTable, ...], tuple[Text, ...]]:
    """Create one relation for each table of the contract out of all that was made for it.

    What lacks a required column cannot become rows: it is left out, and the notices say so.
    """
    by_table: dict[str, list[Made]] = {}
    left_out = []
    for one in made:
        if lacking := _required(one.table) - set(one.filled):
            left_out.append(table_left_out(one.table, lacking))
        else:
            by_table.setdefault(one.table, []).append(one)
    tables = []
    for name, parts in by_table.items():
        relation = free_name(con, f"{prefix} {name}")
        con.execute(f"CREATE VIEW {quoted(relation)} AS {' UNION ALL BY NAME '.join(part.sql() for part in parts)}")
        columns = tuple(dict.fromkeys(column for part in parts for column in part.filled))
        tables.append(TextTable(name, relation, columns))
    return tuple(tables), tuple(dict.fromkeys(left_out))


def _required(table: str) -> set[str]:
    return {column.plain_name or column.name for column in TABLES[table].columns if column.required}
