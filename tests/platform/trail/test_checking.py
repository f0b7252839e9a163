"""A superuser tampers with the log in SQL; against a checkpoint kept elsewhere every single tampering is found."""

import json
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from mingdan.platform.trail.canonical import canonical
from mingdan.platform.trail.checking import Verdict, verify_log
from mingdan.platform.trail.models import Entry, TreeHead
from mingdan.platform.trail.note_reading import read_key
from mingdan.platform.trail.note_signing import LogKey
from mingdan.platform.trail.protection import lifting
from mingdan.platform.trail.receipts import receipt_for
from mingdan.platform.trail.sequencing import sequence
from mingdan.platform.trail.tree import Frontier, leaf_hash
from tests.platform.trail.logs import NOW, log_of, lose_deal

pytestmark = pytest.mark.django_db

SIZE, KEPT, TRIALS = 60, 40, 100
Tamper = Callable[[random.Random, LogKey], object]


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture
def kept(key: LogKey) -> str:
    """A log of 60 entries in the hands of a superuser, and the checkpoint of its first 40 in somebody else's."""
    notes = log_of(key, SIZE, checkpoint_at=(KEPT,))
    for line in lifting(connection.vendor):
        sql(line)
    return notes[0]


def texts() -> dict[int, str]:
    return dict(Entry.objects.values_list("index", "text"))


def write(index: int, text: str, *, with_leaf: bool = True) -> None:
    """Put another text in the place of an entry, with columns that fit it."""
    said = json.loads(text)
    columns = (said["id"], said["kind"], said.get("about", ""), said.get("by", ""), said["at"])
    names = 'entry_id = %s, kind = %s, about = %s, "by" = %s, at = %s, text = %s'
    sql(f'UPDATE trail_entry SET {names} WHERE "index" = %s', *columns, text, index)
    if with_leaf:
        sql('UPDATE trail_entry SET leaf = %s WHERE "index" = %s', leaf_hash(text.encode()), index)


def forged(text: str, chance: random.Random) -> str:
    """Return an entry that says that somebody else did it, written as entries are."""
    said = json.loads(text) | {"by": f"people.user:{chance.randrange(10, 10**6)}"}
    return canonical(said).decode()


def flip_a_bit(chance: random.Random, _key: LogKey) -> None:
    index = chance.randrange(KEPT)
    text = texts()[index]
    at = chance.randrange(len(text))
    flipped = text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :]
    sql('UPDATE trail_entry SET text = %s WHERE "index" = %s', flipped, index)


def edit_with_hash(chance: random.Random, _key: LogKey) -> None:
    index = chance.randrange(KEPT)
    write(index, forged(texts()[index], chance))


def delete_one(chance: random.Random, _key: LogKey) -> None:
    sql('DELETE FROM trail_entry WHERE "index" = %s', chance.randrange(KEPT))


def renumber(start: int, by: int) -> None:
    """Move entries from `start` on; far away first, because numbers are unique."""
    sql('UPDATE trail_entry SET "index" = "index" + 1000000 WHERE "index" >= %s', start)
    sql('UPDATE trail_entry SET "index" = "index" - %s WHERE "index" >= 1000000', 1000000 - by)


def delete_and_renumber(chance: random.Random, key: LogKey) -> None:
    index = chance.randrange(KEPT)
    sql('DELETE FROM trail_entry WHERE "index" = %s', index)
    renumber(index + 1, -1)


def swap_two(chance: random.Random, _key: LogKey) -> None:
    one, other = chance.sample(range(KEPT), 2)
    sql('UPDATE trail_entry SET "index" = -1 WHERE "index" = %s', one)
    sql('UPDATE trail_entry SET "index" = %s WHERE "index" = %s', one, other)
    sql('UPDATE trail_entry SET "index" = %s WHERE "index" = -1', other)


