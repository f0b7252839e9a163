"""What changes people and the organisation; every door uses these."""

import datetime
from typing import TypeVar

from allauth.usersessions.models import UserSession
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet

from mingdan.platform.access.models import ExtraRight, RoleGrant, in_force
from mingdan.platform.access.queries import has_right
from mingdan.platform.access.rights import Right
from mingdan.platform.people.access import KEEP_ACCOUNTS, KEEP_CALENDAR, KEEP_EMPLOYEES
from mingdan.platform.people.models import (
    CompanyDay,
    Employee,
    ReportingLine,
    Span,
    Team,
    TeamMembership,
    TeamPlace,
    User,
)
from mingdan.platform.people.queries import line_above, with_teams_below

SomeSpan = TypeVar("SomeSpan", bound=Span)
By = AbstractBaseUser | None
"""Who acts; nobody stands for the command line, which sets up the first people."""


class CannotChangePeopleError(Exception):
    """A change is refused; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _ensure(by: By, right: Right, at: datetime.datetime) -> None:
    if by is not None and not has_right(by, right, at):
        raise CannotChangePeopleError("no_right")


@transaction.atomic
def open_account(
    *, username: str, name: str, email: str = "", password: str | None = None, by: By, at: datetime.datetime
) -> User:
    """Let somebody sign in; without a password they can only come through the company's own sign-in."""
    _ensure(by, KEEP_ACCOUNTS, at)
    user = User(username=username, name=name, email=email, created_at=at)
    user.set_password(password)
    user.full_clean(exclude=["password"])
    user.save()
    return user


@transaction.atomic
def add_employee(
    *,
    number: str,
    name: str,
    hired_date: datetime.date,
    user: User | None = None,
    position: str = "",
    region: str = "",
    phone: str = "",
    private_phone: str = "",
    by: By,
    at: datetime.datetime,
) -> Employee:
    """Add somebody who works here."""
    _ensure(by, KEEP_EMPLOYEES, at)
    employee = Employee(
        number=number,
        name=name,
        hired_date=hired_date,
        user=user,
        position=position,
        region=region,
        phone=phone,
        private_phone=private_phone,
    )
    employee.full_clean()
    employee.save()
    return employee


@transaction.atomic
def add_team(
    *,
    code: str,
    name: str,
    parent: Team | None,
    from_date: datetime.date,
    name_en: str = "",
    is_unit: bool = False,
    by: By,
    at: datetime.datetime,
) -> Team:
    """Add a team at a place in the tree."""
    _ensure(by, KEEP_EMPLOYEES, at)
    team = Team(code=code, name=name, name_en=name_en, is_unit=is_unit)
    team.full_clean()
    team.save()
    place_team(team, parent=parent, from_date=from_date, by=by, at=at)
    return team


@transaction.atomic
def place_team(
    team: Team, *, parent: Team | None, from_date: datetime.date, by: By, at: datetime.datetime
) -> TeamPlace:
    """Hang a team elsewhere in the tree from a day on; where it hung before stays known."""
    _ensure(by, KEEP_EMPLOYEES, at)
    if parent is not None and parent.pk in with_teams_below([team.pk], from_date):
        raise CannotChangePeopleError("team_below_itself")
    _end_before(TeamPlace.objects.filter(team=team), from_date)
    return TeamPlace.objects.create(team=team, parent=parent, from_date=from_date)


@transaction.atomic
def join_team(
    employee: Employee, team: Team, *, from_date: datetime.date, leads: bool = False, by: By, at: datetime.datetime
) -> TeamMembership:
    """Put an employee into a team from a day on, out of the one before."""
    _ensure(by, KEEP_EMPLOYEES, at)
    _end_before(TeamMembership.objects.filter(employee=employee), from_date)
    return TeamMembership.objects.create(employee=employee, team=team, leads=leads, from_date=from_date)


@transaction.atomic
def report_to(
    employee: Employee, manager: Employee, *, from_date: datetime.date, by: By, at: datetime.datetime
) -> ReportingLine:
    """Let an employee report to a manager from a day on."""
    _ensure(by, KEEP_EMPLOYEES, at)
    if employee.pk == manager.pk or employee.pk in line_above(manager, from_date):
        raise CannotChangePeopleError("line_in_a_circle")
    _end_before(ReportingLine.objects.filter(employee=employee), from_date)
    return ReportingLine.objects.create(employee=employee, manager=manager, from_date=from_date)


def _end_before(spans: QuerySet[SomeSpan], day: datetime.date) -> None:
    """End what is open on the day that something new begins; refuse to write into the past behind it."""
    if spans.filter(from_date__gte=day).exists() or spans.filter(until_date__gt=day).exists():
        raise CannotChangePeopleError("later_change_exists")
    spans.filter(until_date__isnull=True).update(until_date=day)


@transaction.atomic
def close_account(user: User, *, by: By, at: datetime.datetime) -> None:
    """Off-board somebody: no session, right or link of theirs works from here on."""
    _ensure(by, KEEP_ACCOUNTS, at)
    if by is not None and by.pk == user.pk:
        raise CannotChangePeopleError("own_account")
    user.is_active, user.closed_at = False, at
    user.save(update_fields=["is_active", "closed_at"])
    ended = {"revoked_at": at, "revoked_by_id": by.pk if by else None}
    RoleGrant.objects.filter(in_force(at), user=user).update(**ended)
    ExtraRight.objects.filter(in_force(at), user=user).update(**ended)
    end_sessions(user)


def end_sessions(user: User) -> int:
    """End every session of somebody; return how many there were."""
    sessions = list(UserSession.objects.filter(user=user))
    for session in sessions:
        session.end()
    return len(sessions)


@transaction.atomic
def set_company_day(date: datetime.date, *, is_working: bool, name: str, by: By, at: datetime.datetime) -> CompanyDay:
    """Make a day a working day or a holiday of the company, whatever the official calendar says."""
    _ensure(by, KEEP_CALENDAR, at)
    day, _ = CompanyDay.objects.update_or_create(date=date, defaults={"is_working": is_working, "name": name})
    return day
