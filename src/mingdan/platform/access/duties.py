"""Duties that one person must not combine: asked when a role is granted, when somebody acts, and over history.

After the conflict matrices in use with SAP systems, adapted to sales; the pairs are those of audit practice.
"""

import datetime
from collections.abc import Iterable

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from mingdan.platform.access.kinds import DUTY_DONE, in_both
from mingdan.platform.access.models import DutyDone, RoleGrant, in_force
from mingdan.platform.access.roles import Role
from mingdan.platform.trail.actions import record


class Duty(models.TextChoices):
    KEEP_CUSTOMERS = "keep_customers", _("keep customer records")
    SET_PRICES = "set_prices", _("set prices")
    SELL = "sell", _("sell")
    CONFIRM_DELIVERY = "confirm_delivery", _("confirm deliveries")
    ISSUE_CREDIT_NOTE = "issue_credit_note", _("issue credit notes")
    KEEP_PLANS = "keep_plans", _("keep pay plans")
    CALCULATE_PAY = "calculate_pay", _("calculate pay")
    APPROVE_PAY = "approve_pay", _("approve pay")
    PAY_OUT = "pay_out", _("pay out")
    CHANGE_BANK_DETAILS = "change_bank_details", _("change bank details")
    ADMINISTER_USERS = "administer_users", _("administer accounts")
    MANAGE_SALESPEOPLE = "manage_salespeople", _("manage salespeople")
    TAKE_COMPLAINTS = "take_complaints", _("take complaints")
    INVESTIGATE = "investigate", _("investigate")
    DECIDE_MEASURE = "decide_measure", _("decide on a measure")
    HEAR_APPEAL = "hear_appeal", _("hear an appeal")
    DRAW_SAMPLE = "draw_sample", _("draw an audit sample")
    REPLACE_SAMPLE = "replace_sample", _("replace a sampled item")
    KEEP_CONFIRMATION_ADDRESSES = "keep_confirmation_addresses", _("keep confirmation addresses")
    OPERATE_LOG = "operate_log", _("operate the audit trail")
    OPERATE_WITNESS = "operate_witness", _("operate its witness")
    GRANT_RIGHTS = "grant_rights", _("grant rights")
    HOLD_GRANTED_RIGHTS = "hold_granted_rights", _("receive the rights granted")


DUTIES: dict[Role, frozenset[Duty]] = {
    Role.SALESPERSON: frozenset({Duty.SELL}),
    Role.SALES_MANAGER: frozenset({Duty.MANAGE_SALESPEOPLE}),
    Role.SALES_OPERATIONS: frozenset({Duty.KEEP_CUSTOMERS, Duty.SET_PRICES, Duty.CONFIRM_DELIVERY, Duty.KEEP_PLANS}),
    Role.INTEGRITY_OFFICER: frozenset({Duty.INVESTIGATE, Duty.TAKE_COMPLAINTS}),
    Role.INTERNAL_AUDITOR: frozenset({Duty.DRAW_SAMPLE, Duty.REPLACE_SAMPLE, Duty.KEEP_CONFIRMATION_ADDRESSES}),
    Role.EXTERNAL_AUDITOR: frozenset({Duty.OPERATE_WITNESS}),
    Role.HR: frozenset({Duty.CHANGE_BANK_DETAILS, Duty.HEAR_APPEAL}),
    Role.FINANCE: frozenset({Duty.CALCULATE_PAY, Duty.PAY_OUT, Duty.ISSUE_CREDIT_NOTE}),
    Role.DIRECTOR: frozenset({Duty.APPROVE_PAY, Duty.DECIDE_MEASURE}),
    Role.ADMINISTRATOR: frozenset({Duty.ADMINISTER_USERS, Duty.OPERATE_LOG, Duty.GRANT_RIGHTS}),
}

_BUSINESS = (
    Duty.SELL,
    Duty.MANAGE_SALESPEOPLE,
    Duty.KEEP_CUSTOMERS,
    Duty.INVESTIGATE,
    Duty.DRAW_SAMPLE,
    Duty.OPERATE_WITNESS,
    Duty.CHANGE_BANK_DETAILS,
    Duty.PAY_OUT,
    Duty.APPROVE_PAY,
)

