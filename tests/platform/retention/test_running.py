"""Erasing: what is over goes, what is not stays, and a legal hold keeps everything about one person."""

import datetime
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction
from pytest_django import Settings

from mingdan.platform.jobs.kinds import scheduled_kinds
from mingdan.platform.people.actions import change_employee, close_account
from mingdan.platform.people.kinds import SIGNED_IN
from mingdan.platform.people.models import Employee, EmployeeImport, User
from mingdan.platform.retention.holds import CannotHoldError, held_employees, place_hold, release_hold
from mingdan.platform.retention.models import LegalHold, RetentionRun
from mingdan.platform.retention.running import run_retention
from mingdan.platform.trail.actions import record
from mingdan.platform.trail.models import PendingEntry, PersonalValue
from mingdan.platform.trail.sequencing import log_key, sequence

YEARS = datetime.timedelta(days=800)


def left(employee: Employee, cast: dict[str, User], now: datetime.datetime, days: int) -> None:
    day = (now - datetime.timedelta(days=days)).date()
    change_employee(employee, {"left_date": day}, by=cast["fay"], at=now)
    if employee.user:
        close_account(employee.user, by=cast["kim"], at=now)


@pytest.mark.row("P0.14")
def test_who_somebody_was_is_erased_two_years_after_they_left(
    cast: dict[str, User], employees: dict[str, Employee], now: datetime.datetime
) -> None:
    ann, jo = employees["ann"], employees["jo"]
    left(ann, cast, now, days=731)
    left(jo, cast, now, days=729)
    done = run_retention(now)
    assert (done["after_leaving"].count, done["private_after_leaving"].count) == (
        1,
        1,
    )  # ann's telephone went with her name
    for one in (ann, jo, cast["ann"], cast["jo"]):
        one.refresh_from_db()
    assert (ann.name, ann.number, ann.phone, ann.private_phone) == (f"#{ann.pk}", f"#{ann.pk}", "", "")
    assert (cast["ann"].username, cast["ann"].email) == (f"left-{cast['ann'].pk}", "")
    assert (jo.name, jo.private_phone, cast["jo"].username) == ("乔安 Jo", "", "jo")
    kept = PersonalValue.objects.filter(subject__in=[f"people.employee:{ann.pk}", f"people.user:{cast['ann'].pk}"])
    assert kept.exists()
    assert not kept.exclude(value=None).exists()


def test_nothing_is_erased_of_who_works_here(cast: dict[str, User], employees: dict[str, Employee]) -> None:
    before = list(Employee.objects.order_by("pk").values())
    run_retention(employees["ann"].user.created_at + YEARS)  # type: ignore[union-attr]
    assert list(Employee.objects.order_by("pk").values()) == before


def test_a_legal_hold_keeps_what_would_be_erased(
    cast: dict[str, User], employees: dict[str, Employee], now: datetime.datetime
) -> None:
    left(employees["ann"], cast, now, days=900)
    hold = place_hold(employees["ann"], reason="arbitration", by=cast["chloe"], at=now)
    assert run_retention(now)["after_leaving"].held == 1
    employees["ann"].refresh_from_db()
    assert employees["ann"].name == "安然 Ann"
    assert employees["ann"].private_phone
    # Control: the same person without the hold is erased.
    release_hold(hold, reason="settled", by=cast["dan"], at=now)
    run_retention(now)
    employees["ann"].refresh_from_db()
    assert employees["ann"].name == f"#{employees['ann'].pk}"


def test_addresses_and_searches_go_after_200_days_and_stay_provable(
    cast: dict[str, User], now: datetime.datetime, settings: Settings, tmp_path: Path
) -> None:
    settings.TRAIL_KEY_FILE = tmp_path / "trail.key"
    key = log_key()
    values = {"method": "password", "method_en": "password", "method_zh": "密码", "address": "203.0.113.9"}
    for days in (201, 199):
        with transaction.atomic():
            at = now - datetime.timedelta(days=days)
            record(SIGNED_IN, by=cast["jo"], at=at, about=cast["jo"], subject=cast["jo"], values=values)
    sequence(key, at=now)
    addresses = PersonalValue.objects.filter(field="address").order_by("pk")
    assert [bool(one.value) for one in addresses] == [True, True]
    run_retention(now)
    assert [bool(one.value) for one in addresses.all()] == [False, True]


def test_drafts_of_imports_go_after_a_week(cast: dict[str, User], now: datetime.datetime) -> None:
    for days in (8, 6):
        at = now - datetime.timedelta(days=days)
        EmployeeImport.objects.create(by=cast["fay"], at=at, file_name="x.xlsx", sha256="0" * 64)
    assert run_retention(now)["draft"].count == 1
    assert EmployeeImport.objects.count() == 1


def test_erasing_again_erases_nothing_and_each_run_is_noted(
    cast: dict[str, User], employees: dict[str, Employee], now: datetime.datetime
) -> None:
    left(employees["ann"], cast, now, days=900)
    call_command("run_retention", verbosity=0)
    assert all(erased.count == 0 for erased in run_retention(now).values())
    assert RetentionRun.objects.filter(rule="after_leaving").count() == 2
    assert [json.loads(one.text)["data"] for one in PendingEntry.objects.filter(kind="retention.rule_carried_out")]


def test_erasing_is_a_nightly_job() -> None:
    assert "retention.run" in {kind.code for kind in scheduled_kinds()}


@pytest.mark.parametrize(
    ("who", "code"), [("ann", "no_right"), ("fay", "no_right"), ("kim", "no_right"), ("ben", "no_right")]
)
def test_a_hold_is_kept_by_those_who_may(
    who: str, code: str, cast: dict[str, User], employees: dict[str, Employee], now: datetime.datetime
) -> None:
    with pytest.raises(CannotHoldError, match=code):
        place_hold(employees["jo"], reason="x", by=cast[who], at=now)
    assert not LegalHold.objects.exists()


def test_a_hold_needs_a_reason_another_person_and_is_released_by_another(
    cast: dict[str, User], employees: dict[str, Employee], now: datetime.datetime
) -> None:
    chloe, dan = cast["chloe"], cast["dan"]
    for employee, reason, code in (("chloe", "x", "own_data"), ("jo", " ", "reason_missing")):
        with pytest.raises(CannotHoldError, match=code):
            place_hold(employees[employee], reason=reason, by=chloe, at=now)
    hold = place_hold(employees["jo"], reason="arbitration", by=chloe, at=now)
    assert held_employees() == {employees["jo"].pk}
    with pytest.raises(CannotHoldError, match="held_already"):
        place_hold(employees["jo"], reason="again", by=dan, at=now)
    with pytest.raises(CannotHoldError, match="same_person"):
        release_hold(hold, reason="over", by=chloe, at=now)
    release_hold(hold, reason="over", by=dan, at=now)
    assert held_employees() == frozenset()
    with pytest.raises(CannotHoldError, match="released_already"):
        release_hold(hold, reason="over", by=dan, at=now)
    said = "".join(PendingEntry.objects.filter(kind__startswith="retention.hold").values_list("text", flat=True))
    assert f"people.employee:{employees['jo'].pk}" not in said
    assert "arbitration" not in said
