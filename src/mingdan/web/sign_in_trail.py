"""Signing in, being refused and changing credentials, as entries of the trail."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, user_logged_in
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from allauth.socialaccount.signals import social_account_added, social_account_removed
from django.contrib.auth.signals import user_login_failed
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from mingdan.platform.people.kinds import CREDENTIAL_CHANGED, SIGN_IN_REFUSED, SIGNED_IN
from mingdan.platform.people.models import User
from mingdan.platform.trail.actions import record

CREDENTIALS = {
    password_changed: "password changed",
    password_reset: "password reset",
    authenticator_added: "second factor added",
    authenticator_removed: "second factor removed",
    authenticator_reset: "recovery codes made anew",
}


def connect() -> None:
    """Listen to what allauth and Django tell."""
    user_logged_in.connect(_signed_in, dispatch_uid="trail_signed_in")
    user_login_failed.connect(_refused, dispatch_uid="trail_refused")
    for signal, what in CREDENTIALS.items():
        signal.connect(_credential(what), weak=False, dispatch_uid=f"trail_{what}")
    for signal in (social_account_added, social_account_removed):
        signal.connect(_linked, dispatch_uid=f"trail_{id(signal)}")


def _signed_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    records = request.session.get("account_authentication_methods", [])
    method = " + ".join(dict.fromkeys(str(one.get("type") or one["method"]) for one in records)) or "session"
    _record(SIGNED_IN, user, {"method": method, "address": request.META.get("REMOTE_ADDR")})


def _refused(credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    tried = credentials.get("username") or credentials.get("email") or credentials.get("login")
    address = request.META.get("REMOTE_ADDR") if request else None
    with transaction.atomic():
        record(SIGN_IN_REFUSED, by=None, at=timezone.now(), values={"tried": tried, "address": address})


def _credential(what: str) -> Any:
    def listen(user: User, **kwargs: Any) -> None:
        _record(CREDENTIAL_CHANGED, user, {"what": what})

    return listen


def _linked(sociallogin: Any = None, socialaccount: Any = None, **kwargs: Any) -> None:
    user = sociallogin.user if sociallogin is not None else socialaccount.user
    what = "company sign-in linked" if sociallogin is not None else "company sign-in unlinked"
    _record(CREDENTIAL_CHANGED, user, {"what": what})


def _record(kind: Any, user: User, values: dict[str, Any]) -> None:
    with transaction.atomic():
        record(kind, by=user, at=timezone.now(), about=user, subject=user, values=values)
