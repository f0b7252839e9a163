"""Tokens, of which only hashes are kept, and the answers that a repeated request gets again."""

import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


def usable(at: datetime.datetime) -> models.Q:
    """Return the condition that a token works: neither over nor revoked, and its owner's account is open."""
    return models.Q(revoked_at__isnull=True, expires_at__gt=at, user__is_active=True)


class Token(models.Model):
    """Somebody's key for programs; its secret was shown once and cannot be found out from here."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(_("name"), max_length=80)
    scopes = models.JSONField(_("scopes"), default=list)
    beginning = models.CharField(max_length=16)
    sha256 = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField(_("issued at"))
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True)
    minute = models.BigIntegerField(default=0)
    """The minute since 1970 in which `requests` were counted."""
    requests = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(expires_at__gt=models.F("issued_at")), name="api_token_expires")
        ]

    def __str__(self) -> str:
        return self.name


class Answer(models.Model):
    """What a request with an idempotency key was answered, for a day."""

    token = models.ForeignKey(Token, on_delete=models.CASCADE, related_name="answers")
    key = models.CharField(max_length=200)
    request_sha256 = models.CharField(max_length=64)
    status = models.SmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=bytes)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="api_one_answer_for_each_key")]
