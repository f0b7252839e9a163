"""Export the trail, or a part of it, with everything that an outsider needs to verify it."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.db.models import QuerySet

from mingdan.platform.trail.doubts import Doubt, UnusableTrailError
from mingdan.platform.trail.export_writing import Disclosed, Vouched, selected_entries, whole_trail, write_export
from mingdan.platform.trail.models import Checkpoint, Entry, PersonalValue
from mingdan.platform.trail.note_reading import Checkpoint as Signed
from mingdan.platform.trail.note_reading import open_checkpoint, read_key
from mingdan.platform.trail.note_signing import LogKey, verify_fast
from mingdan.platform.trail.proofs import consistency_proof, inclusion_proof
from mingdan.platform.trail.queries import newest_checkpoint, stored_subtrees
from mingdan.platform.trail.sequencing import sequence

EARLIER = 256
"""So many earlier checkpoints go along, evenly spread; they say where a change lies, and cost 4 ms each to check."""

CHUNK = 2000


class CannotExportError(UnusableTrailError):
    """Nothing was exported; the message says why."""


def export_trail(
    path: Path,
    key: LogKey,
    *,
    at: datetime,
    about: str = "",
    since: str = "",
    disclose: bool = False,
) -> tuple[int, int]:
    """Write an export to a zip file; return how many entries are in it and how many the log has.

    `about` chooses the entries about one object (by its reference), else all are exported. `since` is a signed
    checkpoint that somebody kept: the export then proves that the log grew out of it. `disclose` adds the personal
    values that are not erased. What waits is numbered first, so that nothing is left out.
    """
    while sequence(key, at=at, every=timedelta(0)):
        pass
    newest = newest_checkpoint()
    if newest is None:
        raise CannotExportError("The log has no entries yet, so there is nothing to export.")
    entries = Entry.objects.filter(index__lt=newest.size).order_by("index")
    vouched = Vouched(key.public, newest.note, _earlier(newest.size), _growth(key, since, newest.size))
    if not about:
        disclosed = _disclosed(entries) if disclose else ()
        write_export(path, whole_trail(vouched, lambda: _texts(entries), disclosed))
        return newest.size, newest.size
    chosen = entries.filter(about=about)
    disclosed = _disclosed(chosen) if disclose else ()
    write_export(path, selected_entries(vouched, _proved(chosen, newest.size), disclosed))
    return chosen.count(), newest.size


def _texts(entries: QuerySet[Entry]) -> Iterator[bytes]:
    return (text.encode() for text in entries.values_list("text", flat=True).iterator(chunk_size=CHUNK))


def _proved(entries: QuerySet[Entry], size: int) -> Iterator[tuple[int, bytes, list[bytes]]]:
    subtrees = stored_subtrees()
    for index, text in entries.values_list("index", "text").iterator(chunk_size=CHUNK):
        yield index, text.encode(), inclusion_proof(index, size, subtrees)


def _disclosed(entries: QuerySet[Entry]) -> Iterable[Disclosed]:
    chunk: dict[str, int] = {}
    for index, entry_id in entries.values_list("index", "entry_id").iterator(chunk_size=CHUNK):
        chunk[entry_id] = index
        if len(chunk) == CHUNK:
            yield from _values(chunk)
            chunk = {}
    yield from _values(chunk)


def _values(chunk: dict[str, int]) -> Iterator[Disclosed]:
    kept = PersonalValue.objects.filter(entry_id__in=chunk, erased_at__isnull=True).order_by("entry_id", "field")
    for one in kept:
        yield Disclosed(chunk[one.entry_id], one.field, bytes(one.salt or b""), one.value or "")


def _earlier(size: int) -> tuple[str, ...]:
    sizes = list(Checkpoint.objects.filter(size__lt=size).order_by("size").values_list("size", flat=True))
    spread = sizes[:: max(1, -(-len(sizes) // EARLIER))]
    return tuple(Checkpoint.objects.filter(size__in=spread).order_by("size").values_list("note", flat=True))


def _growth(key: LogKey, since: str, size: int) -> tuple[int, list[bytes]] | None:
    if not since:
        return None
    kept = _opened(key, since)
    if not 0 < kept.size <= size:
        raise CannotExportError(f"The log has {size} entries, and the checkpoint says {kept.size}: the log was cut.")
    return kept.size, consistency_proof(kept.size, size, stored_subtrees())


def _opened(key: LogKey, note: str) -> Signed:
    try:
        return open_checkpoint(note, read_key(key.public), "--since", verify_fast)
    except Doubt as doubt:
        raise CannotExportError(str(doubt)) from doubt