def insert_forged(chance: random.Random, _key: LogKey) -> None:
    index = chance.randrange(1, KEPT)
    said = json.loads(texts()[index]) | {"id": f"{chance.getrandbits(128):032x}"}
    said.pop("personal", None)  # a value without its salt would give the forgery away
    renumber(index, 1)
    columns = '"index", entry_id, kind, about, "by", at, text, leaf'
    sql(f"INSERT INTO trail_entry ({columns}) VALUES (%s, %s, '', '', '', '', '', %s)", index, said["id"], b"")
    write(index, forged(canonical(said).decode(), chance))


def cut_the_tail(chance: random.Random, _key: LogKey) -> None:
    sql('DELETE FROM trail_entry WHERE "index" >= %s', chance.randrange(1, KEPT))


def change_a_value(chance: random.Random, _key: LogKey) -> None:
    sql(
        "UPDATE trail_personalvalue SET value = %s WHERE id = (SELECT max(id) FROM trail_personalvalue)",
        f'"{chance.random()}"',
    )


def rebuild(key: LogKey) -> None:
    """Do all that somebody can who holds the server and its key: hash, head, checkpoints, all anew and signed."""
    frontier, sizes = Frontier(), set(Entry.objects.values_list("index", flat=True)) & {KEPT - 1}
    sql("DELETE FROM trail_checkpoint")
    for index, text in sorted(texts().items()):
        frontier.append(leaf_hash(text.encode()))
        write(index, text)
        if index in sizes:
            sign(key, frontier)
    sign(key, frontier)
    TreeHead.objects.update(size=frontier.size, hashes=b"".join(frontier.hashes))
    sql("DELETE FROM trail_personalvalue WHERE entry_id NOT IN (SELECT entry_id FROM trail_entry)")


def sign(key: LogKey, frontier: Frontier) -> None:
    note = key.sign_checkpoint(frontier.size, frontier.root())
    sql(
        "INSERT INTO trail_checkpoint (size, note, signed_at) VALUES (%s, %s, %s)", frontier.size, note, NOW.isoformat()
    )


def then_rebuild(tamper: Tamper) -> Tamper:
    def both(chance: random.Random, key: LogKey) -> None:
        tamper(chance, key)
        rebuild(key)

    return both


CARELESS: dict[str, Tamper] = {
    "flip a bit": flip_a_bit,
    "edit an entry with its hash": edit_with_hash,
    "delete an entry": delete_one,
    "delete an entry and renumber": delete_and_renumber,
    "swap two entries": swap_two,
    "insert a forged entry": insert_forged,
    "cut the tail off": cut_the_tail,
}
REBUILT: dict[str, Tamper] = {
    "edit an entry and rebuild the log": then_rebuild(edit_with_hash),
    "delete an entry and rebuild the log": then_rebuild(delete_and_renumber),
    "insert a forged entry and rebuild the log": then_rebuild(insert_forged),
    "cut the tail off and rebuild the log": then_rebuild(cut_the_tail),
}


def found(tamper: Tamper, seed: int, key: LogKey, earlier: list[str]) -> bool:
    """Tamper, verify, undo, and say whether anything was doubted."""
    with transaction.atomic():
        tamper(random.Random(seed), key)  # noqa: S311 - a seed that can be tried again
        verdict = verify_log(read_key(key.public), earlier=earlier)
        transaction.set_rollback(True)
    return bool(verdict.doubts)


def verified(key: LogKey, *earlier: str) -> Verdict:
    return verify_log(read_key(key.public), earlier=earlier)


@pytest.mark.parametrize("name", [*CARELESS, *REBUILT])
def test_a_hundred_tamperings_of_each_class_are_all_found_against_an_earlier_checkpoint(
    name: str, key: LogKey, kept: str
) -> None:
    assert verified(key, kept).doubts == []
    tamper = (CARELESS | REBUILT)[name]
    missed = [seed for seed in range(TRIALS) if not found(tamper, seed, key, [kept])]
    assert missed == []
    assert verified(key, kept).doubts == []


