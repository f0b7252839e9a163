"""How signing in differs from allauth's ways: nobody signs up by themselves, and inactive people stay out."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest

from mingdan.platform.people.models import User


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: an administrator adds people."""
        return False


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keep the secrets of apps and recovery codes encrypted, so that a stolen database does not sign anybody in."""

    def encrypt(self, text: str) -> str:
        """Return a secret as it is stored."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a stored secret; raises InvalidToken if the secret key was changed without keeping the former one."""
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _cipher() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    derived = (HKDF(hashes.SHA256(), 32, salt=None, info=b"mingdan second factor").derive(k.encode()) for k in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Refuse: the company's own sign-in opens accounts that exist, never new ones."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Link the first sign-in through the company to the account that its claim names."""
        if sociallogin.is_existing or request.user.is_authenticated:
            return
        user = account_claimed(claims_of(sociallogin.account.extra_data))
        if user is not None:
            sociallogin.connect(request, user)


def claims_of(data: dict[str, Any]) -> dict[str, Any]:
    """Return what the provider says about somebody; what it asserts for itself wins over its signed token."""
    return {**(data.get("id_token") or {}), **(data.get("userinfo") or {})}


def account_claimed(claims: dict[str, Any]) -> User | None:
    """Return the open account that claims name; an e-mail address counts only if the provider has verified it."""
    open_accounts = User.objects.filter(is_active=True)
    if settings.OIDC_MATCHES == "username":
        name = claims.get("preferred_username")
        return open_accounts.filter(username__iexact=name).first() if isinstance(name, str) and name else None
    email = claims.get("email")
    is_usable = isinstance(email, str) and email and claims.get("email_verified") is True
    return open_accounts.filter(email__iexact=email).first() if is_usable else None
