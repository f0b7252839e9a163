"""Draft, consult, publish, receive; every door uses these."""

import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mingdan.pillars.policy.access import KEEP_POLICIES, PUBLISH_POLICIES
from mingdan.pillars.policy.kinds import CONSULTATION_HELD, RECEIVED, TEXT_ADDED, VERSION_DRAFTED, VERSION_PUBLISHED
from mingdan.pillars.policy.models import Consultation, PolicyText, PolicyVersion, Receipt
from mingdan.pillars.policy.queries import hash_of, is_as_published, missing_steps
from mingdan.platform.access.kinds import in_both
from mingdan.platform.access.queries import has_right
from mingdan.platform.access.rights import Right
from mingdan.platform.people.models import Employee
from mingdan.platform.people.queries import employee_of
from mingdan.platform.trail.actions import record, reference

By = AbstractBaseUser | None
"""Who acts; nobody stands for the command line, which sets up the demonstration."""

REFUSALS = {
    "no_right": _("You have no right to do this; HR and the integrity officer draft texts, a director publishes them."),
    "published_already": _("This version was published and never changes; draft a new one."),
    "steps_missing": _(
        "This text binds people, so the law asks for two steps before it is published: a discussion with staff, and a "
        "negotiation with the union or staff representatives. Record both."
    ),
    "own_draft": _("Whoever drafted a version does not publish it; ask another director."),
    "in_the_past": _("A version comes into force when it is published or later, never before."),
    "not_published": _("This version is a draft; there is nothing to receive yet."),
    "not_employee": _("Receipts are for employees; your account belongs to none."),
    "received_already": _("This version was received already."),
    "other_words": _("The words have changed since this page was opened; read it again."),
    "not_as_published": _(
        "The words of this version are no longer those that were published; tell the internal auditor."
    ),
    "held_later": _("A step cannot be held in the future."),
    "one_notice": _("There is a notice already; draft a new version of it."),
}


class CannotChangePolicyError(Exception):
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
        raise CannotChangePolicyError("no_right")


def _key(by: By) -> int | None:
    return by.pk if by is not None else None


@transaction.atomic
def add_text(
    *, code: str, title: str, title_en: str, kind: PolicyText.Kind, by: By, at: datetime.datetime
) -> PolicyText:
    """Add a text without any wording yet."""
    _ensure(by, KEEP_POLICIES, at)
    if kind == PolicyText.Kind.NOTICE and PolicyText.objects.filter(kind=kind).exists():
        raise CannotChangePolicyError("one_notice")
    text = PolicyText(code=code, title=title, title_en=title_en, kind=kind)
    text.full_clean()
    text.save()
    record(TEXT_ADDED, by=by, at=at, about=text, values={"kind": kind})
    return text


