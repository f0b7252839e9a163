"""Workbooks (xlsx, xls, ods) into raw tables, one for each sheet."""

import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import python_calamine

from mingdan.engine.reading.csv_form import lines_above
from mingdan.engine.reading.raw import UnreadableTrailError
from mingdan.engine.reading.shelf import Shelf

_MIDNIGHT = time(0)
_WHOLE_DIGITS = 2.0**53
GENERAL_SHEET_NAMES = ("sheet", "工作表", "table", "tabelle", "feuil", "hoja")


def read_workbook(path: Path, shelf: Shelf, name: str, file: str) -> None:
    """Put each sheet of a workbook on the shelf as a raw table; raise UnreadableTrailError where it cannot be opened.

    A sheet with a general name (Sheet1) in a workbook with one filled sheet is called after the file.
    """
    try:
        book = python_calamine.load_workbook(io.BytesIO(path.read_bytes()))
        filled = [sheet for sheet in book.sheet_names if _head(book, sheet)]
        for sheet in filled:
            table = name if len(filled) == 1 and _is_general(sheet) else sheet
            _read_sheet(book, sheet, shelf, table, file)
    except python_calamine.PasswordError as error:
        raise UnreadableTrailError(f"{file} is protected by a password; save it without one and try again.") from error
    except python_calamine.CalamineError as error:
        raise UnreadableTrailError(f"{file} cannot be opened as a workbook; save it again as .xlsx or CSV.") from error
    if not filled:
        shelf.say(f"{file} has no filled sheet.", f"{file} 中没有填写内容的工作表。")


def _is_general(sheet: str) -> bool:
    return sheet.lower().rstrip("0123456789 ").startswith(GENERAL_SHEET_NAMES)


def _head(book: Any, sheet: str) -> list[list[str]]:
    """Return the first rows of a sheet that hold anything, as text."""
    rows = []
    for row in book.get_sheet_by_name(sheet).iter_rows():
        cells = [_text(cell) for cell in row]
        if any(cells):
            rows.append([cell or "" for cell in cells])
        if len(rows) >= 20:
            break
    return rows


def _read_sheet(book: Any, sheet: str, shelf: Shelf, name: str, file: str) -> None:
    above = lines_above(_head(book, sheet))
    rows = _filled_rows(book.get_sheet_by_name(sheet).iter_rows())
    for _ in range(above):
        next(rows)
    headings = [cell or "" for cell in next(rows)]
    while headings and not headings[-1].strip():
        headings.pop()
    width = len(headings)
    shelf.add_rows(name, file, headings, (_fitted(row, width) for row in rows))


def _filled_rows(rows: Iterator[Sequence[Any]]) -> Iterator[list[str | None]]:
    for row in rows:
        cells = [_text(cell) for cell in row]
        if any(cells):
            yield cells


def _fitted(row: list[str | None], width: int) -> list[str | None]:
    return (row + [None] * width)[:width]


def _text(cell: Any) -> str | None:
    """Write a cell as in a CSV: dates in ISO 8601, whole numbers without a point.

    A number too long for a spreadsheet to hold keeps its power of ten, so that the reader sees that digits were lost.
    """
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if cell.is_integer() and abs(cell) < _WHOLE_DIGITS:
            return str(int(cell))
        return f"{cell:.15g}" if abs(cell) < _WHOLE_DIGITS else f"{cell:.14e}"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == _MIDNIGHT else cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell.total_seconds())
    return str(cell).replace("\0", "").strip() or None
