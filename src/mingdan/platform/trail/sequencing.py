"""Give entries their numbers: take them out of the outbox in batches, append them to the tree, sign checkpoints."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.utils import timezone

from mingdan.platform.trail.actions import record
from mingdan.platform.trail.kinds import LOG_STARTED
from mingdan.platform.trail.models import Checkpoint, Entry, PendingEntry, SubtreeHash, TreeHead
from mingdan.platform.trail.note_signing import LogKey, LogKeyError
from mingdan.platform.trail.tree import EMPTY_ROOT, Frontier, leaf_hash, node_hash

BATCH = 5000
STORED_LEVELS = 8
"""Every eighth level of the tree is stored: subtrees of 256, 65,536, ... entries."""

COLUMNS = ("index", "entry_id", "kind", "about", "by", "at", "text", "leaf")
LONGEST_WINDOW = timedelta(seconds=60)
"""An entry is under a checkpoint within this time: the window in which a change could go unseen."""

CHECKPOINT_EVERY = LONGEST_WINDOW / 2

PAUSE_SECONDS = 1.0

logger = logging.getLogger(__name__)


def log_key() -> LogKey:
    """Return the key of this installation's log, under the name with which the log began; raise LogKeyError.

    The settings' name is for a log that has not begun yet: an application that moves to another address keeps its log.
    """
    began_with = TreeHead.objects.values_list("key", flat=True).first()
    name = began_with.split("+")[0] if began_with else settings.TRAIL_NAME
    return LogKey.load(name, settings.TRAIL_KEY_FILE, is_new=began_with is None)


def sequence(key: LogKey, *, at: datetime, most: int = BATCH, every: timedelta = CHECKPOINT_EVERY) -> int:
    """Number the entries that wait, at most so many, and return how many; sign a checkpoint if one is due.

    All of it is one transaction, and only one sequencer works at a time: a second waits for the first.
    """
    with transaction.atomic():
        head = _locked_head(key, at)
        frontier = Frontier(head.size, _split(bytes(head.hashes)))
        waiting = list(PendingEntry.objects.order_by("pk").values_list("pk", "text")[:most])
        if waiting:
            _append(frontier, waiting)
            head.size, head.hashes = frontier.size, b"".join(frontier.hashes)
            head.save(update_fields=["size", "hashes"])
        _sign_if_due(key, frontier, at=at, every=every)
    return len(waiting)


def keep_sequencing(key: LogKey, stop: threading.Event, *, pause: float = PAUSE_SECONDS) -> None:
    """Sequence until told to stop; a database that is away for a while is waited for."""
    while not stop.is_set():
        done = 0
        try:
            # asked first without a lock: an idle trail must not hold up writers every second
            if has_work():
                done = sequence(key, at=timezone.now())
        except DatabaseError:
            logger.exception("the audit trail could not be sequenced; trying again")
            close_old_connections()
        if done < BATCH:
            stop.wait(pause)
    connection.close()


def has_work() -> bool:
    """Say whether an entry waits for its number, or a number for its checkpoint."""
    sizes = (
        TreeHead.objects.values_list("size", flat=True),
        Checkpoint.objects.order_by("-size").values_list("size", flat=True),
    )
    numbered, signed = (found.first() for found in sizes)
    return numbered is None or numbered != signed or PendingEntry.objects.exists()


def start_sequencing() -> Callable[[], None]:
    """Sequence in a thread beside the web server; return what stops it. Raises LogKeyError if the key cannot serve."""
    key, stop = log_key(), threading.Event()
    _ensure_same_key(key)
    connection.close()
    worker = threading.Thread(target=keep_sequencing, args=[key, stop], name="trail-sequencer", daemon=True)
    worker.start()

    def finish() -> None:
        stop.set()
        worker.join()

    return finish


def _ensure_same_key(key: LogKey) -> None:
    began_with = TreeHead.objects.values_list("key", flat=True).first()
    if began_with not in (None, key.public):
        raise LogKeyError(
            f"The log began with the key {began_with}, and {settings.TRAIL_KEY_FILE} holds another; restore the first."
        )


def _locked_head(key: LogKey, at: datetime) -> TreeHead:
    _, began = TreeHead.objects.get_or_create(pk=1, defaults={"key": key.public})
    if began:
        record(LOG_STARTED, by=None, at=at, values={"key": key.public})
    head = TreeHead.objects.select_for_update().get(pk=1)
    _ensure_same_key(key)
    return head


def _append(frontier: Frontier, waiting: list[tuple[int, str]]) -> None:
    first, hashes = frontier.size, []
    leaves = [leaf_hash(text.encode()) for _, text in waiting]
    for leaf in leaves:
        hashes += _completed(frontier, leaf)
        frontier.append(leaf)
    _move(first, [number for number, _ in waiting], leaves)
    SubtreeHash.objects.bulk_create(hashes)


def _completed(frontier: Frontier, leaf: bytes) -> list[SubtreeHash]:
    """Return the subtrees of a stored level that this leaf completes."""
    found, size, level = [], frontier.size + 1, STORED_LEVELS
    while size % (1 << level) == 0:
        node = leaf
        for left in reversed(frontier.hashes[-level:]):
            node = node_hash(left, node)
        found.append(SubtreeHash(level=level, number=(size >> level) - 1, hash=node))
        level += STORED_LEVELS
    return found


def _move(first: int, ids: list[int], leaves: list[bytes]) -> None:
    """Move rows from the outbox into the log inside the database, many times as fast as through the ORM."""
    entries, outbox = Entry._meta.db_table, PendingEntry._meta.db_table
    names, taken = ", ".join(f'"{name}"' for name in COLUMNS), ", ".join(f'"{name}"' for name in COLUMNS[1:-1])
    into, joined = f"INSERT INTO {entries} ({names})", b"".join(leaves)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"WITH gone AS (DELETE FROM {outbox} WHERE id = ANY(%s) RETURNING *) {into}"
                f" SELECT %s + place - 1, {taken}, substring(%s::bytea FROM (place * 32 - 31)::int FOR 32)"
                " FROM unnest(%s::bigint[]) WITH ORDINALITY AS ordered (id, place) JOIN gone USING (id)",
                [ids, first, joined, ids],
            )
        else:
            # nobody else writes during SQLite's transaction, so these are the rows that were read
            place = "row_number() OVER (ORDER BY id)"
            cursor.execute(
                f"{into} SELECT %s + {place} - 1, {taken}, substr(%s, {place} * 32 - 31, 32)"
                f" FROM {outbox} WHERE id <= %s ORDER BY id",
                [first, joined, ids[-1]],
            )
            cursor.execute(f"DELETE FROM {outbox} WHERE id <= %s", [ids[-1]])
        if cursor.rowcount != len(ids):
            raise DatabaseError("Somebody else took entries out of the outbox; nothing was numbered.")


def _sign_if_due(key: LogKey, frontier: Frontier, *, at: datetime, every: timedelta) -> None:
    last = Checkpoint.objects.order_by("size").last()
    # a clock that was set back must not put checkpoints off until it has caught up
    if last and (frontier.size == last.size or timedelta(0) <= at - last.signed_at < every):
        return
    if not frontier.size:
        return
    note = key.sign_checkpoint(frontier.size, frontier.root())
    Checkpoint.objects.create(size=frontier.size, note=note, signed_at=at)


def _split(hashes: bytes) -> list[bytes]:
    length = len(EMPTY_ROOT)
    return [hashes[at : at + length] for at in range(0, len(hashes), length)]
