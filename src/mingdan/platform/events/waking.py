"""Tell waiting threads that something was committed: LISTEN and NOTIFY on PostgreSQL, `data_version` on SQLite.

A wake is a hint. Whoever waits also looks by itself from time to time, so a lost one costs time and nothing else.
"""

import logging
import threading
from collections.abc import Callable

from django.db import Error, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

CHANNEL = "mingdan_events"
LOOK_SECONDS = 0.02
"""How often SQLite is asked whether another connection has committed; the answer takes some microseconds."""

LISTEN_SECONDS = 0.5
RECONNECT_SECONDS = 1.0

logger = logging.getLogger(__name__)


def ring() -> None:
    """Wake every waker of every process once this transaction commits; SQLite needs no bell."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


class Waker:
    """A thread with a database connection of its own that calls whoever subscribed after each commit."""

    def __init__(self) -> None:
        self._called: list[Callable[[], object]] = []
        self._stop = threading.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="waker", daemon=True)

    def subscribe(self, call: Callable[[], object]) -> None:
        """Call this after each commit, from the waker's thread; it must return at once."""
        self._called.append(call)

    def start(self) -> None:
        """Begin to watch; returns once commits from now on are seen, or after a while if the database is away."""
        self._thread.start()
        self._ready.wait(RECONNECT_SECONDS)

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            own = connections["default"].copy()
            try:
                own.ensure_connection()
                watch = self._watch_postgresql if own.vendor == "postgresql" else self._watch_sqlite
                watch(own)
            except Error:
                logger.warning("the database is away; commits are not seen until it is back")
                self._stop.wait(RECONNECT_SECONDS)
            finally:
                own.close()

    def _began(self) -> None:
        self._ready.set()
        self._wake()  # what was committed before, or while the database was away

    def _wake(self) -> None:
        for call in self._called:
            call()

    def _watch_postgresql(self, own: BaseDatabaseWrapper) -> None:
        with own.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
        self._began()
        while not self._stop.is_set():
            with own.wrap_database_errors:
                heard = list(own.connection.notifies(timeout=LISTEN_SECONDS, stop_after=1))
            if heard:
                self._wake()

    def _watch_sqlite(self, own: BaseDatabaseWrapper) -> None:
        def version() -> int:
            with own.wrap_database_errors:
                return int(own.connection.execute("PRAGMA data_version").fetchone()[0])

        seen = version()
        self._began()
        while not self._stop.wait(LOOK_SECONDS):
            now = version()
            if now != seen:
                seen = now
                self._wake()
