"""What was announced after a position, and how it is written to a browser."""

import json
from collections.abc import Iterable

from mingdan.platform.events.models import Event

LONGEST_BACKLOG = 1000
"""Whoever missed more is told to load the page anew, which is quicker."""

RESET = b"event: reset\ndata: {}\n\n"


def written(event: Event) -> bytes:
    """Return an event as the stream says it: its position, its kind, and a line of JSON."""
    told = {"about": event.about, "at": event.at.isoformat(), **event.values}
    line = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return f"id: {event.position}\nevent: {event.kind}\ndata: {line}\n\n".encode()


def heartbeat(position: int) -> bytes:
    """Return the sign of life; with the position, or who hears nothing for long would have to start from long ago."""
    return f": heartbeat\nid: {position}\n\n".encode()


def events_after(position: int, *, until: int | None = None, most: int = LONGEST_BACKLOG) -> list[Event]:
    """Return the events after a position in their order, at most so many."""
    found = Event.objects.filter(position__gt=position).order_by("position")
    return list(found.filter(position__lte=until)[:most] if until is not None else found[:most])


def missed(position: int, until: int) -> list[Event] | None:
    """Return the events between two positions, or None if they are too many or no longer all there."""
    if not 0 <= until - position <= LONGEST_BACKLOG:
        return None
    found = events_after(position, until=until)
    return found if len(found) == until - position else None


def wanted(events: Iterable[Event], families: frozenset[str]) -> list[Event]:
    """Return the events of these parts of the application, all if none is named."""
    return [one for one in events if not families or one.kind.partition(".")[0] in families]
