"""What the trail tells: the history of an object, of a person; proofs; the newest checkpoint."""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext, override

from mingdan.platform.trail.actions import Subject, reference
from mingdan.platform.trail.kinds import kind_called
from mingdan.platform.trail.models import (
    Checkpoint,
    Entry,
    PendingEntry,
    PersonalValue,
    Recorded,
    SubtreeHash,
    TreeHead,
)
from mingdan.platform.trail.proofs import Subtrees
from mingdan.platform.trail.sequencing import LONGEST_WINDOW, STORED_LEVELS
from mingdan.platform.trail.tree import node_hash

SHOWN = 50


@dataclass(frozen=True)
class Told:
    """One entry as people read it.

    `index` is its number, or None while it waits for one; `happened_at` differs from `at` where something was recorded
    later than it happened.
    """

    entry_id: str
    index: int | None
    kind: str
    at: datetime
    happened_at: datetime | None
    sentence: str


def history_of(
    subject: Subject, *, most: int = SHOWN, language: str | None = None, with_personal: bool = False
) -> list[Told]:
    """Return what happened to an object, newest first, told in a language (default: the reader's).

    Personal values are withheld unless the caller knows that this reader may see all of them.
    """
    return _told({"about": reference(subject)}, most, language, with_personal)


def acts_of(
    person: Subject, *, most: int = SHOWN, language: str | None = None, with_personal: bool = False
) -> list[Told]:
    """Return what a person did, newest first; languages and personal values as in `history_of`."""
    return _told({"by": reference(person)}, most, language, with_personal)


def _told(chosen: dict[str, str], most: int, language: str | None, with_personal: bool) -> list[Told]:
    waiting: list[Recorded] = list(PendingEntry.objects.filter(**chosen).order_by("-pk")[:most])
    numbered = Entry.objects.filter(**chosen).order_by("-index")[: most - len(waiting)]
    return tell([*waiting, *numbered], language or get_language() or "en", with_personal=with_personal)


def tell(entries: Iterable[Recorded], language: str, *, with_personal: bool = False) -> list[Told]:
    """Return entries as sentences in English or Chinese; erased and withheld values are said to be so."""
    with override(language):
        return _sentences(list(entries), language, with_personal)


def _sentences(entries: list[Recorded], language: str, with_personal: bool) -> list[Told]:
    read = [(entry, json.loads(entry.text)) for entry in entries]
    values: dict[tuple[str, str], Any] = {
        (entry_id, field): gettext("(erased)") if value is None else json.loads(value) if with_personal else None
        for entry_id, field, value in PersonalValue.objects.filter(
            entry_id__in=[entry.entry_id for entry, said in read if "personal" in said]
        ).values_list("entry_id", "field", "value")
    }
    names = names_of({one for _, said in read for one in _references(said)})
    return [
        Told(
            entry.entry_id,
            entry.index if isinstance(entry, Entry) else None,
            entry.kind,
            datetime.fromisoformat(said["at"]),
            datetime.fromisoformat(said["happened_at"]) if "happened_at" in said else None,
            _sentence(said, values, names, language),
        )
        for entry, said in read
    ]


def _references(said: dict[str, Any]) -> Iterator[str]:
    """Yield the references of an entry; text that people typed is never taken for one, or it could ask for names."""
    yield from (said.get("by", ""), said.get("about", ""))
    kind = kind_called(said["kind"])
    yield from (str(said.get("data", {}).get(name, "")) for name in (kind.refers if kind else ()))


def _sentence(said: dict[str, Any], values: dict[tuple[str, str], Any], names: dict[str, str], language: str) -> str:
    kind = kind_called(said["kind"])
    if kind is None:
        return str(said["kind"])
    filled: dict[str, Any] = dict.fromkeys(kind.personal, "—")
    filled |= {name: "—" if value in (None, "") else value for name, value in said.get("data", {}).items()}
    filled |= {name: names.get(str(filled.get(name)), filled.get(name, "—")) for name in kind.refers}
    for name in said.get("personal", {}):
        value = values.get((said["id"], name))
        filled[name] = gettext("(withheld)") if value is None else value
    by, about = said.get("by", ""), said.get("about", "")
    filled |= {"by": names.get(by, by) or gettext("Mingdan"), "about": names.get(about, about)}
    return (kind.sentence.zh if language.startswith("zh") else kind.sentence.en).format_map(_Lenient(filled))


class _Lenient(dict[str, Any]):
    """Shows a dash for what an older version of the kind did not record."""

    def __missing__(self, name: str) -> str:
        return "—"


def names_of(references: Iterable[str]) -> dict[str, str]:
    """Return what the objects behind references are called now; what is gone keeps its reference."""
    keys: dict[str, set[str]] = {}
    for one in references:
        label, colon, key = one.partition(":")
        if colon:
            keys.setdefault(label, set()).add(key)
    names: dict[str, str] = {}
    for label, wanted in keys.items():
        try:
            model = apps.get_model(label)
        except (LookupError, ValueError):
            continue
        if model is Entry:
            continue
        with suppress(ValueError, ValidationError):  # a key that this model's keys cannot be
            names |= {f"{label}:{one.pk}": str(one) for one in model._default_manager.filter(pk__in=wanted)}
    return names


def newest_checkpoint() -> Checkpoint | None:
    """Return the newest signed checkpoint, or None before the first."""
    return Checkpoint.objects.order_by("size").last()


@dataclass(frozen=True)
class Standing:
    """Whether the trail keeps up: what waits, since when, and how much no checkpoint vouches for yet."""

    size: int
    waiting: int
    waiting_since: datetime | None
    vouched: int
    signed_at: datetime | None

    def is_late(self, at: datetime) -> bool:
        """Say whether an entry waits for longer than twice the time in which it should be under a checkpoint."""
        return self.waiting_since is not None and at - self.waiting_since > 2 * LONGEST_WINDOW


def standing() -> Standing:
    """Return how the trail stands, for health checks and alarms; four short queries."""
    newest = newest_checkpoint()
    vouched = newest.size if newest else 0
    size = TreeHead.objects.values_list("size", flat=True).first() or 0
    waiting = PendingEntry.objects.count()
    first = Entry.objects.filter(index=vouched).values_list("at", flat=True).first()
    oldest = first or PendingEntry.objects.order_by("pk").values_list("at", flat=True).first()
    since = datetime.fromisoformat(oldest) if oldest else None
    return Standing(size, waiting, since, vouched, newest.signed_at if newest else None)


def stored_subtrees() -> Subtrees:
    """Return what proofs are made from: hashes of complete subtrees, out of the stored ones nearest below."""
    read: dict[tuple[int, int, int], list[bytes]] = {}

    def below(level: int, number: int) -> list[bytes]:
        stored = level - level % STORED_LEVELS
        first, count = number << level - stored, 1 << level - stored
        if (stored, first, count) not in read:
            if stored:
                rows = SubtreeHash.objects.filter(level=stored, number__gte=first, number__lt=first + count)
                read[stored, first, count] = [
                    bytes(one) for one in rows.order_by("number").values_list("hash", flat=True)
                ]
            else:
                leaves = Entry.objects.filter(index__gte=first, index__lt=first + count).order_by("index")
                read[stored, first, count] = [bytes(one) for one in leaves.values_list("leaf", flat=True)]
        return read[stored, first, count]

    def subtree(level: int, number: int) -> bytes:
        hashes = below(level, number)
        while len(hashes) > 1:
            hashes = [node_hash(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=True)]
        return hashes[0]

    return subtree
