"""Raw tables under the names people use for them, and the headings in them."""

import fnmatch
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from mingdan.engine.reading.identifiers import quoted
from mingdan.engine.reading.raw import FILE, ROW, RawTable


@dataclass(frozen=True)
class Sheet:
    """One or several raw tables of one shape, read as one; `query` selects their rows."""

    name: str
    query: str
    columns: tuple[str, ...]

    def heading(self, wanted: str) -> str | None:
        """Return the heading as the file writes it, forgiving case, spaces and width; None if there is none."""
        if wanted in (ROW, FILE):
            return wanted
        if wanted in self.columns:
            return wanted
        found = [column for column in self.columns if heading_form(column) == heading_form(wanted)]
        return found[0] if len(found) == 1 else None


def heading_form(heading: str) -> str:
    """Return a heading without the differences that do not matter (Deal Name, deal_name)."""
    folded = unicodedata.normalize("NFKC", heading).casefold()
    return "".join(sign for sign in folded if sign not in " _-\t\u3000\ufeff")


def matching(raw: Sequence[RawTable], wanted: str) -> list[RawTable]:
    """Return the raw tables that `wanted` names: a file, its stem, a sheet, `book.xlsx#Sheet`, or a pattern with *."""
    return [table for table in raw if any(_fits(name, wanted) for name in _names(table))]


def names_of(raw: Iterable[RawTable]) -> list[str]:
    """Return the names by which raw tables can be called, files first."""
    return [name for table in raw for name in _names(table)]


def together(tables: Sequence[RawTable], name: str) -> Sheet:
    """Read raw tables as one, whose columns need not be the same."""
    query = " UNION ALL BY NAME ".join(f"SELECT * FROM {quoted(table.relation)}" for table in tables)
    columns = dict.fromkeys(column for table in tables for column in table.columns)
    return Sheet(name, query, tuple(columns))


def _names(table: RawTable) -> list[str]:
    path = PurePath(table.file)
    names = [table.file, path.name, f"{path.name}#{table.name}", path.stem, table.name]
    return list(dict.fromkeys(names))


def _fits(name: str, wanted: str) -> bool:
    return fnmatch.fnmatchcase(name.casefold(), wanted.casefold()) or name.casefold() == wanted.casefold()
