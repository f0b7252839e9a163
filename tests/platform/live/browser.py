"""A browser that listens to `/events`, without a network."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from django.db import connections
from django.test import Client

from mingdan.platform.live import stream
from mingdan.platform.live.hub import Hub

PATIENCE_SECONDS = 20


class Browser:
    """Keeps what it was sent."""

    def __init__(self, client: Client | None, *, left_off: int | None = None, query: str = "") -> None:
        cookie = client.cookies["sessionid"].value if client else ""
        headers = [(b"cookie", f"other=1; sessionid={cookie}".encode())]
        if left_off is not None:
            headers.append((b"last-event-id", str(left_off).encode()))
        self.scope = {"method": "GET", "headers": headers, "query_string": query.encode()}
        self.sent: list[dict[str, Any]] = []
        self.leaves = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self.leaves.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def heard(self) -> str:
        return b"".join(message.get("body", b"") for message in self.sent[1:]).decode()

    @property
    def numbers(self) -> list[int]:
        """The `number` of each event that was heard, in order."""
        return [int(part.split("}")[0].split(",")[0]) for part in self.heard.split('"number":')[1:]]

    @property
    def last_id(self) -> int:
        """What a real browser would send as Last-Event-ID."""
        return max(int(line[4:]) for line in self.heard.splitlines() if line.startswith("id: "))

    @property
    def has_ended(self) -> bool:
        return len(self.sent) > 1 and not self.sent[-1].get("more_body", False)

    def listen(self, hub: Hub) -> "asyncio.Task[None]":
        return asyncio.create_task(stream.events(self.scope, self.receive, self.send, hub=hub))

    async def until(self, condition: Callable[["Browser"], bool]) -> None:
        async def met() -> None:
            while not condition(self):
                await asyncio.sleep(0.005)

        await asyncio.wait_for(met(), PATIENCE_SECONDS)


def run(story: Callable[[Hub], Awaitable[None]]) -> None:
    """Run a story with a hub that really listens to the database."""

    async def told() -> None:
        hub = Hub()
        await asyncio.to_thread(hub.start, asyncio.get_running_loop())
        try:
            await story(hub)
        finally:
            await asyncio.to_thread(hub.stop)

    asyncio.run(told())


async def meanwhile(act: Callable[[], object]) -> None:
    """Do something in a thread of its own, as a request would."""

    def done() -> None:
        try:
            act()
        finally:
            connections.close_all()

    await asyncio.to_thread(done)
