"""What people were granted, until when, by whom and why; nothing here is ever deleted."""

import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from mingdan.platform.access.roles import Role


def in_force(at: datetime.datetime) -> models.Q:
    """Return the condition that a grant holds at a time."""
    return models.Q(
        models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=at),
        models.Q(revoked_at__isnull=True) | models.Q(revoked_at__gt=at),
        granted_at__lte=at,
    )


class Grant(models.Model):
    """What somebody was given, by whom and why; an end is another column, never a missing row."""

    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField(_("granted at"))
    reason = models.CharField(_("reason"), max_length=400)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(_("revoked at"), null=True)

    class Meta:
        abstract = True

    def is_in_force(self, at: datetime.datetime) -> bool:
        """Return whether the grant holds at a time."""
        ends = [end for end in (self.expires_at, self.revoked_at) if end is not None]
        return self.granted_at <= at and all(at < end for end in ends)


class RoleGrant(Grant):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="role_grants")
    role = models.CharField(_("role"), max_length=40, choices=Role.choices)

    class Meta:
        indexes = [models.Index(fields=["user", "role"], name="role_grant_of_user")]


class ExtraRight(Grant):
    """One right beyond the roles, for a limited time, over everything or over what one employee or team has."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="extra_rights")
    right = models.CharField(_("right"), max_length=100)
    employee = models.ForeignKey("people.Employee", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    team = models.ForeignKey("people.Team", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["user", "right"], name="extra_right_of_user")]
        constraints = [
            models.CheckConstraint(condition=models.Q(expires_at__isnull=False), name="extra_right_expires"),
            models.CheckConstraint(
                condition=models.Q(employee__isnull=True) | models.Q(team__isnull=True),
                name="extra_right_has_one_reach",
            ),
        ]


class DutyDone(models.Model):
    """Who did which duty on which object, so that another duty on it can be kept for somebody else."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    duty = models.CharField(max_length=60)
    about = models.CharField(max_length=120)
    done_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["about", "duty"], name="duty_done_about")]
