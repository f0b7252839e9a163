"""Who reaches which page: every route of the URL resolver, every person, every relation, written down by hand.

A route that no table below lists fails, and so does one that is listed and gone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path
from django.utils import timezone

from mingdan.platform.api.models import Token
from mingdan.platform.events.models import Delivery, Event
from mingdan.platform.jobs.actions import start_job
from mingdan.platform.jobs.models import Job
from mingdan.platform.jobs.upkeep import PRUNE
from mingdan.platform.people.models import Employee, EmployeeImport, User
from mingdan.platform.trail.models import Entry, PendingEntry
from tests.cast import NAMES, signed_in
from tests.platform.api.bearing import secret_of
from tests.test_api_permissions import API

EVERYBODY = frozenset(NAMES)
STAFF = EVERYBODY - {"eve"}
GRANTS = frozenset({"kim", "dan", "ivy", "chloe"})
JOBS = frozenset({"hal", "kim", "dan"})
KEEPS_JOBS = frozenset({"hal", "kim"})
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Route:
    """Who may open a page (`get`) and who may act on it (`post`); `about` says what its number stands for."""

    address: str
    get: frozenset[str] = NOBODY
    post: frozenset[str] = NOBODY
    about: str = ""
    leaves_entry: bool = False
    form: dict[str, str] = field(default_factory=dict)


ROUTES = {
    "home": Route("/", get=EVERYBODY),
    "people:employees": Route("/people/", get=STAFF),
    "people:add_employee": Route(
        "/people/add/",
        get=frozenset({"fay"}),
        post=frozenset({"fay"}),
        leaves_entry=True,
        form={"number": "E900", "name": "New", "hired_date": "2026-01-05"},
    ),
    "people:import_employees": Route("/people/import/", get=frozenset({"fay"}), post=frozenset({"fay"})),
    "people:import_preview": Route(
        "/people/import/{pk}/",
        get=frozenset({"fay"}),
        post=frozenset({"fay"}),
        about="import",
        leaves_entry=True,
    ),
    "people:employee": Route("/people/{pk}/", get=STAFF, about="employee", leaves_entry=True),
    "people:change_employee": Route(
        "/people/{pk}/change/",
        get=frozenset({"fay"}),
        post=frozenset({"fay"}),
        about="employee",
        leaves_entry=True,
        form={"name": "Renamed", "hired_date": "2024-01-01"},
    ),
    "people:move_employee": Route(
        "/people/{pk}/move/",
        post=frozenset({"fay"}),
        about="employee",
        leaves_entry=True,
        form={"team": "{team}", "from_date": "2026-02-01"},
    ),
    "people:teams": Route("/teams/", get=STAFF),
    "people:add_team": Route(
        "/teams/add/",
        get=frozenset({"fay"}),
        post=frozenset({"fay"}),
        leaves_entry=True,
        form={"code": "new", "name": "New", "from_date": "2026-01-05"},
    ),
    "people:calendar": Route(
        "/calendar/",
        get=STAFF,
        post=frozenset({"fay", "hal"}),
        leaves_entry=True,
        form={"date": "2026-03-02", "is_working": "", "name": "stock-taking"},
    ),
    "people:accounts": Route("/accounts/", get=GRANTS),
    "people:add_account": Route(
        "/accounts/add/",
        get=frozenset({"kim"}),
        post=frozenset({"kim"}),
        leaves_entry=True,
        form={"username": "new", "name": "New"},
    ),
    "people:account": Route("/accounts/{pk}/", get=GRANTS, about="account", leaves_entry=True),
    "people:grant": Route(
        "/accounts/{pk}/grant/",
        post=frozenset({"kim"}),
        about="account",
        leaves_entry=True,
        form={"what": "people.see_private", "reason": "audit"},
    ),
    "people:revoke": Route(
        "/accounts/{pk}/revoke/",
        post=frozenset({"kim"}),
        about="account",
        leaves_entry=True,
        form={"grant": "role:{role}"},
    ),
    "people:close": Route("/accounts/{pk}/close/", post=frozenset({"kim"}), about="account", leaves_entry=True),
    "people:rights": Route("/rights/", get=GRANTS),
    "tokens": Route(
        "/tokens/",
        get=STAFF,
        post=STAFF,
        leaves_entry=True,
        form={"name": "report", "scopes": "people:read", "days": "30"},
    ),
    "revoke_token": Route("/tokens/{pk}/revoke/", post=STAFF, about="token", leaves_entry=True),
    "operations:jobs": Route("/jobs/", get=JOBS),
    "operations:job": Route("/jobs/{pk}/", get=JOBS, about="job"),
    "operations:cancel": Route("/jobs/{pk}/cancel/", post=KEEPS_JOBS, about="job", leaves_entry=True),
    "operations:retry": Route("/jobs/{pk}/retry/", post=KEEPS_JOBS, about="failed job", leaves_entry=True),
    "operations:deliveries": Route("/deliveries/", get=JOBS),
    "operations:retry_delivery": Route("/deliveries/{pk}/retry/", post=KEEPS_JOBS, about="delivery", leaves_entry=True),
    "operations:skip_delivery": Route("/deliveries/{pk}/skip/", post=KEEPS_JOBS, about="delivery", leaves_entry=True),
}
"""The pages of our own, each with whom it opens for."""

PUBLIC = {"choose", "healthz", "readyz"}
"""Open to everybody, signed in or not."""

SIGN_IN = {
    "account_login", "account_logout", "account_inactive", "account_signup", "account_reauthenticate", "account_email",
    "account_email_verification_sent", "account_change_password", "account_set_password", "account_reset_password",
    "account_confirm_login_code", "account_confirm_email", "account_reset_password_from_key_done",
    "account_reset_password_from_key", "account_reset_password_done", "mfa_authenticate", "mfa_login_webauthn",
    "socialaccount_login_cancelled", "socialaccount_login_error", "socialaccount_signup", "openid_connect_login",
    "openid_connect_callback",
}  # fmt: skip
"""allauth's own, for whoever is about to sign in or has; tests/web tries them."""

