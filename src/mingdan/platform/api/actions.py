"""Making and revoking tokens."""

import datetime
import hashlib
import secrets
from collections.abc import Collection

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mingdan.platform.access.queries import has_right
from mingdan.platform.api.kinds import TOKEN_ISSUED, TOKEN_REVOKED
from mingdan.platform.api.models import Token, usable
from mingdan.platform.api.scopes import HOLD_TOKENS, declared_scopes
from mingdan.platform.trail.actions import record

MARK = "mingdan_"
"""What every token begins with, so that programs which look for leaked secrets can find it."""

SHOWN = len(MARK) + 6
LONGEST_LIFE = datetime.timedelta(days=366)
MOST = 20
"""Usable tokens of one person."""

REFUSALS = {
    "no_right": _("You may not hold tokens."),
    "scope_missing": _("Choose at least one scope."),
    "life_too_long": _("A token lives for at most a year."),
    "too_many": _("You have 20 tokens already: revoke one first."),
}


class CannotIssueTokenError(Exception):
    """A token is refused; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def sentence(self) -> str:
        """Return the refusal in the reader's language."""
        return str(REFUSALS[self.code])


def hash_of(secret: str) -> str:
    """Return what is stored of a token: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def issue_token(
    *, name: str, scopes: Collection[str], expires_at: datetime.datetime, by: AbstractBaseUser, at: datetime.datetime
) -> tuple[Token, str]:
    """Make a token for oneself; return it with its secret, which nobody can read again. Raises CannotIssueTokenError."""
    wanted = sorted(set(scopes))
    if not has_right(by, HOLD_TOKENS, at):
        raise CannotIssueTokenError("no_right")
    if not wanted or set(wanted) - {scope.code for scope in declared_scopes()}:
        raise CannotIssueTokenError("scope_missing")
    if not at < expires_at <= at + LONGEST_LIFE:
        raise CannotIssueTokenError("life_too_long")
    if Token.objects.filter(usable(at), user_id=by.pk).count() >= MOST:
        raise CannotIssueTokenError("too_many")
    secret = MARK + secrets.token_urlsafe(32)
    token = Token(
        user_id=by.pk,
        name=name,
        scopes=wanted,
        beginning=secret[:SHOWN],
        sha256=hash_of(secret),
        issued_at=at,
        expires_at=expires_at,
    )
    token.full_clean(exclude=["revoked_at", "last_used_at"])
    token.save()
    values = {"beginning": token.beginning, "scopes": ", ".join(wanted), "until": expires_at.isoformat(), "name": name}
    record(TOKEN_ISSUED, by=by, at=at, about=by, subject=by, values=values)
    return token, secret


@transaction.atomic
def revoke_token(token: Token, *, by: AbstractBaseUser, at: datetime.datetime) -> None:
    """End one of one's own tokens at once; one that has ended already stays as it is."""
    if Token.objects.filter(usable(at), pk=token.pk).update(revoked_at=at):
        record(TOKEN_REVOKED, by=by, at=at, about=by, subject=by, values={"beginning": token.beginning})