CONFLICTS: frozenset[frozenset[Duty]] = frozenset(
    frozenset(pair)
    for pair in (
        (Duty.KEEP_CUSTOMERS, Duty.SELL),
        (Duty.SET_PRICES, Duty.SELL),
        (Duty.SELL, Duty.CONFIRM_DELIVERY),
        (Duty.SELL, Duty.ISSUE_CREDIT_NOTE),
        (Duty.KEEP_PLANS, Duty.CALCULATE_PAY),
        (Duty.CALCULATE_PAY, Duty.APPROVE_PAY),
        (Duty.APPROVE_PAY, Duty.PAY_OUT),
        (Duty.CHANGE_BANK_DETAILS, Duty.PAY_OUT),
        (Duty.SELL, Duty.INVESTIGATE),
        (Duty.TAKE_COMPLAINTS, Duty.MANAGE_SALESPEOPLE),
        (Duty.INVESTIGATE, Duty.DECIDE_MEASURE),
        (Duty.INVESTIGATE, Duty.HEAR_APPEAL),
        (Duty.DECIDE_MEASURE, Duty.HEAR_APPEAL),
        (Duty.DRAW_SAMPLE, Duty.REPLACE_SAMPLE),
        (Duty.KEEP_CONFIRMATION_ADDRESSES, Duty.SELL),
        (Duty.OPERATE_LOG, Duty.OPERATE_WITNESS),
        (Duty.GRANT_RIGHTS, Duty.HOLD_GRANTED_RIGHTS),
        *((Duty.ADMINISTER_USERS, duty) for duty in _BUSINESS),
    )
)


class DutiesConflictError(Exception):
    """One person would combine two duties that need two people."""

    def __init__(self, first: Duty, second: Duty) -> None:
        super().__init__(f"{first.value} and {second.value} need two people")
        self.first, self.second = first, second

    @property
    def sentence(self) -> str:
        """Return the refusal for a reader."""
        return _("These two duties need two people: %(first)s, %(second)s. Ask somebody who has neither of them.") % {
            "first": self.first.label,
            "second": self.second.label,
        }


def conflicts_with(duty: Duty) -> frozenset[Duty]:
    """Return the duties that whoever does this one must not do on the same object."""
    return frozenset(other for pair in CONFLICTS if duty in pair for other in pair - {duty})


def conflict_of_roles(roles: Iterable[Role]) -> tuple[Duty, Duty] | None:
    """Return two duties that these roles would bring together, or nothing; duties inside one role are its own."""
    held = sorted(set(roles))
    for position, one in enumerate(held):
        for other in held[position + 1 :]:
            for duty in sorted(DUTIES[one]):
                if clash := sorted(conflicts_with(duty) & DUTIES[other]):
                    return duty, clash[0]
    return None


def ensure_roles_can_be_held_together(roles: Iterable[Role]) -> None:
    """Raise DutiesConflictError if nobody may hold all these roles."""
    if conflict := conflict_of_roles(roles):
        raise DutiesConflictError(*conflict)


@transaction.atomic
def do_duty(
    duty: Duty, *, about: str, by: AbstractBaseUser, at: datetime.datetime, created_at: datetime.datetime | None = None
) -> None:
    """Note that somebody does a duty on an object, unless they did a conflicting one on it, or had one when it began.

    `about` names the object (`deal:17`); `created_at` is when the object came to be. Raises DutiesConflictError.
    """
    # One person's acts wait for each other, or two browser tabs could do both duties at once.
    type(by)._default_manager.select_for_update().get(pk=by.pk)
    others = conflicts_with(duty)
    done = DutyDone.objects.filter(user_id=by.pk, about=about, duty__in=others).values_list("duty", flat=True).first()
    if done is not None:
        raise DutiesConflictError(duty, Duty(done))
    if created_at is not None and (had := _duties_of_other_roles(by, duty, created_at) & others):
        raise DutiesConflictError(duty, min(had))
    DutyDone.objects.create(user_id=by.pk, duty=duty, about=about, done_at=at)
    record(DUTY_DONE, by=by, at=at, about=about, values={"duty": duty, **in_both("duty", duty.label)})


def _duties_of_other_roles(user: AbstractBaseUser, duty: Duty, at: datetime.datetime) -> frozenset[Duty]:
    # Inside one role two people take turns (auditors replace each other's samples); what was done is asked above.
    granted = RoleGrant.objects.filter(in_force(at), user_id=user.pk).values_list("role", flat=True)
    held = [DUTIES[Role(role)] for role in granted]
    return frozenset(one for duties in held if duty not in duties for one in duties)
