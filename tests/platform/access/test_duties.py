import datetime
import itertools

import pytest

from mingdan.platform.access.duties import (
    CONFLICTS,
    DUTIES,
    DutiesConflictError,
    Duty,
    conflict_of_roles,
    do_duty,
)
from mingdan.platform.access.models import RoleGrant
from mingdan.platform.access.roles import Role
from mingdan.platform.people.models import User
from mingdan.platform.trail.models import PendingEntry


def test_there_are_at_least_seventeen_conflicts() -> None:
    assert len(CONFLICTS) >= 17
    assert all(len(pair) == 2 for pair in CONFLICTS)


def test_every_duty_conflicts_with_another_and_belongs_to_a_role() -> None:
    in_roles = set().union(*DUTIES.values()) | {Duty.HOLD_GRANTED_RIGHTS}
    assert set(Duty) == in_roles == set().union(*CONFLICTS)


@pytest.mark.parametrize("size", [2, 3])
def test_all_role_sets_are_refused_exactly_where_two_roles_bring_a_conflict_together(size: int) -> None:
    for roles in itertools.combinations(Role, size):
        pairs = {
            frozenset((one, other))
            for first, second in itertools.combinations(roles, 2)
            for one in DUTIES[first]
            for other in DUTIES[second]
        }
        assert (conflict_of_roles(roles) is not None) == bool(pairs & CONFLICTS), roles


@pytest.mark.parametrize("pair", sorted(sorted(pair) for pair in CONFLICTS))
def test_nobody_does_both_duties_of_a_pair_on_one_object(pair: list[Duty], kim: User, now: datetime.datetime) -> None:
    for first, second in (pair, pair[::-1]):
        about = f"deal:{first}-{second}"
        do_duty(first, about=about, by=kim, at=now)
        with pytest.raises(DutiesConflictError):
            do_duty(second, about=about, by=kim, at=now)
        do_duty(second, about=f"another {about}", by=kim, at=now)


def test_another_person_may_do_the_other_duty(ann: User, hal: User, now: datetime.datetime) -> None:
    do_duty(Duty.SELL, about="deal:1", by=ann, at=now)
    do_duty(Duty.CONFIRM_DELIVERY, about="deal:1", by=hal, at=now)
    assert PendingEntry.objects.filter(kind="access.duty_done").count() >= 2


def test_whoever_was_a_salesperson_when_the_deal_began_does_not_investigate_it_later(
    ann: User, now: datetime.datetime
) -> None:
    began, left = now - datetime.timedelta(days=20), now - datetime.timedelta(days=10)
    RoleGrant.objects.filter(user=ann).update(revoked_at=left)
    with pytest.raises(DutiesConflictError):
        do_duty(Duty.INVESTIGATE, about="deal:2", by=ann, at=now, created_at=began)
    do_duty(Duty.INVESTIGATE, about="deal:3", by=ann, at=now, created_at=left + datetime.timedelta(days=1))


def test_an_auditor_replaces_a_sample_that_another_auditor_drew(dan: User, now: datetime.datetime) -> None:
    do_duty(Duty.REPLACE_SAMPLE, about="audit:1", by=dan, at=now, created_at=now)
