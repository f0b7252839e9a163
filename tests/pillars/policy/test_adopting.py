"""Texts: drafted, consulted, published by another, received; never changed afterwards."""

import datetime
import json

import pytest
from django.utils import timezone

from mingdan.pillars.policy.actions import (
    CannotChangePolicyError,
    acknowledge,
    add_text,
    draft_version,
    publish,
    receive_on_paper,
    record_consultation,
)
from mingdan.pillars.policy.models import Consultation, PolicyText, PolicyVersion, Receipt
from mingdan.pillars.policy.queries import (
    hash_of,
    is_as_published,
    notice_in_force,
    people_with_receipt,
    people_without,
    to_receive,
)
from mingdan.platform.people.models import Employee, User
from mingdan.platform.trail.models import PendingEntry
from tests.pillars.policy.adopting import consulted, drafted, in_force

DAY = datetime.timedelta(days=1)


def numbers(at: datetime.datetime) -> set[str]:
    return set(people_with_receipt(at=at).values_list("number", flat=True))


def test_a_text_that_binds_is_published_only_after_both_steps(cast: dict[str, User], now: datetime.datetime) -> None:
    version = drafted(cast, now)
    with pytest.raises(CannotChangePolicyError, match="steps_missing"):
        publish(version, in_force_at=now, by=cast["ivy"], at=now)
    record_consultation(
        version,
        step=Consultation.Step.STAFF,
        held_date=timezone.localdate(now),
        with_whom="all",
        outcome="none",
        by=cast["fay"],
        at=now,
    )
    with pytest.raises(CannotChangePolicyError, match="steps_missing"):
        publish(version, in_force_at=now, by=cast["ivy"], at=now)
    consulted(version, cast, now)
    assert publish(version, in_force_at=now, by=cast["ivy"], at=now).published_at == now


def test_guidance_needs_no_consultation(cast: dict[str, User], now: datetime.datetime) -> None:
    text = add_text(code="tips", title="建议", title_en="Tips", kind=PolicyText.Kind.GUIDANCE, by=cast["fay"], at=now)
    version = draft_version(text, body="提示", body_en="Tip", by=cast["fay"], at=now)
    assert publish(version, in_force_at=now, by=cast["ivy"], at=now).published_at == now


def test_drafting_and_publishing_need_two_people_with_their_rights(
    cast: dict[str, User], now: datetime.datetime
) -> None:
    version = drafted(cast, now)
    consulted(version, cast, now)
    for who in ("fay", "ann", "ben", "kim", "chloe"):
        with pytest.raises(CannotChangePolicyError, match="no_right"):
            publish(version, in_force_at=now, by=cast[who], at=now)
    for who in ("ann", "ivy", "kim", "gus"):
        with pytest.raises(CannotChangePolicyError, match="no_right"):
            draft_version(version.text, body="x", body_en="x", by=cast[who], at=now)
    PolicyVersion.objects.filter(pk=version.pk).update(drafted_by=cast["ivy"])
    with pytest.raises(CannotChangePolicyError, match="own_draft"):
        publish(version, in_force_at=now, by=cast["ivy"], at=now)


def test_what_was_published_is_not_changed_and_not_back_dated(cast: dict[str, User], now: datetime.datetime) -> None:
    version = drafted(cast, now)
    consulted(version, cast, now)
    with pytest.raises(CannotChangePolicyError, match="in_the_past"):
        publish(version, in_force_at=now - DAY, by=cast["ivy"], at=now)
    publish(version, in_force_at=now, by=cast["ivy"], at=now)
    with pytest.raises(CannotChangePolicyError, match="published_already"):
        publish(version, in_force_at=now + DAY, by=cast["ivy"], at=now)
    with pytest.raises(CannotChangePolicyError, match="published_already"):
        consulted(version, cast, now)


def test_the_hash_is_of_every_word_and_stands_in_the_trail(cast: dict[str, User], now: datetime.datetime) -> None:
    version = in_force(cast, now)
    assert version.sha256 == hash_of("告知书", "Notice", 1, "告知", "Notice")
    entry = PendingEntry.objects.filter(kind="policy.version_published").get()
    assert json.loads(entry.text)["data"]["sha256"] == version.sha256
    # Parts of other lengths never hash alike.
    assert hash_of("a", "b", 1, "c", "d") != hash_of("a", "b", 1, "cd", "")


