from datetime import timedelta

import pytest
from django.template import Context, Template
from django.utils import translation

from mingdan.platform.trail.actions import erase_values, record, reference
from mingdan.platform.trail.kinds import declare_kind
from mingdan.platform.trail.models import PendingEntry
from mingdan.platform.trail.note_signing import LogKey
from mingdan.platform.trail.queries import acts_of, history_of
from mingdan.platform.trail.sequencing import sequence
from tests.platform.trail.logs import DEAL_LOST, NOW, log_of, lose_deal

pytestmark = pytest.mark.django_db


def test_the_history_of_an_object_is_told_newest_first_whether_numbered_or_waiting(key: LogKey) -> None:
    log_of(key, 11)
    lose_deal(5)
    told = history_of("crm.deal:5", language="en", with_personal=True)
    assert [one.index for one in told] == [None, 10, 5]
    assert told[0].sentence == (
        "people.user:7007 marked crm.deal:5 as lost to 林晓 for price; the customer's number is 13671284567."
    )


def test_it_is_told_in_the_language_of_the_reader() -> None:
    lose_deal(5)
    with translation.override("zh-hans"):
        assert history_of("crm.deal:5", with_personal=True)[0].sentence == (
            "people.user:7007 将 crm.deal:5 标记为输给 林晓，原因：price；客户电话：13671284567。"
        )


def test_an_erased_value_is_said_to_be_erased_and_one_never_given_is_a_dash() -> None:
    entry_id = lose_deal(5, winner=None)
    erase_values(entry_id, ["phone"], by="people.user:9009", at=NOW, reason="request 12")
    assert history_of("crm.deal:5", language="en", with_personal=True)[0].sentence.endswith(
        "lost to — for price; the customer's number is (erased)."
    )
    with translation.override("zh-hans"):
        assert "（已删除）" in history_of("crm.deal:5", language="zh-hans")[0].sentence
    erased = history_of(f"trail.entry:{entry_id}", language="en")[0]
    assert erased.sentence == f"people.user:9009 erased the personal values phone of entry {entry_id}: request 12."


def test_personal_values_are_withheld_unless_the_page_says_that_its_reader_may_see_them() -> None:
    lose_deal(5)
    with translation.override("en"):
        page = Template("{% load trail %}{% history 'crm.deal:5' %}").render(Context())
        whole = Template("{% load trail %}{% history 'crm.deal:5' with_personal=True %}").render(Context())
    assert "lost to (withheld) for price; the customer&#x27;s number is (withheld)." in page
    assert "13671284567" not in page
    assert "13671284567" in whole
    assert "waiting for its number" in page


def test_a_page_without_history_says_so_and_a_long_one_that_there_is_more() -> None:
    with translation.override("zh-hans"):
        assert "尚无记录" in Template("{% load trail %}{% history 'crm.deal:9' %}").render(Context())
        lose_deal(9)
        assert "最近 1 条记录" in Template("{% load trail %}{% history 'crm.deal:9' 1 %}").render(Context())


def test_who_did_something_is_called_by_the_name_of_today(django_user_model: type) -> None:
    user = django_user_model._default_manager.create(username="lin.xiao", name="林晓")  # type: ignore[attr-defined]
    record(DEAL_LOST, by=user, at=NOW, about="crm.deal:8", values={"reason": "price", "amount": "1"})
    told = acts_of(user, language="en")[0]
    assert told.sentence.startswith("林晓 marked crm.deal:8 as lost to —")


def test_a_field_that_refers_is_told_by_name_and_what_people_type_never_is(django_user_model: type) -> None:
    user = django_user_model._default_manager.create(username="lin.xiao", name="林晓")  # type: ignore[attr-defined]
    handed_over = declare_kind(
        "tests.handed_over",
        en="{about} went to {owner}: {reason}.",
        zh="{about} 移交给 {owner}：{reason}。",
        fields=("owner", "reason"),
        refers=("owner",),
    )
    typed = reference(user)
    record(handed_over, by=None, at=NOW, about="crm.deal:8", values={"owner": typed, "reason": typed})
    assert history_of("crm.deal:8", language="en")[0].sentence == f"crm.deal:8 went to 林晓: {typed}."


def test_what_was_recorded_late_shows_both_times() -> None:
    record(
        DEAL_LOST,
        by=None,
        at=NOW,
        happened_at=NOW - timedelta(days=3),
        about="crm.deal:8",
        values={"reason": "price", "amount": "1"},
    )
    told = history_of("crm.deal:8", language="en")[0]
    assert (told.at, told.happened_at) == (NOW, NOW - timedelta(days=3))
    assert told.sentence.startswith("Mingdan marked")


def test_an_entry_of_a_kind_that_is_no_longer_known_is_shown_by_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    lose_deal(5)
    monkeypatch.setattr("mingdan.platform.trail.kinds._KINDS", {})
    assert history_of("crm.deal:5", language="en")[0].sentence == "tests.deal_lost"


def test_a_history_is_no_longer_than_asked_for_and_costs_the_same_few_queries(
    key: LogKey, django_assert_max_num_queries: object
) -> None:
    for number in range(30):
        lose_deal(3, by=f"people.user:{number}")
    sequence(key, at=NOW)
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        assert len(history_of("crm.deal:3", most=20, language="en")) == 20
    assert not PendingEntry.objects.exists()
