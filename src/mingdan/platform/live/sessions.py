"""Who is signed in: one session when somebody connects, all of them at once when something is to be said."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils.crypto import constant_time_compare

from mingdan.platform.people.models import User


@dataclass(frozen=True)
class SignedIn:
    """A session, whose it is, and what its password was when it connected."""

    key: str
    user: int
    password_hash: str


def session_key(scope: Any) -> str:
    """Return the session that a browser names in its cookies, or nothing."""
    written = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
    try:
        cookie = SimpleCookie(written).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return cookie.value if cookie else ""


def signed_in(key: str, *, at: datetime) -> SignedIn | None:
    """Return whose session this is, or None: it ended, the password changed, the account is closed."""
    if not key:
        return None
    session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    found = SignedIn(key, int(session.get(SESSION_KEY, 0)), session.get(HASH_SESSION_KEY, ""))
    return found if still_signed_in([found], at=at) else None


def still_signed_in(asked: Collection[SignedIn], *, at: datetime) -> set[SignedIn]:
    """Return the sessions that live: not ended, not over, the password the same, the account open; three queries for all."""
    keys = {one.key for one in asked}
    alive = set(Session.objects.filter(session_key__in=keys, expire_date__gt=at).values_list("session_key", flat=True))
    alive -= set(UserSession.objects.filter(_over(at), session_key__in=keys).values_list("session_key", flat=True))
    people = User.objects.filter(is_active=True, pk__in={one.user for one in asked})
    hashes = {
        pk: User(password=password).get_session_auth_hash() for pk, password in people.values_list("pk", "password")
    }
    return {
        one
        for one in asked
        if one.key in alive and one.user in hashes and constant_time_compare(one.password_hash, hashes[one.user])
    }


@lru_cache(maxsize=8192)
def _session_hash(password: str) -> str:
    """Return what a session must hold while the stored password is this one; the same for every event."""
    return User(password=password).get_session_auth_hash()


def _over(at: datetime) -> Q:
    # Listening is not using: a page left open ends with its session.
    idle = Q(last_seen_at__lt=at - timedelta(seconds=settings.SESSION_IDLE_SECONDS))
    return idle | Q(created_at__lt=at - timedelta(seconds=settings.SESSION_COOKIE_AGE))
