"""Copy a damaged text file row by row into one that any reader can read; what is beyond repair costs its own row only."""

import codecs
import csv
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from mingdan.engine.reading.csv_form import WHITESPACE, CsvForm

LONGEST_ROW = 1_000_000
"""A longer row (in characters) is no row of a table, but a file without line ends."""

_MOST_LINES = 1000
_BLOCK = 2000
OPEN_QUOTE = "a quotation mark is opened and never closed"
TOO_MANY = "more cells than headings"
TOO_LONG = "longer than a row can be"
HEADINGS_AGAIN = "the headings again"


@dataclass(frozen=True)
class Damaged:
    """A row that cannot be split; `row` is its place (1 is the first under the headings)."""

    row: int
    text: str
    reason: str


def mend(path: Path, form: CsvForm, clean: Path, report: Callable[[Damaged], None]) -> int:
    """Write the rows of `path` to `clean` (UTF-8, separated by commas, first cell the row's place); return how many.

    The clean file has no headings. `report` is called for each row that is left out.
    """
    csv.field_size_limit(sys.maxsize)
    written = 0
    with (
        path.open(encoding=form.bytes.encoding, errors="mingdan-latin", newline="") as file,
        clean.open("w", encoding="utf-8", newline="") as out,
    ):
        writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
        for row, cells in _Splitter(file, form, report).rows():
            writer.writerow([row, *cells])
            written += 1
    return written


