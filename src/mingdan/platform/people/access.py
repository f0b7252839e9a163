"""The only ways to an employee's record; what may not be seen looks like what does not exist."""

import datetime
from collections.abc import Collection, Mapping

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from mingdan.platform.access.queries import Person, standing_of
from mingdan.platform.access.rights import Reach, Right, declare, reaching
from mingdan.platform.access.roles import Role
from mingdan.platform.people.models import Employee, User
from mingdan.platform.people.queries import employees_reached
from mingdan.platform.trail.kinds import READING
from mingdan.platform.trail.queries import Told, history_of

_STAFF: dict[Role, Reach] = {
    Role.SALES_OPERATIONS: Reach.ALL,
    Role.INTEGRITY_OFFICER: Reach.ALL,
    Role.INTERNAL_AUDITOR: Reach.ALL,
    Role.HR: Reach.ALL,
    Role.FINANCE: Reach.ALL,
    Role.DIRECTOR: Reach.ALL,
    Role.ADMINISTRATOR: Reach.ALL,
}
_IN_THEIR_UNIT: dict[Role, Reach] = {Role.SALESPERSON: Reach.UNIT, Role.SALES_MANAGER: Reach.UNIT}
_OWN: dict[Role, Reach] = {role: Reach.OWN for role in Role if role is not Role.EXTERNAL_AUDITOR}

SEE_EMPLOYEE = declare(
    Right(
        "people.see_employee",
        _("see colleagues"),
        reaching(_STAFF, _IN_THEIR_UNIT),
    )
)
SEE_EMPLOYMENT = declare(
    Right(
        "people.see_employment",
        _("see when somebody came and left"),
        reaching(
            _OWN,
            {
                Role.SALES_MANAGER: Reach.TEAM,
                Role.HR: Reach.ALL,
                Role.DIRECTOR: Reach.ALL,
                Role.INTERNAL_AUDITOR: Reach.ALL,
            },
        ),
    )
)
SEE_PRIVATE = declare(
    Right(
        "people.see_private",
        _("see private telephone numbers"),
        reaching(_OWN, {Role.HR: Reach.ALL}),
    )
)
KEEP_EMPLOYEES = declare(
    Right(
        "people.keep_employees", _("add and change employees, teams and lines"), {Role.HR: Reach.ALL}, can_be_lent=False
    )
)
KEEP_ACCOUNTS = declare(
    Right("people.keep_accounts", _("open and close accounts"), {Role.ADMINISTRATOR: Reach.ALL}, can_be_lent=False)
)
KEEP_CALENDAR = declare(
    Right("people.keep_calendar", _("set the company's days"), {Role.HR: Reach.ALL, Role.SALES_OPERATIONS: Reach.ALL})
)
SEE_CALENDAR = declare(
    Right(
        "people.see_calendar",
        _("see the working calendar"),
        {r: Reach.ALL for r in Role if r is not Role.EXTERNAL_AUDITOR},
    )
)

SEE_HISTORY = declare(
    Right(
        "people.see_history",
        _("see what was changed about somebody and by whom"),
        {Role.HR: Reach.ALL, Role.INTERNAL_AUDITOR: Reach.ALL, Role.DIRECTOR: Reach.ALL},
    )
)
SEE_READERS = declare(
    Right("people.see_readers", _("see who looked at a record"), {Role.INTERNAL_AUDITOR: Reach.ALL}, can_be_lent=False)
)
"""Apart from the rest of the history, because who is looked at by whom can give an investigation away."""

FIELDS: Mapping[str, Right] = {
    "hired_date": SEE_EMPLOYMENT,
    "left_date": SEE_EMPLOYMENT,
    "private_phone": SEE_PRIVATE,
}
"""Fields that need more than seeing the record; every other field is shown with it."""


def employees_for(user: Person, at: datetime.datetime) -> QuerySet[Employee]:
    """Return the employees whom somebody may see."""
    return employees_reached(user, SEE_EMPLOYEE, at)


def employee_for(user: Person, pk: int, at: datetime.datetime) -> Employee:
    """Return one employee; Http404 alike for one who may not be seen and one who does not exist."""
    employee = employees_for(user, at).filter(pk=pk).first()
    if employee is None:
        raise Http404
    return employee


def hidden_fields(user: Person, employee: Employee, at: datetime.datetime) -> frozenset[str]:
    """Return the fields of an employee's record that somebody may not see."""
    return hidden_fields_among(user, [employee], at)[employee.pk]


def hidden_fields_among(
    user: Person, employees: Collection[Employee], at: datetime.datetime
) -> dict[int, frozenset[str]]:
    """Return the fields that somebody may not see, for each of these employees by key."""
    keys = {one.pk for one in employees}
    reached = {
        right: set(employees_reached(user, right, at).filter(pk__in=keys).values_list("pk", flat=True))
        for right in set(FIELDS.values())
    }
    return {pk: frozenset(field for field, right in FIELDS.items() if pk not in reached[right]) for pk in keys}


def ensure_right(user: Person, right: Right, at: datetime.datetime) -> None:
    """Raise Http404 unless somebody holds a right: what one may not do does not exist for them."""
    if not standing_of(user, at).has(right):
        raise Http404


def history_for(user: Person, about: Employee | User, at: datetime.datetime) -> list[Told] | None:
    """Return what the trail tells somebody of a record, without readings and personal values they may not see."""
    standing = standing_of(user, at)
    if not standing.has(SEE_HISTORY):
        return None
    told = history_of(about, with_personal=standing.has(KEEP_EMPLOYEES))
    return told if standing.has(SEE_READERS) else [one for one in told if one.kind not in _READINGS]


_READINGS = frozenset(kind.code for kind in READING.values())
