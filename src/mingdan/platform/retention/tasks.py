"""Erasing by itself, every night."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mingdan.platform.jobs.kinds import declare_job
from mingdan.platform.jobs.running import Attempt
from mingdan.platform.retention.running import run_retention


def carry_out_rules(attempt: Attempt) -> dict[str, int]:
    """Carry out every retention rule; return how much each erased."""
    return {rule: erased.count for rule, erased in run_retention(timezone.now()).items()}


RETENTION = declare_job(
    "retention.run", _("Erase what need not be kept any longer"), carry_out_rules, cron="40 3 * * *"
)
