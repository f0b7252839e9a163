"""Who reaches which page: every route of the URL resolver, every person, every relation, written down by hand.

A route that no table of tests/routes.py lists fails, and so does one that is listed and gone.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path
from django.utils import timezone
from pytest_django import Settings

from mingdan.pillars.policy.models import PolicyVersion
from mingdan.platform.api.models import Token
from mingdan.platform.events.models import Delivery, Event
from mingdan.platform.jobs.actions import start_job
from mingdan.platform.jobs.models import Job
from mingdan.platform.jobs.upkeep import PRUNE
from mingdan.platform.people.models import Employee, EmployeeImport, User
from mingdan.platform.trail.models import Entry, PendingEntry
from tests.cast import NAMES, signed_in
from tests.pillars.policy.targets import policy_targets
from tests.platform.api.bearing import secret_of
from tests.routes import (
    ABSENT,
    OWN_ACCOUNT,
    PUBLIC,
    ROUTES,
    SEES,
    SEES_DRAFTS,
    SEES_REQUESTS,
    SIGN_IN,
    STAFF,
    Route,
)
from tests.test_api_permissions import API


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
def numbers(
    cast: dict[str, User], employees: dict[str, Employee], settings: Settings, tmp_path: Path
) -> dict[str, dict[str, int]]:
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
    settings.DATA = tmp_path
    policies = {about: found | {"absent": ABSENT} for about, found in policy_targets(cast, employees, at).items()}
    return policies | {
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
    if route.about == "version" and target == "draft":
        return name in SEES_DRAFTS
    if route.about == "request":
        return name == "ann" or name in SEES_REQUESTS
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
            client.cookies.pop("messages", None)  # said on the next page, which would then differ
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
    words = {"role": role, "team": team, "sha256": PolicyVersion.objects.get(published_at__isnull=False).sha256}
    form = {key: value.format(**words) for key, value in route.form.items()}
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