def test_without_a_checkpoint_kept_elsewhere_not_one_rebuilt_log_is_found(key: LogKey, kept: str) -> None:
    """The control: a verification that knows only the log itself is blind to whoever holds it."""
    for tamper in REBUILT.values():
        assert not any(found(tamper, seed, key, []) for seed in range(3))


def test_a_personal_value_that_was_changed_is_found(key: LogKey, kept: str) -> None:
    assert found(change_a_value, 1, key, [])


def test_what_was_found_is_said_in_both_languages(key: LogKey, kept: str) -> None:
    delete_one(random.Random(3), key)  # noqa: S311
    gone = (set(range(SIZE)) - set(texts())).pop()
    doubts = verified(key, kept).doubts
    assert doubts[0].en == f"Entry {gone} is missing from the log."
    assert doubts[0].zh == f"日志中缺少第 {gone} 条记录。"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ('UPDATE trail_entry SET "by" = \'people.user:1\' WHERE "index" = 8', "listed with another by"),
        ("UPDATE trail_entry SET about = '' WHERE \"index\" = 8", "listed with another about"),
        ("UPDATE trail_entry SET text = 'x' WHERE \"index\" = 8", "Entry 8 was changed"),
        ("UPDATE trail_treehead SET size = 50", "The tree head was changed: it speaks of 50 entries"),
        ("DELETE FROM trail_treehead", "The tree head was changed: it speaks of 0 entries"),
        ("UPDATE trail_checkpoint SET size = 39 WHERE size = 40", "checkpoint 39 is not written as"),
        ("UPDATE trail_checkpoint SET note = 'x'", "checkpoint 40 is not written as"),
        (
            "UPDATE trail_personalvalue SET entry_id = 'x' WHERE id = (SELECT max(id) FROM trail_personalvalue)",
            "for entry x, which the log does not have",
        ),
        ("UPDATE trail_subtreehash SET number = number + 100 WHERE level = 4", "The stored hash over entries"),
    ],
)
def test_each_other_thing_that_can_be_changed_is_named(
    statement: str, said: str, key: LogKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("sequencing", "checking"):
        monkeypatch.setattr(f"mingdan.platform.trail.{module}.STORED_LEVELS", 4)
    log_of(key, SIZE, checkpoint_at=(KEPT,))
    for line in lifting(connection.vendor):
        sql(line)
    assert verified(key).doubts == []
    sql(statement)
    assert said in "".join(map(str, verified(key).doubts))


def test_an_earlier_checkpoint_with_more_entries_than_the_log_shows_a_roll_back(key: LogKey) -> None:
    log_of(key, 10)
    ahead = key.sign_checkpoint(12, leaf_hash(b"later"))
    assert "The log was rolled back" in str(verified(key, ahead).doubts[0])


def test_a_receipt_shows_what_a_log_that_lost_entries_cannot_show_itself(key: LogKey) -> None:
    log_of(key, 3)
    entry_id = lose_deal(4)
    receipt = receipt_for(entry_id, key)
    assert verify_log(read_key(key.public), receipts=[receipt]).doubts == [], "it waits, and that counts"
    sequence(key, at=NOW + timedelta(hours=1))
    verdict = verify_log(read_key(key.public), receipts=[receipt])
    assert (verdict.doubts, verdict.receipts) == ([], 1)
    lost = lose_deal(5)
    promise = receipt_for(lost, key)
    sql("DELETE FROM trail_pendingentry")
    sql("DELETE FROM trail_personalvalue WHERE entry_id = %s", lost)
    assert verify_log(read_key(key.public)).doubts == [], "the control: without the receipt nothing shows"
    assert f"A receipt promises entry {lost}" in str(verify_log(read_key(key.public), receipts=[promise]).doubts[0])


def test_a_receipt_that_was_changed_is_no_receipt(key: LogKey) -> None:
    log_of(key, 3)
    entry_id = lose_deal(4)
    changed = receipt_for(entry_id, key).replace(entry_id, "0" * 32)
    assert "The signature in receipt does not fit" in str(
        verify_log(read_key(key.public), receipts=[changed]).doubts[0]
    )
