"""What changes people and the organisation; every door uses these."""

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from allauth.usersessions.models import UserSession
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mingdan.platform.access.kinds import in_both
from mingdan.platform.access.models import ExtraRight, RoleGrant, in_force
from mingdan.platform.access.queries import has_right
from mingdan.platform.access.rights import Right
from mingdan.platform.people.access import KEEP_ACCOUNTS, KEEP_CALENDAR, KEEP_EMPLOYEES
from mingdan.platform.people.kinds import (
    ACCOUNT_CLOSED,
    ACCOUNT_LINKED,
    ACCOUNT_OPENED,
    DAY_SET,
    EMPLOYEE_ADDED,
    EMPLOYEE_CHANGED,
    LINE_CHANGED,
    SESSIONS_ENDED,
    TEAM_ADDED,
    TEAM_JOINED,
    TEAM_PLACED,
)
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
from mingdan.platform.trail.actions import record, reference

SomeSpan = TypeVar("SomeSpan", bound=Span)
By = AbstractBaseUser | None
"""Who acts; nobody stands for the command line, which sets up the first people."""


REFUSALS = {
    "no_right": _("You have no right to do this; HR keeps people, an administrator keeps accounts."),
    "team_below_itself": _("A team cannot hang below itself."),
    "line_in_a_circle": _("This would make somebody their own manager, directly or through others."),
    "later_change_exists": _("There is a later change already; what was recorded is not rewritten."),
    "own_account": _("Nobody closes their own account; ask another administrator."),
}


class CannotChangePeopleError(Exception):
    """A change is refused; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def sentence(self) -> str:
        """Return the refusal in the reader's language."""
        return str(REFUSALS[self.code])


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
    values = {"username": username, "name": name, "email": email or None}
    record(ACCOUNT_OPENED, by=by, at=at, about=user, subject=user, values=values)
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
    values = {"number": number, "name": name, "position": position or None, "hired_date": hired_date.isoformat()}
    record(EMPLOYEE_ADDED, by=by, at=at, about=employee, subject=employee, values=values)
    return employee


CHANGEABLE = ("name", "position", "region", "phone", "private_phone", "hired_date", "left_date")


@transaction.atomic
def change_employee(employee: Employee, changes: Mapping[str, Any], *, by: By, at: datetime.datetime) -> list[str]:
    """Change what is written about an employee; return the fields that really changed."""
    _ensure(by, KEEP_EMPLOYEES, at)
    before = {field: getattr(employee, field) for field in CHANGEABLE}
    changed = [field for field in CHANGEABLE if field in changes and changes[field] != before[field]]
    if not changed:
        return []
    for field in changed:
        setattr(employee, field, changes[field])
    employee.full_clean()
    employee.save(update_fields=changed)
    values = {
        "changed": ", ".join(changed),
        **_named_in_both(changed),
        "before": "; ".join(f"{field}={before[field]}" for field in changed),
        "after": "; ".join(f"{field}={changes[field]}" for field in changed),
    }
    record(EMPLOYEE_CHANGED, by=by, at=at, about=employee, subject=employee, values=values)
    return changed


def _named_in_both(fields: list[str]) -> dict[str, str]:
    labels = [in_both("changed", Employee._meta.get_field(field).verbose_name) for field in fields]  # type: ignore[union-attr]
    return {name: ", ".join(label[name] for label in labels) for name in ("changed_en", "changed_zh")}


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
    record(TEAM_ADDED, by=by, at=at, about=team, values={"name": name})
    place_team(team, parent=parent, from_date=from_date, by=by, at=at)
    return team


@transaction.atomic
def place_team(
    team: Team, *, parent: Team | None, from_date: datetime.date, by: By, at: datetime.datetime
) -> TeamPlace:
    """Hang a team elsewhere in the tree from a day on; where it hung before stays known."""
    _ensure(by, KEEP_EMPLOYEES, at)
    days = _days_of_change(TeamPlace.objects.all(), from_date)
    if parent is not None and any(parent.pk in with_teams_below([team.pk], day) for day in days):
        raise CannotChangePeopleError("team_below_itself")
    _end_before(TeamPlace.objects.filter(team=team), from_date)
    place = TeamPlace.objects.create(team=team, parent=parent, from_date=from_date)
    values = {
        "parent": reference(parent) or "-",
        "from_date": from_date.isoformat(),
    }
    record(TEAM_PLACED, by=by, at=at, about=team, values=values)
    return place


