"""Which token a program shows, and which ones somebody has."""

import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Case, F, Q, QuerySet, Value, When

from mingdan.platform.access.queries import has_right
from mingdan.platform.api.actions import hash_of
from mingdan.platform.api.models import Token, usable
from mingdan.platform.api.scopes import HOLD_TOKENS

SHORTEST_LISTED = datetime.timedelta(days=30)
"""How long a token that has ended is still shown to its owner."""


def tokens_of(user: AbstractBaseUser, at: datetime.datetime) -> QuerySet[Token]:
    """Return somebody's tokens, the newest first, and for a while those that have ended."""
    ended = Q(expires_at__lt=at - SHORTEST_LISTED) | Q(revoked_at__lt=at - SHORTEST_LISTED)
    return Token.objects.filter(user_id=user.pk).exclude(ended).order_by("-issued_at")


def token_shown(secret: str, at: datetime.datetime) -> Token | None:
    """Return the usable token with this secret and count its use, or nothing.

    Counting is one statement, so that requests at once cannot both be the last one allowed.
    """
    minute = int(at.timestamp()) // 60
    counted = Case(When(minute=minute, then=F("requests") + 1), default=Value(1))
    found = Token.objects.filter(sha256=hash_of(secret))
    alive = Token.objects.filter(usable(at), sha256=hash_of(secret)).values("pk")
    if not found.filter(pk__in=alive).update(requests=counted, minute=minute, last_used_at=at):
        return None
    token = found.select_related("user").get()
    return token if has_right(token.user, HOLD_TOKENS, at) else None