def test_words_changed_in_the_database_count_for_nobody(
    cast: dict[str, User], employees: dict[str, Employee], now: datetime.datetime
) -> None:
    version = in_force(cast, now)
    acknowledge(version, sha256=version.sha256, language="en", by=cast["ann"], at=now)
    assert numbers(now) == {employees["ann"].number}
    PolicyVersion.objects.filter(pk=version.pk).update(body="别的话")
    assert not is_as_published(PolicyVersion.objects.select_related("text").get(pk=version.pk))
    assert numbers(now) == set()
    with pytest.raises(CannotChangePolicyError, match="not_as_published"):
        acknowledge(version, sha256=version.sha256, language="en", by=cast["jo"], at=now)


@pytest.mark.row("P0.15")
def test_a_receipt_is_for_one_person_and_one_version(
    cast: dict[str, User], employees: dict[str, Employee], now: datetime.datetime
) -> None:
    first = in_force(cast, now)
    acknowledge(first, sha256=first.sha256, language="zh-hans", by=cast["ann"], at=now)
    receive_on_paper(first, employees["jo"], language="zh-hans", by=cast["fay"], at=now + DAY)
    ann, jo = employees["ann"].number, employees["jo"].number
    assert (numbers(now - DAY), numbers(now), numbers(now + DAY)) == (set(), {ann}, {ann, jo})
    second = in_force(cast, now + 3 * DAY, body="新的告知")
    assert notice_in_force(now + 4 * DAY) == second
    assert numbers(now + 4 * DAY) == set()
    acknowledge(second, sha256=second.sha256, language="en", by=cast["jo"], at=now + 4 * DAY)
    assert (numbers(now + 4 * DAY), numbers(now + 2 * DAY)) == ({jo}, {ann, jo})
    assert Receipt.objects.count() == 3


def test_a_coming_version_is_received_before_it_is_in_force(
    cast: dict[str, User], employees: dict[str, Employee], now: datetime.datetime
) -> None:
    version = drafted(cast, now)
    consulted(version, cast, now)
    assert list(to_receive(employees["ann"], now)) == []
    publish(version, in_force_at=now + 10 * DAY, by=cast["ivy"], at=now)
    assert list(to_receive(employees["ann"], now)) == [version]
    acknowledge(version, sha256=version.sha256, language="en", by=cast["ann"], at=now + DAY)
    assert (numbers(now + 9 * DAY), numbers(now + 10 * DAY)) == (set(), {employees["ann"].number})
    assert list(to_receive(employees["ann"], now + DAY)) == []
    assert employees["ann"] not in people_without(version, now + DAY)


def test_receipts_are_refused_for_drafts_others_words_outsiders_and_twice(
    cast: dict[str, User], employees: dict[str, Employee], now: datetime.datetime
) -> None:
    draft = drafted(cast, now)
    with pytest.raises(CannotChangePolicyError, match="not_published"):
        acknowledge(draft, sha256=draft.sha256, language="en", by=cast["ann"], at=now)
    version = in_force(cast, now, body="甲")
    acknowledge(version, sha256=version.sha256, language="en", by=cast["ann"], at=now)
    for who, sha256, code in (
        ("jo", draft.sha256, "other_words"),
        ("ann", version.sha256, "received_already"),
        ("eve", version.sha256, "not_employee"),
    ):
        with pytest.raises(CannotChangePolicyError, match=code):
            acknowledge(version, sha256=sha256, language="en", by=cast[who], at=now)
    for who, whom in (("fay", "fay"), ("ann", "jo"), ("ivy", "jo")):
        with pytest.raises(CannotChangePolicyError, match="no_right"):
            receive_on_paper(version, employees[whom], language="zh-hans", by=cast[who], at=now)


def test_there_is_one_notice_whoever_asks(cast: dict[str, User], now: datetime.datetime) -> None:
    drafted(cast, now)
    with pytest.raises(CannotChangePolicyError, match="one_notice"):
        add_text(code="b", title="乙", title_en="B", kind=PolicyText.Kind.NOTICE, by=cast["fay"], at=now)
