"""JSON values out of a file, one at a time, however the file strings them together."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from mingdan.engine.reading.raw import UnreadableTrailError

NOT_JSON = "not JSON"
TOO_DEEP = "JSON nested too deeply"
BREAKS_OFF = "the file breaks off inside a list"
_CHUNK = 1 << 18
_ENVELOPE_LIST = re.compile(r'"(?:data|dataList|__timeline|records|users)"\s*:\s*\[\s*(?=\{)')
_HEAD = 4096
_NEXT_DOCUMENT = re.compile(r"\n(?=[\[{])")


class Broken:
    """A piece of a file that is no JSON; `place` is its line, `text` how it begins."""

    def __init__(self, place: int, text: str, reason: str) -> None:
        self.place, self.text, self.reason = place, text[:200], reason


def json_values(path: Path) -> Iterator[Any]:
    """Yield the values of a JSON or JSON-lines file, with `Broken` where a piece cannot be read.

    The members of a list come one by one, so that a large list is never whole in memory. Numbers stay the digits that
    were written. Raise UnreadableTrailError where the file is no text.
    """
    try:
        with path.open(encoding=_encoding(path), newline="") as file:
            yield from _lines(file) if path.suffix.lower() in (".jsonl", ".ndjson") else _Stream(file).values()
    except UnicodeDecodeError as error:
        raise UnreadableTrailError(f"{path.name} is not text in UTF-8 or GB18030; export it again as UTF-8.") from error


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(_CHUNK)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:  # otherwise the chunk merely ends inside a character
            return "gb18030"
    return "utf-8-sig"


_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=lambda word: None)


def _lines(file: IO[str]) -> Iterator[Any]:
    for place, line in enumerate(file, start=1):
        if line.strip():
            try:
                yield _DECODER.decode(line)
            except (json.JSONDecodeError, RecursionError) as error:
                yield Broken(place, line, _reason(error))


class _Stream:
    """A window on the text that grows until the next value is whole."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._text = ""
        self._at = 0
        self._line = 1

    def values(self) -> Iterator[Any]:
        while sign := self._peek():
            yield from self._members() if sign == "[" else self._document()

    def _document(self) -> Iterator[Any]:
        try:
            yield self._value()
        except (json.JSONDecodeError, RecursionError) as error:
            yield self._broken(error)
            yield from self._rescued()

    def _members(self) -> Iterator[Any]:
        """Yield the members of the list that begins here, up to its end or to where it breaks."""
        self._skip(1)
        while (sign := self._peek()) and sign != "]":
            try:
                yield self._value()
            except (json.JSONDecodeError, RecursionError) as error:
                yield self._broken(error)
                self._to_next_document()
                return
            if self._peek() == ",":
                self._skip(1)
        if not sign:
            yield Broken(self._line, "", BREAKS_OFF)
        self._skip(1)

    def _rescued(self) -> Iterator[Any]:
        """Yield the whole records of a page that breaks off, or go on with the next document."""
        if _NEXT_DOCUMENT.search(self._text, self._at):
            self._to_next_document()
            return
        found = _ENVELOPE_LIST.search(self._text, self._at, self._at + _HEAD)
        self._at = found.end() if found else len(self._text)
        while found and self._peek() == "{":
            try:
                yield self._value()
            except (json.JSONDecodeError, RecursionError):
                break
            if self._peek() == ",":
                self._skip(1)
        self._at = len(self._text)

    def _to_next_document(self) -> None:
        found = _NEXT_DOCUMENT.search(self._text, self._at)
        self._skip((found.end() if found else len(self._text)) - self._at)

    def _broken(self, error: Exception) -> Broken:
        return Broken(self._line, self._text[self._at : self._at + 200], _reason(error))

    def _value(self) -> Any:
        """Decode the value that begins here; the whole rest of the file is in the window if that fails."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except (json.JSONDecodeError, RecursionError):
                if not self._grow():
                    raise
                continue
            if end < len(self._text) or not self._grow():
                self._skip(end - self._at)
                return value

    def _peek(self) -> str:
        """Return the next sign that is no space, without taking it; empty at the end of the file."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in " \t\r\n\ufeff\x00":
                self._skip(1)
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._grow():
                return ""

    def _skip(self, signs: int) -> None:
        self._line += self._text.count("\n", self._at, self._at + signs)
        self._at += signs

    def _grow(self) -> bool:
        """Read on, twice as much as is still waiting, so that a long value is not scanned too often."""
        waiting = self._text[self._at :]
        more = self._file.read(max(_CHUNK, 2 * len(waiting)))
        self._text, self._at = waiting + more, 0
        return bool(more)


def _reason(error: Exception) -> str:
    return NOT_JSON if isinstance(error, json.JSONDecodeError) else TOO_DEEP
