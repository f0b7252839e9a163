"""Lists page by page: everybody once, whatever the size of the pages and whoever comes meanwhile."""

import datetime

import pytest

from mingdan.platform.people.models import Employee, User
from tests.platform.api.bearing import Program, program_of, said


@pytest.fixture
def program(fay: User) -> Program:
    return program_of(fay)


def _all(program: Program, limit: int) -> list[int]:
    found, cursor = [], ""
    while True:
        page = said(program.ask("GET", f"/employees?past=true&limit={limit}&cursor={cursor}"))
        found += [one["id"] for one in page["items"]]
        assert len(page["items"]) <= limit
        cursor = page["next_cursor"]
        if not cursor:
            return found


@pytest.mark.parametrize("limit", [1, 2, 3, 200])
def test_every_employee_is_on_one_page(program: Program, limit: int) -> None:
    assert _all(program, limit) == sorted(Employee.objects.values_list("pk", flat=True))


def test_nobody_is_passed_over_when_somebody_is_added_between_two_pages(program: Program) -> None:
    before = sorted(Employee.objects.values_list("pk", flat=True))
    page = said(program.ask("GET", "/employees?past=true&limit=2"))
    Employee.objects.create(number="A000", name="阿", hired_date=datetime.date(2026, 1, 5))
    rest = said(program.ask("GET", f"/employees?past=true&cursor={page['next_cursor']}"))
    found = [one["id"] for one in page["items"] + rest["items"]]
    assert found[: len(before)] == before


@pytest.mark.parametrize("cursor", ["x", "____", "LTE", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk", "%00"])
def test_a_cursor_that_is_not_ours_is_refused(program: Program, cursor: str) -> None:
    answer = program.ask("GET", f"/employees?cursor={cursor}")
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
