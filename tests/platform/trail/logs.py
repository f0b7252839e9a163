"""A log in the database, as actions and the sequencer make it."""

from datetime import UTC, datetime, timedelta

from django.db import transaction

from mingdan.platform.trail.actions import record
from mingdan.platform.trail.kinds import declare_kind
from mingdan.platform.trail.note_signing import LogKey
from mingdan.platform.trail.sequencing import sequence

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

DEAL_LOST = declare_kind(
    "tests.deal_lost",
    en="{by} marked {about} as lost to {winner} for {reason}; the customer's number is {phone}.",
    zh="{by} 将 {about} 标记为输给 {winner}，原因：{reason}；客户电话：{phone}。",
    fields=("reason", "amount"),
    personal=("winner", "phone"),
    notifies=("manager",),
)


def lose_deal(
    number: int = 1, *, phone: str | None = "13671284567", winner: str | None = "林晓", by: str = "people.user:7007"
) -> str:
    """Record that a deal was lost, in a transaction of its own."""
    with transaction.atomic():
        return record(
            DEAL_LOST,
            by=by,
            at=NOW + timedelta(seconds=number),
            about=f"crm.deal:{number}",
            values={"reason": "price", "amount": "1200.00", "phone": phone, "winner": winner},
        )


def log_of(key: LogKey, entries: int, *, checkpoint_at: tuple[int, ...] = ()) -> list[str]:
    """Write a log of so many entries, the first of which says that it began; return checkpoints at these sizes."""
    sequence(key, at=NOW, every=timedelta(0))
    notes, written = [], 0
    for size in sorted({*checkpoint_at, entries}):
        while written < size - 1:
            written += 1
            # every third without personal values, every fifth about deal 5
            with_values = written % 3 != 0
            lose_deal(
                5 if written % 5 == 0 else written,
                phone="13671284567" if with_values else None,
                winner="林晓" if with_values else None,
            )
        while sequence(key, at=NOW + timedelta(minutes=size), every=timedelta(0)):
            pass
        notes.append(newest_note())
    return notes


def newest_note() -> str:
    from mingdan.platform.trail.models import Checkpoint

    return Checkpoint.objects.order_by("-size")[0].note
