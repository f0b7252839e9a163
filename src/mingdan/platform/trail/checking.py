"""Verify the log where it lies: every entry hashed anew, and compared with everything that was ever said of it."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef

from mingdan.platform.trail.commitments import commitment
from mingdan.platform.trail.doubts import Doubt
from mingdan.platform.trail.kinds import VALUE_ERASED
from mingdan.platform.trail.models import Checkpoint, Entry, PendingEntry, PersonalValue, SubtreeHash, TreeHead
from mingdan.platform.trail.note_reading import Key, open_checkpoint
from mingdan.platform.trail.note_signing import verify_fast
from mingdan.platform.trail.receipts import Receipt, open_receipt
from mingdan.platform.trail.sequencing import COLUMNS, STORED_LEVELS
from mingdan.platform.trail.tree import Frontier, leaf_hash, node_hash

CHUNK = 5000
MOST = 100
"""After so many doubts the log is known to be wrong; more would only fill the screen."""

REPEATED = {"entry_id": "id", "kind": "kind", "about": "about", "by": "by", "at": "at"}
"""The columns that repeat what the text says, and its name there."""

Row = tuple[int, str, str, str, str, str, str, bytes]


@dataclass
class Verdict:
    """What the verification found."""

    size: int = 0
    root: bytes = b""
    waiting: int = 0
    checkpoints: int = 0
    earlier: int = 0
    receipts: int = 0
    values: int = 0
    doubts: list[Doubt] = field(default_factory=list)

    def doubt(self, code: str, **blanks: object) -> None:
        """Note a doubt, unless there are enough."""
        if len(self.doubts) < MOST:
            self.doubts.append(Doubt(code, **blanks))


def verify_log(
    key: Key,
    *,
    earlier: Iterable[str] = (),
    receipts: Iterable[str] = (),
    on_progress: Callable[[int], None] = lambda _done: None,
) -> Verdict:
    """Hash every entry anew and compare with checkpoints, stored hashes, personal values, receipts and tree head.

    `earlier` are checkpoints and `receipts` receipts that were kept elsewhere: only they can show that the whole log was
    rewritten by somebody who holds the server and its key.
    """
    with _one_moment():
        return _verify(key, earlier, receipts, on_progress)


def _verify(key: Key, earlier: Iterable[str], receipts: Iterable[str], on_progress: Callable[[int], None]) -> Verdict:
    verdict = Verdict()
    signed = _own_checkpoints(key, verdict)
    kept = dict(_kept_checkpoints(key, earlier, verdict))
    promised = {one.entry_id: one for one in _opened(key, receipts, verdict)}
    walk = _Walk(verdict, signed.keys() | kept.keys(), promised)
    for done, chunk in enumerate(_chunks(), start=1):
        walk.take(chunk)
        on_progress(done * CHUNK)
    walk.finish()
    _compare_checkpoints(walk, signed, kept)
    _compare_head(walk.frontier, verdict)
    _look_for_promised(promised, verdict)
    _look_for_lone_values(verdict)
    return verdict


@contextmanager
def _one_moment() -> Iterator[None]:
    """Read as of one moment while others go on writing; a transaction of Django's would lock SQLite for all of them."""
    if connection.in_atomic_block:
        yield
        return
    mode = " ISOLATION LEVEL REPEATABLE READ, READ ONLY" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"BEGIN{mode}")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def _chunks() -> Iterator[list[Row]]:
    rows = Entry.objects.order_by("index").values_list(*COLUMNS).iterator(chunk_size=CHUNK)
    chunk: list[Any] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