@transaction.atomic
def join_team(
    employee: Employee, team: Team, *, from_date: datetime.date, leads: bool = False, by: By, at: datetime.datetime
) -> TeamMembership:
    """Put an employee into a team from a day on, out of the one before."""
    _ensure(by, KEEP_EMPLOYEES, at)
    _end_before(TeamMembership.objects.filter(employee=employee), from_date)
    membership = TeamMembership.objects.create(employee=employee, team=team, leads=leads, from_date=from_date)
    values = {"team": reference(team), "from_date": from_date.isoformat(), "leads": leads}
    record(TEAM_JOINED, by=by, at=at, about=employee, values=values)
    return membership


@transaction.atomic
def report_to(
    employee: Employee, manager: Employee, *, from_date: datetime.date, by: By, at: datetime.datetime
) -> ReportingLine:
    """Let an employee report to a manager from a day on."""
    _ensure(by, KEEP_EMPLOYEES, at)
    days = _days_of_change(ReportingLine.objects.all(), from_date)
    if employee.pk == manager.pk or any(employee.pk in line_above(manager, day) for day in days):
        raise CannotChangePeopleError("line_in_a_circle")
    _end_before(ReportingLine.objects.filter(employee=employee), from_date)
    line = ReportingLine.objects.create(employee=employee, manager=manager, from_date=from_date)
    values = {"manager": reference(manager), "from_date": from_date.isoformat()}
    record(LINE_CHANGED, by=by, at=at, about=employee, values=values)
    return line


def _days_of_change(spans: QuerySet[SomeSpan], from_date: datetime.date) -> list[datetime.date]:
    """Return a day and the later ones on which something changes already: a circle may close on any of them."""
    later = spans.filter(from_date__gt=from_date).values_list("from_date", flat=True).distinct()
    return [from_date, *later]


def _end_before(spans: QuerySet[SomeSpan], day: datetime.date) -> None:
    """End what is open on the day that something new begins; refuse to write into the past behind it."""
    if spans.filter(from_date__gte=day).exists() or spans.filter(until_date__gt=day).exists():
        raise CannotChangePeopleError("later_change_exists")
    spans.filter(until_date__isnull=True).update(until_date=day)


@transaction.atomic
def link_account(employee: Employee, user: User, *, by: By, at: datetime.datetime) -> None:
    """Say that an account belongs to an employee."""
    _ensure(by, KEEP_ACCOUNTS, at)
    employee.user = user
    employee.full_clean()
    employee.save(update_fields=["user"])
    record(ACCOUNT_LINKED, by=by, at=at, about=employee, values={"account": reference(user)})


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
    record(ACCOUNT_CLOSED, by=by, at=at, about=user, values={"sessions": _end_sessions(user)})


@transaction.atomic
def end_sessions(user: User, *, by: By, at: datetime.datetime) -> int:
    """End every session of somebody else's; return how many there were."""
    _ensure(by, KEEP_ACCOUNTS, at)
    ended = _end_sessions(user)
    record(SESSIONS_ENDED, by=by, at=at, about=user, values={"sessions": ended})
    return ended


def _end_sessions(user: User) -> int:
    sessions = list(UserSession.objects.filter(user=user))
    for session in sessions:
        session.end()
    return len(sessions)


@transaction.atomic
def set_company_day(date: datetime.date, *, is_working: bool, name: str, by: By, at: datetime.datetime) -> CompanyDay:
    """Make a day a working day or a holiday of the company, whatever the official calendar says."""
    _ensure(by, KEEP_CALENDAR, at)
    day, _created = CompanyDay.objects.update_or_create(date=date, defaults={"is_working": is_working, "name": name})
    kind = in_both("kind", _("working day") if is_working else _("holiday"))
    record(DAY_SET, by=by, at=at, about=day, values={"date": date.isoformat(), **kind, "name": name})
    return day