OWN_ACCOUNT = {
    "account_change_password", "account_email", "mfa_index", "mfa_reauthenticate", "mfa_activate_totp",
    "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes",
    "mfa_list_webauthn", "mfa_add_webauthn", "mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn",
    "socialaccount_connections", "usersessions_list",
}  # fmt: skip
"""allauth's own, for one's own account: nobody who is signed out gets in."""

SEES: dict[str, frozenset[str]] = {
    "ann": frozenset({"ann", "ben"}),
    "ben": frozenset({"ann", "ben"}),
    "jo": frozenset({"jo"}),
    "eve": NOBODY,
} | dict.fromkeys(("chloe", "dan", "fay", "gus", "hal", "ivy", "kim"), STAFF)
"""Whose record each of us sees: own, those in one's business unit, or everybody's by role; eve audits from outside."""

ABSENT = 987654


def routes(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    """Yield the name of every route; those without a name only redirect to one of allauth's with a name."""
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from routes(one, namespace + (f"{one.namespace}:" if one.namespace else ""))
        elif one.name:
            yield namespace + one.name


def unlisted(resolver: URLResolver) -> set[str]:
    return set(routes(resolver)) - set(ROUTES) - API - PUBLIC - SIGN_IN - OWN_ACCOUNT


def test_every_route_is_listed() -> None:
    assert unlisted(get_resolver()) == set()
    assert set(ROUTES) | API | PUBLIC | SIGN_IN | OWN_ACCOUNT == set(routes(get_resolver()))


def test_a_route_that_nobody_listed_is_found() -> None:
    # Control: the enumeration must see a page that somebody adds and forgets.
    class Forgetful:
        urlpatterns = (path("secrets/", lambda _request: HttpResponse("all"), name="secrets"),)

    whole = URLResolver(get_resolver().pattern, [*get_resolver().url_patterns, *Forgetful.urlpatterns])
    assert unlisted(whole) == {"secrets"}


@pytest.fixture
def numbers(cast: dict[str, User], employees: dict[str, Employee]) -> dict[str, dict[str, int]]:
    """Return the number of each target by what it is about."""
    fay = cast["fay"]
    draft = EmployeeImport.objects.create(by=fay, at=fay.created_at, file_name="x.xlsx", sha256="0" * 64)
    at = timezone.now()
    waiting, failed = (start_job(PRUNE, by=None, at=at) for _ in range(2))
    Job.objects.filter(pk=failed.pk).update(state=Job.State.FAILED)
    for name in STAFF:
        secret_of(cast[name])
    tokens = {one.user.username: one.pk for one in Token.objects.select_related("user")}
    event = Event.objects.create(kind="tests.thing_happened", at=at)
    aside = Delivery.objects.create(event=event, listener="tests.gone", state=Delivery.State.ASIDE, next_at=at)
    return {
        "employee": {name: one.pk for name, one in employees.items()} | {"absent": ABSENT},
        "account": {name: one.pk for name, one in cast.items()} | {"absent": ABSENT},
        "import": {"fay": draft.pk, "absent": ABSENT},
        "job": {"any": waiting.pk, "absent": ABSENT},
        "token": tokens | {"absent": ABSENT},
        "failed job": {"any": failed.pk, "absent": ABSENT},
        "delivery": {"any": aside.pk, "absent": ABSENT},
        "": {"": 0},
    }


def may(route: Route, method: str, name: str, target: str) -> bool:
    """Return whether the tables say that somebody gets through."""
    if target == "absent" or name not in (route.get if method == "GET" else route.post):
        return False
    if route.about == "token":
        return target == name
    return route.about != "employee" or target in SEES[name]


def bare(response: Any) -> bytes:
    """Return the page without the words that differ in every answer."""
    return re.sub(rb'name="(csrfmiddlewaretoken|next)" value="[^"]*"', b"", response.content)


@pytest.mark.row("P0.3")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("code", sorted(ROUTES))
def test_each_person_reaches_what_the_table_says(
    code: str, name: str, cast: dict[str, User], numbers: dict[str, dict[str, int]]
) -> None:
    route, client = ROUTES[code], signed_in(cast[name])
    absent = bare(client.get("/no/such/page/"))
    for target, pk in numbers[route.about].items():
        for method in ("GET", "POST"):
            address = route.address.format(pk=pk)
            response = client.get(address) if method == "GET" else client.post(address)
            said = f"{name} {method} {address} ({target}): {response.status_code}"
            if may(route, method, name, target):
                assert response.status_code < 400 or response.status_code == 422, said
            elif not (route.get if method == "GET" else route.post) and name in route.get | route.post:
                assert response.status_code == 405, said
            elif method == "POST" and name in route.post and response.status_code == 302:
                # Asked for the password before anything is looked up, so present and absent are alike.
                assert response.headers["Location"].startswith("/account/reauthenticate/"), said
            else:
                assert response.status_code == 404, said
                assert bare(response) == absent, said


@pytest.mark.parametrize("code", sorted(set(ROUTES) | OWN_ACCOUNT))
def test_nobody_who_is_signed_out_gets_in(code: str, cast: dict[str, User]) -> None:
    address = ROUTES[code].address.format(pk=1) if code in ROUTES else _address_of(code)
    for response in (Client().get(address), Client().post(address)):
        assert response.status_code == 302, code
        assert response.headers["Location"].startswith("/account/"), code


def _address_of(code: str) -> str:
    from django.urls import reverse

    return reverse(code, kwargs={"pk": 1} if code in ("mfa_remove_webauthn", "mfa_edit_webauthn") else None)


def _entries() -> int:
    return PendingEntry.objects.count() + Entry.objects.count()


@pytest.mark.parametrize("code", sorted(code for code, route in ROUTES.items() if route.leaves_entry))
def test_what_changes_something_or_shows_a_person_leaves_an_entry(
    code: str, cast: dict[str, User], numbers: dict[str, dict[str, int]]
) -> None:
    route = ROUTES[code]
    name = sorted(route.post or route.get)[0]
    target = {"employee": "ann", "account": "ann", "import": "fay", "token": "ann", "": ""}.get(route.about, "any")
    client = signed_in(cast[name], confirmed=True)
    address = route.address.format(pk=numbers[route.about][target])
    role, team = cast["ann"].role_grants.get().pk, Employee.objects.get(name__contains="Jo").memberships.get().team_id
    form = {key: value.format(role=role, team=team) for key, value in route.form.items()}
    before = _entries()
    response = client.post(address, form) if route.post else client.get(address)
    assert response.status_code < 400, response.content[:500]
    assert _entries() > before


def test_every_route_that_changes_something_claims_an_entry() -> None:
    silent = {code for code, route in ROUTES.items() if route.post and not route.leaves_entry}
    # Reading a file keeps a draft for the same person only; the import itself is another route.
    assert silent == {"people:import_employees"}


def test_no_route_is_without_a_name_but_old_addresses() -> None:
    nameless = [one for one in _patterns(get_resolver()) if not one.name]
    assert all("social/" in str(one.pattern) for one in nameless)


def _patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from _patterns(one)
        else:
            yield one
