import datetime

import pytest

from mingdan.platform.access.actions import CannotGrantError, grant_role, lend_right, take_back
from mingdan.platform.access.duties import DutiesConflictError
from mingdan.platform.access.queries import has_right, roles_of
from mingdan.platform.access.rights import declared_rights
from mingdan.platform.access.roles import Role
from mingdan.platform.people.access import KEEP_EMPLOYEES, SEE_PRIVATE, employees_for, hidden_fields
from mingdan.platform.people.models import Employee, User
from mingdan.platform.trail.models import PendingEntry

DAY = datetime.timedelta(days=1)


def test_an_administrator_grants_a_role_and_the_trail_says_why(gus: User, kim: User, now: datetime.datetime) -> None:
    grant_role(gus, Role.SALES_MANAGER, by=kim, at=now, reason="cover for Ben", expires_at=now + DAY)
    assert Role.SALES_MANAGER in roles_of(gus, now)
    assert "cover for Ben" in PendingEntry.objects.filter(kind="access.role_granted").latest("pk").text


def test_a_role_ends_by_itself(gus: User, kim: User, now: datetime.datetime) -> None:
    grant_role(gus, Role.SALES_MANAGER, by=kim, at=now, reason="cover", expires_at=now + DAY)
    assert Role.SALES_MANAGER not in roles_of(gus, now + DAY)


def test_nobody_grants_themselves(kim: User, now: datetime.datetime) -> None:
    with pytest.raises(DutiesConflictError):
        grant_role(kim, Role.INTERNAL_AUDITOR, by=kim, at=now, reason="look")


@pytest.mark.parametrize("name", ["ann", "ben", "chloe", "dan", "eve", "fay", "gus", "hal", "ivy", "jo"])
def test_nobody_but_an_administrator_grants(name: str, cast: dict[str, User], now: datetime.datetime) -> None:
    other = cast["hal" if name != "hal" else "gus"]
    with pytest.raises(CannotGrantError, match="may_not_grant"):
        grant_role(other, Role.DIRECTOR, by=cast[name], at=now, reason="please")


def test_finance_does_not_become_hr_too(gus: User, kim: User, now: datetime.datetime) -> None:
    # Bank details and payment need two people.
    with pytest.raises(DutiesConflictError):
        grant_role(gus, Role.HR, by=kim, at=now, reason="cover")


def test_an_administrator_gets_no_business_role(kim: User, cast: dict[str, User], now: datetime.datetime) -> None:
    other = cast["hal"]
    with pytest.raises(DutiesConflictError):
        grant_role(other, Role.ADMINISTRATOR, by=kim, at=now, reason="holiday cover")


def test_a_grant_without_a_reason_is_refused(gus: User, kim: User, now: datetime.datetime) -> None:
    with pytest.raises(CannotGrantError, match="reason_missing"):
        grant_role(gus, Role.SALES_MANAGER, by=kim, at=now, reason=" ")


def test_a_right_lent_over_one_employee_shows_that_one_until_it_ends(
    ann: User, kim: User, employees: dict[str, Employee], now: datetime.datetime
) -> None:
    jo = employees["jo"]
    assert jo not in employees_for(ann, now)
    lend_right(
        ann,
        next(right for right in declared_rights() if right.code == "people.see_employee"),
        by=kim,
        at=now,
        reason="joint visit",
        expires_at=now + DAY,
        employee_id=jo.pk,
    )
    assert set(employees_for(ann, now)) == {employees["ann"], employees["ben"], jo}
    assert jo not in employees_for(ann, now + DAY)


def test_a_right_lent_over_a_team_reaches_the_teams_below(
    jo: User, kim: User, employees: dict[str, Employee], now: datetime.datetime
) -> None:
    from mingdan.platform.people.models import Team

    right = next(right for right in declared_rights() if right.code == "people.see_employee")
    east = Team.objects.get(code="east")
    lend_right(jo, right, by=kim, at=now, reason="project", expires_at=now + DAY, team_id=east.pk)
    assert {employees["ann"], employees["ben"]} < set(employees_for(jo, now))


def test_a_lent_right_opens_its_field_and_taking_it_back_closes_it_at_once(
    ben: User, kim: User, employees: dict[str, Employee], now: datetime.datetime
) -> None:
    assert "private_phone" in hidden_fields(ben, employees["ann"], now)
    lent = lend_right(ben, SEE_PRIVATE, by=kim, at=now, reason="accident", expires_at=now + DAY)
    assert "private_phone" not in hidden_fields(ben, employees["ann"], now)
    take_back(lent, by=kim, at=now + datetime.timedelta(seconds=1))
    assert "private_phone" in hidden_fields(ben, employees["ann"], now + datetime.timedelta(seconds=1))


def test_a_right_is_lent_for_ninety_days_at_most_and_some_are_never(
    ben: User, kim: User, now: datetime.datetime
) -> None:
    with pytest.raises(CannotGrantError, match="lent_too_long"):
        lend_right(ben, SEE_PRIVATE, by=kim, at=now, reason="x", expires_at=now + 91 * DAY)
    with pytest.raises(CannotGrantError, match="cannot_be_lent"):
        lend_right(ben, KEEP_EMPLOYEES, by=kim, at=now, reason="x", expires_at=now + DAY)


def test_a_closed_account_holds_nothing(ben: User, now: datetime.datetime) -> None:
    assert roles_of(ben, now)
    ben.is_active = False
    assert not roles_of(ben, now)
    assert not any(has_right(ben, right, now) for right in declared_rights())
