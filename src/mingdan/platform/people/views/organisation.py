"""Teams as a tree on any day, and the working calendar of a year."""

import calendar as months
import datetime
from collections import defaultdict

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from mingdan.lib.working_days import Day, is_year_final
from mingdan.platform.access.queries import has_right
from mingdan.platform.people import access, actions
from mingdan.platform.people.forms import CompanyDayForm, TeamForm, today_or
from mingdan.platform.people.models import CompanyDay, Team, TeamMembership, holding_on
from mingdan.platform.people.page import SignedInRequest, page
from mingdan.platform.people.queries import company_calendar, parents_on

YEARS = range(2004, 2100)


@page("GET", right=access.SEE_EMPLOYEE)
def teams(request: SignedInRequest) -> HttpResponse:
    """Show the tree of teams as it was, is or will be on a day."""
    now = timezone.now()
    day = today_or(request.GET.get("day"), timezone.localdate(now))
    may_keep = has_right(request.user, access.KEEP_EMPLOYEES, now)
    return render(request, "people/teams.html", {"rows": _tree(day), "day": day, "may_keep": may_keep})


def _tree(day: datetime.date) -> list[tuple[int, Team, list[TeamMembership]]]:
    """Return the teams of a day from the top: depth, team, members with the leading ones first."""
    parents, by_pk = parents_on(day), Team.objects.in_bulk()
    below: dict[int | None, list[Team]] = defaultdict(list)
    for pk, parent in sorted(parents.items(), key=lambda pair: by_pk[pair[0]].name):
        below[parent].append(by_pk[pk])
    members = defaultdict(list)
    held = (
        TeamMembership.objects.filter(holding_on(day)).select_related("employee").order_by("-leads", "employee__name")
    )
    for one in held:
        members[one.team_id].append(one)
    rows: list[tuple[int, Team, list[TeamMembership]]] = []
    waiting = [(0, team) for team in reversed(below[None])]
    while waiting:
        depth, team = waiting.pop()
        rows.append((depth, team, members[team.pk]))
        waiting += [(depth + 1, child) for child in reversed(below[team.pk])]
    return rows


@page("GET", "POST", right=access.KEEP_EMPLOYEES)
def add_team(request: SignedInRequest) -> HttpResponse:
    """Add a team at a place in the tree."""
    now = timezone.now()
    form = TeamForm(request.POST or None, initial={"from_date": timezone.localdate(now)})
    if form.is_valid():
        try:
            actions.add_team(**form.cleaned_data, by=request.user, at=now)
        except ValidationError as reason:
            form.add_error(None, reason.messages)
        else:
            messages.success(request, _("Saved."))
            return redirect("people:teams")
    return render(request, "people/form.html", {"form": form, "heading": _("Add a team"), "back": "people:teams"})


@page("GET", "POST", right=access.SEE_CALENDAR)
def calendar(request: SignedInRequest) -> HttpResponse:
    """Show the working days of a year, and let those who may set the company's own days."""
    now = timezone.now()
    may_keep = has_right(request.user, access.KEEP_CALENDAR, now)
    form = CompanyDayForm(request.POST or None)
    if request.method == "POST":
        access.ensure_right(request.user, access.KEEP_CALENDAR, now)
        if form.is_valid():
            cells = form.cleaned_data
            actions.set_company_day(
                cells["date"], is_working=bool(cells["is_working"]), name=cells["name"], by=request.user, at=now
            )
            messages.success(request, _("Saved."))
            return redirect(f"{request.path}?year={cells['date'].year}")
    year = _year(request, timezone.localdate(now).year)
    context = {
        "year": year,
        "is_final": is_year_final(year),
        "months": _months(year),
        "weekdays": [WEEKDAYS_ABBR[number] for number in range(7)],
        "own_days": CompanyDay.objects.filter(date__year=year).order_by("date"),
        "may_keep": may_keep,
        "form": form,
        "today": timezone.localdate(now),
    }
    return render(request, "people/calendar.html", context)


def _year(request: SignedInRequest, this_year: int) -> int:
    said = request.GET.get("year", str(this_year))
    if not said.isdigit() or int(said) not in YEARS:
        raise Http404
    return int(said)


def _months(year: int) -> list[tuple[datetime.date, int, list[list[Day | None]]]]:
    """Return each month's first day, its working days, and its weeks from Monday."""
    held = company_calendar()
    whole = []
    for month in range(1, 13):
        weeks = [
            [held.day(datetime.date(year, month, number)) if number else None for number in week]
            for week in months.monthcalendar(year, month)
        ]
        working = sum(1 for week in weeks for day in week if day and day.is_working)
        whole.append((datetime.date(year, month, 1), working, weeks))
    return whole
