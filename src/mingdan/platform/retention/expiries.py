"""What each retention rule erases when its time is over; a part of the application adds its own with `carry_out`."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from mingdan.platform.people.models import Employee, EmployeeImport
from mingdan.platform.retention.holds import held_employees
from mingdan.platform.retention.kinds import COLUMN_ERASED, PERSON_ERASED
from mingdan.platform.retention.register import rules
from mingdan.platform.trail.actions import erase_values, record, reference
from mingdan.platform.trail.entry_text import written_time
from mingdan.platform.trail.models import Entry, PersonalValue


@dataclass(frozen=True)
class Erased:
    """How many things a rule erased, and how many people a legal hold kept it from."""

    count: int
    held: int = 0


Expiry = Callable[[datetime.datetime, datetime.timedelta], Erased]
"""Takes the time now and how long the rule keeps; erases what is older, in transactions of its own."""

_EXPIRIES: dict[str, Expiry] = {}


def carry_out(rule: str, expiry: Expiry) -> None:
    """Say what a rule of the register erases."""
    if rule not in rules() or _EXPIRIES.setdefault(rule, expiry) is not expiry:
        raise ValueError(f"{rule} is no rule of the register, or is carried out twice")


def expiries() -> dict[str, Expiry]:
    """Return what is carried out, by rule."""
    return dict(sorted(_EXPIRIES.items()))


def sessions(at: datetime.datetime, kept: datetime.timedelta) -> Erased:
    """Delete sessions that ended, with where they were from."""
    ended, _each = Session.objects.filter(expire_date__lt=at - kept).delete()
    alive = Session.objects.values("session_key")
    stale, _each = UserSession.objects.filter(last_seen_at__lt=at - kept).exclude(session_key__in=alive).delete()
    return Erased(ended + stale)


def drafts(at: datetime.datetime, kept: datetime.timedelta) -> Erased:
    """Delete files of employees that were read and never imported."""
    dropped, _each = EmployeeImport.objects.filter(done_at__isnull=True, at__lt=at - kept).delete()
    return Erased(dropped)


_READING = ("trail.searched", "people.signed_in", "people.sign_in_refused")


def readings(at: datetime.datetime, kept: datetime.timedelta) -> Erased:
    """Erase words of searches and addresses of sign-ins from the trail; the entries stay and stay provable."""
    old = Entry.objects.filter(kind__in=_READING, at__lt=written_time(at - kept)).values("entry_id")
    values = PersonalValue.objects.filter(entry_id__in=old, erased_at__isnull=True)
    held = _references_held()
    free = values.exclude(subject__in=held)
    return Erased(
        _erase(free, at, "retention: reading"), values.filter(subject__in=held).values("subject").distinct().count()
    )


def _references_held() -> list[str]:
    held = Employee.objects.filter(pk__in=held_employees())
    return [
        *(f"people.employee:{one.pk}" for one in held),
        *(f"people.user:{one.user_id}" for one in held if one.user_id),
    ]


def _erase(values: QuerySet[PersonalValue], at: datetime.datetime, reason: str) -> int:
    fields: dict[str, list[str]] = {}
    for entry, field in values.values_list("entry_id", "field"):
        fields.setdefault(entry, []).append(field)
    for entry, names in fields.items():
        erase_values(entry, names, by=None, at=at, reason=reason)
    return sum(len(names) for names in fields.values())


def private_telephones(at: datetime.datetime, kept: datetime.timedelta) -> Erased:
    """Erase the private telephone of whoever left."""
    gone = _left_before(at - kept).exclude(private_phone="")
    return _for_each(gone, lambda one: erase_column(one, "private_phone", by=None, at=at, reason="retention"))


def identities(at: datetime.datetime, kept: datetime.timedelta) -> Erased:
    """Erase who former employees were; their records stay and refer to a number."""
    return _for_each(_left_before(at - kept).exclude(name__startswith="#"), lambda one: erase_identity(one, at=at))


def _left_before(moment: datetime.datetime) -> QuerySet[Employee]:
    return Employee.objects.filter(left_date__lt=timezone.localdate(moment)).order_by("pk")


def _for_each(people: QuerySet[Employee], act: Callable[[Employee], None]) -> Erased:
    count = held = 0
    for pk in list(people.values_list("pk", flat=True)):
        with transaction.atomic():
            one = Employee.objects.select_for_update().get(pk=pk)
            if one.pk in held_employees():
                held += 1
                continue
            act(one)
            count += 1
    return Erased(count, held)


@transaction.atomic
def erase_column(
    employee: Employee, field: str, *, by: AbstractBaseUser | None, at: datetime.datetime, reason: str
) -> None:
    """Empty one column of an employee's record, and its values in the trail."""
    setattr(employee, field, "")
    employee.save(update_fields=[field])
    label = str(Employee._meta.get_field(field).verbose_name)  # type: ignore[union-attr]
    record(COLUMN_ERASED, by=by, at=at, about=employee, values={"columns": label, "reason": reason})


@transaction.atomic
def erase_identity(employee: Employee, *, at: datetime.datetime) -> None:
    """Put a number in the place of who somebody was: record, closed account, second factors, values in the trail."""
    name = f"#{employee.pk}"
    employee.name, employee.number = name, name
    employee.phone = employee.private_phone = employee.region = ""
    employee.save(update_fields=["name", "number", "phone", "private_phone", "region"])
    user = employee.user
    if user is not None and not user.is_active:
        for model in (EmailAddress, Authenticator, SocialAccount, UserSession):
            model.objects.filter(user=user).delete()
        user.username, user.name, user.email = f"left-{user.pk}", name, ""
        user.set_unusable_password()
        user.save(update_fields=["username", "name", "email", "password"])
    subjects = [reference(one) for one in (employee, user) if one]
    _erase(PersonalValue.objects.filter(subject__in=subjects, erased_at__isnull=True), at, "retention: after leaving")
    record(PERSON_ERASED, by=None, at=at, about=employee, values={"reason": "retention"})


for _rule, _expiry in (
    ("session", sessions),
    ("draft", drafts),
    ("reading", readings),
    ("private_after_leaving", private_telephones),
    ("after_leaving", identities),
):
    carry_out(_rule, _expiry)
