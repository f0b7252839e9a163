"""The SQL that types one table: which column comes from which cell, and how each cell becomes a value."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mingdan.engine.reading import forms
from mingdan.engine.reading.identifiers import literal, quoted
from mingdan.engine.reading.keying import kind_of
from mingdan.engine.reading.raw import FILE, REST, ROW, TextTable
from mingdan.engine.reading.set_aside import EMPTY, HIDDEN, unreadable
from mingdan.engine.schema import DUCKDB_TYPES, Column, Table

SCHEMA = "trail"


@dataclass
class Cell:
    """One column of the contract on its way: `heading` in the text table, `stored` its type there.

    `is_plain` marks a plain value to be keyed. `lookup` is the relation with the values that took a closer look.
    """

    at: int
    column: Column
    heading: str
    stored: str
    is_plain: bool
    lookup: str | None = None

    @property
    def is_spoken(self) -> bool:
        """True where the value must be read out of text (a time, an amount, a choice), not merely tidied."""
        return self.column.kind not in ("id", "text", "key") and not self.says_enough

    @property
    def says_enough(self) -> bool:
        return self.stored != "VARCHAR" and forms.says_enough(self.column, self.stored)

    @property
    def raw(self) -> str:
        """The SQL of the cell as text, or as stored where its type says enough."""
        return forms.as_stored(self.column, quoted(self.heading), self.stored)

    @property
    def first(self) -> str:
        """The SQL of the value at first sight, over the cell `c<at>`."""
        cell = f"c{self.at}"
        if self.says_enough:
            return forms.in_range(self.column, f"({forms.converted(self.column, cell, self.stored)})")
        if self.is_spoken:
            return forms.usual(self.column, cell)
        return forms.tidy(self.column, cell)

    @property
    def value(self) -> str:
        """The SQL of the final value, over what was seen at first (`m.u<at>`) and what the relations joined to it say."""
        seen = forms.in_range(self.column, f"m.u{self.at}") if self.is_spoken else f"m.u{self.at}"
        if self.is_plain:
            return f"k{self.at}.key"
        return f"coalesce({seen}, l{self.at}.value)" if self.lookup else seen

    @property
    def is_bad(self) -> str:
        """The SQL of whether the cell is filled but unreadable, over its value `v<at>`, cell `c<at>` and said `s<at>`."""
        if self.says_enough:
            return f"(v{self.at} IS NULL AND c{self.at} IS NOT NULL)"
        if self.lookup or self.is_plain:
            return f"(v{self.at} IS NULL AND s{self.at} IS NOT NULL)"
        is_cut = self.column.kind in ("id", "key")
        return f"coalesce({forms.digits_lost(f'c{self.at}')}, false)" if is_cut else "false"

    @property
    def said(self) -> str | None:
        """The SQL of what a cell holds beside words for nothing, where a lookup or a key was needed."""
        if self.is_plain:
            return (
                f"CASE WHEN {forms.digits_lost(f'm.c{self.at}')} THEN m.c{self.at} ELSE m.u{self.at} END AS s{self.at}"
            )
        return f"l{self.at}.said AS s{self.at}" if self.lookup else None

    @property
    def shown(self) -> str:
        return f"'{HIDDEN}'" if self.is_plain else f"coalesce(CAST(c{self.at} AS VARCHAR), '')"


def cells_of(table: Table, text: TextTable, stored: Mapping[str, str]) -> list[Cell]:
    """Return the columns of the contract that a text table brings, its plain columns where it has no keys."""
    cells = []
    for at, column in enumerate(table.columns):
        heading = column.name if column.name in text.columns else column.plain_name
        is_plain = heading != column.name
        if heading in text.columns and (not is_plain or heading not in table.column_names):
            cells.append(Cell(at, column, heading, stored[heading], is_plain))
    return cells


def cells_query(text: TextTable, cells: Sequence[Cell]) -> str:
    """Return the query that gives each cell as `c<at>`, without rows in which all are empty."""
    made = ", ".join(f"{cell.raw} AS c{cell.at}" for cell in cells)
    rest = f", {REST}" if REST in text.columns else ""
    some = " OR ".join(f"c{cell.at} IS NOT NULL" for cell in cells)
    return f"SELECT * FROM (SELECT {ROW}, {FILE}{rest}, {made} FROM {quoted(text.relation)}) WHERE {some}"


def probe_query(text: TextTable, spoken: Sequence[Cell]) -> str:
    """Return the query that counts filled cells and those that are read at first sight, column after column."""
    seen = ", ".join(f"c{cell.at}, {cell.first} AS u{cell.at}" for cell in spoken)
    counted = ", ".join(f"count(c{cell.at}), count({forms.in_range(cell.column, f'u{cell.at}')})" for cell in spoken)
    return f"SELECT {counted} FROM (SELECT {seen} FROM ({cells_query(text, spoken)}))"


def lookup_query(text: TextTable, cell: Cell) -> str:
    """Return the query that reads the different cells which first sight could not, each once."""
    c = f"c{cell.at}"
    late = f"{forms.in_range(cell.column, f'({cell.first})')} IS NULL"
    closer = forms.closer(cell.column, "said")
    return (
        f"SELECT cell, said, CAST({closer} AS {DUCKDB_TYPES[cell.column.kind]}) AS value FROM (SELECT {c} AS cell, "
        f"{forms.cleaned(cell.column, c)} AS said FROM (SELECT DISTINCT {c} FROM ({cells_query(text, [cell])}) WHERE {late}))"
    )


def plain_query(text: TextTable, cells: Sequence[Cell], cell: Cell) -> str:
    """Return the query of the plain values to key, with the kind of each."""
    tidy = forms.tidy(cell.column, f"c{cell.at}")
    kind = kind_of(cell.column)
    if kind != "field":
        return f"SELECT {literal(kind)} AS kind, {tidy} AS plain FROM ({cells_query(text, [cell])})"
    field = next(other for other in cells if other.column.name == "field")
    both = cells_query(text, [cell, field])
    return (
        f'SELECT f.kind, {tidy} AS plain FROM ({both}) JOIN "field kinds" f '
        f"ON f.field = {forms.tidy(field.column, f'c{field.at}')}"
    )


def typed_query(table: Table, text: TextTable, cells: Sequence[Cell], doubtful: Sequence[Cell]) -> str:
    """Return the query of the typed table, with `_why` (the first required column that fails), `_value` and `_odd`.

    `_odd` has a bit for each of the `doubtful` cells that is filled but unreadable.
    """
    first = ", ".join(f"c{cell.at}, {cell.first} AS u{cell.at}" for cell in cells)
    rest = f", {REST}" if REST in text.columns else ""
    seen = f"SELECT {ROW}, {FILE}{rest}, {first} FROM ({cells_query(text, cells)})"
    values = ", ".join(f"m.c{cell.at}, {cell.value} AS v{cell.at}" for cell in cells)
    values += "".join(f", {cell.said}" for cell in cells if cell.said)
    joined = " ".join(_joins(cells))
    valued = f"SELECT m.{ROW}, m.{FILE}{rest and f', m.{REST}'}, {values} FROM ({seen}) m {joined}"
    by_name = {cell.column.name: cell for cell in cells}
    made = ", ".join(_final(column, by_name.get(column.name)) for column in table.columns)
    return f"SELECT {ROW}, {FILE}{rest}, {made}, {_judged(cells, doubtful)} FROM ({valued})"


def _joins(cells: Sequence[Cell]) -> list[str]:
    joins = []
    for cell in cells:
        if cell.lookup:
            joins.append(f"LEFT JOIN {cell.lookup} l{cell.at} ON l{cell.at}.cell = m.c{cell.at}")
        if cell.is_plain:
            kind = literal(kind_of(cell.column))
            if kind == "'field'":
                field = next(other for other in cells if other.column.name == "field")
                joins.append(f'LEFT JOIN "field kinds" f{cell.at} ON f{cell.at}.field = m.u{field.at}')
                kind = f"f{cell.at}.kind"
            joins.append(
                f'LEFT JOIN "keyed values" k{cell.at} ON k{cell.at}.kind = {kind} AND k{cell.at}.plain = m.u{cell.at}'
            )
    return joins


def _final(column: Column, cell: Cell | None) -> str:
    value = f"v{cell.at}" if cell else "NULL"
    return f"CAST({value} AS {DUCKDB_TYPES[column.kind]}) AS {quoted(column.name)}"


def _judged(cells: Sequence[Cell], doubtful: Sequence[Cell]) -> str:
    required = [cell for cell in cells if cell.column.required]
    why = " ".join(f"WHEN v{cell.at} IS NULL THEN {cell.at}" for cell in required)
    shown = " ".join(f"WHEN v{cell.at} IS NULL THEN {cell.shown}" for cell in required)
    empty = " ".join(f"WHEN v{cell.at} IS NULL THEN NOT {cell.is_bad}" for cell in required)
    odd = " + ".join(f"CASE WHEN {cell.is_bad} THEN {1 << bit} ELSE 0 END" for bit, cell in enumerate(doubtful))
    case = "CAST(CASE {} END AS {})"
    return (
        f"{case.format(why, 'SMALLINT') if why else 'CAST(NULL AS SMALLINT)'} AS _why, "
        f"{case.format(shown, 'VARCHAR') if why else 'CAST(NULL AS VARCHAR)'} AS _value, "
        f"{case.format(empty, 'BOOLEAN') if why else 'CAST(NULL AS BOOLEAN)'} AS _empty, "
        f"CAST({odd or '0'} AS BIGINT) AS _odd"
    )


def failed_query(table: Table, cells: Sequence[Cell]) -> str:
    """Return the query of the rows that fail for a required cell, as they are set aside."""
    names = _by_place(cells, lambda cell: cell.column.name)
    en = _by_place(cells, lambda cell: unreadable(cell.column)[0])
    zh = _by_place(cells, lambda cell: unreadable(cell.column)[1])
    return (
        f"SELECT {literal(table.name)}, {FILE}, {ROW}, {names}, CASE WHEN _empty THEN '' ELSE _value END, "
        f"CASE WHEN _empty THEN {literal(EMPTY[0])} ELSE {en} END, CASE WHEN _empty THEN {literal(EMPTY[1])} ELSE {zh} END "
        f"FROM {SCHEMA}.{quoted(table.name)} WHERE _why IS NOT NULL"
    )


def _by_place(cells: Sequence[Cell], said: Callable[[Cell], str]) -> str:
    whens = " ".join(f"WHEN {cell.at} THEN {literal(said(cell))}" for cell in cells if cell.column.required)
    return f"CASE _why {whens} END"
