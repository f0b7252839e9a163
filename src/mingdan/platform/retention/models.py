"""Legal holds, and what each run of the retention rules erased."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class LegalHold(models.Model):
    """While it stands, nothing about this employee is erased, whatever the rules or a request say."""

    employee = models.ForeignKey(
        "people.Employee", on_delete=models.PROTECT, related_name="+", verbose_name=_("employee")
    )
    reason = models.CharField(_("reason"), max_length=400)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(_("placed at"))
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(_("released at"), null=True)
    release_reason = models.CharField(_("reason for the release"), max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["employee"], condition=models.Q(released_at__isnull=True), name="one_hold_for_each_employee"
            )
        ]

    def __str__(self) -> str:
        return f"{self.employee} {self.placed_at:%Y-%m-%d}"


class RetentionRun(models.Model):
    """That one rule was carried out, how much it erased and how many people a hold kept it from."""

    at = models.DateTimeField()
    rule = models.CharField(max_length=60)
    erased = models.IntegerField()
    held = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["rule", "-at"], name="retention_run_of_rule")]
