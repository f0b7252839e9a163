"""Who reaches what through the API: every operation, every person, every relation, and every scope that is missing."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from mingdan.platform.people.models import Employee, Team, User
from mingdan.platform.trail.models import Entry, PendingEntry
from mingdan.web.api import api
from tests.cast import NAMES
from tests.platform.api.bearing import ALL_SCOPES, Program, program_of, said

HOLDERS = frozenset(NAMES) - {"eve"}
"""Who audits from outside holds no token."""

STAFF = HOLDERS
KEEPS = frozenset({"fay"})
ABSENT = 987654


@dataclass(frozen=True)
class Operation:
    """Who may, with which scope; `about` says what its number stands for."""

    method: str
    path: str
    may: frozenset[str]
    scope: str = ""
    about: str = ""
    body: dict[str, Any] | None = None
    leaves_entry: bool = False
    added: int = field(default=200)


OPERATIONS = {
    "get_myself": Operation("GET", "/me", HOLDERS),
    "list_employees": Operation("GET", "/employees", STAFF, "people:read", leaves_entry=True),
    "get_employee": Operation("GET", "/employees/{pk}", STAFF, "people:read", "employee", leaves_entry=True),
    "add_employee": Operation(
        "POST",
        "/employees",
        KEEPS,
        "people:write",
        body={"number": "E900", "name": "New", "hired_date": "2026-01-05"},
        leaves_entry=True,
        added=201,
    ),
    "change_employee": Operation(
        "PATCH",
        "/employees/{pk}",
        KEEPS,
        "people:write",
        "employee",
        body={"position": "new"},
        leaves_entry=True,
    ),
    "move_employee": Operation(
        "POST",
        "/employees/{pk}/moves",
        KEEPS,
        "people:write",
        "employee",
        body={"from_date": "2099-01-01"},
        leaves_entry=True,
        added=204,
    ),
    "list_teams": Operation("GET", "/teams", STAFF, "people:read"),
    "add_team": Operation(
        "POST",
        "/teams",
        KEEPS,
        "people:write",
        body={"code": "new", "name": "New", "from_date": "2026-01-05"},
        leaves_entry=True,
        added=201,
    ),
    "list_calendar": Operation("GET", "/calendar?first=2026-03-02", STAFF, "calendar:read"),
    "set_calendar_day": Operation(
        "PUT",
        "/calendar/2026-03-02",
        frozenset({"fay", "hal"}),
        "calendar:write",
        body={"is_working": False, "name": "stock-taking"},
        leaves_entry=True,
    ),
}

API = {f"api:{name}" for name in OPERATIONS} | {"api:openapi-json", "api:api-root", "api_nothing_here"}
"""The routes of the API; the last three show nobody's data."""

SEES = {"ann": {"ann", "ben"}, "ben": {"ann", "ben"}, "jo": {"jo"}}


def test_every_operation_is_listed() -> None:
    paths = api.get_openapi_schema(path_prefix="")["paths"].values()
    assert {one["operationId"] for path in paths for one in path.values()} == set(OPERATIONS)


@pytest.mark.row("P0.6")
@pytest.mark.parametrize("name", sorted(HOLDERS))
def test_each_person_reaches_what_the_table_says(
    name: str, cast: dict[str, User], employees: dict[str, Employee]
) -> None:
    program = program_of(cast[name])
    numbers = {who: one.pk for who, one in employees.items()} | {"absent": ABSENT}
    for code, operation in OPERATIONS.items():
        for target, pk in (numbers if operation.about else {"": 0}).items():
            answer = program.ask(operation.method, operation.path.format(pk=pk), operation.body)
            sees = not operation.about or (target != "absent" and target in SEES.get(name, set(numbers)))
            expected = operation.added if name in operation.may and sees else 404
            assert answer.status_code == expected, f"{name} {code} ({target}): {answer.content!r}"
            assert expected != 404 or said(answer) == said(program.ask("GET", f"/employees/{ABSENT}"))


@pytest.mark.parametrize("code", sorted(code for code, one in OPERATIONS.items() if one.scope))
def test_a_token_without_the_scope_reaches_nothing(code: str, fay: User) -> None:
    operation = OPERATIONS[code]
    others = [scope for scope in ALL_SCOPES if scope != operation.scope]
    before = _entries()
    program = program_of(fay, *others)
    answer = program.ask(operation.method, operation.path.format(pk=1), operation.body)
    assert (answer.status_code, said(answer)["code"]) == (403, "scope_missing")
    assert _entries() == before + 1  # the token's own


@pytest.mark.parametrize("code", sorted(OPERATIONS))
def test_nobody_without_a_token_gets_in(code: str, db: None) -> None:
    operation = OPERATIONS[code]
    for secret in ("", "mingdan_x", "x"):
        answer = Program(secret).ask(operation.method, operation.path.format(pk=1), operation.body)
        assert (answer.status_code, said(answer)["code"]) == (401, "token_missing")


def _entries() -> int:
    return PendingEntry.objects.count() + Entry.objects.count()


@pytest.mark.parametrize("code", sorted(code for code, one in OPERATIONS.items() if one.leaves_entry))
def test_what_changes_something_or_shows_a_person_leaves_an_entry(
    code: str, fay: User, employees: dict[str, Employee]
) -> None:
    operation, program = OPERATIONS[code], program_of(fay)
    body = dict(operation.body) if operation.body else None
    if code == "move_employee" and body is not None:
        body["team_id"] = Team.objects.order_by("pk")[0].pk
    before = _entries()
    answer = program.ask(operation.method, operation.path.format(pk=employees["ann"].pk), body)
    assert answer.status_code < 400, answer.content
    assert _entries() > before


def test_only_reading_that_shows_nobody_is_silent() -> None:
    silent = {code for code, one in OPERATIONS.items() if not one.leaves_entry}
    assert silent == {"get_myself", "list_teams", "list_calendar"}


def test_private_numbers_are_withheld_from_whoever_may_not_see_them(
    ann: User, fay: User, employees: dict[str, Employee]
) -> None:
    Employee.objects.filter(pk=employees["ben"].pk).update(private_phone="13912345678")
    for_hr, for_ann = (
        said(program_of(person).ask("GET", f"/employees/{employees['ben'].pk}")) for person in (fay, ann)
    )
    assert (for_hr["private_phone"], for_hr["withheld"]) == ("13912345678", [])
    assert (for_ann["private_phone"], "private_phone" in for_ann["withheld"]) == (None, True)
    listed = said(program_of(ann).ask("GET", "/employees"))["items"]
    assert [one["private_phone"] for one in listed if one["id"] == employees["ben"].pk] == [None]


def test_a_misspelt_parameter_is_refused(fay: User) -> None:
    answer = program_of(fay).ask("GET", "/employees?limt=1")
    assert (answer.status_code, said(answer)["code"]) == (422, "invalid")
