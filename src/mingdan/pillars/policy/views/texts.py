"""Policy texts: the list, one version with its adoption, receiving it, who has not."""

import datetime

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mingdan.pillars.policy import access, actions, queries
from mingdan.pillars.policy.forms import ConsultationForm, DraftForm, PaperReceiptForm, PublishForm, TextForm
from mingdan.pillars.policy.models import Consultation, PolicyText, Receipt
from mingdan.pillars.policy.notice_text import drafted_notice
from mingdan.platform.access.queries import has_right
from mingdan.platform.files.access import files_about
from mingdan.platform.files.actions import keep_file
from mingdan.platform.files.refusal import CannotKeepFileError
from mingdan.platform.people.page import SignedInRequest, page
from mingdan.platform.people.queries import employee_of
from mingdan.platform.trail.actions import record_reading, reference
from mingdan.platform.trail.queries import history_of


@page("GET", right=access.SEE_POLICIES)
def policies(request: SignedInRequest) -> HttpResponse:
    """List the texts with the version in force and what the reader still has to receive."""
    now = timezone.now()
    me = employee_of(request.user)
    readable = access.versions_for(request.user, now)
    waiting = {one.pk for one in queries.to_receive(me, now)}
    may_keep = has_right(request.user, access.KEEP_POLICIES, now)
    rows = []
    for text in PolicyText.objects.order_by("kind", "code"):
        versions = list(readable.filter(text=text).order_by("-number"))
        if versions or may_keep:
            rows.append((text, queries.version_in_force(text, now), [(one, one.pk in waiting) for one in versions]))
    context = {"rows": rows, "may_keep": may_keep, "waiting": len(waiting), "now": now}
    return render(request, "policy/policies.html", context)


@page("GET", "POST", right=access.KEEP_POLICIES)
def add_text(request: SignedInRequest) -> HttpResponse:
    """Add a text; its wording is drafted next."""
    now, form = timezone.now(), TextForm(request.POST or None)
    if form.is_valid():
        cells = form.cleaned_data
        try:
            cells["kind"] = PolicyText.Kind(cells["kind"])
            text = actions.add_text(**cells, by=request.user, at=now)
        except actions.CannotChangePolicyError as reason:
            form.add_error("kind", reason.sentence)
        else:
            return redirect("policy:draft", text.pk)
    context = {"form": form, "heading": _("Add a text"), "back": "policy:policies"}
    return render(request, "people/form.html", context)


@page("GET", "POST", right=access.KEEP_POLICIES)
def draft(request: SignedInRequest, pk: int) -> HttpResponse:
    """Draft the next version, beginning with the words of the last one, or of the register for a first notice."""
    now = timezone.now()
    text = access.text_for(request.user, pk, now)
    form = DraftForm(request.POST or None, initial=_first_words(text))
    if form.is_valid():
        version = actions.draft_version(text, **form.cleaned_data, by=request.user, at=now)
        messages.success(request, _("Saved as a draft."))
        return redirect("policy:version", version.pk)
    heading = _("New version of %(text)s") % {"text": text}
    return render(request, "people/form.html", {"form": form, "heading": heading, "back": "policy:policies"})


def _first_words(text: PolicyText) -> dict[str, str]:
    last = text.versions.order_by("-number").first()
    if last is not None:
        return {"body": last.body, "body_en": last.body_en}
    if text.kind == PolicyText.Kind.NOTICE:
        return dict(zip(("body", "body_en"), drafted_notice("…", "…"), strict=True))
    return {}


