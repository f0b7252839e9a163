"""How a text file with columns is written: encoding, separator, where its headings stand, and whether it is plain."""

import codecs
import csv
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mingdan.engine.reading.raw import UnreadableTrailError

WHITESPACE = "whitespace"
_CHUNK = 8 << 20
_HEAD = 1 << 18
_SEPARATORS = (",", "\t", ";", "|")
_LF, _CR, _QUOTE = 10, 13, 34
_HANZI = (0xB0, 0xF7)
_SEPARATOR_LINE = re.compile(r"sep=(.)\s*$")


@dataclass(frozen=True)
class Bytes:
    """What one pass over a file's bytes shows.

    `plain` says that it is UTF-8 without NUL and lone CR; `records` counts rows under RFC 4180 with the headings and
    without empty lines, or is None where quotation marks do not pair up.
    """

    encoding: str
    plain: bool
    records: int | None
    inner_newlines: bool


@dataclass(frozen=True)
class CsvForm:
    """How to read one file; `skip` lines stand above the headings."""

    bytes: Bytes
    separator: str
    quote: str
    headings: tuple[str, ...]
    skip: int = 0
    has_headings: bool = True

    @property
    def is_plain(self) -> bool:
        """True where the file can be read as it lies, without mending."""
        return self.bytes.plain and self.skip == 0 and self.separator != WHITESPACE and self.quote == '"'


def form_of(path: Path, options: Mapping[str, str]) -> CsvForm | None:
    """Find out how a file is written, or None where it has no row; raise UnreadableTrailError where it is no text.

    `options` (separator, encoding, quote, header, skip) overrule what would be found out.
    """
    encoding = options.get("encoding") or _encoding_by_mark(path)
    found = _survey(path) if encoding is None else Bytes(encoding, plain=False, records=None, inner_newlines=True)
    if "encoding" in options:
        _known(options["encoding"])
    lines = _head(path, found.encoding)
    skip = int(options.get("skip", "0"))
    said = _SEPARATOR_LINE.match(lines[0]) if lines else None
    if said and "separator" not in options:
        options, skip = {**options, "separator": said[1]}, skip + 1
    lines = lines[skip:]
    quote = options.get("quote", '"')
    separator = options.get("separator") or _separator(lines, quote)
    rows = split_rows(lines, separator, quote)
    if not rows:
        return None
    form = CsvForm(found, separator, quote, (), skip)
    if options.get("header", "true").lower() in ("false", "no", "none", "0"):
        return replace(form, headings=tuple(f"column_{at + 1}" for at in range(len(rows[0]))), has_headings=False)
    above = 0 if "skip" in options else lines_above(rows)
    return replace(form, headings=tuple(cell.strip() for cell in rows[above]), skip=skip + _lines_of(lines, above))


def split_rows(lines: Sequence[str], separator: str, quote: str) -> list[list[str]]:
    """Split the first lines of a file as well as can be; empty lines are left out."""
    if separator == WHITESPACE:
        return [line.split() for line in lines if line.strip()]
    reader = csv.reader(lines, delimiter=separator, quotechar=quote)
    rows = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append(row)
    except csv.Error:
        rows += [line.rstrip("\r\n").split(separator) for line in lines[reader.line_num :] if line.strip()]
    return rows


def lines_above(rows: Sequence[Sequence[str]]) -> int:
    """Return how many rows (a title, the day of the export) stand above the headings."""
    widths = [sum(bool(cell.strip()) for cell in row) for row in rows[:20]]
    usual = max(widths, default=0)
    for at, width in enumerate(widths[:10]):
        if width * 2 > usual:
            return at
    return 0


def _lines_of(lines: Sequence[str], rows: int) -> int:
    """Return how many physical lines the first so many rows take, counting the empty ones between."""
    at = 0
    while rows > 0 and at < len(lines):
        rows -= bool(lines[at].strip(" ,;\t|\r\n"))
        at += 1
    return at


def _encoding_by_mark(path: Path) -> str | None:
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if len(head) >= 8 and head[1::2].count(0) > len(head) // 3 and not head[::2].count(0):
        return "utf-16-le"
    if len(head) >= 8 and head[::2].count(0) > len(head) // 3 and not head[1::2].count(0):
        return "utf-16-be"
    if head.count(0) > len(head) // 4 or head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b")):
        raise UnreadableTrailError(f"{path.name} is not a text file; export it again as CSV.")
    return None


def _known(encoding: str) -> None:
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise UnreadableTrailError(f"There is no encoding {encoding!r}; try utf-8 or gb18030.") from None


def _head(path: Path, encoding: str) -> list[str]:
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        text = file.read(_HEAD).removeprefix("\ufeff").replace("\0", "")
    lines = text.splitlines(keepends=True) if "\r" in text else text.split("\n")
    lines = lines[:-1] if len(text) == _HEAD and len(lines) > 1 else lines
    return [line if line.endswith(("\n", "\r")) else line + "\n" for line in lines[:200] if line]


