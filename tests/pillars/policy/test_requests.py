"""Requests about one's own data: answered by one person, released by another, and a hold forbids the erasing."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from mingdan.pillars.policy.models import DataRequest
from mingdan.pillars.policy.requests import (
    CannotHandleRequestError,
    answer,
    due_after,
    make_request,
    release,
    send_back,
)
from mingdan.platform.people.models import Employee, User
from mingdan.platform.people.queries import company_calendar
from mingdan.platform.retention.holds import place_hold
from mingdan.platform.retention.running import run_retention
from tests.cast import signed_in

DELETION = DataRequest.Kind.DELETION


@pytest.mark.row("P0.14")
def test_a_deletion_is_asked_answered_and_released_in_the_browser_by_three_people(
    cast: dict[str, User], employees: dict[str, Employee]
) -> None:
    ann = signed_in(cast["ann"])
    page = ann.post(reverse("policy:own_data"), {"kind": "deletion", "words": "my private telephone"}, follow=True)
    pk = DataRequest.objects.get().pk
    assert "my private telephone" in page.content.decode()
    signed_in(cast["fay"]).post(reverse("policy:answer", args=[pk]), {"words": "It is erased.", "grant": "on"})
    assert "It is erased." not in ann.get(reverse("policy:request", args=[pk])).content.decode()
    signed_in(cast["dan"], confirmed=True).post(reverse("policy:release", args=[pk]), {"what": "release"})
    assert "It is erased." in ann.get(reverse("policy:request", args=[pk])).content.decode()
    employees["ann"].refresh_from_db()
    assert employees["ann"].private_phone == ""
    assert employees["ann"].phone  # what is needed for the work stays


@pytest.fixture
def answered(cast: dict[str, User], now: datetime.datetime) -> DataRequest:
    made = make_request(DELETION, "private telephone", by=cast["ann"], at=now)
    return answer(made, words="erased", grant=True, by=cast["fay"], at=now)


def test_a_legal_hold_forbids_what_was_granted(
    answered: DataRequest, cast: dict[str, User], employees: dict[str, Employee], now: datetime.datetime
) -> None:
    place_hold(employees["ann"], reason="arbitration", by=cast["chloe"], at=now)
    with pytest.raises(CannotHandleRequestError, match="must_be_kept"):
        release(answered, by=cast["dan"], at=now)
    employees["ann"].refresh_from_db()
    answered.refresh_from_db()
    assert employees["ann"].private_phone
    assert answered.state == DataRequest.State.ANSWERED
    assert send_back(answered, reason="must be kept", by=cast["dan"], at=now).state == DataRequest.State.OPEN


def test_nobody_handles_their_own_request_or_does_both_steps(
    answered: DataRequest, cast: dict[str, User], now: datetime.datetime
) -> None:
    for who in ("fay", "ann", "chloe", "kim", "ben"):
        with pytest.raises(CannotHandleRequestError, match="no_right"):
            release(answered, by=cast[who], at=now)
    own = make_request(DELETION, "mine", by=cast["fay"], at=now)
    with pytest.raises(CannotHandleRequestError, match="own_request"):
        answer(own, words="yes", grant=True, by=cast["fay"], at=now)
    directors = make_request(DELETION, "mine", by=cast["ivy"], at=now)
    answer(directors, words="yes", grant=True, by=cast["fay"], at=now)
    with pytest.raises(CannotHandleRequestError, match="own_request"):
        release(directors, by=cast["ivy"], at=now)
    DataRequest.objects.filter(pk=answered.pk).update(answered_by=cast["dan"])
    with pytest.raises(CannotHandleRequestError, match="same_person"):
        release(answered, by=cast["dan"], at=now)
    assert release(answered, by=cast["ivy"], at=now).state == DataRequest.State.GRANTED
    with pytest.raises(CannotHandleRequestError, match="wrong_state"):
        release(answered, by=cast["ivy"], at=now)


def test_an_answer_is_due_within_fifteen_working_days(db: None) -> None:
    day = datetime.date(2026, 9, 18)
    due, calendar = due_after(day), company_calendar()
    between = [day + datetime.timedelta(days=n) for n in range(1, (due - day).days + 1)]
    assert sum(calendar.day(one).is_working for one in between) == 15
    assert (due - day).days > 21  # the National Day week lies between


def test_a_sixth_open_request_and_an_empty_one_are_refused(cast: dict[str, User], now: datetime.datetime) -> None:
    with pytest.raises(CannotHandleRequestError, match="no_words"):
        make_request(DELETION, " ", by=cast["jo"], at=now)
    for _each in range(5):
        make_request(DELETION, "x", by=cast["jo"], at=now)
    with pytest.raises(CannotHandleRequestError, match="too_many"):
        make_request(DELETION, "x", by=cast["jo"], at=now)


def test_words_of_requests_are_erased_three_years_after_the_answer(
    answered: DataRequest, cast: dict[str, User], now: datetime.datetime
) -> None:
    release(answered, by=cast["ivy"], at=now)
    for days, words in ((1094, "private telephone"), (1096, "")):
        run_retention(now + datetime.timedelta(days=days))
        answered.refresh_from_db()
        assert answered.words == words


def test_the_request_of_another_looks_absent(answered: DataRequest, cast: dict[str, User]) -> None:
    assert answered.due_date > timezone.localdate()
    for who, status in (("ann", 200), ("fay", 200), ("dan", 200), ("jo", 404), ("ben", 404), ("chloe", 404)):
        assert signed_in(cast[who]).get(reverse("policy:request", args=[answered.pk])).status_code == status
