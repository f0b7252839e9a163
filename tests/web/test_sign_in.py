import datetime
import re
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.conf import settings as django_settings
from django.core import mail
from django.core.cache import cache
from django.test import Client

from mingdan.platform.people.actions import close_account
from mingdan.platform.people.models import User
from mingdan.platform.trail.models import PendingEntry
from mingdan.web.demonstration import PASSWORD
from tests.cast import signed_in

LOGIN = "/account/login/"


@pytest.fixture(autouse=True)
def _fresh_limits(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def sign_in(client: Client, name: str, password: str = PASSWORD) -> str:
    """Type a name and a password; return the page that follows."""
    return client.post(LOGIN, {"login": name, "password": password}, follow=True).content.decode()


def is_signed_in(client: Client) -> bool:
    return client.get("/").status_code == 200


@pytest.mark.parametrize("typed", ["ann", "ANN", "ann@example.com", "Ann@Example.com"])
def test_a_name_or_an_address_in_any_case_signs_in(typed: str, ann: User) -> None:
    client = Client()
    assert ann.name in sign_in(client, typed)
    assert PendingEntry.objects.filter(kind="people.signed_in", by=f"people.user:{ann.pk}").exists()


def test_a_wrong_password_is_refused_and_recorded_without_it(ann: User) -> None:
    client = Client()
    sign_in(client, "ann", "wrong-password")
    assert not is_signed_in(client)
    entry = PendingEntry.objects.filter(kind="people.sign_in_refused").latest("pk")
    assert "wrong-password" not in entry.text
    assert "ann" not in entry.text.replace("commitment", "")


def test_an_unknown_person_and_a_wrong_password_get_the_same_answer(ann: User) -> None:
    said = [_without_tokens(sign_in(Client(), name, "wrong-password")) for name in ("ann", "nobody")]
    assert said[0].replace("ann", "nobody") == said[1]


def _without_tokens(page: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page)


def test_a_reset_is_answered_alike_for_known_and_unknown_addresses(ann: User) -> None:
    known, unknown = (
        Client().post("/account/password/reset/", {"email": address}, follow=True).content.decode()
        for address in ("ann@example.com", "nobody@example.com")
    )
    assert _without_tokens(known) == _without_tokens(unknown)
    assert [message.to for message in mail.outbox if "reset/key" in message.body] == [["ann@example.com"]]


def test_ten_wrong_tries_close_the_account_for_a_while_even_for_the_right_password(ann: User, jo: User) -> None:
    for _ in range(10):
        sign_in(Client(), "ann", "wrong-password")
    client = Client()
    sign_in(client, "ann")
    assert not is_signed_in(client)
    other = Client()
    sign_in(other, "jo")
    assert is_signed_in(other)


def test_nine_wrong_tries_do_not(ann: User) -> None:
    # Control: it is the tenth try that counts, not any.
    for _ in range(9):
        sign_in(Client(), "ann", "wrong-password")
    client = Client()
    sign_in(client, "ann")
    assert is_signed_in(client)


def test_an_unknown_name_is_limited_like_a_known_one(ann: User) -> None:
    pages = [sign_in(Client(), "nobody", "wrong-password") for _ in range(11)]
    known = [sign_in(Client(), "ann", "wrong-password") for _ in range(11)]
    assert _without_tokens(pages[-1]) == _without_tokens(known[-1]).replace('value="ann"', 'value="nobody"')
    assert _without_tokens(pages[-1]) != _without_tokens(pages[0])


def code_of(secret: str) -> str:
    return f"{hotp_value(secret, next(iter(yield_hotp_counters_from_time()))):06}"


def turn_on_totp(user: User) -> tuple[Client, str]:
    """Set up an authenticator app in the browser, as its owner does; return the browser and the secret."""
    client = signed_in(user, confirmed=True)
    client.get("/account/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    client.post("/account/2fa/totp/activate/", {"code": code_of(secret)})
    assert Authenticator.objects.filter(user=user, type="totp").exists()
    return client, secret


@pytest.mark.row("P0.1")
def test_with_an_app_the_password_alone_does_not_sign_in(ann: User) -> None:
    _, secret = turn_on_totp(ann)
    cache.clear()
    client = Client()
    sign_in(client, "ann")
    assert not is_signed_in(client)
    client.post("/account/2fa/authenticate/", {"code": "000000"})
    assert not is_signed_in(client)
    client.post("/account/2fa/authenticate/", {"code": code_of(secret)})
    assert is_signed_in(client)


def test_a_code_works_once(ann: User) -> None:
    _, secret = turn_on_totp(ann)
    cache.clear()
    code = code_of(secret)
    for expected in (True, False):
        client = Client()
        sign_in(client, "ann")
        client.post("/account/2fa/authenticate/", {"code": code})
        assert is_signed_in(client) is expected


@pytest.mark.row("P0.1")
def test_a_recovery_code_works_once(ann: User) -> None:
    browser, _ = turn_on_totp(ann)
    page = browser.get("/account/2fa/recovery-codes/").content.decode()
    code = Authenticator.objects.get(user=ann, type="recovery_codes").wrap().get_unused_codes()[0]
    assert page
    for expected in (True, False):
        client = Client()
        sign_in(client, "ann")
        client.post("/account/2fa/authenticate/", {"code": code})
        assert is_signed_in(client) is expected


def test_codes_cannot_be_guessed_one_after_the_other(ann: User) -> None:
    _, secret = turn_on_totp(ann)
    cache.clear()
    client = Client()
    sign_in(client, "ann")
    for guess in range(12):
        client.post("/account/2fa/authenticate/", {"code": f"{guess:06}"})
    client.post("/account/2fa/authenticate/", {"code": code_of(secret)})
    assert not is_signed_in(client)


def test_a_secret_of_an_app_is_never_plain_in_the_database() -> None:
    secret = generate_totp_secret()
    from allauth.mfa.adapter import get_adapter

    assert secret not in get_adapter().encrypt(secret)
    assert get_adapter().decrypt(get_adapter().encrypt(secret)) == secret


def test_a_grant_asks_for_the_password_again_and_then_goes_through(kim: User, gus: User) -> None:
    client = signed_in(kim)
    form = {"what": "sales_manager", "reason": "cover"}
    asked = client.post(f"/accounts/{gus.pk}/grant/", form)
    assert asked.headers["Location"].startswith("/account/reauthenticate/")
    assert not gus.role_grants.filter(role="sales_manager").exists()
    client.post(asked.headers["Location"], {"password": "wrong-password"})
    assert not gus.role_grants.filter(role="sales_manager").exists()
    client.post(asked.headers["Location"], {"password": PASSWORD})
    assert gus.role_grants.filter(role="sales_manager").exists()


def test_somebody_with_nothing_to_confirm_with_is_sent_to_set_up_a_second_factor(kim: User, gus: User) -> None:
    kim.set_unusable_password()
    kim.save()
    answer = signed_in(kim).post(f"/accounts/{gus.pk}/grant/", {"what": "sales_manager", "reason": "cover"})
    assert answer.headers["Location"] == "/account/2fa/"
    assert not gus.role_grants.filter(role="sales_manager").exists()


def test_one_sees_where_one_is_signed_in_and_ends_the_others(ann: User) -> None:
    here, there = Client(), Client()
    sign_in(here, "ann")
    sign_in(there, "ann")
    assert here.get("/account/sessions/").content.decode().count("127.0.0.1") == 2
    here.post("/account/sessions/")
    assert is_signed_in(here)
    assert not is_signed_in(there)


def test_closing_an_account_ends_its_sessions_roles_and_resets_at_once(
    ann: User, kim: User, now: datetime.datetime
) -> None:
    client = Client()
    sign_in(client, "ann")
    Client().post("/account/password/reset/", {"email": "ann@example.com"})
    link = re.search(r"/account/password/reset/key/\S+", str(mail.outbox[-1].body))
    close_account(ann, by=kim, at=now)
    assert not is_signed_in(client)
    assert not UserSession.objects.filter(user=ann).exists()
    assert not ann.role_grants.filter(revoked_at__isnull=True).exists()
    fresh = Client()
    sign_in(fresh, "ann")
    assert not is_signed_in(fresh)
    assert link
    page = fresh.get(link[0], follow=True)
    fresh.post(page.request["PATH_INFO"], {"password1": "a-new-pass-word", "password2": "a-new-pass-word"})
    sign_in(fresh, "ann", "a-new-pass-word")
    assert not is_signed_in(fresh)


@pytest.mark.parametrize(
    ("field", "limit"),
    [("last_seen_at", django_settings.SESSION_IDLE_SECONDS), ("created_at", django_settings.SESSION_COOKIE_AGE)],
)
def test_a_session_ends_after_its_limit_and_not_a_minute_before(
    field: str, limit: int, ann: User, now: datetime.datetime
) -> None:
    for seconds, expected in ((limit - 60, True), (limit + 60, False)):
        client = Client()
        sign_in(client, "ann")
        UserSession.objects.filter(session_key=client.session.session_key).update(
            **{field: now - datetime.timedelta(seconds=seconds)}
        )
        assert is_signed_in(client) is expected


def test_changing_the_password_ends_the_session(ann: User) -> None:
    other = Client()
    sign_in(other, "ann")
    browser = signed_in(ann, confirmed=True)
    new = "another-long-one"
    browser.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert not is_signed_in(other)
    assert PendingEntry.objects.filter(kind="people.credential_changed").exists()


@pytest.mark.row("P0.1")
@pytest.mark.parametrize("password", ["short1!", "1234567890123", "password123", "ann@example"])
def test_a_weak_password_is_refused(password: str, ann: User) -> None:
    browser = signed_in(ann, confirmed=True)
    form = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    browser.post("/account/password/change/", form)
    ann.refresh_from_db()
    assert ann.check_password(PASSWORD)


def test_nobody_signs_up(db: None) -> None:
    form = {
        "username": "stranger",
        "email": "s@example.com",
        "password1": "a-long-password",
        "password2": "a-long-password",
    }
    Client().post("/account/signup/", form)
    assert not User.objects.filter(username="stranger").exists()


def test_nothing_is_kept_in_caches_and_nothing_runs_inline(ann: User) -> None:
    page = signed_in(ann).get("/")
    assert "no-store" in page.headers["Cache-Control"]
    policy = page.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    inline = re.findall(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|\son\w+=|\sstyle=", page.content.decode()
    )
    assert inline == []
