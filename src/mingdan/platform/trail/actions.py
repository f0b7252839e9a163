"""Record what somebody did, in the transaction in which it was done; erase personal values."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import models, transaction

from mingdan.platform.trail.commitments import commit
from mingdan.platform.trail.entry_text import UnrecordableError, entry_text, new_entry_id, plain, written_time
from mingdan.platform.trail.kinds import READING, VALUE_ERASED, EntryKind
from mingdan.platform.trail.models import LONGEST, PendingEntry, PersonalValue

Subject = models.Model | str | None
"""An object, a name for what is no object ("crm.deals"), or nothing."""


class CannotEraseError(Exception):
    """Nothing was erased; the message says why."""


def reference(subject: Subject) -> str:
    """Return what stands for an object in an entry, `app.model:key`, which outlives the object."""
    if not isinstance(subject, models.Model):
        return subject or ""
    if subject.pk is None:
        raise UnrecordableError(f"A {subject._meta.label} that was never saved cannot be referred to.")
    return f"{subject._meta.label_lower}:{subject.pk}"


def record(
    kind: EntryKind,
    *,
    by: Subject,
    at: datetime,
    about: Subject = None,
    happened_at: datetime | None = None,
    subject: Subject = None,
    values: Mapping[str, Any] | None = None,
) -> str:
    """Write one entry into the outbox and return its id; it stands if and only if the action's transaction does.

    `at` is when it is recorded, `happened_at` when it happened, if that is another time. `by` is who did it; None is
    the system. `subject` is whom the personal values are about. Raise UnrecordableError outside a transaction, or for
    values that are not those of the kind.
    """
    values = dict(values or {})
    if not transaction.get_connection().in_atomic_block:
        raise UnrecordableError(f"{kind.code} is recorded outside a transaction: it could be told without being done.")
    if unknown := values.keys() - {*kind.fields, *kind.personal}:
        raise UnrecordableError(f"{kind.code} has no field {', '.join(sorted(unknown))}; declare it or leave it out.")
    if missing := set(kind.fields) - values.keys():
        raise UnrecordableError(f"{kind.code} lacks {', '.join(sorted(missing))}.")
    found = {"entry_id": new_entry_id(), "kind": kind.code, "at": written_time(at)}
    found |= {"by": reference(by), "about": reference(about)}
    if long := [name for name, value in found.items() if len(value) > LONGEST[name]]:
        raise UnrecordableError(f"{kind.code} has too long a {' and '.join(long)} to be found by it.")
    hidden = {name: commit(plain(values[name])) for name in kind.personal if values.get(name) is not None}
    text = entry_text(
        **found,
        happened_at=written_time(happened_at) if happened_at else "",
        data={name: plain(values[name]) for name in kind.fields},
        personal={name: committed for name, (committed, _, _) in hidden.items()},
    )
    PendingEntry.objects.create(**found, text=text)
    whom = reference(subject)
    PersonalValue.objects.bulk_create(
        PersonalValue(entry_id=found["entry_id"], field=name, subject=whom, salt=salt, value=written)
        for name, (_, salt, written) in hidden.items()
    )
    return found["entry_id"]


def record_reading(what: str, *, by: Subject, at: datetime, about: Subject, **values: Any) -> str:
    """Record that somebody viewed, searched, exported or printed something, in a transaction of its own if there is none.

    `what` is a key of READING; the values are its fields. If nothing can be recorded, nothing must be shown.
    """
    with transaction.atomic():
        return record(READING[what], by=by, at=at, about=about, values=values)


def erase_values(entry_id: str, fields: Collection[str], *, by: Subject, at: datetime, reason: str) -> None:
    """Erase personal values of an entry with their salts, for good; the entry itself stays and stays provable."""
    with transaction.atomic():
        kept = PersonalValue.objects.filter(entry_id=entry_id, field__in=fields, erased_at__isnull=True)
        names = sorted(kept.select_for_update().values_list("field", flat=True))
        if names != sorted(set(fields)):
            absent = ", ".join(sorted(set(fields) - set(names)))
            raise CannotEraseError(f"Entry {entry_id} holds no value of {absent}; nothing was erased.")
        kept.update(salt=None, value=None, erased_at=at)
        record(
            VALUE_ERASED,
            by=by,
            at=at,
            about=f"trail.entry:{entry_id}",
            values={"entry": entry_id, "erased": ", ".join(names), "reason": reason},
        )
