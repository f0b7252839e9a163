"""Requests about personal data: those to be answered or released, and each by itself."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from mingdan.pillars.policy import access
from mingdan.pillars.policy import requests as acts
from mingdan.pillars.policy.forms import AnswerForm
from mingdan.pillars.policy.models import DataRequest
from mingdan.platform.access.queries import standing_of
from mingdan.platform.people.page import SignedInRequest, page
from mingdan.platform.trail.actions import record_reading


@page("GET", right=access.SEE_REQUESTS)
def requests(request: SignedInRequest) -> HttpResponse:
    """List the requests, those due first; for who answers or releases them."""
    now = timezone.now()
    record_reading("viewed", by=request.user, at=now, about="policy.datarequests")
    today = timezone.localdate(now)
    found = DataRequest.objects.select_related("by").order_by("released_at", "due_date")
    return render(request, "policy/requests.html", {"rows": [(one, one.is_overdue(today)) for one in found[:200]]})


@page("GET")
def request_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one request: to who asked, with the answer once it is released; to who handles it, with all."""
    now = timezone.now()
    found = access.request_for(request.user, pk, now)
    standing, is_own = standing_of(request.user, now), found.by_id == request.user.pk
    record_reading("viewed", by=request.user, at=now, about=found)
    handles = not is_own
    context = {
        "request_": found,
        "is_own": is_own,
        "shows_answer": bool(found.answer) and (handles or found.released_at is not None),
        "may_answer": handles and standing.has(access.ANSWER_REQUESTS) and found.state == DataRequest.State.OPEN,
        "may_release": handles
        and standing.has(access.RELEASE_ANSWERS)
        and found.state == DataRequest.State.ANSWERED
        and found.answered_by_id != request.user.pk,
        "form": AnswerForm(initial={"words": found.answer}),
    }
    return render(request, "policy/request.html", context)


@page("POST", right=access.ANSWER_REQUESTS)
def answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write the answer."""
    now = timezone.now()
    found, form = access.request_for(request.user, pk, now), AnswerForm(request.POST)
    words, grant = request.POST.get("words", ""), bool(form.is_valid() and form.cleaned_data["grant"])
    try:
        acts.answer(found, words=words, grant=grant, by=request.user, at=now)
    except acts.CannotHandleRequestError as reason:
        messages.error(request, reason.sentence)
    else:
        messages.success(request, _("Saved. A director or the internal auditor releases it."))
    return redirect("policy:request", found.pk)


@page("POST", right=access.RELEASE_ANSWERS, step_up=True)
def release(request: SignedInRequest, pk: int) -> HttpResponse:
    """Release the answer, or send it back with a reason."""
    now = timezone.now()
    found = access.request_for(request.user, pk, now)
    try:
        if request.POST.get("what") == "send_back":
            acts.send_back(found, reason=request.POST.get("reason", ""), by=request.user, at=now)
        else:
            acts.release(found, by=request.user, at=now)
    except acts.CannotHandleRequestError as reason:
        messages.error(request, reason.sentence)
    else:
        messages.success(request, _("Done."))
    return redirect("policy:request", found.pk)