@transaction.atomic
def draft_version(text: PolicyText, *, body: str, body_en: str, by: By, at: datetime.datetime) -> PolicyVersion:
    """Write a wording in both languages; a further one gets the next number, drafts are kept too."""
    _ensure(by, KEEP_POLICIES, at)
    text = PolicyText.objects.select_for_update().get(pk=text.pk)
    number = (text.versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    body, body_en = body.replace("\r\n", "\n").strip(), body_en.replace("\r\n", "\n").strip()
    sha256 = hash_of(text.title, text.title_en, number, body, body_en)
    version = PolicyVersion(
        text=text, number=number, body=body, body_en=body_en, sha256=sha256, drafted_by_id=_key(by), drafted_at=at
    )
    version.full_clean(exclude=["drafted_by", "published_by", "published_at", "in_force_at"])
    version.save()
    record(VERSION_DRAFTED, by=by, at=at, about=version, values={"sha256": sha256})
    return version


@transaction.atomic
def record_consultation(
    version: PolicyVersion,
    *,
    step: Consultation.Step,
    held_date: datetime.date,
    with_whom: str,
    outcome: str,
    by: By,
    at: datetime.datetime,
) -> Consultation:
    """Record a step of the adoption of a draft; nothing is added once it is published."""
    _ensure(by, KEEP_POLICIES, at)
    version = PolicyVersion.objects.select_for_update().get(pk=version.pk)
    if version.published_at is not None:
        raise CannotChangePolicyError("published_already")
    if held_date > timezone.localdate(at):
        raise CannotChangePolicyError("held_later")
    held = Consultation(
        version=version, step=step, held_date=held_date, with_whom=with_whom, outcome=outcome, by_id=_key(by), at=at
    )
    held.full_clean(exclude=["by"])
    held.save()
    values = {"step": step, **in_both("step", Consultation.Step(step).label), "held_date": held_date.isoformat()}
    record(CONSULTATION_HELD, by=by, at=at, about=version, values=values | {"with_whom": with_whom, "outcome": outcome})
    return held


@transaction.atomic
def publish(version: PolicyVersion, *, in_force_at: datetime.datetime, by: By, at: datetime.datetime) -> PolicyVersion:
    """Publish a version, in force from then on; it never changes again. Raises CannotChangePolicyError."""
    _ensure(by, PUBLISH_POLICIES, at)
    version = PolicyVersion.objects.select_for_update(of=("self",)).select_related("text").get(pk=version.pk)
    for code, is_so in (
        ("published_already", version.published_at is not None),
        ("own_draft", by is not None and version.drafted_by_id == by.pk),
        ("steps_missing", bool(missing_steps(version))),
        ("in_the_past", in_force_at < at),
        ("not_as_published", not is_as_published(version)),
    ):
        if is_so:
            raise CannotChangePolicyError(code)
    version.published_by_id, version.published_at, version.in_force_at = _key(by), at, in_force_at
    version.save(update_fields=["published_by", "published_at", "in_force_at"])
    values = {"sha256": version.sha256, "in_force_at": in_force_at.isoformat()}
    record(VERSION_PUBLISHED, by=by, at=at, about=version, values=values)
    return version


def acknowledge(
    version: PolicyVersion, *, sha256: str, language: str, by: AbstractBaseUser, at: datetime.datetime
) -> Receipt:
    """Receive a version oneself; `sha256` is that of the words that were on the page."""
    me = employee_of(by)
    if me is None:
        raise CannotChangePolicyError("not_employee")
    return _receive(version, me, sha256=sha256, language=language, on_paper=False, by=by, at=at)


def receive_on_paper(
    version: PolicyVersion, employee: Employee, *, language: str, by: AbstractBaseUser, at: datetime.datetime
) -> Receipt:
    """Record a receipt that somebody signed on paper; never one's own."""
    _ensure(by, KEEP_POLICIES, at)
    if employee.user_id == by.pk:
        raise CannotChangePolicyError("no_right")
    return _receive(version, employee, sha256=version.sha256, language=language, on_paper=True, by=by, at=at)


@transaction.atomic
def _receive(
    version: PolicyVersion,
    employee: Employee,
    *,
    sha256: str,
    language: str,
    on_paper: bool,
    by: AbstractBaseUser,
    at: datetime.datetime,
) -> Receipt:
    version = PolicyVersion.objects.select_for_update(of=("self",)).select_related("text").get(pk=version.pk)
    for code, is_so in (
        ("not_published", version.published_at is None),
        ("not_as_published", not is_as_published(version)),
        ("other_words", sha256 != version.sha256),
        ("received_already", Receipt.objects.filter(version=version, employee=employee).exists()),
    ):
        if is_so:
            raise CannotChangePolicyError(code)
    receipt = Receipt.objects.create(
        version=version, employee=employee, sha256=sha256, language=language, on_paper=on_paper, by_id=by.pk, at=at
    )
    how = in_both("how", _("signed on paper") if on_paper else _("in Mingdan"))
    values = {"employee": reference(employee), "sha256": sha256, "language": language, **how}
    record(RECEIVED, by=by, at=at, about=version, values=values)
    return receipt
