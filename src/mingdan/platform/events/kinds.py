"""The kinds of events and who listens: each part of the application declares its own when it is loaded."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

LONGEST = {"kind": 80, "about": 120, "listener": 80}
"""Characters of what can be searched for."""


class WrongEventError(Exception):
    """An event or a listener is declared or announced wrongly; the message says how."""


@dataclass(frozen=True)
class EventKind:
    """What can happen: `code` is the app and a past tense ("cases.case_closed"), `fields` what is told of it.

    Fields hold references and numbers, not contents: who hears of an event reads the record through its access function.
    """

    code: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Announced:
    """One event as a listener gets it; `number` stays the same when it is delivered again."""

    number: int
    kind: EventKind
    about: str
    at: datetime
    values: dict[str, Any]


Listen = Callable[[Announced], None]
"""Works in the database and is short, because it runs inside a transaction; what takes longer is a job.

Must do no harm when it is called again with the same event.
"""


@dataclass(frozen=True)
class Listener:
    """Who is told: `name` is kept with what waits for it, so a renamed listener is another one."""

    name: str
    kinds: tuple[EventKind, ...]
    listen: Listen


_KINDS: dict[str, EventKind] = {}
_LISTENERS: dict[str, Listener] = {}


def declare_event(code: str, *, fields: tuple[str, ...] = ()) -> EventKind:
    """Make a kind of event known and return it."""
    kind = EventKind(code, fields)
    if _KINDS.setdefault(code, kind) != kind or "." not in code or len(code) > LONGEST["kind"]:
        raise WrongEventError(f"{code} is declared twice, or is not called app.event_in_the_past.")
    return kind


def listens(name: str, *kinds: EventKind) -> Callable[[Listen], Listen]:
    """Let a function hear of these kinds under a name of its own (`part.does_what`)."""

    def register(listen: Listen) -> Listen:
        if name in _LISTENERS or not kinds or "." not in name or len(name) > LONGEST["listener"]:
            raise WrongEventError(f"{name} listens twice, to nothing, or is not called part.does_what.")
        _LISTENERS[name] = Listener(name, kinds, listen)
        return listen

    return register


def stop_listening(name: str) -> None:
    """Forget a listener; what waits for it fails from now on, and is set aside."""
    _LISTENERS.pop(name, None)


def listeners_to(kind: EventKind) -> list[Listener]:
    """Return who is told of a kind of event."""
    return [one for one in _LISTENERS.values() if kind in one.kinds]


def listener_called(name: str) -> Listener:
    """Return a listener; raise WrongEventError if this version has none of that name."""
    try:
        return _LISTENERS[name]
    except KeyError:
        raise WrongEventError(f"Nobody listens under the name {name} any more.") from None


def kind_called(code: str) -> EventKind:
    """Return a declared kind; one that this version no longer knows has no fields."""
    return _KINDS.get(code) or EventKind(code)
