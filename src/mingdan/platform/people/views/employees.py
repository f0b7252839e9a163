"""Employees: list, record, adding and changing."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from mingdan.platform.access.queries import has_right
from mingdan.platform.people import access, actions
from mingdan.platform.people.forms import EmployeeChangeForm, EmployeeForm, MoveForm
from mingdan.platform.people.models import Employee, ReportingLine, TeamMembership, holding_on
from mingdan.platform.people.page import SignedInRequest, page
from mingdan.platform.trail.actions import record_reading

PAGE = 50


@page("GET", right=access.SEE_EMPLOYEE)
def employees(request: SignedInRequest) -> HttpResponse:
    """List the employees whom somebody may see, by name, with a search that stays in the address."""
    now = timezone.now()
    words, past = request.GET.get("q", "").strip(), request.GET.get("past") == "1"
    found = access.employees_for(request.user, now).order_by("name")
    if words:
        found = found.filter(Q(name__icontains=words) | Q(number__icontains=words) | Q(position__icontains=words))
    if not past:
        found = found.filter(Q(left_date__isnull=True) | Q(left_date__gte=timezone.localdate(now)))
    sheet = Paginator(found, PAGE).get_page(request.GET.get("page"))
    if words:
        record_reading(
            "searched", by=request.user, at=now, about="people.employees", found=sheet.paginator.count, words=words
        )
    teams = TeamMembership.objects.filter(holding_on(timezone.localdate(now)), employee__in=sheet.object_list)
    team_of = {one.employee_id: one.team for one in teams.select_related("team")}
    return render(
        request,
        "people/employees.html",
        {
            "page": sheet,
            "rows": [(employee, team_of.get(employee.pk)) for employee in sheet],
            "words": words,
            "past": past,
            "may_keep": has_right(request.user, access.KEEP_EMPLOYEES, now),
        },
    )


@page("GET", right=access.SEE_EMPLOYEE)
def employee(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one employee with the history of teams and lines."""
    now = timezone.now()
    found = access.employee_for(request.user, pk, now)
    record_reading("viewed", by=request.user, at=now, about=found)
    return _shown(request, found, MoveForm(initial={"from_date": timezone.localdate(now)}))


def _shown(request: SignedInRequest, found: Employee, move: Form, status: int = 200) -> HttpResponse:
    now = timezone.now()
    today = timezone.localdate(now)
    context = {
        "employee": found,
        "hidden": access.hidden_fields(request.user, found, now),
        "memberships": TeamMembership.objects.filter(employee=found).select_related("team").order_by("-from_date"),
        "lines": ReportingLine.objects.filter(employee=found).select_related("manager").order_by("-from_date"),
        "reports": ReportingLine.objects.filter(holding_on(today), manager=found).select_related("employee"),
        "may_keep": has_right(request.user, access.KEEP_EMPLOYEES, now),
        "move": move,
        "history": access.history_for(request.user, found, now),
    }
    return render(request, "people/employee.html", context, status=status)


@page("GET", "POST", right=access.KEEP_EMPLOYEES)
def add_employee(request: SignedInRequest) -> HttpResponse:
    """Add an employee."""
    now = timezone.now()
    form = EmployeeForm(request.POST or None, initial={"hired_date": timezone.localdate(now)})
    if form.is_valid():
        cells = dict(form.cleaned_data)
        left_date = cells.pop("left_date")
        try:
            added = actions.add_employee(**cells, by=request.user, at=now)
            if left_date:
                actions.change_employee(added, {"left_date": left_date}, by=request.user, at=now)
        except ValidationError as reason:
            form.add_error(None, reason.messages)
        else:
            messages.success(request, _("%(name)s was added.") % {"name": added})
            return redirect("people:employee", added.pk)
    return render(
        request, "people/form.html", {"form": form, "heading": _("Add an employee"), "back": "people:employees"}
    )


@page("GET", "POST", right=access.KEEP_EMPLOYEES)
def change_employee(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change what is written about an employee."""
    now = timezone.now()
    found = access.employee_for(request.user, pk, now)
    initial = {field: getattr(found, field) for field in actions.CHANGEABLE}
    form = EmployeeChangeForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            actions.change_employee(found, form.cleaned_data, by=request.user, at=now)
        except ValidationError as reason:
            form.add_error(None, reason.messages)
        else:
            messages.success(request, _("Saved."))
            return redirect("people:employee", found.pk)
    heading = _("Change %(name)s") % {"name": initial["name"]}
    return render(request, "people/form.html", {"form": form, "heading": heading, "back": "people:employees"})


@page("POST", right=access.KEEP_EMPLOYEES)
def move_employee(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put an employee into another team or under another manager from a day on."""
    now = timezone.now()
    found = access.employee_for(request.user, pk, now)
    form = MoveForm(request.POST)
    if form.is_valid():
        cells = form.cleaned_data
        when = {"from_date": cells["from_date"], "by": request.user, "at": now}
        try:
            if cells["team"]:
                actions.join_team(found, cells["team"], leads=cells["leads"], **when)
            if cells["manager"]:
                actions.report_to(found, cells["manager"], **when)
        except actions.CannotChangePeopleError as reason:
            form.add_error(None, reason.sentence)
        else:
            messages.success(request, _("Saved."))
            return redirect("people:employee", found.pk)
    return _shown(request, found, form, status=422)
