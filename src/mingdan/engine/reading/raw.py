"""What lies between a file and the contract: tables whose cells are still text, in one DuckDB connection."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import duckdb

from mingdan.engine.findings import Text

ROW = "_row"
FILE = "_file"
"""Columns that every raw relation carries: where its row stands (1 is the first row under the headings) and in which file."""

REST = "_rest"


@dataclass(frozen=True)
class RawTable:
    """One table as found in a file or sheet: every cell VARCHAR (empty is null), headings as written.

    `name` is the file's stem, the sheet's or the table's name; `relation` its name in DuckDB, which also has the columns
    `_row` (BIGINT) and `_file` (VARCHAR) beside `columns`. `native` names a relation with the same rows and columns whose
    cells kept the types of the file (Parquet, DuckDB), where there is one.
    """

    name: str
    relation: str
    columns: tuple[str, ...]
    file: str
    native: str | None = None


@dataclass(frozen=True)
class TextTable:
    """A table of the contract whose cells are still text, or already of a DuckDB type that says more than text.

    `relation` has `_row`, `_file` and `columns`: names of the contract, or the plain name of a match key
    (`phone` for `phone_key`), which the border then keys. Unknown columns are kept out by the source, with a notice;
    a relation may carry them hashed in the column `_rest`, so that rows that differ only there are not taken for duplicates.
    """

    table: str
    relation: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Translation:
    """What a source made of the raw tables; `notices` are sentences for people, best in both languages."""

    tables: tuple[TextTable, ...]
    notices: tuple[str | Text, ...] = ()


@dataclass(frozen=True)
class SourceOptions:
    """What the caller said: a mapping file, a time zone for naive times (default UTC), the default currency."""

    mapping: Path | None = None
    settings: Mapping[str, str] = field(default_factory=dict)


class Source(Protocol):
    """One kind of export. To add one: a file here with a class, and a line in `sources/__init__.py`."""

    name: str

    def recognises(self, raw: Sequence[RawTable]) -> bool:
        """Return whether these tables look like this source's export."""

    def translate(self, raw: Sequence[RawTable], con: duckdb.DuckDBPyConnection, options: SourceOptions) -> Translation:
        """Make tables of the contract, as relations of text in `con`; raise UnreadableTrailError with a sentence if it cannot."""


class UnreadableTrailError(Exception):
    """The input cannot be read as a sales trail; the message is one sentence that says what to do."""
