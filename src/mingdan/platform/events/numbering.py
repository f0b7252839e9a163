"""Give committed events their positions: one number after the other, so that a reader knows what it has missed."""

from django.db import connection, transaction

from mingdan.platform.events.models import Event, EventHead

BATCH = 1000


def number_events(*, most: int = BATCH) -> int:
    """Number the events that have no position yet, at most so many; return how many.

    Only one works at a time, and the next begins after its commit: who has read up to a position has missed nothing.
    """
    if not Event.objects.filter(position__isnull=True).exists():
        return 0  # asked first without a lock: an idle application must not hold up writers
    events = Event._meta.db_table
    with transaction.atomic():
        EventHead.objects.get_or_create(pk=1)
        head = EventHead.objects.select_for_update().get(pk=1)
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {events} SET position = numbered.place FROM ("
                f"SELECT id AS waiting, %s + ROW_NUMBER() OVER (ORDER BY id) AS place FROM {events} "
                f"WHERE position IS NULL ORDER BY id LIMIT %s) AS numbered WHERE {events}.id = numbered.waiting",
                [head.position, most],
            )
            done = int(cursor.rowcount)
        head.position += done
        head.save(update_fields=["position"])
    return done


def newest_position() -> int:
    """Return the position of the newest event, 0 before the first."""
    return EventHead.objects.values_list("position", flat=True).first() or 0
