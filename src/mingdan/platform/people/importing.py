"""Importing employees in two steps: read and compare, then, after somebody's yes, all rows or none."""

import datetime
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingdan.platform.access.queries import has_right
from mingdan.platform.people.access import KEEP_EMPLOYEES
from mingdan.platform.people.actions import (
    CannotChangePeopleError,
    add_employee,
    change_employee,
    join_team,
    report_to,
)
from mingdan.platform.people.employee_file import DATES, Row, read_employees
from mingdan.platform.people.kinds import IMPORTED
from mingdan.platform.people.models import (
    Employee,
    EmployeeImport,
    ReportingLine,
    Team,
    TeamMembership,
    User,
    holding_on,
)
from mingdan.platform.trail.actions import record

FIELDS = ("name", "position", "region", "phone", "private_phone", *DATES)


class CannotImportError(Exception):
    """Nothing was imported; the message says which row and why."""


@dataclass(frozen=True)
class Difference:
    """What one row would do: add, change these fields (before, after), or nothing."""

    line: int
    number: str
    name: str
    is_new: bool
    changes: Mapping[str, tuple[str, str]]
    errors: tuple[str, ...]


@transaction.atomic
def draft_import(content: bytes, file_name: str, *, by: User, at: datetime.datetime) -> EmployeeImport:
    """Keep a file's rows until somebody says yes; older drafts of the same person are dropped.

    Raises CannotChangePeopleError, UnreadableEmployeeFileError.
    """
    if not has_right(by, KEEP_EMPLOYEES, at):
        raise CannotChangePeopleError("no_right")
    rows = [{"line": row.line, "cells": row.cells, "errors": row.errors} for row in read_employees(content)]
    EmployeeImport.objects.filter(by=by, done_at__isnull=True).delete()
    digest = hashlib.sha256(content).hexdigest()
    return EmployeeImport.objects.create(by=by, at=at, file_name=file_name[:200], sha256=digest, rows=rows)


def differences(draft: EmployeeImport) -> list[Difference]:
    """Return what a draft would do, row by row, compared with what is known now."""
    rows = [Row(**row) for row in draft.rows]
    known = {one.number: one for one in Employee.objects.filter(number__in=[row.cells["number"] for row in rows])}
    teams = _teams()
    numbers = set(Employee.objects.values_list("number", flat=True)) | {row.cells["number"] for row in rows}
    return [_difference(row, known.get(row.cells["number"]), teams, numbers) for row in rows]


def _teams() -> dict[str, Team]:
    teams = list(Team.objects.filter(closed_date__isnull=True))
    return {team.name: team for team in teams} | {team.code: team for team in teams}


def _difference(row: Row, employee: Employee | None, teams: Mapping[str, Team], numbers: set[str]) -> Difference:
    errors = list(row.errors)
    if (team := row.cells.get("team")) and team not in teams:
        errors.append(_("There is no team %(team)s: add it first.") % {"team": team})
    if (manager := row.cells.get("manager")) and manager not in numbers:
        errors.append(_("There is no employee with the number %(number)s.") % {"number": manager})
    changes = {}
    for field in FIELDS:
        before = "" if employee is None else str(getattr(employee, field) or "")
        after = row.cells.get(field, "")
        if after and after != before:
            changes[field] = (before, after)
    return Difference(row.line, row.cells["number"], row.cells["name"], employee is None, changes, tuple(errors))


@transaction.atomic
def apply_import(draft: EmployeeImport, *, by: User, at: datetime.datetime) -> int:
    """Do what a draft says and return the number of rows; one wrong row undoes all. Raises CannotImportError."""
    draft = EmployeeImport.objects.select_for_update().get(pk=draft.pk)
    if draft.done_at is not None or draft.by_id != by.pk:
        raise CannotImportError(_("This file was imported already."))
    if wrong := [one for one in differences(draft) if one.errors]:
        raise CannotImportError(_("Row %(line)s: %(error)s") % {"line": wrong[0].line, "error": wrong[0].errors[0]})
    rows, teams = [Row(**row) for row in draft.rows], _teams()
    for row in rows:
        _refused_with_row(row, partial(_keep, row, by, at))
    for row in rows:
        # Lines only after all employees are there, because a manager may stand below in the file.
        _refused_with_row(row, partial(_place, row, teams, by, at))
    record(IMPORTED, by=by, at=at, values={"rows": len(rows), "hash": draft.sha256})
    draft.done_at, draft.rows = at, []
    draft.save(update_fields=["done_at", "rows"])
    return len(rows)


def _refused_with_row(row: Row, act: Callable[[], None]) -> None:
    try:
        act()
    except ValidationError as reason:
        raise CannotImportError(
            _("Row %(line)s: %(error)s") % {"line": row.line, "error": reason.messages[0]}
        ) from reason
    except CannotChangePeopleError as reason:
        raise CannotImportError(_("Row %(line)s: %(error)s") % {"line": row.line, "error": reason.sentence}) from reason


def _keep(row: Row, by: User, at: datetime.datetime) -> None:
    cells = {field: _typed(field, row.cells[field]) for field in FIELDS if row.cells.get(field)}
    employee = Employee.objects.filter(number=row.cells["number"]).first()
    if employee is not None:
        change_employee(employee, cells, by=by, at=at)
        return
    left_date = cells.pop("left_date", None)
    added = add_employee(number=row.cells["number"], by=by, at=at, **cells)
    if left_date:
        change_employee(added, {"left_date": left_date}, by=by, at=at)


def _typed(field: str, text: str) -> Any:
    return datetime.date.fromisoformat(text) if field in DATES else text


def _place(row: Row, teams: Mapping[str, Team], by: User, at: datetime.datetime) -> None:
    employee, today = Employee.objects.get(number=row.cells["number"]), timezone.localdate(at)
    if team := teams.get(row.cells.get("team", "")):
        now = TeamMembership.objects.filter(holding_on(today), employee=employee).first()
        if now is None or now.team_id != team.pk:
            join_team(employee, team, from_date=_from(employee, now, today), by=by, at=at)
    if number := row.cells.get("manager"):
        line = ReportingLine.objects.filter(holding_on(today), employee=employee).first()
        manager = Employee.objects.get(number=number)
        if line is None or line.manager_id != manager.pk:
            report_to(employee, manager, from_date=_from(employee, line, today), by=by, at=at)


def _from(employee: Employee, before: object | None, today: datetime.date) -> datetime.date:
    return today if before is not None else employee.hired_date