@page("GET", right=access.SEE_POLICIES)
def version(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one version: its words, whether the reader received it, how it was adopted."""
    return _shown(request, pk)


def _shown(
    request: SignedInRequest, pk: int, *, consultation: ConsultationForm | None = None, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    found = access.version_for(request.user, pk, now)
    me = employee_of(request.user)
    may_keep = has_right(request.user, access.KEEP_POLICIES, now)
    is_draft = found.published_at is None
    context = {
        "version": found,
        "me": me,
        "receipt": Receipt.objects.filter(version=found, employee=me).first() if me else None,
        "is_as_published": queries.is_as_published(found),
        "is_in_force": queries.version_in_force(found.text, now) == found,
        "consultations": found.consultations.order_by("held_date", "pk"),
        "files": files_about(reference(found)),
        "missing": [step.label for step in queries.missing_steps(found)],
        "may_keep": may_keep,
        "may_publish": is_draft and has_right(request.user, access.PUBLISH_POLICIES, now),
        "may_see_receipts": has_right(request.user, access.SEE_RECEIPTS, now) and not is_draft,
        "consultation": consultation or ConsultationForm(initial={"held_date": timezone.localdate(now)}),
        "publishing": PublishForm(),
        "history": history_of(found) if may_keep or has_right(request.user, access.SEE_RECEIPTS, now) else None,
    }
    return render(request, "policy/version.html", context, status=status)


@page("POST", right=access.SEE_POLICIES)
def receive(request: SignedInRequest, pk: int) -> HttpResponse:
    """Receive the words that were on the page."""
    now = timezone.now()
    found = access.version_for(request.user, pk, now)
    language, sha256 = get_language() or "zh-hans", request.POST.get("sha256", "")
    try:
        actions.acknowledge(found, sha256=sha256, language=language, by=request.user, at=now)
    except actions.CannotChangePolicyError as reason:
        messages.error(request, reason.sentence)
    else:
        messages.success(request, _("Thank you. Your receipt is recorded."))
    return redirect("policy:version", found.pk)


@page("POST", right=access.KEEP_POLICIES)
def consult(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record a step of the adoption, with its minutes as a file."""
    now = timezone.now()
    found = access.version_for(request.user, pk, now)
    form = ConsultationForm(request.POST, request.FILES)
    if form.is_valid():
        cells = dict(form.cleaned_data)
        file = cells.pop("file")
        cells["step"] = Consultation.Step(cells["step"])
        try:
            with transaction.atomic():
                actions.record_consultation(found, **cells, by=request.user, at=now)
                if file:
                    keep_file(file, file.name, about=found, by=request.user, at=now)
        except actions.CannotChangePolicyError as reason:
            form.add_error(None, reason.sentence)
        except CannotKeepFileError as reason:
            form.add_error("file", reason.sentence)
        else:
            messages.success(request, _("Saved."))
            return redirect("policy:version", found.pk)
    return _shown(request, pk, consultation=form, status=422)


@page("POST", right=access.PUBLISH_POLICIES, step_up=True)
def publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Publish a draft, in force from a day on or at once."""
    now = timezone.now()
    found = access.version_for(request.user, pk, now)
    form = PublishForm(request.POST)
    try:
        if not form.is_valid():
            raise actions.CannotChangePolicyError("in_the_past")
        actions.publish(found, in_force_at=_moment(form.cleaned_data["in_force_date"], now), by=request.user, at=now)
    except actions.CannotChangePolicyError as reason:
        messages.error(request, reason.sentence)
    else:
        messages.success(request, _("Published. Everybody concerned is asked to receive it."))
    return redirect("policy:version", found.pk)


def _moment(day: datetime.date | None, now: datetime.datetime) -> datetime.datetime:
    if day is None or day == timezone.localdate(now):
        return now
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


@page("GET", "POST", right=access.SEE_RECEIPTS)
def receipts(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show who has received a version and who has not; HR records receipts that were signed on paper."""
    now = timezone.now()
    found = access.version_for(request.user, pk, now)
    may_keep = has_right(request.user, access.KEEP_POLICIES, now)
    without = queries.people_without(found, now)
    form = PaperReceiptForm(request.POST or None, people=without)
    if request.method == "POST" and form.is_valid():
        employee = form.cleaned_data["employee"]
        try:
            actions.receive_on_paper(found, employee, language="zh-hans", by=request.user, at=now)
        except actions.CannotChangePolicyError as reason:
            messages.error(request, reason.sentence)
        else:
            messages.success(request, _("Saved."))
        return redirect("policy:receipts", found.pk)
    record_reading("viewed", by=request.user, at=now, about=found)
    context = {
        "version": found,
        "received": Receipt.objects.filter(version=found).select_related("employee").order_by("-at"),
        "without": without,
        "may_keep": may_keep and found.published_at is not None,
        "form": form,
    }
    return render(request, "policy/receipts.html", context)
