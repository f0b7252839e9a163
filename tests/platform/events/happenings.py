"""Events of the tests and somebody who listens to them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.db import transaction

from mingdan.platform.events.actions import announce
from mingdan.platform.events.kinds import Announced, Listen, declare_event, listens, stop_listening

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HAPPENED = declare_event("tests.thing_happened", fields=("number",))
OTHER = declare_event("tests.other_happened")


class Diary:
    """Writes down what it hears; fails for numbers that it was told to."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, int]] = []
        self.fails_for: set[int] = set()

    def __call__(self, event: Announced) -> None:
        if event.values["number"] in self.fails_for:
            raise LookupError(f"no place for {event.values['number']}")
        self.heard.append((event.about, event.values["number"]))


@contextmanager
def listening(name: str, listen: Listen) -> Iterator[None]:
    """Let somebody listen for a while."""
    listens(name, HAPPENED)(listen)
    try:
        yield
    finally:
        stop_listening(name)


def happen(number: int, about: str = "", *, after: int = 0) -> int:
    """Announce that something happened, in a transaction of its own."""
    with transaction.atomic():
        return announce(HAPPENED, at=NOW + timedelta(seconds=after), about=about, values={"number": number})
