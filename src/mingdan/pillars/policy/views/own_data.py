"""What is held about me: every row of it, a copy, and requests."""

import json

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from mingdan.pillars.policy.forms import RequestForm
from mingdan.pillars.policy.kinds import OWN_DATA_SHOWN
from mingdan.pillars.policy.models import DataRequest
from mingdan.pillars.policy.requests import CannotHandleRequestError, make_request
from mingdan.platform.people.page import SignedInRequest, page
from mingdan.platform.people.queries import employee_of
from mingdan.platform.retention.held import held_about
from mingdan.platform.trail.actions import record

ON_THE_PAGE = 10
MOST_IN_A_COPY = 100_000


@page("GET", "POST")
def own_data(request: SignedInRequest) -> HttpResponse:
    """Show what is held about the reader, for what and how long; take a request."""
    now = timezone.now()
    form = RequestForm(request.POST or None)
    if form.is_valid():
        try:
            made = make_request(
                DataRequest.Kind(form.cleaned_data["kind"]), form.cleaned_data["words"], by=request.user, at=now
            )
        except CannotHandleRequestError as reason:
            form.add_error(None, reason.sentence)
        else:
            messages.success(
                request, _("Your request was sent; the answer is due by %(day)s.") % {"day": made.due_date}
            )
            return redirect("policy:request", made.pk)
    _record(request, "page")
    context = {
        "held": list(held_about(request.user, employee_of(request.user), most=ON_THE_PAGE)),
        "requests": DataRequest.objects.filter(by=request.user).order_by("-at"),
        "form": form,
    }
    return render(request, "policy/own_data.html", context)


@page("GET")
def copy(request: SignedInRequest) -> HttpResponse:
    """Give out everything that is held about the reader as one JSON file."""
    _record(request, "json")
    parts = [
        {
            "what": str(one.columns),
            "purpose": str(one.columns.purpose),
            "ground": one.columns.purpose.basis,
            "kept": str(one.columns.rule),
            "rows": one.count,
            "held": [dict(zip(one.columns.fields, row, strict=True)) for row in one.rows],
        }
        for one in held_about(request.user, employee_of(request.user), most=MOST_IN_A_COPY)
    ]
    written = json.dumps(
        {"person": request.user.username, "at": timezone.now().isoformat(), "parts": parts},
        ensure_ascii=False,
        indent=1,
    )
    response = HttpResponse(written, content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition_header(True, "my-data.json") or ""
    return response


def _record(request: SignedInRequest, form: str) -> None:
    with transaction.atomic():
        record(OWN_DATA_SHOWN, by=request.user, at=timezone.now(), about=request.user, values={"format": form})
