"""Legal hold: what may be needed in a dispute is not erased, whatever a rule or a request says."""

import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mingdan.platform.access.queries import has_right
from mingdan.platform.people.models import Employee
from mingdan.platform.retention.access import KEEP_HOLDS
from mingdan.platform.retention.kinds import HOLD_PLACED, HOLD_RELEASED
from mingdan.platform.retention.models import LegalHold
from mingdan.platform.trail.actions import record, reference

REFUSALS = {
    "no_right": _("Only the integrity officer and the internal auditor keep legal holds."),
    "held_already": _("There is a legal hold on this person already."),
    "released_already": _("This hold was released already."),
    "own_data": _("Nobody keeps a hold on themselves; ask the other one who may."),
    "reason_missing": _("Say why."),
    "same_person": _("Whoever placed a hold does not release it; ask the other one who may."),
}


class CannotHoldError(Exception):
    """A hold is refused; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def sentence(self) -> str:
        """Return the refusal in the reader's language."""
        return str(REFUSALS[self.code])


def held_employees() -> frozenset[int]:
    """Return the employees about whom nothing may be erased now."""
    return frozenset(LegalHold.objects.filter(released_at__isnull=True).values_list("employee_id", flat=True))


@transaction.atomic
def place_hold(employee: Employee, *, reason: str, by: AbstractBaseUser, at: datetime.datetime) -> LegalHold:
    """Keep everything about an employee until the hold is released. Raises CannotHoldError."""
    _ensure(employee, reason, by, at)
    # Placing and erasing wait for each other on the employee's row.
    Employee.objects.select_for_update().get(pk=employee.pk)
    if LegalHold.objects.filter(employee=employee, released_at__isnull=True).exists():
        raise CannotHoldError("held_already")
    hold = LegalHold.objects.create(employee=employee, reason=reason, placed_by_id=by.pk, placed_at=at)
    values = {"employee": reference(employee), "reason": reason}
    record(HOLD_PLACED, by=by, at=at, about=hold, subject=employee, values=values)
    return hold


@transaction.atomic
def release_hold(hold: LegalHold, *, reason: str, by: AbstractBaseUser, at: datetime.datetime) -> None:
    """End a hold; somebody else than who placed it. Raises CannotHoldError."""
    hold = LegalHold.objects.select_for_update(of=("self",)).select_related("employee").get(pk=hold.pk)
    _ensure(hold.employee, reason, by, at)
    if hold.released_at is not None:
        raise CannotHoldError("released_already")
    if hold.placed_by_id == by.pk:
        raise CannotHoldError("same_person")
    hold.released_by_id, hold.released_at, hold.release_reason = by.pk, at, reason
    hold.save(update_fields=["released_by", "released_at", "release_reason"])
    record(HOLD_RELEASED, by=by, at=at, about=hold, subject=hold.employee, values={"reason": reason})


def _ensure(employee: Employee, reason: str, by: AbstractBaseUser, at: datetime.datetime) -> None:
    if not has_right(by, KEEP_HOLDS, at):
        raise CannotHoldError("no_right")
    if employee.user_id == by.pk:
        raise CannotHoldError("own_data")
    if not reason.strip():
        raise CannotHoldError("reason_missing")
