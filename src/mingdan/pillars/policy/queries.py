"""Which version is in force, who has received it, who has not."""

import datetime
import hashlib

from django.db.models import Q, QuerySet
from django.utils import timezone

from mingdan.pillars.policy.models import Consultation, PolicyText, PolicyVersion, Receipt
from mingdan.platform.people.models import Employee


def hash_of(title: str, title_en: str, number: int, body: str, body_en: str) -> str:
    """Return the SHA-256 of a version: titles, number and both wordings, each on a line of its own length."""
    parts = (title, title_en, str(number), body, body_en)
    whole = b"".join(f"{len(part.encode())}\n".encode() + part.encode() + b"\n" for part in parts)
    return hashlib.sha256(whole).hexdigest()


def is_as_published(version: PolicyVersion) -> bool:
    """Say whether a version still hashes to what was recorded when it was drafted."""
    text = version.text
    return version.sha256 == hash_of(text.title, text.title_en, version.number, version.body, version.body_en)


def version_in_force(text: PolicyText, at: datetime.datetime) -> PolicyVersion | None:
    """Return the version of a text that holds at a time: the one that came into force last."""
    return text.versions.filter(in_force_at__lte=at).order_by("-in_force_at").first()


def notice_in_force(at: datetime.datetime) -> PolicyVersion | None:
    """Return the version of the notice on monitoring that holds at a time, or None before the first."""
    found = PolicyVersion.objects.filter(text__kind=PolicyText.Kind.NOTICE, in_force_at__lte=at)
    return found.select_related("text").order_by("-in_force_at").first()


def people_with_receipt(*, at: datetime.datetime) -> QuerySet[Employee]:
    """Return the employees who by then had received the notice in force at that time; nobody where there is none.

    A version whose words are no longer those of its hash counts as none: nobody received what it says now.
    """
    notice = notice_in_force(at)
    if notice is None or not is_as_published(notice):
        return Employee.objects.none()
    received = Receipt.objects.filter(version=notice, sha256=notice.sha256, at__lte=at)
    return Employee.objects.filter(pk__in=received.values("employee_id"))


def employed_on(day: datetime.date) -> QuerySet[Employee]:
    """Return who works here on a day; the last day counts."""
    return Employee.objects.filter(Q(left_date__isnull=True) | Q(left_date__gte=day), hired_date__lte=day)


def people_without(version: PolicyVersion, at: datetime.datetime) -> QuerySet[Employee]:
    """Return who works here and has not received a version, by name."""
    received = Receipt.objects.filter(version=version).values("employee_id")
    return employed_on(timezone.localdate(at)).exclude(pk__in=received).order_by("name")


def to_receive(employee: Employee | None, at: datetime.datetime) -> QuerySet[PolicyVersion]:
    """Return the published versions that an employee still has to receive: in force, or about to be."""
    if employee is None:
        return PolicyVersion.objects.none()
    wanted = []
    for text in PolicyText.objects.all():
        now = version_in_force(text, at)
        coming = text.versions.filter(published_at__isnull=False, in_force_at__gt=at)
        wanted += [one.pk for one in (now, *coming) if one is not None]
    received = Receipt.objects.filter(employee=employee).values("version_id")
    return PolicyVersion.objects.filter(pk__in=wanted).exclude(pk__in=received).select_related("text").order_by("pk")


def missing_steps(version: PolicyVersion) -> list[Consultation.Step]:
    """Return the steps of the democratic procedure that a version still lacks (Labour Contract Law art. 4)."""
    if not version.text.needs_consultation:
        return []
    done = set(version.consultations.values_list("step", flat=True))
    return [step for step in (Consultation.Step.STAFF, Consultation.Step.REPRESENTATIVES) if step not in done]
