"""One thread for each process reads what is new, asks who may hear it, and hands it to their connections."""

import asyncio
import logging
import threading
import time
from collections.abc import Sequence

from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from mingdan.platform.events.models import Event
from mingdan.platform.events.numbering import newest_position, number_events
from mingdan.platform.events.waking import Waker
from mingdan.platform.live.backlog import events_after, heartbeat, wanted, written
from mingdan.platform.live.sessions import SignedIn, still_signed_in
from mingdan.platform.live.topics import Audience

HEARTBEAT_SECONDS = 15.0
"""Also how often it is asked who is still signed in, so a closed account falls silent within it."""

PAUSE_SECONDS = 1.0
BATCH = 200
MOST_WAITING = 1 << 20
"""Bytes that wait for a slow browser; then it is let go, comes again and catches up."""

logger = logging.getLogger(__name__)


class Connection:
    """One browser: what is to be sent to it. All but `end` belongs to the event loop."""

    def __init__(self, session: SignedIn, families: frozenset[str]) -> None:
        self.session, self.families = session, families
        self.joined_at = 0
        self._waiting: list[bytes] = []
        self._news = asyncio.Event()
        self.has_ended = False

    def put(self, text: bytes) -> None:
        """Let this be sent next."""
        self._waiting.append(text)
        if sum(map(len, self._waiting)) > MOST_WAITING:
            self.end()
        self._news.set()

    def end(self) -> None:
        """Let the connection end, without what still waits."""
        self._waiting.clear()
        self.has_ended = True
        self._news.set()

    async def next(self) -> bytes:
        """Wait for what is to be sent; nothing means the end."""
        await self._news.wait()
        self._news.clear()
        text = b"".join(self._waiting)
        self._waiting.clear()
        return b"" if self.has_ended else text


class Hub:
    """Whoever listens in this process, and the thread that tells them."""

    def __init__(self) -> None:
        self._connections: set[Connection] = set()
        self._position = 0
        self._lock = threading.Lock()
        self._stop, self._wake = threading.Event(), threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to tell what is announced from now on."""
        self._loop = loop
        self._waker = Waker()
        self._waker.subscribe(self._wake.set)
        self._stop.clear()
        self._position = newest_position()
        connection.close()
        self._waker.start()
        self._thread = threading.Thread(target=self._run, name="live", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()
        self._wake.set()
        self._waker.stop()
        if self._thread:
            self._thread.join()

    def join(self, one: Connection) -> None:
        """Let a browser hear everything after `joined_at`, which is set now; what is before, it has to read itself."""
        with self._lock:
            self._connections.add(one)
            one.joined_at = self._position

    def leave(self, one: Connection) -> None:
        """Tell a browser nothing more."""
        with self._lock:
            self._connections.discard(one)

    def connections_of(self, user: int) -> int:
        """Return how many connections somebody has here."""
        with self._lock:
            return sum(one.session.user == user for one in self._connections)

    def _run(self) -> None:
        beat = time.monotonic() + HEARTBEAT_SECONDS
        while not self._stop.is_set():
            self._wake.clear()
            try:
                while number_events():
                    pass
                while self._tell_next():
                    pass
                if time.monotonic() >= beat:
                    beat = time.monotonic() + HEARTBEAT_SECONDS
                    self._tell([])
                    close_old_connections()
            except DatabaseError:
                logger.exception("events could not be told live; trying again")
                close_old_connections()
                self._stop.wait(PAUSE_SECONDS)
            self._wake.wait(min(PAUSE_SECONDS, max(0.0, beat - time.monotonic())))
        connection.close()

    def _tell_next(self) -> bool:
        events = events_after(self._position, most=BATCH)
        if events:
            self._tell(events)
        return bool(events)

    def _tell(self, events: Sequence[Event]) -> None:
        """Tell everybody what they may hear; without events give a sign of life. Whose session ended is let go."""
        with self._lock:
            # From here on whoever joins reads these from the database, and whoever has joined gets them below.
            connections = tuple(self._connections)
            self._position = events[-1].position or 0 if events else self._position
        try:
            texts = _texts(connections, events, self._position)
        except BaseException:
            self._in_loop(_let_go, connections)  # they come again, and read what they missed
            raise
        self._in_loop(_hand_over, texts)

    def _in_loop(self, call: object, argument: object) -> None:
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call, argument)  # type: ignore[arg-type]


def _texts(
    connections: Sequence[Connection], events: Sequence[Event], position: int
) -> list[tuple[Connection, bytes | None]]:
    """Return what to send to whom; None for whoever is no longer signed in."""
    if not connections:
        return []
    now = timezone.now()
    alive = still_signed_in({one.session for one in connections}, at=now)
    audience = Audience(frozenset(one.user for one in alive), now)
    told = [(event, written(event), audience.of(event.topics)) for event in events]
    texts: list[tuple[Connection, bytes | None]] = []
    for one in connections:
        if one.session not in alive:
            texts.append((one, None))
            continue
        mine = {event.pk for event in wanted(events, one.families)}
        text = b"".join(line for event, line, who in told if one.session.user in who and event.pk in mine)
        texts.append((one, text if events else heartbeat(position)))
    return texts


def _hand_over(texts: Sequence[tuple[Connection, bytes | None]]) -> None:
    for one, text in texts:
        if text is None:
            one.end()
        elif text:
            one.put(text)


def _let_go(connections: Sequence[Connection]) -> None:
    for one in connections:
        one.end()
