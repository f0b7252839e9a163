"""A block of a mapping file as SQL over the raw tables it names."""

import re
from collections.abc import Mapping, Sequence

from mingdan.engine.reading.identifiers import literal, quoted
from mingdan.engine.reading.raw import FILE, REST, ROW, RawTable
from mingdan.engine.schema import Column, Table
from mingdan.engine.sources import cells
from mingdan.engine.sources.mapping_file import Block, Cell, Join, MappingFile, closest
from mingdan.engine.sources.sheets import Sheet, matching, names_of, together

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


class BlockQuery:
    """The query that makes the rows of one block; `used` are the headings it reads, by sheet."""

    def __init__(self, mapping: MappingFile, block: Block, raw: Sequence[RawTable]) -> None:
        self._mapping, self._block, self._raw = mapping, block, raw
        self.sheets: list[RawTable] = []
        self._main = self._sheet(block.source, block.line)
        self._joined = {join.alias: self._sheet(join.source, join.line) for join in block.joins}
        self.used: set[str] = set()
        self.columns = tuple(self._cells())

    def sql(self) -> str:
        """Return a SELECT with `_row`, `_file` and the mapped columns, all text."""
        made = {name: self._typed(name, cell) for name, cell in self._cells().items()}
        listed = ", ".join(f"{expression} AS {quoted(name)}" for name, expression in made.items())
        inner = f"SELECT main.{ROW}, main.{FILE}, {listed}{self._order_column()}{self._rest()} FROM ({self._main.query}) AS main"
        inner += "".join(f" {self._join(join)}" for join in self._block.joins)
        conditions = self._conditions()
        if conditions:
            inner += f" WHERE {' AND '.join(conditions)}"
        return self._first_of_each(inner, made) if self._block.distinct else inner

    def _cells(self) -> dict[str, Cell]:
        """Return the mapped columns, with the default currency where the table has one."""
        named = dict(self._block.columns)
        if self._mapping.currency and "currency" in self._block.table.column_names:
            named.setdefault("currency", Cell(constant=self._mapping.currency))
        return named

    @property
    def has_rest(self) -> bool:
        """Whether equal rows may be different lines (of an order, say), told apart by the whole row of the file."""
        return not self._block.table.has_row_id and not self._block.distinct

    def _rest(self) -> str:
        whole = ", ".join(f"main.{quoted(column)}" for column in self._main.columns)
        return f", hash({whole}) AS {REST}" if self.has_rest else ""

    def _order_column(self) -> str:
        first_by = self._block.first_by
        return "" if first_by is None else f", {cells.moment(self._text(first_by))} AS _first_by"

    def _first_of_each(self, inner: str, made: Mapping[str, str]) -> str:
        keys = [name for name in _plain_key(self._block.table) if name in made]
        listed = ", ".join(map(quoted, keys))
        order = f"_first_by NULLS LAST, {FILE}, {ROW}" if self._block.first_by else f"{FILE}, {ROW}"
        columns = ", ".join(map(quoted, made))
        return (
            f"SELECT {ROW}, {FILE}, {columns} FROM ({inner}) WHERE {quoted(keys[0])} IS NOT NULL "
            f"QUALIFY row_number() OVER (PARTITION BY {listed} ORDER BY {order}) = 1"
        )

    def _join(self, join: Join) -> str:
        """Join at most one row, so that a name that stands twice in the other file does not double ours."""
        sheet = self._joined[join.alias]
        there = [self._heading(sheet, heading, join.line) for heading in join.on]
        keys = ", ".join(cells.trimmed(quoted(heading)) for heading in there)
        one_each = (
            f"SELECT * FROM ({sheet.query}) QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY {FILE}, {ROW}) = 1"
        )
        equal = " AND ".join(
            f"{cells.trimmed(f'{quoted(join.alias)}.{quoted(heading)}')} = {self._value(cell)}"
            for heading, cell in zip(there, join.on.values(), strict=True)
        )
        return f"LEFT JOIN ({one_each}) AS {quoted(join.alias)} ON {equal}"

    def _conditions(self) -> list[str]:
        return [
            *(self._is_any(heading, wanted) for heading, wanted in self._block.where.items()),
            *(f"NOT ({self._is_any(heading, wanted)})" for heading, wanted in self._block.where_not.items()),
        ]

    def _is_any(self, heading: str, wanted: Sequence[str]) -> str:
        listed = ", ".join(literal(value.casefold()) for value in wanted)
        return f"lower(coalesce({self._text(heading)}, '')) IN ({listed})"

    def _typed(self, name: str, cell: Cell) -> str:
        """Make a cell and write it in the form of its column's kind."""
        column = _column_of(self._block.table, name)
        value = self._value(cell)
        if cell.constant is not None:
            return value
        return _in_form_of(column, value, cell, cell.zone or self._mapping.zone)

    def _value(self, cell: Cell) -> str:
        if cell.constant is not None:
            made = literal(cell.constant)
        elif cell.template is not None:
            made = self._template(cell.template)
        elif cell.hashed:
            made = f"left(sha256({cells.joined([self._text(name) for name in cell.hashed], '|')}), 16)"
        else:
            made = cells.first_of([self._text(name) for name in cell.columns])
        return cells.chosen(made, cell.values, cell.otherwise) if cell.values or cell.otherwise is not None else made

    def _template(self, template: str) -> str:
        """Fill {Heading}s; the whole is null where one of them is, as an id with a hole is no id."""
        parts = []
        for index, part in enumerate(_PLACEHOLDER.split(template)):
            if part:
                parts.append(self._text(part) if index % 2 else literal(part))
        return f"({' || '.join(parts)})" if parts else cells.NOTHING

    def _text(self, wanted: str) -> str:
        """Return a trimmed cell by its heading, or by `alias.Heading` for a joined file."""
        heading = self._main.heading(wanted)
        if heading is not None:
            self.used.add(heading)
            return cells.trimmed(f"CAST(main.{quoted(heading)} AS VARCHAR)")
        alias, dot, rest = wanted.partition(".")
        if dot and alias in self._joined:
            return cells.trimmed(
                f"{quoted(alias)}.{quoted(self._heading(self._joined[alias], rest, self._block.line))}"
            )
        return quoted(self._heading(self._main, wanted, self._block.line))

    def _heading(self, sheet: Sheet, wanted: str, line: int) -> str:
        heading = sheet.heading(wanted)
        if heading is None:
            at = self._mapping.line_of(wanted, line)
            known = ", ".join(sheet.columns[:12]) + (", ..." if len(sheet.columns) > 12 else "")
            hint = closest(wanted, sheet.columns) or f"; its headings are {known}"
            raise self._mapping.complaint(at, f"{sheet.name} has no heading {wanted!r}{hint}")
        self.used.add(heading)
        return heading

    def _sheet(self, wanted: str, line: int) -> Sheet:
        found = matching(self._raw, wanted)
        if not found:
            at = self._mapping.line_of(wanted, line)
            raise self._mapping.complaint(
                at, f"there is no file or sheet {wanted!r}{closest(wanted, names_of(self._raw))}"
            )
        if len(found) > 1 and "*" not in wanted:
            at = self._mapping.line_of(wanted, line)
            choices = " or ".join(f"{table.file}#{table.name}" for table in found[:4])
            raise self._mapping.complaint(
                at, f"{wanted!r} could be {choices}; write one of them, or a pattern with * for all."
            )
        self.sheets.extend(found)
        return together(found, wanted)


def _in_form_of(column: Column, value: str, cell: Cell, zone: str | None) -> str:
    if column.kind == "timestamp":
        return cells.moment(value, zone, cell.form)
    if column.kind == "date":
        return cells.day(value, cell.form)
    if column.kind in ("decimal", "integer"):
        return cells.number(value, cell.decimal)
    return cells.fraction(value) if column.kind == "fraction" else value


def _column_of(table: Table, name: str) -> Column:
    return next(column for column in table.columns if name in (column.name, column.plain_name))


def _plain_key(table: Table) -> tuple[str, ...]:
    return tuple(_column_of(table, name).plain_name or name for name in table.key)
