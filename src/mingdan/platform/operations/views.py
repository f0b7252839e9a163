"""Jobs and what became of them; events that a listener could not take."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Model, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from mingdan.platform.access.queries import has_right
from mingdan.platform.events.models import Delivery
from mingdan.platform.jobs.access import KEEP_JOBS, SEE_JOBS
from mingdan.platform.jobs.actions import CannotChangeJobError, cancel_job, retry_job
from mingdan.platform.jobs.kinds import job_kind
from mingdan.platform.jobs.models import Job, Schedule, Worker
from mingdan.platform.jobs.workers import DEAD_AFTER
from mingdan.platform.operations import actions
from mingdan.platform.people.page import SignedInRequest, page
from mingdan.platform.trail.queries import history_of

PAGE = 50
SomeModel = TypeVar("SomeModel", bound=Model)


def _found(rows: QuerySet[SomeModel], pk: int) -> SomeModel:
    one = rows.filter(pk=pk).first()
    if one is None:
        raise Http404
    return one


@page("GET", right=SEE_JOBS)
def jobs(request: SignedInRequest) -> HttpResponse:
    """List the jobs, newest first, with who works and what starts by itself."""
    now = timezone.now()
    state = request.GET.get("state", "")
    chosen = Job.objects.select_related("by").order_by("-queued_at", "-pk")
    if state in Job.State.values:
        chosen = chosen.filter(state=state)
    context = {
        "page": Paginator(chosen, PAGE).get_page(request.GET.get("page")),
        "state": state,
        "states": Job.State.choices,
        "workers": Worker.objects.filter(ended_at__isnull=True, seen_at__gt=now - DEAD_AFTER).order_by("pk"),
        "schedules": [(job_kind(row.kind), row) for row in Schedule.objects.order_by("next_at") if job_kind(row.kind)],
        "aside": Delivery.objects.filter(state=Delivery.State.ASIDE).count(),
    }
    return render(request, "operations/jobs.html", context)


@page("GET", right=SEE_JOBS)
def job(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one job: how far it is, what it said, what went wrong."""
    found = _found(Job.objects.select_related("by", "worker"), pk)
    context = {
        "job": found,
        "lines": found.lines.all(),
        "may_keep": has_right(request.user, KEEP_JOBS, timezone.now()),
        "history": history_of(found),
    }
    return render(request, "operations/job.html", context)


@page("POST", right=KEEP_JOBS)
def cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """Cancel a job that waits or runs."""
    return _act_on_job(request, pk, cancel_job)


@page("POST", right=KEEP_JOBS)
def retry(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let a job be tried again that failed or was cancelled."""
    return _act_on_job(request, pk, retry_job)


def _act_on_job(request: SignedInRequest, pk: int, act: Callable[..., Any]) -> HttpResponse:
    found = _found(Job.objects.all(), pk)
    try:
        act(found, by=request.user, at=timezone.now())
    except CannotChangeJobError as refusal:
        messages.error(request, refusal.sentence)
    return redirect("operations:job", found.pk)


@page("GET", right=SEE_JOBS)
def deliveries(request: SignedInRequest) -> HttpResponse:
    """List the deliveries that were set aside, each with its error and how many later ones wait behind it."""
    rows = Delivery.objects.filter(state=Delivery.State.ASIDE).select_related("event").order_by("pk")
    sheet = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    behind = {
        (one["listener"], one["about"]): one["count"]
        for one in Delivery.objects.filter(
            ~Q(about=""), state=Delivery.State.WAITING, about__in={row.about for row in sheet}
        )
        .values("listener", "about")
        .annotate(count=Count("pk"))
    }
    context = {
        "page": sheet,
        "rows": [(row, behind.get((row.listener, row.about), 0)) for row in sheet],
        "may_keep": has_right(request.user, KEEP_JOBS, timezone.now()),
    }
    return render(request, "operations/deliveries.html", context)


@page("POST", right=KEEP_JOBS)
def retry_delivery(request: SignedInRequest, pk: int) -> HttpResponse:
    """Tell a listener again."""
    return _act_on_delivery(request, pk, actions.retry_delivery)


@page("POST", right=KEEP_JOBS)
def skip_delivery(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give up telling a listener."""
    return _act_on_delivery(request, pk, actions.skip_delivery)


def _act_on_delivery(request: SignedInRequest, pk: int, act: Callable[..., Any]) -> HttpResponse:
    found = _found(Delivery.objects.all(), pk)
    try:
        act(found, by=request.user, at=timezone.now())
    except actions.CannotChangeDeliveryError as refusal:
        messages.error(request, refusal.sentence)
    return redirect("operations:deliveries")
