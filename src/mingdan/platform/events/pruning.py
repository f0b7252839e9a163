"""Forget events that everybody has been told of, so that the outbox stays small."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from mingdan.platform.events.models import Delivery, Event

KEPT = timedelta(days=7)
"""How far back a browser can catch up after having been away; for longer the page is loaded anew."""

BATCH = 1000


def prune_events(*, at: datetime, kept: timedelta = KEPT) -> int:
    """Delete events older than that, and return how many; what still waits or was set aside stays.

    In small transactions, because SQLite has one writer.
    """
    outstanding = Delivery.objects.filter(
        event=OuterRef("pk"), state__in=(Delivery.State.WAITING, Delivery.State.ASIDE)
    )
    old = Event.objects.filter(~Exists(outstanding), at__lt=at - kept, position__isnull=False).order_by("pk")
    total = 0
    while batch := list(old.values_list("pk", flat=True)[:BATCH]):
        Event.objects.filter(pk__in=batch).delete()
        total += len(batch)
    return total