def _separator(lines: Sequence[str], quote: str) -> str:
    """Choose the sign that splits most lines into as many cells as the widest of the first ones."""
    best, best_score = ",", (0.0, 0)
    for sign in _SEPARATORS:
        rows = split_rows(lines[:100], sign, quote)
        width = len(rows[min(lines_above(rows), len(rows) - 1)]) if rows else 0
        if width >= 2:
            score = (round(sum(len(row) == width for row in rows) / len(rows), 1), width)
            best, best_score = (sign, score) if score > best_score else (best, best_score)
    if best_score[1] == 0:
        rows = split_rows(lines[:100], WHITESPACE, quote)
        if len(rows) > 1 and len(rows[0]) > 1 and all(len(row) == len(rows[0]) for row in rows):
            return WHITESPACE
    return best


def _survey(path: Path) -> Bytes:
    """Read all bytes once, counting rows and finding out the encoding."""
    counter = _Rows()
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8 = True
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            counter.take(chunk)
            if is_utf8:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    is_utf8 = False
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        is_utf8 = False
    encoding = "utf-8-sig" if is_utf8 else _other_encoding(path)
    return Bytes(encoding, is_utf8 and counter.is_plain, counter.total(), counter.inner_newlines)


class _Rows:
    """Count the rows of a file as it passes: line ends outside quotation marks, without empty lines."""

    def __init__(self) -> None:
        self._at = 0
        self._line_start = 0
        self._inside = False
        self._last = 0
        self._count = 0
        self._cr = self._crlf = 0
        self._has_nul = False
        self.inner_newlines = False

    @property
    def is_plain(self) -> bool:
        return not self._has_nul and self._cr == self._crlf

    def take(self, chunk: bytes) -> None:
        self._has_nul = self._has_nul or 0 in chunk
        self._cr += chunk.count(b"\r")
        self._crlf += chunk.count(b"\r\n") + (self._last == _CR and chunk[0] == _LF)
        codes = np.frombuffer(chunk, np.uint8)
        ends = np.flatnonzero(codes == _LF)
        ends = self._outside(codes, ends) if self._inside or b'"' in chunk else ends
        self._count_lines(codes, ends)
        self._at += len(chunk)
        self._last = chunk[-1]

    def total(self) -> int | None:
        """Return the number of rows, or None where a quotation mark stays open."""
        rest = self._at - self._line_start - (self._last == _CR)
        return None if self._inside else self._count + (rest > 0)

    def _outside(self, codes: NDArray[np.uint8], ends: NDArray[np.intp]) -> NDArray[np.intp]:
        quotes = np.flatnonzero(codes == _QUOTE)
        inside = (np.searchsorted(quotes, ends) + self._inside) % 2 == 1
        self._inside = (len(quotes) + self._inside) % 2 == 1
        self.inner_newlines = self.inner_newlines or bool(inside.any())
        outside: NDArray[np.intp] = ends[~inside]
        return outside

    def _count_lines(self, codes: NDArray[np.uint8], ends: NDArray[np.intp]) -> None:
        if not len(ends):
            return
        starts = np.concatenate(([self._line_start - self._at], ends[:-1] + 1))
        before = codes[ends - 1]
        before[0] = self._last if ends[0] == 0 else before[0]
        self._count += int(np.count_nonzero(ends - starts - (before == _CR) > 0))
        self._line_start = self._at + int(ends[-1]) + 1


def _other_encoding(path: Path) -> str:
    """Tell GB18030 from UTF-8 or Latin text with a few wrong bytes, by which reading gives common characters."""
    sample = _sample(path)
    chinese = sample.decode("gb18030", "replace")
    odd = [sign for sign in chinese if ord(sign) > 127]
    common = sum(_is_common(sign) for sign in odd)
    as_utf8 = sample.decode("utf-8", "replace")
    whole = sum(ord(sign) > 127 and sign != "\ufffd" for sign in as_utf8)
    if whole > 2 * as_utf8.count("\ufffd"):
        return "utf-8-sig"
    return "gb18030" if odd and common >= 0.8 * len(odd) else "cp1252"


def _sample(path: Path) -> bytes:
    """Return lines of a file that hold more than ASCII, wherever they stand."""
    lines: list[bytes] = []
    size = 0
    with path.open("rb") as file:
        while size < _HEAD and (line := file.readline(_HEAD)):
            if not line.isascii():
                lines.append(line)
                size += len(line)
    return b"".join(lines)


def _is_common(sign: str) -> bool:
    """Return whether a sign is in GB 2312: rarer ones show that Latin letters were read as Chinese."""
    try:
        code = sign.encode("gb2312")
    except UnicodeEncodeError:
        return unicodedata.category(sign) in ("Po", "Ps", "Pe", "Sc")
    return len(code) == 2 and (_HANZI[0] <= code[0] <= _HANZI[1] or code[0] <= 0xA9)
