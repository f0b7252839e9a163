"""Tokens: shown once, kept as a hash, good for their scopes, gone with their owner's account."""

import datetime
import re

import pytest
from django.utils import timezone

from mingdan.platform.api import authentication
from mingdan.platform.api.actions import CannotIssueTokenError, issue_token, revoke_token
from mingdan.platform.api.models import Token
from mingdan.platform.people import actions as people
from mingdan.platform.people.models import User
from tests.cast import signed_in
from tests.platform.api.bearing import Program, program_of, said, secret_of


def test_a_token_says_whose_it_is(ann: User) -> None:
    answer = program_of(ann, "people:read").ask("GET", "/me")
    assert answer.status_code == 200
    assert said(answer)["username"] == "ann"
    assert said(answer)["scopes"] == ["people:read"]


def test_only_a_hash_of_the_token_is_kept(ann: User) -> None:
    secret = secret_of(ann)
    stored = Token.objects.filter(user=ann).values().get()
    assert secret not in str(stored)
    assert secret.startswith(stored["beginning"])
    assert len(secret) - len(stored["beginning"]) > 35


def test_ann_makes_a_token_on_her_page_and_sees_it_only_then(ann: User) -> None:
    browser = signed_in(ann, confirmed=True)
    form = {"name": "spreadsheet", "scopes": ["people:read"], "days": "30"}
    shown = re.search(r'id="secret">(mingdan_[\w-]+)<', browser.post("/tokens/", form).content.decode())
    assert shown
    assert Program(shown[1]).ask("GET", "/me").status_code == 200
    again = browser.get("/tokens/").content.decode()
    assert shown[1] not in again
    assert "spreadsheet" in again


def test_making_a_token_asks_for_the_password_again(ann: User) -> None:
    answer = signed_in(ann).post("/tokens/", {"name": "x", "scopes": ["people:read"], "days": "30"})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/account/reauthenticate/")
    assert not Token.objects.filter(user=ann).exists()


def test_a_revoked_token_is_refused_and_its_owner_revoked_it_on_the_page(ann: User) -> None:
    program = program_of(ann)
    assert program.ask("GET", "/me").status_code == 200
    token = Token.objects.get(user=ann)
    assert signed_in(ann).post(f"/tokens/{token.pk}/revoke/").status_code == 302
    refused = program.ask("GET", "/me")
    assert refused.status_code == 401
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")


def test_ben_cannot_revoke_the_token_of_ann(ann: User, ben: User) -> None:
    program = program_of(ann)
    assert signed_in(ben).post(f"/tokens/{Token.objects.get(user=ann).pk}/revoke/").status_code == 404
    assert program.ask("GET", "/me").status_code == 200


def test_a_token_ends_when_it_said_it_would(ann: User) -> None:
    program = program_of(ann)
    assert program.ask("GET", "/me").status_code == 200
    now = timezone.now()
    Token.objects.update(issued_at=now - datetime.timedelta(days=9), expires_at=now - datetime.timedelta(seconds=1))
    assert program.ask("GET", "/me").status_code == 401


def test_a_closed_account_has_no_working_token_from_the_next_request_on(ann: User, kim: User) -> None:
    program = program_of(ann)
    assert program.ask("GET", "/me").status_code == 200
    people.close_account(ann, by=kim, at=timezone.now())
    assert program.ask("GET", "/me").status_code == 401


def test_whoever_audits_from_outside_holds_no_token(eve: User) -> None:
    with pytest.raises(CannotIssueTokenError, match="no_right"):
        secret_of(eve)


@pytest.mark.parametrize(
    ("scopes", "days", "code"),
    [((), 30, "scope_missing"), (("all",), 30, "scope_missing"), (("people:read",), 400, "life_too_long")],
)
def test_a_token_without_a_known_scope_or_with_too_long_a_life_is_refused(
    ann: User, scopes: tuple[str, ...], days: int, code: str
) -> None:
    now = timezone.now()
    with pytest.raises(CannotIssueTokenError, match=code):
        issue_token(name="x", scopes=scopes, expires_at=now + datetime.timedelta(days=days), by=ann, at=now)


def test_nobody_piles_up_tokens(ann: User) -> None:
    for _number in range(20):
        secret_of(ann)
    with pytest.raises(CannotIssueTokenError, match="too_many"):
        secret_of(ann)
    revoke_token(Token.objects.filter(user=ann)[0], by=ann, at=timezone.now())
    secret_of(ann)


def test_a_cookie_counts_for_nothing(ann: User) -> None:
    assert signed_in(ann).get("/api/v1/me").status_code == 401


def test_a_token_asks_only_so_often_in_a_minute(ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authentication, "REQUESTS_PER_MINUTE", 3)
    program = program_of(ann)
    answers = [program.ask("GET", "/me") for _number in range(8)]
    refused = [one for one in answers if one.status_code == 429]
    # The clock may begin another minute in between, which allows three more.
    assert 2 <= len(refused) <= 5
    assert 1 <= int(refused[0].headers["Retry-After"]) <= 60
    assert said(refused[0])["code"] == "too_many_requests"
