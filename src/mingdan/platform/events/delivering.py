"""Hand events to their listeners: at least once, those about one object in their order, again when one fails."""

import logging
import threading
import traceback
from datetime import datetime, timedelta

from django.db import DatabaseError, close_old_connections, connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from mingdan.platform.events.kinds import Announced, kind_called, listener_called
from mingdan.platform.events.models import Delivery, Event
from mingdan.platform.events.numbering import number_events

MOST_ATTEMPTS = 8
BACK_OFF = timedelta(seconds=5)
GROWTH = 3
"""Attempts wait 5 s, 15 s, 45 s, ...: about an hour and a half in all before a person has to look."""

LONGEST_ERROR = 8000
PAUSE_SECONDS = 1.0

logger = logging.getLogger(__name__)

_EARLIER = Delivery.objects.filter(
    listener=OuterRef("listener"),
    about=OuterRef("about"),
    state__in=(Delivery.State.WAITING, Delivery.State.ASIDE),
    event__position__lt=OuterRef("event__position"),
).exclude(about="")


def due(at: datetime) -> QuerySet[Delivery]:
    """Return what may be delivered: numbered, its time has come, nothing earlier about its object is outstanding.

    What was set aside holds back its listener's later events about the same object, until somebody retries or skips it.
    """
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING, next_at__lte=at, event__position__isnull=False)
    return waiting.filter(~Exists(_EARLIER)).order_by("event__position", "pk")


def deliver_next(*, at: datetime) -> bool:
    """Deliver the first that is due and return whether there was one.

    What the listener writes and the mark that it has been told are one transaction: a crash undoes both or neither.
    """
    with transaction.atomic():
        found = due(at).select_related("event").select_for_update(skip_locked=True, of=("self",)).first()
        if found is None:
            return False
        try:
            with transaction.atomic():
                listener_called(found.listener).listen(announced(found.event))
        except Exception as error:
            _note_failure(found, error, at)
        else:
            found.state, found.done_at, found.error = Delivery.State.DONE, at, ""
            found.save(update_fields=["state", "done_at", "error"])
    return True


def announced(event: Event) -> Announced:
    """Return an event as listeners get it."""
    return Announced(event.pk, kind_called(event.kind), event.about, event.at, event.values)


def _note_failure(delivery: Delivery, error: Exception, at: datetime) -> None:
    delivery.attempts += 1
    delivery.error = "".join(traceback.format_exception(error))[-LONGEST_ERROR:]
    if delivery.attempts >= MOST_ATTEMPTS:
        delivery.state = Delivery.State.ASIDE
        logger.error("%s failed %d times and is set aside", delivery.listener, delivery.attempts)
    else:
        delivery.next_at = at + BACK_OFF * GROWTH ** (delivery.attempts - 1)
    delivery.save(update_fields=["attempts", "error", "state", "next_at"])


def deliver_all(*, at: datetime) -> int:
    """Number and deliver what is due now; return how many were tried."""
    while number_events():
        pass
    done = 0
    # asked first without a lock, as for the trail: looking must not hold up writers
    while due(at).exists() and deliver_next(at=at):
        done += 1
    return done


def keep_delivering(stop: threading.Event, wake: threading.Event, *, pause: float = PAUSE_SECONDS) -> None:
    """Deliver until told to stop; a database that is away for a while is waited for."""
    while not stop.is_set():
        wake.clear()
        try:
            deliver_all(at=timezone.now())
        except DatabaseError:
            logger.exception("events could not be delivered; trying again")
            stop.wait(pause)
        close_old_connections()
        wake.wait(pause)
    connection.close()
