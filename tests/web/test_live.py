"""`/events` for whoever is signed in, for as long as they are."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from mingdan.platform.people.actions import close_account
from mingdan.platform.people.models import User
from mingdan.web import live
from tests.cast import signed_in

pytestmark = pytest.mark.django_db(transaction=True)


class Listener:
    """A browser that listens to `/events`."""

    def __init__(self, client: Client | None) -> None:
        cookie = client.cookies["sessionid"].value if client else ""
        self.scope = {"method": "GET", "headers": [(b"cookie", f"other=1; sessionid={cookie}".encode())]}
        self.heard: list[dict[str, Any]] = []
        self.gone = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        self.heard.append(message)

    async def until_heard(self, messages: int) -> None:
        while len(self.heard) < messages:
            await asyncio.sleep(0.01)

    @property
    def has_ended(self) -> bool:
        return bool(self.heard) and not self.heard[-1].get("more_body", False) and len(self.heard) > 1


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.02)
    with ThreadPoolExecutor(max_workers=1) as one_thread:
        monkeypatch.setattr(live, "_database", one_thread)
        yield
        one_thread.submit(connections.close_all).result()


def _then_disconnect(meanwhile: Callable[[], object]) -> None:
    try:
        meanwhile()
    finally:
        connections.close_all()


async def _listen(listener: Listener, meanwhile: Callable[[], object]) -> None:
    listening = asyncio.create_task(live.events(listener.scope, listener.receive, listener.send))
    await asyncio.wait_for(listener.until_heard(3), 20)
    await asyncio.to_thread(_then_disconnect, meanwhile)
    await asyncio.wait_for(listening, 20)


def test_nobody_who_is_signed_out_hears_anything(db: None) -> None:
    listener = Listener(None)
    asyncio.run(live.events(listener.scope, listener.receive, listener.send))
    assert listener.heard[0]["status"] == 401


def test_a_stream_lives_until_the_browser_leaves(ann: User) -> None:
    listener = Listener(signed_in(ann))

    async def leave() -> None:
        listening = asyncio.create_task(live.events(listener.scope, listener.receive, listener.send))
        await asyncio.wait_for(listener.until_heard(5), 20)
        listener.gone.set()
        await asyncio.wait_for(listening, 20)

    asyncio.run(leave())
    assert listener.heard[0]["status"] == 200
    assert listener.has_ended


def test_a_closed_account_falls_silent_within_a_heartbeat(ann: User, kim: User) -> None:
    listener = Listener(signed_in(ann))
    asyncio.run(_listen(listener, lambda: close_account(ann, by=kim, at=timezone.now())))
    assert listener.has_ended


def test_signing_out_ends_the_stream(ann: User) -> None:
    client = signed_in(ann)
    listener = Listener(client)
    asyncio.run(_listen(listener, client.logout))
    assert listener.has_ended


HEARTBEAT_SECONDS = live.HEARTBEAT_SECONDS


def test_a_heartbeat_comes_often_enough_for_off_boarding() -> None:
    assert HEARTBEAT_SECONDS <= 60
