"""`/events`: server-sent events for one browser, from where it left off, for as long as its session lives."""

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from urllib.parse import parse_qs

from django.db import close_old_connections
from django.utils import timezone

from mingdan.platform.live.backlog import RESET, heartbeat, missed, wanted, written
from mingdan.platform.live.hub import Connection, Hub
from mingdan.platform.live.sessions import SignedIn, session_key, signed_in, still_signed_in
from mingdan.platform.live.topics import Audience

MOST_OF_ONE_PERSON = 50
RETRY = b"retry: 2000\n\n"

database = ThreadPoolExecutor(max_workers=2, thread_name_prefix="events")
"""Few threads ask for everybody, so that listeners do not cost a database connection each."""

Answer = TypeVar("Answer")

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
REFUSALS = {401: b"sign in first", 405: b"only GET", 429: b"too many connections"}


async def events(scope: Any, receive: Any, send: Any, *, hub: Hub) -> None:
    """Stream what the person may hear; 401 for whoever is not signed in.

    `?parts=jobs,cases` narrows it to parts of the application. `Last-Event-ID` (or `?after=`) is where the browser left
    off; if not all of what followed is still there, the event `reset` says to load the page anew.
    """
    session = await _ask(_signed_in, session_key(scope))
    refused = 405 if scope["method"] != "GET" else 401 if session is None else 0
    if session is None or refused or hub.connections_of(session.user) >= MOST_OF_ONE_PERSON:
        await _refuse(send, refused or 429)
        return
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    one = Connection(session, frozenset(",".join(asked.get("parts", [])).split(",")) - {""})
    hub.join(one)
    try:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        first = await _ask(_first, one, _left_off(scope, asked))
        await _send(send, first + RETRY)
        await _stream(one, receive, send)
    finally:
        hub.leave(one)


async def _stream(one: Connection, receive: Any, send: Any) -> None:
    gone = asyncio.create_task(_gone(receive))
    gone.add_done_callback(lambda _: one.end())
    try:
        while text := await one.next():
            await _send(send, text)
    finally:
        gone.cancel()
    with contextlib.suppress(OSError):
        await send({"type": "http.response.body", "body": b""})


async def _send(send: Any, text: bytes) -> None:
    await send({"type": "http.response.body", "body": text, "more_body": True})


async def _gone(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _refuse(send: Any, status: int) -> None:
    headers = [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": REFUSALS[status]})


def _left_off(scope: Any, asked: dict[str, list[str]]) -> int | None:
    said = [value.decode("latin-1") for name, value in scope["headers"] if name == b"last-event-id"]
    last = next(iter([*said, *asked.get("after", [])]), "")
    return int(last) if last.isdecimal() and len(last) < 19 else None


async def _ask(question: Callable[..., Answer], *about: Any) -> Answer:
    return await asyncio.get_running_loop().run_in_executor(database, question, *about)


def _signed_in(key: str) -> SignedIn | None:
    close_old_connections()
    return signed_in(key, at=timezone.now())


def _first(one: Connection, left_off: int | None) -> bytes:
    """Return a sign of life, and what was missed since the browser left off as far as its person may hear it."""
    close_old_connections()
    start = heartbeat(one.joined_at)
    if left_off is None or left_off == one.joined_at:
        return start
    found = missed(left_off, one.joined_at)
    if found is None:
        return start + RESET
    now = timezone.now()
    audience = Audience(frozenset(alive.user for alive in still_signed_in([one.session], at=now)), now)
    mine = wanted(found, one.families)
    return b"".join(written(event) for event in mine if one.session.user in audience.of(event.topics)) + start
