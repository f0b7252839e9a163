"""Signing in, being refused and changing credentials, as entries of the trail."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, user_logged_in
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from allauth.socialaccount.signals import social_account_added, social_account_removed
from django.contrib.auth.signals import user_login_failed
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mingdan.platform.access.kinds import in_both
from mingdan.platform.people.kinds import CREDENTIAL_CHANGED, SIGN_IN_REFUSED, SIGNED_IN
from mingdan.platform.people.models import User
from mingdan.platform.trail.actions import record

CREDENTIALS = {
    password_changed: _("password changed"),
    password_reset: _("password reset"),
    authenticator_added: _("second factor added"),
    authenticator_removed: _("second factor removed"),
    authenticator_reset: _("recovery codes made anew"),
}


METHODS = {
    "password": _("password"),
    "totp": _("authenticator app"),
    "webauthn": _("passkey"),
    "recovery_codes": _("recovery code"),
    "socialaccount": _("the company's sign-in"),
    "session": _("a session"),
}


def connect() -> None:
    """Listen to what allauth and Django tell."""
    user_logged_in.connect(_signed_in, dispatch_uid="trail_signed_in")
    user_login_failed.connect(_refused, dispatch_uid="trail_refused")
    for signal, what in CREDENTIALS.items():
        signal.connect(_credential(what), weak=False, dispatch_uid=f"trail_{id(signal)}")
    for signal in (social_account_added, social_account_removed):
        signal.connect(_linked, dispatch_uid=f"trail_{id(signal)}")


def _signed_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    records = request.session.get("account_authentication_methods", [])
    methods = list(dict.fromkeys(str(one.get("type") or one["method"]) for one in records)) or ["session"]
    said = [in_both("method", METHODS.get(method, method)) for method in methods]
    values = {name: " + ".join(one[name] for one in said) for name in ("method_en", "method_zh")}
    values |= {"method": "+".join(methods), "address": request.META.get("REMOTE_ADDR", "")}
    _record(SIGNED_IN, user, values)


def _refused(credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    tried = credentials.get("username") or credentials.get("email") or credentials.get("login")
    address = request.META.get("REMOTE_ADDR") if request else None
    with transaction.atomic():
        record(SIGN_IN_REFUSED, by=None, at=timezone.now(), values={"tried": tried, "address": address})


def _credential(what: str | Promise) -> Any:
    def listen(user: User, **kwargs: Any) -> None:
        _record(CREDENTIAL_CHANGED, user, in_both("what", what))

    return listen


def _linked(sociallogin: Any = None, socialaccount: Any = None, **kwargs: Any) -> None:
    user = sociallogin.user if sociallogin is not None else socialaccount.user
    what = _("company sign-in linked") if sociallogin is not None else _("company sign-in unlinked")
    _record(CREDENTIAL_CHANGED, user, in_both("what", what))


def _record(kind: Any, user: User, values: dict[str, Any]) -> None:
    with transaction.atomic():
        record(kind, by=user, at=timezone.now(), about=user, subject=user, values=values)
