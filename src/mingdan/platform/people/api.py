"""People, teams and the calendar for programs: the same access functions and actions as the pages."""

import datetime
from typing import Annotated, Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from ninja import Query, Router
from ninja.decorators import decorate_view
from pydantic import Field

from mingdan.lib.working_days import Day as CalendarDay
from mingdan.platform.api.authentication import PersonalToken
from mingdan.platform.api.cursors import Cursor, Limit, Page, page_of
from mingdan.platform.api.repeats import changes
from mingdan.platform.api.values import Day, Key, Text
from mingdan.platform.people import access, actions
from mingdan.platform.people.api_forms import (
    CalendarDayChange,
    CalendarDayShown,
    EmployeeChange,
    EmployeeMove,
    EmployeeShown,
    NewEmployee,
    NewTeam,
    TeamShown,
)
from mingdan.platform.people.models import Employee, Team
from mingdan.platform.people.page import SignedInRequest
from mingdan.platform.people.queries import company_calendar, parents_on
from mingdan.platform.people.scopes import READ, READ_CALENDAR, WRITE, WRITE_CALENDAR
from mingdan.platform.trail.actions import record_reading

MOST_DAYS = 366
YEARS = range(2004, 2100)

router = Router()


def _shown(request: SignedInRequest, found: list[Employee], now: datetime.datetime) -> list[dict[str, Any]]:
    hidden = access.hidden_fields_among(request.user, found, now)
    fields = ("id", "number", "name", "position", "region", "phone", *access.FIELDS)
    return [
        {field: None if field in hidden[one.pk] else getattr(one, field) for field in fields}
        | {"withheld": sorted(hidden[one.pk])}
        for one in found
    ]