class _Walk:
    """Goes through the log in order and keeps the roots that others will ask for."""

    def __init__(self, verdict: Verdict, sizes: set[int], promised: dict[str, Receipt]) -> None:
        self.verdict, self.sizes, self.promised = verdict, sizes, promised
        self.frontier = Frontier()
        self.roots = {0: Frontier().root()}
        self.erased: dict[tuple[str, str], int] = {}
        self._said_to_be_erased: set[tuple[str, str]] = set()
        self._stored = {
            (level, number): bytes(one)
            for level, number, one in SubtreeHash.objects.values_list("level", "number", "hash").iterator()
        }

    def take(self, chunk: list[Row]) -> None:
        """Check the next entries."""
        committed: dict[str, tuple[int, dict[str, str]]] = {}
        for row in chunk:
            index, entry_id, text = row[0], row[1], row[6]
            if index != self.frontier.size:
                self.verdict.doubt("missing" if index > self.frontier.size else "inserted", index=self.frontier.size)
            leaf = leaf_hash(text.encode())
            if leaf != bytes(row[7]):
                self.verdict.doubt("altered", index=index)
            if personal := self._compare_columns(row):
                committed[entry_id] = (index, personal)
            self._compare_subtrees(leaf)
            self.frontier.append(leaf)
            if self.frontier.size in self.sizes:
                self.roots[self.frontier.size] = self.frontier.root()
            if entry_id in self.promised and self.promised[entry_id].leaf == leaf:
                del self.promised[entry_id]
        self._compare_values(committed)

    def finish(self) -> None:
        """Note what is left over when all entries were seen."""
        self.verdict.size, self.verdict.root = self.frontier.size, self.frontier.root()
        self.roots[self.frontier.size] = self.frontier.root()
        waiting = PendingEntry.objects.filter(kind=VALUE_ERASED.code).values_list("text", flat=True)
        for text in waiting:
            self._note_erasure(json.loads(text))
        for entry_id, name in self.erased.keys() - self._said_to_be_erased:
            self.verdict.doubt("value_missing", index=self.erased[entry_id, name], field=name)
        for level, number in self._stored:
            self.verdict.doubt("subtree", start=number << level, end=((number + 1) << level) - 1)

    def _compare_columns(self, row: Row) -> dict[str, str]:
        try:
            said = json.loads(row[6])
            for column, value in zip(REPEATED, row[1:6], strict=True):
                if said.get(REPEATED[column], "") != value:
                    self.verdict.doubt("unlike", index=row[0], column=column)
            if said["kind"] == VALUE_ERASED.code:
                self._note_erasure(said)
            return dict(said.get("personal", {}))
        except (ValueError, AttributeError, TypeError, KeyError):
            self.verdict.doubt("entry", index=row[0])
            return {}

    def _note_erasure(self, said: dict[str, Any]) -> None:
        data = said["data"]
        self._said_to_be_erased |= {(data["entry"], name) for name in data["erased"].split(", ")}

    def _compare_subtrees(self, leaf: bytes) -> None:
        size, level = self.frontier.size + 1, STORED_LEVELS
        while size % (1 << level) == 0:
            node, number = leaf, (size >> level) - 1
            for left in reversed(self.frontier.hashes[-level:]):
                node = node_hash(left, node)
            if self._stored.pop((level, number), None) != node:
                self.verdict.doubt("subtree", start=number << level, end=size - 1)
            level += STORED_LEVELS

    def _compare_values(self, committed: dict[str, tuple[int, dict[str, str]]]) -> None:
        """Compare the personal values of some entries with their commitments."""
        kept = PersonalValue.objects.filter(entry_id__in=committed).values_list("entry_id", "field", "salt", "value")
        for entry_id, name, salt, value in kept:
            index, personal = committed[entry_id]
            expected = personal.pop(name, None)
            if salt is None or value is None:
                self.erased[entry_id, name] = index
            elif commitment(bytes(salt), value) != expected:
                self.verdict.doubt("disclosed", index=index, field=name)
            self.verdict.values += 1
        for index, personal in committed.values():
            for name in personal:
                self.verdict.doubt("value_missing", index=index, field=name)


def _own_checkpoints(key: Key, verdict: Verdict) -> dict[int, bytes]:
    signed = {}
    for size, note in Checkpoint.objects.order_by("size").values_list("size", "note").iterator():
        try:
            one = open_checkpoint(note, key, f"checkpoint {size}", verify_fast)
            if one.size != size:
                raise Doubt("note", where=f"checkpoint {size}")
            signed[one.size] = one.root
        except Doubt as doubt:
            verdict.doubts.append(doubt)
    verdict.checkpoints = len(signed)
    return signed


def _kept_checkpoints(key: Key, notes: Iterable[str], verdict: Verdict) -> Iterator[tuple[int, bytes]]:
    for note in notes:
        try:
            one = open_checkpoint(note, key, "--checkpoint", verify_fast)
            verdict.earlier += 1
            yield one.size, one.root
        except Doubt as doubt:
            verdict.doubts.append(doubt)


def _opened(key: Key, receipts: Iterable[str], verdict: Verdict) -> Iterator[Receipt]:
    for written in receipts:
        try:
            yield open_receipt(written, key)
            verdict.receipts += 1
        except Doubt as doubt:
            verdict.doubts.append(doubt)


def _compare_checkpoints(walk: _Walk, signed: dict[int, bytes], kept: dict[int, bytes]) -> None:
    size = walk.frontier.size
    for one, root in sorted(kept.items()):
        if one > size:
            walk.verdict.doubt("rolled_back", size=one, found=size)
        elif walk.roots[one] != root:
            walk.verdict.doubt("rewritten", size=one)
    good = 0
    for one, root in sorted(signed.items()):
        if walk.roots.get(one) == root:
            good = one
        else:
            code = "cut" if one > size else "between"
            walk.verdict.doubt(code, start=good, end=one - 1, size=one, found=size)
            return


def _compare_head(frontier: Frontier, verdict: Verdict) -> None:
    head = TreeHead.objects.filter(pk=1).values_list("size", "hashes").first() or (0, b"")
    if (head[0], bytes(head[1])) != (frontier.size, b"".join(frontier.hashes)):
        verdict.doubt("head", size=head[0], found=frontier.size)


def _look_for_promised(promised: dict[str, Receipt], verdict: Verdict) -> None:
    """Take entries that still wait off the list of the promised ones; doubt the rest."""
    verdict.waiting = PendingEntry.objects.count()
    ids = list(promised)
    for start in range(0, len(ids), CHUNK):
        waiting = PendingEntry.objects.filter(entry_id__in=ids[start : start + CHUNK]).values_list("entry_id", "text")
        for entry_id, text in waiting:
            if promised[entry_id].leaf == leaf_hash(text.encode()):
                del promised[entry_id]
    for one in promised.values():
        verdict.doubt("receipt", entry=one.entry_id, at=one.at)


def _look_for_lone_values(verdict: Verdict) -> None:
    """Doubt personal values of entries that are nowhere, so that none can be slipped in."""
    waiting = PendingEntry.objects.filter(entry_id=OuterRef("entry_id"))
    if PersonalValue.objects.count() == verdict.values + PersonalValue.objects.filter(Exists(waiting)).count():
        return
    numbered = Entry.objects.filter(entry_id=OuterRef("entry_id"))
    lone = PersonalValue.objects.filter(~Exists(waiting), ~Exists(numbered)).values_list("entry_id", "field")
    for entry_id, name in lone[:MOST]:
        verdict.doubt("value_alone", entry=entry_id, field=name)
