"""A mapping file (TOML): which table and column of the contract comes from which file and heading."""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mingdan.engine.reading.raw import UnreadableTrailError
from mingdan.engine.schema import Table
from mingdan.engine.tables import TABLES


class MappingError(UnreadableTrailError):
    """The mapping file cannot be followed; the message says where and what to write instead."""


@dataclass(frozen=True)
class Cell:
    """How one column is made: from the first filled of `columns`, a template, a hash, or a constant."""

    columns: tuple[str, ...] = ()
    template: str | None = None
    hashed: tuple[str, ...] = ()
    constant: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    otherwise: str | None = None
    form: str | None = None
    zone: str | None = None
    decimal: str = "."


@dataclass(frozen=True)
class Join:
    """Another file whose columns are used as `alias.Heading`; `on` has its heading and what must equal it."""

    alias: str
    source: str
    on: Mapping[str, Cell]
    line: int


@dataclass(frozen=True)
class Block:
    """One table of the contract out of one file; `distinct` keeps one row for each key, the first by `first_by`."""

    table: Table
    source: str
    columns: Mapping[str, Cell]
    where: Mapping[str, tuple[str, ...]]
    where_not: Mapping[str, tuple[str, ...]]
    joins: tuple[Join, ...]
    distinct: bool
    first_by: str | None
    line: int


@dataclass(frozen=True)
class MappingFile:
    """A checked mapping file; `files` has how to read single files (separator, encoding), by name."""

    path: Path
    text: str
    blocks: tuple[Block, ...]
    files: Mapping[str, Mapping[str, str]]
    currency: str | None
    zone: str | None

    def complaint(self, line: int, said: str) -> MappingError:
        """Return the error for a place in this file."""
        return MappingError(f"{self.path.name}, line {line}: {said}")

    def line_of(self, word: str, after: int = 1) -> int:
        """Return the first line from `after` on that begins with `word`, or else holds it, or else `after`."""
        lines = list(enumerate(self.text.splitlines(), start=1))[after - 1 :]
        begins = re.compile(rf"""\s*["'\[]*{re.escape(word)}["'\]\s=.]""")
        found = [at for at, line in lines if begins.match(line)] or [at for at, line in lines if word in line]
        return found[0] if found else after


def closest(word: str, known: Iterable[str]) -> str:
    """Return '; did you mean ...?' with the most similar known word, or nothing."""
    by_fold = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(word.casefold(), by_fold, n=1, cutoff=0.5)
    return f"; did you mean {by_fold[found[0]]!r}?" if found else ""


def read_mapping(path: Path) -> MappingFile:
    """Read and check a mapping file; raise MappingError with the line and a sentence."""
    text, content = _loaded(path)
    return _Checker(path, text).mapping(content)


def is_about_stages(path: Path) -> bool:
    """Return whether a file names the stages of a CRM's export instead of mapping tables; raise MappingError if unreadable."""
    _, content = _loaded(path)
    return "tables" not in content and ("stages" in content or "outcomes" in content)