@router.get("/employees", auth=PersonalToken(READ), response=Page[EmployeeShown], tags=["people"])
def list_employees(
    request: SignedInRequest,
    q: Annotated[Text, Field(max_length=80, description="in name, number or position")] = "",
    past: Annotated[bool, Field(description="with those who left")] = False,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> dict[str, Any]:
    """List the employees whom the token's owner may see; fields they may not see are null and named in `withheld`."""
    now = timezone.now()
    access.ensure_right(request.user, access.SEE_EMPLOYEE, now)
    found = access.employees_for(request.user, now)
    if q:
        found = found.filter(Q(name__icontains=q) | Q(number__icontains=q) | Q(position__icontains=q))
    if not past:
        found = found.filter(Q(left_date__isnull=True) | Q(left_date__gte=timezone.localdate(now)))
    rows, after = page_of(found, cursor, limit)
    if q:
        record_reading("searched", by=request.user, at=now, about="people.employees", found=len(rows), words=q)
    record_reading("exported", by=request.user, at=now, about="people.employees", rows=len(rows), format="API")
    return {"items": _shown(request, rows, now), "next_cursor": after}


@router.get("/employees/{pk}", auth=PersonalToken(READ), response=EmployeeShown, tags=["people"])
def get_employee(request: SignedInRequest, pk: Key) -> dict[str, Any]:
    """Return one employee."""
    now = timezone.now()
    access.ensure_right(request.user, access.SEE_EMPLOYEE, now)
    found = access.employee_for(request.user, pk, now)
    record_reading("viewed", by=request.user, at=now, about=found)
    return _shown(request, [found], now)[0]


@router.post("/employees", auth=PersonalToken(WRITE), response={201: EmployeeShown}, tags=["people"])
@decorate_view(changes)
def add_employee(request: SignedInRequest, response: HttpResponse, new: NewEmployee) -> dict[str, Any]:
    """Add an employee."""
    now = timezone.now()
    access.ensure_right(request.user, access.KEEP_EMPLOYEES, now)
    said = new.model_dump()
    left_date = said.pop("left_date")
    added = actions.add_employee(**said, by=request.user, at=now)
    if left_date:
        actions.change_employee(added, {"left_date": left_date}, by=request.user, at=now)
    response["Location"] = reverse("api:get_employee", kwargs={"pk": added.pk})
    return _shown(request, [added], now)[0]


@router.patch("/employees/{pk}", auth=PersonalToken(WRITE), response=EmployeeShown, tags=["people"])
@decorate_view(changes)
def change_employee(request: SignedInRequest, pk: Key, change: EmployeeChange) -> dict[str, Any]:
    """Change what is written about an employee; what is not sent stays."""
    now = timezone.now()
    access.ensure_right(request.user, access.KEEP_EMPLOYEES, now)
    found = access.employee_for(request.user, pk, now)
    actions.change_employee(found, change.model_dump(exclude_unset=True), by=request.user, at=now)
    record_reading("viewed", by=request.user, at=now, about=found)
    return _shown(request, [found], now)[0]


@router.post("/employees/{pk}/moves", auth=PersonalToken(WRITE), response={204: None}, tags=["people"])
@decorate_view(changes)
def move_employee(request: SignedInRequest, pk: Key, move: EmployeeMove) -> None:
    """Put an employee into another team, under another manager, or both, from a day on."""
    now = timezone.now()
    access.ensure_right(request.user, access.KEEP_EMPLOYEES, now)
    found = access.employee_for(request.user, pk, now)
    when: dict[str, Any] = {"from_date": move.from_date, "by": request.user, "at": now}
    if move.team_id is not None:
        actions.join_team(found, _team(move.team_id), leads=move.leads, **when)
    if move.manager_id is not None:
        actions.report_to(found, access.employee_for(request.user, move.manager_id, now), **when)


def _team(pk: int) -> Team:
    found = Team.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@router.get("/teams", auth=PersonalToken(READ), response=Page[TeamShown], tags=["people"])
def list_teams(request: SignedInRequest, day: Day | None = None, cursor: Cursor = "", limit: Limit = 50) -> Any:
    """List the teams with their place in the tree on a day (today without one)."""
    now = timezone.now()
    access.ensure_right(request.user, access.SEE_EMPLOYEE, now)
    parents = parents_on(day or timezone.localdate(now))
    rows, after = page_of(Team.objects.filter(pk__in=parents), cursor, limit)
    return {"items": [_team_shown(team, parents[team.pk]) for team in rows], "next_cursor": after}


def _team_shown(team: Team, parent: int | None) -> dict[str, Any]:
    fields = ("id", "code", "name", "name_en", "is_unit", "closed_date")
    return {field: getattr(team, field) for field in fields} | {"parent_id": parent}


@router.post("/teams", auth=PersonalToken(WRITE), response={201: TeamShown}, tags=["people"])
@decorate_view(changes)
def add_team(request: SignedInRequest, new: NewTeam) -> dict[str, Any]:
    """Add a team at a place in the tree."""
    now = timezone.now()
    access.ensure_right(request.user, access.KEEP_EMPLOYEES, now)
    said = new.model_dump()
    parent = said.pop("parent_id")
    added = actions.add_team(**said, parent=_team(parent) if parent else None, by=request.user, at=now)
    return _team_shown(added, parent)


@router.get("/calendar", auth=PersonalToken(READ_CALENDAR), response=list[CalendarDayShown], tags=["calendar"])
def list_calendar(
    request: SignedInRequest,
    first: Annotated[Day, Field(description="the first day")],
    days: Annotated[int, Query(ge=1, le=MOST_DAYS, description="how many days")] = 31,
) -> list[dict[str, Any]]:
    """Return the days from one on: working or not, and whether the year's official calendar is published."""
    access.ensure_right(request.user, access.SEE_CALENDAR, timezone.now())
    held = company_calendar()
    wanted = [first.toordinal() + number for number in range(days)]
    if first.year not in YEARS or datetime.date.fromordinal(wanted[-1]).year not in YEARS:
        raise Http404
    return [_day_shown(held.day(datetime.date.fromordinal(number))) for number in wanted]


def _day_shown(day: CalendarDay) -> dict[str, Any]:
    return {"date": day.date, "is_working": day.is_working, "is_final": day.is_final, "name": day.name}


@router.put("/calendar/{day}", auth=PersonalToken(WRITE_CALENDAR), response=CalendarDayShown, tags=["calendar"])
@decorate_view(changes)
def set_calendar_day(request: SignedInRequest, day: Day, change: CalendarDayChange) -> dict[str, Any]:
    """Make a day a working day or a holiday of the company, whatever the official calendar says."""
    now = timezone.now()
    access.ensure_right(request.user, access.KEEP_CALENDAR, now)
    if day.year not in YEARS:
        raise Http404
    actions.set_company_day(day, is_working=change.is_working, name=change.name, by=request.user, at=now)
    return _day_shown(company_calendar().day(day))
