"""Who is where in the organisation on a day, and whom somebody's rights reach."""

import datetime
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone

from mingdan.lib.working_days import Day, WorkingCalendar
from mingdan.platform.access.queries import Person, standing_of
from mingdan.platform.access.rights import Reach, Right
from mingdan.platform.people.models import (
    CompanyDay,
    Employee,
    ReportingLine,
    Team,
    TeamMembership,
    TeamPlace,
    holding_on,
)


def employee_of(user: Person) -> Employee | None:
    """Return the employee that a user is, or nobody."""
    return Employee.objects.filter(user_id=user.pk).first() if user.is_authenticated else None


def parents_on(day: datetime.date) -> dict[int, int | None]:
    """Return each placed team's parent on a day."""
    return dict(TeamPlace.objects.filter(holding_on(day)).values_list("team_id", "parent_id"))


def with_teams_below(teams: Iterable[int], day: datetime.date) -> frozenset[int]:
    """Return these teams and all below them on a day."""
    children = defaultdict(set)
    for team, parent in parents_on(day).items():
        children[parent].add(team)
    found: set[int] = set()
    waiting = list(teams)
    while waiting:
        team = waiting.pop()
        if team not in found:
            found.add(team)
            waiting.extend(children[team])
    return frozenset(found)


def unit_of(team: int, day: datetime.date) -> int:
    """Return the nearest business unit above a team (or the team itself); the topmost team where none is marked."""
    parents, units = parents_on(day), set(Team.objects.filter(is_unit=True).values_list("pk", flat=True))
    seen = {team}
    while team not in units and (parent := parents.get(team)) is not None and parent not in seen:
        team = parent
        seen.add(team)
    return team


def reports_of(manager: Employee, day: datetime.date) -> frozenset[int]:
    """Return the employees who report to somebody on a day, directly or through others."""
    reports = defaultdict(set)
    for employee, above in ReportingLine.objects.filter(holding_on(day)).values_list("employee_id", "manager_id"):
        reports[above].add(employee)
    found: set[int] = set()
    waiting = [manager.pk]
    while waiting:
        for employee in reports[waiting.pop()] - found:
            found.add(employee)
            waiting.append(employee)
    return frozenset(found - {manager.pk})


def line_above(employee: Employee, day: datetime.date) -> tuple[int, ...]:
    """Return the managers of an employee on a day, nearest first."""
    managers = dict(ReportingLine.objects.filter(holding_on(day)).values_list("employee_id", "manager_id"))
    line: list[int] = []
    above = managers.get(employee.pk)
    while above is not None and above not in line:
        line.append(above)
        above = managers.get(above)
    return tuple(line)


def employees_reached(user: Person, right: Right, at: datetime.datetime) -> QuerySet[Employee]:
    """Return the employees whom a right of somebody's reaches at a time: own, team, unit, all, or lent by name."""
    standing, day = standing_of(user, at), timezone.localdate(at)
    reach = standing.reach(right)
    if reach is Reach.ALL:
        return Employee.objects.all()
    allowed = _by_relation(employee_of(user), reach, day)
    for lent in standing.lent(right):
        allowed |= (
            Q(pk=lent.employee_id) if lent.employee_id else _in_teams(with_teams_below([lent.team_id or 0], day), day)
        )
    return Employee.objects.filter(allowed).distinct()


def _by_relation(me: Employee | None, reach: Reach, day: datetime.date) -> Q:
    if me is None or reach is Reach.NONE:
        return Q(pk__in=[])
    allowed = Q(pk=me.pk)
    membership = TeamMembership.objects.filter(holding_on(day), employee=me).first()
    if reach >= Reach.TEAM:
        allowed |= Q(pk__in=reports_of(me, day))
        if membership is not None and membership.leads:
            allowed |= _in_teams(with_teams_below([membership.team_id], day), day)
    if reach >= Reach.UNIT and membership is not None:
        allowed |= _in_teams(with_teams_below([unit_of(membership.team_id, day)], day), day)
    return allowed


def _in_teams(teams: frozenset[int], day: datetime.date) -> Q:
    members = TeamMembership.objects.filter(holding_on(day), team__in=teams).values("employee_id")
    return Q(pk__in=members)


def company_calendar() -> WorkingCalendar:
    """Return the official calendar with the company's own days."""
    own = CompanyDay.objects.values_list("date", "is_working", "name")
    return WorkingCalendar({date: Day(date, is_working, is_final=True, name=name) for date, is_working, name in own})
