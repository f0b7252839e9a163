"""Granting and taking back; every door uses these."""

import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mingdan.platform.access.declared import GRANT
from mingdan.platform.access.duties import DutiesConflictError, Duty, ensure_roles_can_be_held_together
from mingdan.platform.access.kinds import GRANT_TAKEN_BACK, RIGHT_LENT, ROLE_GRANTED, in_both
from mingdan.platform.access.models import ExtraRight, RoleGrant
from mingdan.platform.access.queries import has_right, roles_of
from mingdan.platform.access.rights import Right, right_named
from mingdan.platform.access.roles import Role
from mingdan.platform.trail.actions import record

LONGEST_LOAN = datetime.timedelta(days=90)


REFUSALS = {
    "held_already": _("This person has the role already."),
    "expired_already": _("The end lies in the past."),
    "cannot_be_lent": _("This right belongs to a role and cannot be lent."),
    "lent_too_long": _("A right is lent for at most 90 days."),
    "may_not_grant": _("Only an administrator grants and takes back."),
    "ended_already": _("This grant has ended already."),
    "reason_missing": _("Say why: the reason goes into the audit trail."),
    "account_closed": _("This account is closed."),
}


class CannotGrantError(Exception):
    """A grant is refused; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def sentence(self) -> str:
        """Return the refusal in the reader's language."""
        return str(REFUSALS[self.code])


@transaction.atomic
def grant_role(
    user: AbstractBaseUser,
    role: Role,
    *,
    by: AbstractBaseUser | None,
    at: datetime.datetime,
    reason: str,
    expires_at: datetime.datetime | None = None,
) -> RoleGrant:
    """Give somebody a role; nobody (`by=None`) stands for the command line, which sets up the first administrator.

    Raises CannotGrantError, or DutiesConflictError if the roles must not meet in one person.
    """
    _ensure_may_grant(user, by=by, at=at, reason=reason)
    type(user)._default_manager.select_for_update().get(pk=user.pk)
    held = roles_of(user, at)
    if role in held:
        raise CannotGrantError("held_already")
    if expires_at is not None and expires_at <= at:
        raise CannotGrantError("expired_already")
    ensure_roles_can_be_held_together(held | {role})
    grant = RoleGrant.objects.create(
        user_id=user.pk,
        role=role,
        granted_by_id=by.pk if by else None,
        granted_at=at,
        reason=reason,
        expires_at=expires_at,
    )
    record(
        ROLE_GRANTED,
        by=by,
        at=at,
        about=user,
        values={"role": role, **in_both("role", role.label), "until": _written(expires_at), "reason": reason},
    )
    return grant


@transaction.atomic
def lend_right(
    user: AbstractBaseUser,
    right: Right,
    *,
    by: AbstractBaseUser,
    at: datetime.datetime,
    reason: str,
    expires_at: datetime.datetime,
    employee_id: int | None = None,
    team_id: int | None = None,
) -> ExtraRight:
    """Give somebody one right for at most 90 days, over everything or over one employee or team. Raises CannotGrantError."""
    _ensure_may_grant(user, by=by, at=at, reason=reason)
    if not right.can_be_lent:
        raise CannotGrantError("cannot_be_lent")
    if not at < expires_at <= at + LONGEST_LOAN:
        raise CannotGrantError("lent_too_long")
    grant = ExtraRight.objects.create(
        user_id=user.pk,
        right=right.code,
        granted_by_id=by.pk,
        granted_at=at,
        reason=reason,
        expires_at=expires_at,
        employee_id=employee_id,
        team_id=team_id,
    )
    reach = f"people.employee:{employee_id}" if employee_id else f"people.team:{team_id}" if team_id else "all"
    over = _("one employee") if employee_id else str(grant.team) if team_id else _("everybody")
    values = {"right": right.code, "reach": reach, "until": _written(expires_at), "reason": reason}
    values |= {**in_both("right", right.label), **in_both("reach", over)}
    record(RIGHT_LENT, by=by, at=at, about=user, values=values)
    return grant


@transaction.atomic
def take_back(grant: RoleGrant | ExtraRight, *, by: AbstractBaseUser, at: datetime.datetime) -> None:
    """End a role or extra right at once. Raises CannotGrantError."""
    if not has_right(by, GRANT, at):
        raise CannotGrantError("may_not_grant")
    if not grant.is_in_force(at):
        raise CannotGrantError("ended_already")
    grant.revoked_by_id, grant.revoked_at = by.pk, at
    grant.save(update_fields=["revoked_by", "revoked_at"])
    label: str | Promise
    if isinstance(grant, RoleGrant):
        what, label = grant.role, Role(grant.role).label
    else:
        what, label = grant.right, right_named(grant.right).label
    record(GRANT_TAKEN_BACK, by=by, at=at, about=grant.user, values={"what": what, **in_both("what", label)})


def _written(expires_at: datetime.datetime | None) -> str:
    return expires_at.isoformat() if expires_at else "-"


def _ensure_may_grant(
    user: AbstractBaseUser, *, by: AbstractBaseUser | None, at: datetime.datetime, reason: str
) -> None:
    if not reason.strip():
        raise CannotGrantError("reason_missing")
    if by is None:
        return
    if by.pk == user.pk:
        raise DutiesConflictError(Duty.GRANT_RIGHTS, Duty.HOLD_GRANTED_RIGHTS)
    if not has_right(by, GRANT, at):
        raise CannotGrantError("may_not_grant")
    if not user.is_active:
        raise CannotGrantError("account_closed")