class _Splitter:
    """The rows of a text, as the physical lines give them."""

    def __init__(self, file: IO[str], form: CsvForm, report: Callable[[Damaged], None]) -> None:
        self._form, self._report = form, report
        self._width = len(form.headings)
        self._lines = self._physical(file)
        self._ahead: deque[str] = deque()

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each row's place and its cells, as many as there are headings."""
        row = -1 if self._form.has_headings else 0
        for line, cells in self._split():
            row += 1
            if isinstance(cells, str):
                self._report(Damaged(row, line.rstrip("\r\n"), cells))
            elif row and self._is_headings(cells):
                self._report(Damaged(row, line.rstrip("\r\n"), HEADINGS_AGAIN))
            elif row:
                yield row, cells

    def _split(self) -> Iterator[tuple[str, list[str] | str]]:
        """Yield each row's first line and its cells, or what is wrong with it; whole blocks of lines where they are sound."""
        while block := list(islice(self._lines, _BLOCK)):
            rows = self._sound(block)
            if rows is not None:
                for line, cells in zip(block, rows, strict=True):
                    if line.strip():
                        yield line, cells + [""] * (self._width - len(cells))
                continue
            self._ahead.extend(block)
            while self._ahead:
                line = self._ahead.popleft()
                if line.strip():
                    yield line, self._cells(line)

    def _sound(self, block: list[str]) -> list[list[str]] | None:
        """Split lines of which each is exactly one row, none too wide; None where that is not so."""
        if self._form.separator == WHITESPACE or max(map(len, block)) >= LONGEST_ROW:
            return None
        reader = csv.reader(block, delimiter=self._form.separator, quotechar=self._form.quote, strict=True)
        with suppress(csv.Error):
            rows = list(reader)
            if len(rows) == len(block) and max(map(len, rows)) <= self._width:
                return rows
        return None

    def _physical(self, file: IO[str]) -> Iterator[str]:
        for _ in range(self._form.skip):
            file.readline()
        while line := file.readline(LONGEST_ROW):
            yield line.replace("\0", "").removeprefix("\ufeff")

    def _next(self) -> str | None:
        return self._ahead.popleft() if self._ahead else next(self._lines, None)

    def _cells(self, line: str) -> list[str] | str:
        """Split a row that begins with this line, taking further lines where a quoted cell goes on; or say what is wrong."""
        if len(line) >= LONGEST_ROW:
            return self._skip_long()
        text = line.rstrip("\r\n")
        if self._form.separator == WHITESPACE:
            return self._fitted(text.split())
        if self._form.quote not in text:
            return self._fitted(text.split(self._form.separator))
        strict = self._strict([line])
        if strict is not None:
            return self._fitted(strict)
        return self._fitted(self._continued(line) or self._lenient(text) or [])

    def _skip_long(self) -> str:
        for rest in iter(self._next, None):
            if len(rest) < LONGEST_ROW:
                break
        return TOO_LONG

    def _fitted(self, cells: list[str]) -> list[str] | str:
        if not cells:
            return OPEN_QUOTE
        while len(cells) > self._width and not cells[-1].strip():
            cells.pop()
        if len(cells) > self._width:
            return TOO_MANY
        return cells + [""] * (self._width - len(cells))

    def _is_headings(self, cells: list[str]) -> bool:
        return self._width > 1 and tuple(cell.strip() for cell in cells) == self._form.headings

    def _strict(self, lines: list[str]) -> list[str] | None:
        """Split lines that are exactly one well-formed row, else None."""
        reader = csv.reader(lines, delimiter=self._form.separator, quotechar=self._form.quote, strict=True)
        with suppress(csv.Error):
            cells = next(reader, None)
            return cells if reader.line_num == len(lines) else None
        return None

    def _continued(self, line: str) -> list[str] | None:
        """Join the following lines as long as a quoted cell stays open; put them back where that gives no good row."""
        taken: list[str] = [line]
        size = len(line)
        while (more := self._next()) is not None:
            taken.append(more)
            size += len(more)
            if self._form.quote in more:
                cells = self._strict(taken)
                if cells is not None and len(cells) <= self._width and not self._swallows(taken[1:-1]):
                    return cells
                if cells is not None or not self._is_open(taken):
                    break
            if len(taken) > _MOST_LINES or size > LONGEST_ROW:
                break
        self._ahead.extendleft(reversed(taken[1:]))
        return None

    def _is_open(self, lines: list[str]) -> bool:
        """Return whether these lines end inside a quoted cell."""
        try:
            for _ in csv.reader(lines, delimiter=self._form.separator, quotechar=self._form.quote, strict=True):
                pass
        except csv.Error as error:
            return "unexpected end of data" in str(error)
        return False

    def _swallows(self, inner: list[str]) -> bool:
        """Return whether a line in the middle of a quoted cell is itself a row: then the quotation mark was a slip."""
        if self._width < 3:
            return False
        return any(len(cells) == self._width for line in inner if (cells := self._strict([line])))

    def _lenient(self, text: str) -> list[str] | None:
        """Split one line whose quoted cells hold bare quotation marks: only one before a separator closes a cell."""
        quote, separator = self._form.quote, self._form.separator
        cells: list[str] = []
        rest: str | None = text
        while rest is not None:
            if rest.lstrip(" ").startswith(quote):
                body = rest.lstrip(" ")[1:]
                end = _closing(body, quote, separator)
                if end is None:
                    return None
                cells.append(body[:end].replace(quote * 2, quote))
                after = body[end + 1 :].lstrip(" ")
                rest = after[1:] if after else None
            else:
                cell, found, after = rest.partition(separator)
                cells.append(cell)
                rest = after if found else None
        return cells if len(cells) <= self._width else None


def _closing(body: str, quote: str, separator: str) -> int | None:
    """Return where a quoted cell closes: at a quotation mark with a separator or nothing behind it."""
    at = body.find(quote)
    while at >= 0:
        after = body[at + 1 :].lstrip(" ")
        if body[at + 1 : at + 2] == quote:
            at += 1
        elif not after or after.startswith(separator):
            return at
        at = body.find(quote, at + 1)
    return None


def _latin(error: UnicodeError) -> tuple[str, int]:
    """Read bytes that do not fit a file's encoding as Windows Latin, the usual leftover of an older system."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", "replace"), error.end


codecs.register_error("mingdan-latin", _latin)
