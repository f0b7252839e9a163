"""Signing in through the company's own OpenID Connect provider; a real one runs on loopback."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from mingdan.platform.people.actions import close_account
from mingdan.platform.people.models import User
from tests.web.provider import CLIENT_ID, SECRET, Provider, running_provider


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    with running_provider() as running:
        app = {
            "provider_id": "company",
            "name": "Company",
            "client_id": CLIENT_ID,
            "secret": SECRET,
            "settings": {"server_url": running.issuer, "uid_field": "sub"},
        }
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
        yield running


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def sign_in(client: Client, provider: Provider, **claims: Any) -> str:
    """Walk through the provider and back like a browser; return where it ends."""
    provider.claims = claims
    leave = client.post("/account/oidc/company/login/")
    opener = build_opener(_Stay)
    with pytest.raises(Exception, match="302") as stayed:
        opener.open(leave.headers["Location"])
    back = stayed.value.headers["Location"]  # type: ignore[attr-defined]
    stayed.value.close()  # type: ignore[attr-defined]
    ended = client.get(f"{urlsplit(back).path}?{urlsplit(back).query}")
    return ended.headers.get("Location", "")


def is_signed_in(client: Client) -> bool:
    return client.get("/").status_code == 200


@pytest.mark.row("P0.2")
def test_a_verified_address_opens_the_account_that_has_it(ann: User, provider: Provider) -> None:
    client = Client()
    assert sign_in(client, provider, sub="7", email="ANN@example.com", email_verified=True) == "/"
    assert is_signed_in(client)
    assert ann.name in client.get("/").content.decode()


def test_the_second_sign_in_goes_by_the_subject_even_if_the_address_changed(ann: User, provider: Provider) -> None:
    sign_in(Client(), provider, sub="7", email="ann@example.com", email_verified=True)
    client = Client()
    sign_in(client, provider, sub="7", email="jo@example.com", email_verified=True)
    assert ann.name in client.get("/").content.decode()


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "8", "email": "ann@example.com", "email_verified": False},
        {"sub": "8", "email": "ann@example.com"},
        {"sub": "8", "email": "stranger@example.com", "email_verified": True},
        {"sub": "8", "preferred_username": "ann"},
    ],
)
def test_an_unverified_or_unknown_person_gets_no_account(claims: dict[str, Any], ann: User, provider: Provider) -> None:
    client = Client()
    sign_in(client, provider, **claims)
    assert not is_signed_in(client)
    assert not User.objects.filter(email="stranger@example.com").exists()


def test_the_sign_in_name_matches_where_the_company_says_so(ann: User, provider: Provider, settings: Settings) -> None:
    settings.OIDC_MATCHES = "username"
    client = Client()
    sign_in(client, provider, sub="7", preferred_username="ann")
    assert is_signed_in(client)


def test_a_closed_account_stays_closed_though_the_provider_still_knows_the_person(
    ann: User, kim: User, now: Any, provider: Provider
) -> None:
    claims = {"sub": "7", "email": "ann@example.com", "email_verified": True}
    sign_in(Client(), provider, **claims)
    close_account(ann, by=kim, at=now)
    client = Client()
    sign_in(client, provider, **claims)
    assert not is_signed_in(client)


def test_a_code_for_another_browser_is_worth_nothing(ann: User, provider: Provider) -> None:
    provider.claims = {"sub": "7", "email": "ann@example.com", "email_verified": True}
    Client().post("/account/oidc/company/login/")
    other = Client()
    other.get("/account/oidc/company/login/callback/?code=stolen&state=guessed")
    assert not is_signed_in(other)
