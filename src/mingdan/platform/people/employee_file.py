"""An xlsx file of employees: read into typed rows, each wrong cell a sentence with its row, nothing guessed."""

import datetime
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import python_calamine
from django.utils.translation import gettext as _

LARGEST_FILE = 5 * 1024 * 1024
LARGEST_CONTENT = 60 * 1024 * 1024
MOST_ROWS = 20_000

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "number": ("工号", "员工编号", "employee number", "number"),
    "name": ("姓名", "name"),
    "hired_date": ("入职日期", "hired on", "hired date"),
    "left_date": ("离职日期", "left on", "left date"),
    "position": ("职位", "岗位", "position"),
    "region": ("地区", "区域", "region"),
    "phone": ("工作电话", "电话", "work telephone", "phone"),
    "private_phone": ("私人电话", "private telephone"),
    "team": ("团队", "部门", "团队编码", "team"),
    "manager": ("上级工号", "直接上级", "manager", "manager number"),
}
REQUIRED = ("number", "name", "hired_date")
DATES = ("hired_date", "left_date")


class UnreadableEmployeeFileError(Exception):
    """The file as a whole cannot be used; the message says why."""


@dataclass
class Row:
    """One row of the file: its number there, its cells by field (dates as ISO text), and what is wrong with it."""

    line: int
    cells: dict[str, str]
    errors: list[str] = field(default_factory=list)


def read_employees(content: bytes) -> list[Row]:
    """Return the rows of an xlsx file's first sheet. Raises UnreadableEmployeeFileError."""
    _ensure_harmless(content)
    try:
        sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    except (python_calamine.CalamineError, IndexError, ValueError) as reason:
        raise UnreadableEmployeeFileError(_("The file cannot be read as a workbook.")) from reason
    if len(sheet) - 1 > MOST_ROWS:
        raise UnreadableEmployeeFileError(_("The sheet has more than %(n)s rows: split it.") % {"n": MOST_ROWS})
    columns = _columns(sheet[0] if sheet else [])
    rows = list(_rows(sheet, columns))
    _mark_repeated_numbers(rows)
    return rows


def _ensure_harmless(content: bytes) -> None:
    if len(content) > LARGEST_FILE:
        raise UnreadableEmployeeFileError(_("The file is larger than 5 MB: split it."))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile as reason:
        raise UnreadableEmployeeFileError(_("This is no xlsx file: save it as an Excel workbook (.xlsx).")) from reason
    if unpacked > LARGEST_CONTENT:
        raise UnreadableEmployeeFileError(_("The file unpacks to more than 60 MB and was not opened."))


def _columns(headings: list[Any]) -> dict[str, int]:
    written = {str(heading).strip().lower(): position for position, heading in enumerate(headings)}
    columns = {
        name: written[known] for name, knowns in HEADINGS.items() for known in reversed(knowns) if known in written
    }
    missing = [HEADINGS[name][0] for name in REQUIRED if name not in columns]
    if missing:
        raise UnreadableEmployeeFileError(
            _("These columns are missing: %(columns)s.") % {"columns": ", ".join(missing)}
        )
    return columns


def _rows(sheet: list[list[Any]], columns: Mapping[str, int]) -> Iterator[Row]:
    for line, cells in enumerate(sheet[1:], start=2):
        if not any(str(cell).strip() for cell in cells):
            continue
        row = Row(line, {})
        for name, position in columns.items():
            row.cells[name] = _cell(cells[position] if position < len(cells) else "", name, row.errors)
        row.errors += [
            _("%(column)s is empty.") % {"column": HEADINGS[name][0]} for name in REQUIRED if not row.cells[name]
        ]
        yield row


def _cell(value: Any, name: str, errors: list[str]) -> str:
    if name in DATES:
        return _date(value, name, errors)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()[:120]


def _date(value: Any, name: str, errors: list[str]) -> str:
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    text = str(value).strip().replace("/", "-").replace(".", "-")
    if not text:
        return ""
    try:
        return datetime.datetime.strptime(text, "%Y-%m-%d").date().isoformat()  # noqa: DTZ007  a date has no zone
    except ValueError:
        message = _("%(column)s is no date: write it as 2026-01-31, not %(value)s.")
        errors.append(message % {"column": HEADINGS[name][0], "value": text[:40]})
        return ""


def _mark_repeated_numbers(rows: list[Row]) -> None:
    seen: dict[str, int] = {}
    for row in rows:
        first = seen.setdefault(row.cells["number"], row.line)
        if row.cells["number"] and first != row.line:
            row.errors.append(_("This employee number stands in row %(line)s already.") % {"line": first})
