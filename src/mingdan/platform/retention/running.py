"""Carry out the retention rules: each by itself, so that one that fails leaves the others done."""

import datetime

from django.db import transaction

from mingdan.platform.retention.expiries import Erased, expiries
from mingdan.platform.retention.kinds import RULE_CARRIED_OUT
from mingdan.platform.retention.models import RetentionRun
from mingdan.platform.retention.register import rules
from mingdan.platform.trail.actions import record


def run_retention(at: datetime.datetime) -> dict[str, Erased]:
    """Erase whatever is over under every rule; return what each erased. May be repeated at any time."""
    return {rule: _run(rule, at) for rule in expiries()}


def _run(rule: str, at: datetime.datetime) -> Erased:
    kept = datetime.timedelta(days=rules()[rule].days or 0)
    erased = expiries()[rule](at, kept)
    with transaction.atomic():
        RetentionRun.objects.create(at=at, rule=rule, erased=erased.count, held=erased.held)
        if erased.count or erased.held:
            values = {"rule": rule, "erased": erased.count, "held": erased.held}
            record(RULE_CARRIED_OUT, by=None, at=at, values=values)
    return erased


def last_runs() -> dict[str, RetentionRun]:
    """Return the newest run of each rule."""
    newest: dict[str, RetentionRun] = {}
    for run in RetentionRun.objects.filter(rule__in=rules()).order_by("at"):
        newest[run.rule] = run
    return newest
