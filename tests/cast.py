"""The people of the tests: the invented company of the demonstration, one for each role.

ann (salesperson), ben (her manager), chloe (integrity officer), dan (internal auditor), eve (external auditor),
fay (HR), gus (finance), hal (sales operations), ivy (director), jo (another salesperson), kim (administrator).
"""

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from mingdan.platform.people.models import Employee, User
from mingdan.web.demonstration import PEOPLE, found_company

NAMES = tuple(person.username for person in PEOPLE)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: "pytest.FixtureRequest") -> None:
    """Found the company once in the database of the run; each test then changes it only for itself."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        found_company(timezone.now() - datetime.timedelta(days=30))


@pytest.fixture
def cast(db: None) -> dict[str, User]:
    """Return everybody by their sign-in name."""
    if not User.objects.exists():  # after a test that emptied the database
        found_company(timezone.now() - datetime.timedelta(days=30))
    return {user.username: user for user in User.objects.filter(username__in=NAMES)}


@pytest.fixture
def employees(cast: dict[str, User]) -> dict[str, Employee]:
    """Return everybody's employee record by sign-in name; eve has none."""
    return {one.user.username: one for one in Employee.objects.select_related("user") if one.user}


@pytest.fixture
def now() -> datetime.datetime:
    return timezone.now()


def _person(name: str) -> Callable[..., User]:
    @pytest.fixture(name=name)
    def person(cast: dict[str, User]) -> User:
        return cast[name]

    return person


ann, ben, chloe, dan, eve, fay, gus, hal, ivy, jo, kim = (
    _person(name) for name in ("ann", "ben", "chloe", "dan", "eve", "fay", "gus", "hal", "ivy", "jo", "kim")
)


def signed_in(user: User, *, confirmed: bool = False) -> Client:
    """Return a browser in which somebody is signed in; confirmed, they gave their password just now."""
    client = Client()
    client.force_login(user)
    if confirmed:
        session = client.session
        record = {"method": "password", "at": timezone.now().timestamp(), "reauthenticated": True}
        session["account_authentication_methods"] = [record]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
    return client
