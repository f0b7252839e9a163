"""Who asks: the owner of the token that a request bears; cookies count for nothing here."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import Throttled
from ninja.security import HttpBearer

from mingdan.platform.api.models import Token
from mingdan.platform.api.queries import token_shown
from mingdan.platform.api.scopes import Scope

REQUESTS_PER_MINUTE = 600
"""Of one token; beyond, 429 until the next minute."""


class ScopeMissingError(Exception):
    """The token is good, but not for this."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope.code)
        self.scope = scope


class PersonalToken(HttpBearer):
    """Let in whoever bears a usable token with a scope; from here on `request.user` is its owner."""

    def __init__(self, scope: Scope | None = None) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Token | None:
        """Return the token; raises Throttled and ScopeMissingError."""
        borne = token_of(request)
        if borne is None:
            return None
        if borne.requests > REQUESTS_PER_MINUTE:
            raise Throttled(wait=60 - int(timezone.now().timestamp()) % 60)
        if self.scope is not None and self.scope.code not in borne.scopes:
            raise ScopeMissingError(self.scope)
        request.user = borne.user
        return borne


def token_of(request: Any) -> Token | None:
    """Return the usable token that a request bears, looked up and counted once for each request."""
    if not hasattr(request, "_borne_token"):
        kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
        is_ours = kind.lower() == "bearer" and secret
        request._borne_token = token_shown(secret.strip(), timezone.now()) if is_ours else None
    token: Token | None = request._borne_token
    return token
