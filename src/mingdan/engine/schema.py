"""How a table of the sales trail is declared: one line for each column."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["id", "text", "key", "timestamp", "date", "decimal", "fraction", "integer", "boolean", "list", "enum"]

DUCKDB_TYPES: dict[str, str] = {
    "id": "VARCHAR",
    "text": "VARCHAR",
    "key": "VARCHAR",
    "enum": "VARCHAR",
    "timestamp": "TIMESTAMP",
    "date": "DATE",
    "decimal": "DECIMAL(18,4)",
    "fraction": "DOUBLE",
    "integer": "BIGINT",
    "boolean": "BOOLEAN",
    "list": "VARCHAR[]",
}


KEY_KINDS: dict[str, str] = {
    "phone": "phone",
    "address": "address",
    "ship_to": "address",
    "bank": "bank",
    "payee_bank": "bank",
    "payer_bank": "bank",
    "id": "id",
    "email": "email",
    "person": "person",
    "payer": "person",
    "consignee": "person",
    "old": "field",
    "new": "field",
}
"""The kind of match key by the plain column a source may bring instead: `payer_bank` is keyed into `payer_bank_key`.

`field` (the old and new value of a field change) takes the kind of the field that changed, so that a new phone number
can be compared with an employee's.
"""


@dataclass(frozen=True)
class Column:
    """One column; `values` for an enumeration, `refers_to` for a reference.

    `labels` are other headings of it that exports use, Chinese ones above all.
    """

    name: str
    kind: Kind
    required: bool = False
    values: tuple[str, ...] = ()
    refers_to: str | None = None
    labels: tuple[str, ...] = ()

    @property
    def plain_name(self) -> str | None:
        """The column in which a source may bring the plain value of this match key, or None if it is no key."""
        return self.name.removesuffix("_key") if self.kind == "key" else None


@dataclass(frozen=True)
class Table:
    """One table; `key` identifies a row, `visible_at` names the columns that say when it became visible (first non-null).

    A `visible_at` that is a table's name means: as visible as the parent row. `stamps` maps a stamp column to the cells
    that are known only from then on, each with its value before (None, or the first state of an enumeration).
    """

    name: str
    en: str
    zh: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    visible_at: tuple[str, ...] = ()
    stamps: tuple[tuple[str, tuple[tuple[str, str | None], ...]], ...] = ()

    def column(self, name: str) -> Column:
        """Return the column called `name`; raise KeyError if the table declares none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def has_row_id(self) -> bool:
        """True where one required id column identifies a row, so that a second row with it is set aside."""
        return len(self.key) == 1 and self.column(self.key[0]).required


def declare(name: str, *, en: str, zh: str, key: str, columns: str, visible_at: str = "", stamps: str = "") -> Table:
    """Build a table from its written form; raise ValueError on a line that cannot be read."""
    table = Table(
        name=name,
        en=en,
        zh=zh,
        columns=tuple(_column(line) for line in columns.strip().splitlines()),
        key=tuple(key.split()),
        visible_at=tuple(visible_at.split()),
        stamps=tuple(_stamp(part) for part in stamps.split(";") if part.strip()),
    )
    for named in (*table.key, *(cell for _, cells in table.stamps for cell, _ in cells)):
        table.column(named)
    return table


def _column(line: str) -> Column:
    """Read `name* kind "标签|别名"`, where kind may be `enum(a, b)` or `->table`."""
    head, _, rest = line.partition('"')
    labels = tuple(part.strip() for part in rest.rstrip('" ').split("|") if part.strip())
    name, _, kind = head.strip().partition(" ")
    kind = kind.strip()
    required, name = name.endswith("*"), name.rstrip("*")
    if kind.startswith("->"):
        return Column(name, "id", required, refers_to=kind[2:], labels=labels)
    if kind.startswith("enum("):
        values = tuple(value.strip() for value in kind[5:-1].split(","))
        return Column(name, "enum", required, values=values, labels=labels)
    if kind not in DUCKDB_TYPES:
        raise ValueError(f"column {name}: unknown kind {kind!r}")
    return Column(name, kind, required, labels=labels)  # type: ignore[arg-type]  # checked the line before


def _stamp(part: str) -> tuple[str, tuple[tuple[str, str | None], ...]]:
    stamp, _, cells = part.partition(":")
    before = []
    for cell in cells.split():
        name, _, value = cell.partition("=")
        before.append((name, value or None))
    return stamp.strip(), tuple(before)