def _loaded(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        return text, tomllib.loads(text)
    except OSError as error:
        raise MappingError(f"The mapping file {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise MappingError(f"The mapping file {path.name} is not UTF-8 text.") from error
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"The mapping file {path.name} is not TOML: {error}.") from error


_BLOCK_WORDS = ("from", "columns", "where", "where_not", "join", "distinct", "first_by")
_CELL_WORDS = (
    "column",
    "first_of",
    "template",
    "hash",
    "constant",
    "values",
    "otherwise",
    "format",
    "time_zone",
    "decimal",
)
_TOP_WORDS = ("currency", "time_zone", "files", "tables")
_FILE_WORDS = ("separator", "encoding", "quote", "header", "skip")


class _Checker:
    """Turns what TOML said into a mapping, or into a sentence about what it should have said."""

    def __init__(self, path: Path, text: str) -> None:
        self._blank = MappingFile(path, text, (), {}, None, None)

    def mapping(self, content: Mapping[str, Any]) -> MappingFile:
        self._only(content, _TOP_WORDS, 1, "at the top of a mapping")
        tables = self._section(content.get("tables", {}), "tables", 1)
        if not tables:
            raise self._blank.complaint(
                1, "no table is mapped; write at least [tables.opportunities] or [tables.orders]."
            )
        blocks = [block for name, said in tables.items() for block in self._blocks(name, said)]
        zone = content.get("time_zone")
        currency = content.get("currency")
        return MappingFile(
            self._blank.path,
            self._blank.text,
            tuple(blocks),
            self._files(self._section(content.get("files", {}), "files", 1)),
            None if currency is None else self._text(currency, self._blank.line_of("currency"), "currency"),
            None if zone is None else self._text(zone, self._blank.line_of("time_zone"), "time_zone"),
        )

    def _files(self, content: Mapping[str, Any]) -> dict[str, dict[str, str]]:
        files = {}
        for name, options in content.items():
            line = self._blank.line_of(name)
            self._only(self._section(options, name, line), _FILE_WORDS, line, "about a file")
            files[name] = {word: self._text(value, line, word) for word, value in options.items()}
        return files

    def _blocks(self, name: str, said: Any) -> list[Block]:
        line = self._blank.line_of(f"tables.{name}")
        if name not in TABLES:
            raise self._blank.complaint(line, f"the contract has no table {name!r}{closest(name, TABLES)}")
        blocks = []
        for block in said if isinstance(said, list) else [said]:
            blocks.append(self._block(TABLES[name], self._section(block, name, line), line))
            line = self._blank.line_of(f"[tables.{name}]]", line + 1)
        return blocks

    def _block(self, table: Table, said: Mapping[str, Any], line: int) -> Block:
        self._only(said, _BLOCK_WORDS, line, f"in [tables.{table.name}]")
        if "from" not in said:
            raise self._blank.complaint(line, f'[tables.{table.name}] does not say `from = "file"`.')
        columns = {
            name: self._cell(cell, self._blank.line_of(name, line), name)
            for name, cell in self._section(said.get("columns", {}), "columns", line).items()
        }
        self._check_columns(table, columns, line)
        joins = self._section(said.get("join", {}), "join", line)
        first_by = said.get("first_by")
        return Block(
            table,
            self._text(said["from"], line, "from"),
            columns,
            self._conditions(said.get("where", {}), line),
            self._conditions(said.get("where_not", {}), line),
            tuple(self._join(alias, join, self._blank.line_of(f"join.{alias}", line)) for alias, join in joins.items()),
            bool(said.get("distinct", first_by is not None)),
            None if first_by is None else self._text(first_by, line, "first_by"),
            line,
        )

    def _check_columns(self, table: Table, columns: Mapping[str, Cell], line: int) -> None:
        known = [column.plain_name or column.name for column in table.columns]
        for name in columns:
            if name not in known:
                at = self._blank.line_of(name, line)
                raise self._blank.complaint(at, f"{table.name} has no column {name!r}{closest(name, known)}")
        for column in table.columns:
            if column.required and (column.plain_name or column.name) not in columns:
                raise self._blank.complaint(
                    line, f"{table.name} needs the column {column.plain_name or column.name!r}."
                )

    def _join(self, alias: str, said: Any, line: int) -> Join:
        join = self._section(said, f"join.{alias}", line)
        self._only(join, ("from", "on"), line, f"in a join ({alias})")
        on = self._section(join.get("on", {}), "on", line)
        if "from" not in join or not on:
            raise self._blank.complaint(
                line, f'the join {alias!r} needs `from` and `on = {{ Heading there = "Heading here" }}`.'
            )
        cells = {heading: self._cell(cell, line, heading) for heading, cell in on.items()}
        return Join(alias, self._text(join["from"], line, "from"), cells, line)

    def _conditions(self, said: Any, line: int) -> dict[str, tuple[str, ...]]:
        return {
            heading: tuple(
                self._text(value, line, heading) for value in (wanted if isinstance(wanted, list) else [wanted])
            )
            for heading, wanted in self._section(said, "where", line).items()
        }

    def _cell(self, said: Any, line: int, name: str) -> Cell:
        if isinstance(said, str):
            return Cell(columns=(said,))
        cell = self._section(said, name, line)
        self._only(cell, _CELL_WORDS, line, f"for {name}")
        made_from = [word for word in ("column", "first_of", "template", "hash", "constant") if word in cell]
        if len(made_from) != 1:
            raise self._blank.complaint(
                line, f"{name} needs exactly one of column, first_of, template, hash, constant."
            )
        values = self._section(cell.get("values", {}), "values", line)
        return Cell(
            columns=self._texts(cell.get("column", cell.get("first_of", [])), line, name),
            template=self._optional(cell, "template", line),
            hashed=self._texts(cell.get("hash", []), line, name),
            constant=self._optional(cell, "constant", line),
            values={key: self._text(value, line, key) for key, value in values.items()},
            otherwise=self._optional(cell, "otherwise", line),
            form=self._optional(cell, "format", line),
            zone=self._optional(cell, "time_zone", line),
            decimal=self._optional(cell, "decimal", line) or ".",
        )

    def _optional(self, said: Mapping[str, Any], word: str, line: int) -> str | None:
        return None if word not in said else self._text(said[word], line, word)

    def _texts(self, said: Any, line: int, name: str) -> tuple[str, ...]:
        return tuple(self._text(one, line, name) for one in (said if isinstance(said, list) else [said]))

    def _text(self, said: Any, line: int, name: str) -> str:
        if isinstance(said, bool):
            return str(said).lower()
        if isinstance(said, str | int | float):
            return str(said)
        raise self._blank.complaint(line, f"{name} must be a text, a number, true or false.")

    def _section(self, said: Any, name: str, line: int) -> Mapping[str, Any]:
        if not isinstance(said, Mapping):
            raise self._blank.complaint(line, f"{name} must be a section of its own, such as {{ ... = ... }}.")
        return said

    def _only(self, said: Mapping[str, Any], known: Sequence[str], line: int, where: str) -> None:
        for word in said:
            if word not in known:
                at = self._blank.line_of(word, line)
                raise self._blank.complaint(at, f"{word!r} means nothing {where}{closest(word, known)}")
