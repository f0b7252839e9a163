from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection
from pytest_django import Settings

from mingdan.platform.trail import sequencing
from mingdan.platform.trail.models import Checkpoint, Entry, PendingEntry, SubtreeHash, TreeHead
from mingdan.platform.trail.note_reading import open_checkpoint, read_key
from mingdan.platform.trail.note_signing import LogKey, LogKeyError
from mingdan.platform.trail.queries import standing
from mingdan.platform.trail.sequencing import has_work, sequence
from mingdan.platform.trail.tree import leaf_hash
from tests.platform.trail.leaves import root, subtrees_of
from tests.platform.trail.logs import NOW, lose_deal

pytestmark = pytest.mark.django_db


def leaves() -> list[bytes]:
    return [leaf_hash(text.encode()) for text in Entry.objects.order_by("index").values_list("text", flat=True)]


def test_entries_get_numbers_without_gaps_and_a_root_over_them_all(key: LogKey) -> None:
    for number in range(7):
        lose_deal(number)
    while sequence(key, at=NOW, most=3, every=timedelta(0)):
        pass
    assert list(Entry.objects.order_by("index").values_list("index", flat=True)) == list(range(8))
    assert not PendingEntry.objects.exists()
    newest = open_checkpoint(Checkpoint.objects.order_by("-size")[0].note, read_key(key.public))
    assert newest == ("example.com/trail", 8, root(leaves()))
    assert all(bytes(one.leaf) == leaf for one, leaf in zip(Entry.objects.order_by("index"), leaves(), strict=True))


def test_the_log_begins_by_naming_its_key(key: LogKey) -> None:
    sequence(key, at=NOW)
    assert key.public in Entry.objects.get(index=0).text


def test_a_slow_transaction_is_not_passed_over_and_a_poller_for_what_is_newer_would_miss_it(key: LogKey) -> None:
    slow = lose_deal(1)
    number = PendingEntry.objects.get().pk
    hidden = PendingEntry.objects.all()[0]
    PendingEntry.objects.all().delete()  # not committed yet, as others see it
    fast = lose_deal(2)
    seen = list(PendingEntry.objects.values_list("pk", flat=True))
    sequence(key, at=NOW)
    hidden.save(force_insert=True)  # now it commits, under the lower number that it took first
    assert number < max(seen)
    assert not PendingEntry.objects.filter(pk__gt=max(seen)).exists(), "the control: id > last finds nothing"
    sequence(key, at=NOW)
    assert set(Entry.objects.values_list("entry_id", flat=True)) >= {slow, fast}


def test_checkpoints_are_signed_when_they_are_due_and_only_for_something_new(key: LogKey) -> None:
    def after(seconds: int, *, lost: bool = True) -> int:
        if lost:
            lose_deal()
        sequence(key, at=NOW + timedelta(seconds=seconds))
        return Checkpoint.objects.count()

    assert [after(0), after(29), after(30), after(59), after(60), after(300, lost=False)] == [1, 1, 2, 2, 3, 3]
    assert (
        sequencing.CHECKPOINT_EVERY + timedelta(seconds=2 * sequencing.PAUSE_SECONDS)
        <= sequencing.LONGEST_WINDOW
        == timedelta(seconds=60)
    )


def test_what_came_between_two_checkpoints_is_signed_at_the_next_turn_even_if_nothing_more_comes(key: LogKey) -> None:
    sequence(key, at=NOW)
    lose_deal()
    sequence(key, at=NOW + timedelta(seconds=10))
    sequence(key, at=NOW + timedelta(seconds=31))
    assert list(Checkpoint.objects.order_by("size").values_list("size", flat=True)) == [1, 2]


def test_a_clock_that_is_set_back_does_not_put_checkpoints_off(key: LogKey) -> None:
    sequence(key, at=NOW)
    lose_deal()
    sequence(key, at=NOW - timedelta(days=1))
    assert Checkpoint.objects.count() == 2


def test_complete_subtrees_of_256_are_stored_with_their_hash(key: LogKey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequencing, "STORED_LEVELS", 2)
    for number in range(40):
        lose_deal(number)
    sequence(key, at=NOW)
    subtrees = subtrees_of(leaves())
    stored = {(one.level, one.number): bytes(one.hash) for one in SubtreeHash.objects.all()}
    assert stored.keys() == {(2, number) for number in range(10)} | {(4, number) for number in range(2)}
    assert all(hashed == subtrees(level, number) for (level, number), hashed in stored.items())


def test_a_trail_that_stands_still_says_that_it_is_late(key: LogKey) -> None:
    sequence(key, at=NOW)
    assert standing().waiting_since is None
    lose_deal(0)
    assert not standing().is_late(NOW + timedelta(seconds=120))
    assert standing().is_late(NOW + timedelta(seconds=121))
    sequence(key, at=NOW + timedelta(seconds=5))  # numbered, and no checkpoint due yet
    assert (standing().size, standing().vouched, standing().waiting) == (2, 1, 0)
    assert standing().is_late(NOW + timedelta(seconds=121))
    sequence(key, at=NOW + timedelta(seconds=31))
    assert standing().waiting_since is None


def test_there_is_work_while_an_entry_waits_for_its_number_or_a_number_for_its_checkpoint(key: LogKey) -> None:
    assert has_work()
    sequence(key, at=NOW)
    assert not has_work()
    lose_deal()
    assert has_work()
    sequence(key, at=NOW)
    assert has_work()
    sequence(key, at=NOW + sequencing.CHECKPOINT_EVERY)
    assert not has_work()


def test_a_log_does_not_go_on_with_another_key(key: LogKey, settings: Settings, tmp_path: Path) -> None:
    sequence(key, at=NOW)
    lose_deal()
    settings.TRAIL_KEY_FILE = tmp_path / "other.key"
    with pytest.raises(LogKeyError, match="missing"):
        sequencing.log_key()
    LogKey.load("example.com/trail", tmp_path / "other.key")
    with pytest.raises(LogKeyError, match="restore the first"):
        sequence(sequencing.log_key(), at=NOW)
    with pytest.raises(LogKeyError, match="restore the first"):
        sequencing.start_sequencing()
    assert PendingEntry.objects.count() == 1


def test_a_log_keeps_its_name_when_the_application_moves_to_another_address(key: LogKey, settings: Settings) -> None:
    sequence(key, at=NOW)
    settings.TRAIL_NAME = "new.example.com/trail"
    assert sequencing.log_key().public == key.public


def test_a_batch_that_somebody_else_took_from_is_not_numbered(key: LogKey, monkeypatch: pytest.MonkeyPatch) -> None:
    sequence(key, at=NOW)
    lose_deal()
    monkeypatch.setattr(sequencing, "_append", taking_one_away(sequencing._append))
    with pytest.raises(DatabaseError, match="nothing was numbered"):
        sequence(key, at=NOW)
    assert TreeHead.objects.get().size == Entry.objects.count() == 1


def taking_one_away(append: object) -> object:
    def append_after_theft(frontier: object, waiting: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM trail_pendingentry")
        append(frontier, waiting)  # type: ignore[operator]

    return append_after_theft
