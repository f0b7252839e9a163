"""The notice in force, the register of personal data, legal holds."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from mingdan.pillars.policy import access
from mingdan.pillars.policy.forms import HoldForm
from mingdan.pillars.policy.models import Receipt
from mingdan.pillars.policy.queries import notice_in_force
from mingdan.platform.people.page import SignedInRequest, page
from mingdan.platform.people.queries import employee_of
from mingdan.platform.retention.access import KEEP_HOLDS, SEE_REGISTER
from mingdan.platform.retention.expiries import expiries
from mingdan.platform.retention.holds import CannotHoldError, place_hold, release_hold
from mingdan.platform.retention.models import LegalHold
from mingdan.platform.retention.register import register, rules
from mingdan.platform.retention.running import last_runs
from mingdan.platform.trail.actions import record_reading

BY_OTHERS = frozenset({"events", "jobs", "answers"})
"""Rules that the upkeep of jobs and the API carry out themselves."""


@page("GET", right=access.SEE_POLICIES)
def notice(request: SignedInRequest) -> HttpResponse:
    """Show the notice in force and whether the reader has received it."""
    now = timezone.now()
    me, version = employee_of(request.user), notice_in_force(now)
    receipt = Receipt.objects.filter(version=version, employee=me).first() if version and me else None
    return render(request, "policy/notice.html", {"version": version, "receipt": receipt, "me": me})


@page("GET", right=SEE_REGISTER)
def columns(request: SignedInRequest) -> HttpResponse:
    """Show what is kept about people: for what, on which ground, how long, and when it was last erased."""
    runs = last_runs()
    carried_out = set(expiries()) | BY_OTHERS
    context = {
        "rows": register().personal,
        "rules": [(rule, rule.code in carried_out, runs.get(rule.code)) for rule in rules().values()],
    }
    return render(request, "policy/register.html", context)


@page("GET", "POST", right=KEEP_HOLDS, step_up=True)
def holds(request: SignedInRequest) -> HttpResponse:
    """Show the legal holds; place one."""
    now = timezone.now()
    form = HoldForm(request.POST or None)
    if form.is_valid():
        try:
            place_hold(**form.cleaned_data, by=request.user, at=now)
        except CannotHoldError as reason:
            form.add_error(None, reason.sentence)
        else:
            messages.success(request, _("Saved."))
            return redirect("policy:holds")
    record_reading("viewed", by=request.user, at=now, about="retention.holds")
    found = LegalHold.objects.select_related("employee", "placed_by", "released_by").order_by(
        "released_at", "-placed_at"
    )
    return render(request, "policy/holds.html", {"holds": found, "form": form})


@page("POST", right=KEEP_HOLDS, step_up=True)
def release(request: SignedInRequest, pk: int) -> HttpResponse:
    """Release a hold."""
    now = timezone.now()
    hold = LegalHold.objects.filter(pk=pk).first()
    if hold is None:
        raise Http404
    try:
        release_hold(hold, reason=request.POST.get("reason", ""), by=request.user, at=now)
    except CannotHoldError as reason:
        messages.error(request, reason.sentence)
    else:
        messages.success(request, _("Released."))
    return redirect("policy:holds")
