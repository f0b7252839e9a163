"""`/events`: what happens, as server-sent events for the person who is signed in; today only a heartbeat."""

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import close_old_connections
from django.utils.crypto import constant_time_compare

from mingdan.platform.people.models import User

HEARTBEAT_SECONDS = 15
"""Also how often it is asked whether the person is still signed in, so a closed account falls silent within it."""

_database = ThreadPoolExecutor(max_workers=2, thread_name_prefix="events")
"""Few threads ask for everybody, so that listeners do not cost a database connection each."""


async def events(scope: Any, receive: Any, send: Any) -> None:
    """Stream a heartbeat for as long as the session lives; 401 for whoever is not signed in."""
    key = _session_key(scope)
    if scope["method"] != "GET" or await _person_of(key) is None:
        await _refuse(send, 401 if scope["method"] == "GET" else 405)
        return
    headers = [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    gone = asyncio.create_task(_gone(receive))
    while not gone.done() and await _person_of(key) is not None:
        await send({"type": "http.response.body", "body": b": heartbeat\n\n", "more_body": True})
        await asyncio.wait({gone}, timeout=HEARTBEAT_SECONDS)
    gone.cancel()
    with contextlib.suppress(OSError):
        await send({"type": "http.response.body", "body": b""})


async def _gone(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _refuse(send: Any, status: int) -> None:
    headers = [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"sign in first" if status == 401 else b"only GET"})


def _session_key(scope: Any) -> str:
    written = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
    try:
        cookie = SimpleCookie(written).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return cookie.value if cookie else ""


async def _person_of(session_key: str) -> User | None:
    return await asyncio.get_running_loop().run_in_executor(_database, _person, session_key)


def _person(session_key: str) -> User | None:
    """Return who is signed in with a session, or nobody: the session ended, the password changed, the account closed."""
    close_old_connections()
    if not session_key:
        return None
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    user = User.objects.filter(pk=session.get(SESSION_KEY), is_active=True).first()
    same = user is not None and constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
    return user if same else None
