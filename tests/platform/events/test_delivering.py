"""Events reach those who listen: after commit, at least once, in order, and none is overlooked."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingdan.platform.events.actions import announce
from mingdan.platform.events.delivering import BACK_OFF, GROWTH, MOST_ATTEMPTS, deliver_all
from mingdan.platform.events.kinds import WrongEventError, declare_event, listens
from mingdan.platform.events.models import Delivery, Event
from mingdan.platform.events.numbering import newest_position, number_events
from mingdan.platform.events.pruning import KEPT, prune_events
from tests.platform.events.happenings import HAPPENED, NOW, OTHER, Diary, happen, listening

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_announced_yet(db: None) -> None:
    Event.objects.all().delete()


@pytest.fixture
def diary() -> Iterator[Diary]:
    diary = Diary()
    with listening("tests.writes_diary", diary):
        yield diary


def test_a_listener_is_told_once_of_what_was_announced(diary: Diary) -> None:
    happen(1, "crm.deal:7")
    assert diary.heard == []
    assert deliver_all(at=NOW) == 1
    assert deliver_all(at=NOW) == 0
    assert diary.heard == [("crm.deal:7", 1)]
    assert Delivery.objects.get().state == "done"


def test_what_is_undone_is_told_to_nobody(diary: Diary) -> None:
    def undone() -> None:
        with transaction.atomic():
            announce(HAPPENED, at=NOW, values={"number": 1})
            raise LookupError

    with pytest.raises(LookupError):
        undone()
    assert deliver_all(at=NOW) == 0
    assert diary.heard == []


def test_only_those_who_listen_to_a_kind_are_told(diary: Diary) -> None:
    with transaction.atomic():
        announce(OTHER, at=NOW)
    assert deliver_all(at=NOW) == 0


def test_a_listener_that_fails_writes_nothing_and_is_told_again_later(diary: Diary) -> None:
    def write_and_fail(_event: object) -> None:
        Event.objects.create(kind="tests.trace", at=NOW)
        raise LookupError("not today")

    with listening("tests.fails", write_and_fail):
        happen(1)
        deliver_all(at=NOW)
    failed = Delivery.objects.get(listener="tests.fails")
    assert (failed.state, failed.attempts, failed.next_at) == ("waiting", 1, NOW + BACK_OFF)
    assert "not today" in failed.error
    assert not Event.objects.filter(kind="tests.trace").exists()
    assert diary.heard == [("", 1)], "the other listener is told all the same"


def test_attempts_come_ever_later_and_then_the_delivery_is_set_aside(diary: Diary) -> None:
    diary.fails_for = {1}
    happen(1)
    at, waits = NOW, []
    for _ in range(MOST_ATTEMPTS):
        deliver_all(at=at)
        found = Delivery.objects.get()
        waits.append(found.next_at - at)
        at = found.next_at
    assert waits[:-1] == [BACK_OFF * GROWTH**number for number in range(MOST_ATTEMPTS - 1)]
    assert found.state == "aside"
    assert deliver_all(at=at + timedelta(days=1)) == 0


def test_events_about_one_object_wait_for_the_one_that_failed_and_others_do_not(diary: Diary) -> None:
    diary.fails_for = {1}
    for number, about in ((1, "crm.deal:7"), (2, "crm.deal:7"), (3, "crm.deal:8")):
        happen(number, about)
    deliver_all(at=NOW)
    assert diary.heard == [("crm.deal:8", 3)]
    diary.fails_for = set()
    deliver_all(at=NOW + BACK_OFF)
    assert diary.heard == [("crm.deal:8", 3), ("crm.deal:7", 1), ("crm.deal:7", 2)]


def test_what_was_set_aside_holds_back_what_follows_about_the_same_object(diary: Diary) -> None:
    happen(1, "crm.deal:7")
    Delivery.objects.update(state="aside")
    happen(2, "crm.deal:7")
    deliver_all(at=NOW)
    assert diary.heard == []
    Delivery.objects.filter(state="aside").update(state="skipped")
    deliver_all(at=NOW)
    assert diary.heard == [("crm.deal:7", 2)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(failures=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=12))
def test_whatever_fails_every_event_arrives_and_each_object_in_order(
    failures: list[tuple[int, int]], diary: Diary
) -> None:
    # each pair: the object, and how many attempts at its next event fail
    diary.heard.clear()
    left: dict[int, int] = {}

    def unreliable(event: object) -> None:
        number = event.values["number"]  # type: ignore[attr-defined]
        if left.get(number, 0) > 0:
            left[number] -= 1
            raise LookupError
        diary.heard.append((event.about, number))  # type: ignore[attr-defined]

    with transaction.atomic(), listening("tests.unreliable", unreliable):
        for number, (one, fails) in enumerate(failures):
            left[number] = fails
            happen(number, f"crm.deal:{one}")
        Delivery.objects.filter(listener="tests.writes_diary").delete()
        for step in range(2 * len(failures) + 1):
            deliver_all(at=NOW + timedelta(days=step))
        assert sorted(number for _, number in diary.heard) == list(range(len(failures)))
        for about in {one for one, _ in diary.heard}:
            told = [number for one, number in diary.heard if one == about]
            assert told == sorted(told)
        Event.objects.all().delete()


def test_positions_follow_each_other_without_gaps() -> None:
    before = newest_position()
    for number in range(5):
        happen(number)
    assert (number_events(most=3), number_events(most=3), number_events(most=3)) == (3, 2, 0)
    positions = list(Event.objects.order_by("pk").values_list("position", flat=True))
    assert positions == list(range(before + 1, before + 6))
    assert newest_position() == before + 5


def test_what_is_old_and_done_is_forgotten_and_what_waits_is_kept(diary: Diary) -> None:
    diary.fails_for = {2}
    for number in (1, 2):
        happen(number)
    deliver_all(at=NOW)
    happen(3, after=int(KEPT.total_seconds()))
    assert prune_events(at=NOW + KEPT + timedelta(seconds=1)) == 1
    assert sorted(Event.objects.values_list("values__number", flat=True)) == [2, 3]


def test_nothing_is_announced_outside_a_transaction_or_with_other_fields() -> None:
    with transaction.atomic(), pytest.raises(WrongEventError, match="lacks or does not know number"):
        announce(HAPPENED, at=NOW)
    with pytest.raises(WrongEventError, match="declared twice"):
        declare_event("tests.thing_happened", fields=("other",))
    with pytest.raises(WrongEventError, match="listens twice"):
        listens("noname", HAPPENED)(print)


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_an_announcement_is_refused() -> None:
    with pytest.raises(WrongEventError, match="outside a transaction"):
        announce(HAPPENED, at=NOW, values={"number": 1})


def test_an_event_that_commits_late_under_an_earlier_key_is_not_passed_over() -> None:
    # Two writers take keys 1 and 2; the second commits first, and readers see it before the first is there.
    early = happen(1)
    event = Event.objects.get(pk=early)
    event.delete()
    happen(2)
    number_events()
    read_up_to = {"key": Event.objects.latest("pk").pk, "position": newest_position()}
    event.pk = early
    event.save(force_insert=True)
    number_events()
    assert list(Event.objects.filter(position__gt=read_up_to["position"]).values_list("pk", flat=True)) == [early]
    # Control: whoever remembers the last key never hears of it.
    assert not Event.objects.filter(pk__gt=read_up_to["key"]).exists()
