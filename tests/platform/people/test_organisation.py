import contextlib
import datetime

import pytest
from django.db import IntegrityError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from mingdan.platform.people.actions import (
    CannotChangePeopleError,
    add_team,
    change_employee,
    join_team,
    place_team,
    report_to,
)
from mingdan.platform.people.models import Employee, Team, TeamMembership, User, holding_on
from mingdan.platform.people.queries import line_above, parents_on, reports_of, unit_of
from mingdan.platform.trail.models import PendingEntry

FOUNDED = datetime.date(2024, 1, 1)
MOVED = datetime.date(2026, 3, 1)
DAY = datetime.timedelta(days=1)


def test_a_move_keeps_what_was_before(fay: User, employees: dict[str, Employee], now: datetime.datetime) -> None:
    ann, south = employees["ann"], Team.objects.get(code="shenzhen")
    join_team(ann, south, from_date=MOVED, by=fay, at=now)
    team_on = {day: TeamMembership.objects.get(holding_on(day), employee=ann).team.code for day in (MOVED - DAY, MOVED)}
    assert team_on == {MOVED - DAY: "shanghai", MOVED: "shenzhen"}


def test_the_tree_of_a_past_day_is_the_one_of_that_day(
    fay: User, cast: dict[str, User], now: datetime.datetime
) -> None:
    shanghai, south = Team.objects.get(code="shanghai"), Team.objects.get(code="south")
    place_team(shanghai, parent=south, from_date=MOVED, by=fay, at=now)
    assert parents_on(MOVED - DAY)[shanghai.pk] == Team.objects.get(code="east").pk
    assert parents_on(MOVED)[shanghai.pk] == south.pk
    assert unit_of(shanghai.pk, MOVED) == south.pk


def test_a_team_does_not_hang_below_itself(fay: User, cast: dict[str, User], now: datetime.datetime) -> None:
    east, shanghai = Team.objects.get(code="east"), Team.objects.get(code="shanghai")
    with pytest.raises(CannotChangePeopleError, match="team_below_itself"):
        place_team(east, parent=shanghai, from_date=MOVED, by=fay, at=now)


def test_nobody_becomes_their_own_manager_through_others(
    fay: User, employees: dict[str, Employee], now: datetime.datetime
) -> None:
    with pytest.raises(CannotChangePeopleError, match="line_in_a_circle"):
        report_to(employees["ivy"], employees["ann"], from_date=MOVED, by=fay, at=now)


def test_what_was_recorded_is_not_rewritten_from_an_earlier_day(
    fay: User, employees: dict[str, Employee], now: datetime.datetime
) -> None:
    ann = employees["ann"]
    report_to(ann, employees["ivy"], from_date=MOVED, by=fay, at=now)
    with pytest.raises(CannotChangePeopleError, match="later_change_exists"):
        report_to(ann, employees["ben"], from_date=MOVED - DAY, by=fay, at=now)


def test_the_database_refuses_a_second_open_team(employees: dict[str, Employee]) -> None:
    with pytest.raises(IntegrityError):
        TeamMembership.objects.create(employee=employees["ann"], team=Team.objects.get(code="hq"), from_date=MOVED)


def test_the_line_above_and_the_reports_below_agree(employees: dict[str, Employee]) -> None:
    assert line_above(employees["ann"], MOVED) == (employees["ben"].pk, employees["ivy"].pk)
    assert employees["ann"].pk in reports_of(employees["ivy"], MOVED)
    assert employees["jo"].pk not in reports_of(employees["ben"], MOVED)


def test_a_salesperson_does_not_change_a_colleague(
    ann: User, employees: dict[str, Employee], now: datetime.datetime
) -> None:
    with pytest.raises(CannotChangePeopleError, match="no_right"):
        change_employee(employees["jo"], {"name": "x"}, by=ann, at=now)


def test_a_change_is_in_the_trail_without_its_values(
    fay: User, employees: dict[str, Employee], now: datetime.datetime
) -> None:
    assert change_employee(employees["ann"], {"private_phone": "13800000001"}, by=fay, at=now) == ["private_phone"]
    entry = PendingEntry.objects.filter(kind="people.employee_changed").latest("pk")
    assert "private_phone" in entry.text
    assert "13800000001" not in entry.text


class AnyTree(TestCase):
    @given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 40)), max_size=12))
    @settings(max_examples=15, deadline=None)
    def test_whatever_moves_are_made_no_day_has_a_circle(self, moves: list[tuple[int, int, int]]) -> None:
        at = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
        teams = [add_team(code=f"t{n}", name=f"t{n}", parent=None, from_date=FOUNDED, by=None, at=at) for n in range(6)]
        for moved, below, day in moves:
            with contextlib.suppress(CannotChangePeopleError):
                place_team(teams[moved], parent=teams[below], from_date=MOVED + day * DAY, by=None, at=at)
        for day in range(42):
            above = parents_on(MOVED + day * DAY)
            for team in teams:
                seen, one = set(), above[team.pk]
                while one is not None:
                    assert one not in seen
                    seen.add(one)
                    one = above[one]
