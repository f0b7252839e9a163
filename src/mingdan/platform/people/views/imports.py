"""Importing employees: the file, what it would do, the yes."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from mingdan.platform.people import access, importing
from mingdan.platform.people.employee_file import HEADINGS, REQUIRED, UnreadableEmployeeFileError
from mingdan.platform.people.forms import ImportForm
from mingdan.platform.people.models import EmployeeImport
from mingdan.platform.people.page import SignedInRequest, page


@page("GET", "POST", right=access.KEEP_EMPLOYEES)
def import_employees(request: SignedInRequest) -> HttpResponse:
    """Take a file and show what it would do."""
    now = timezone.now()
    form = ImportForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            draft = importing.draft_import(file.read(), file.name, by=request.user, at=now)
        except UnreadableEmployeeFileError as reason:
            form.add_error("file", str(reason))
        else:
            return redirect("people:import_preview", draft.pk)
    columns = [(names[0], names[-1], name in REQUIRED) for name, names in HEADINGS.items()]
    return render(request, "people/import.html", {"form": form, "columns": columns})


@page("GET", "POST", right=access.KEEP_EMPLOYEES, step_up=True)
def import_preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what a draft would do; with the yes, do it."""
    now = timezone.now()
    draft = EmployeeImport.objects.filter(pk=pk, by=request.user, done_at__isnull=True).first()
    if draft is None:
        raise Http404
    if request.method == "POST":
        try:
            rows = importing.apply_import(draft, by=request.user, at=now)
        except importing.CannotImportError as reason:
            messages.error(request, str(reason))
        else:
            messages.success(request, _("%(n)s employees were imported.") % {"n": rows})
            return redirect("people:employees")
    found = importing.differences(draft)
    context = {
        "draft": draft,
        "rows": [one for one in found if one.errors or one.is_new or one.changes],
        "wrong": sum(bool(one.errors) for one in found),
        "new": sum(one.is_new for one in found),
        "changed": sum(bool(one.changes) and not one.is_new for one in found),
        "same": sum(not one.changes and not one.is_new and not one.errors for one in found),
    }
    return render(request, "people/import_preview.html", context)
