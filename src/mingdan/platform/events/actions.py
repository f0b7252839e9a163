"""Announce what happened, in the transaction in which it did."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from mingdan.platform.events.kinds import LONGEST, EventKind, WrongEventError, listeners_to
from mingdan.platform.events.models import Delivery, Event
from mingdan.platform.events.waking import ring
from mingdan.platform.trail.actions import Subject, reference


def announce(
    kind: EventKind,
    *,
    at: datetime,
    about: Subject = None,
    values: Mapping[str, Any] | None = None,
    topics: Collection[str] = (),
) -> int:
    """Write an event and what it is to bring about; return its number. It stands if and only if the transaction does.

    Listeners are told after commit, events about one object in their order. `topics` say who hears of it live
    (platform/live/topics.py); without any nobody does. Raise WrongEventError outside a transaction, or for values that
    are not those of the kind.
    """
    values, what = dict(values or {}), reference(about)
    if not transaction.get_connection().in_atomic_block:
        raise WrongEventError(f"{kind.code} is announced outside a transaction: it could be told without being done.")
    if values.keys() != set(kind.fields):
        wrong = ", ".join(sorted(values.keys() ^ set(kind.fields)))
        raise WrongEventError(f"{kind.code} lacks or does not know {wrong}.")
    if len(what) > LONGEST["about"]:
        raise WrongEventError(f"{kind.code} is about something with too long a name.")
    event = Event.objects.create(kind=kind.code, about=what, at=at, values=values, topics=sorted(topics))
    Delivery.objects.bulk_create(
        Delivery(event=event, listener=one.name, about=what, next_at=at) for one in listeners_to(kind)
    )
    ring()
    return event.pk
