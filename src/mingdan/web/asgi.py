"""One port: Django in threads, and `/events` as a small ASGI application of its own."""

import asyncio
import gc
import os
from typing import Any, cast

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingdan.settings")

pages = WSGIMiddleware(cast(Any, get_wsgi_application()), workers=int(os.environ.get("MINGDAN_THREADS", "10")))

# Imported once Django has read its settings.
from mingdan.platform.live.hub import Hub  # noqa: E402
from mingdan.platform.live.stream import events  # noqa: E402
from mingdan.platform.trail.note_signing import LogKeyError  # noqa: E402
from mingdan.platform.trail.sequencing import start_sequencing  # noqa: E402

hub = Hub()


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answer one connection, or take part in the server's start and stop."""
    if scope["type"] == "lifespan":
        await _live_and_die(receive, send)
    elif scope["type"] == "http" and scope["path"] == "/events":
        await events(scope, receive, send, hub=hub)
    elif scope["type"] == "http":
        await pages(scope, receive, send)


async def _live_and_die(receive: Any, send: Any) -> None:
    """Number the trail's entries and tell what happens for as long as the server runs; a wrong key stops the start."""
    await receive()
    try:
        stop_sequencing = await asyncio.to_thread(start_sequencing)
    except LogKeyError as error:
        await send({"type": "lifespan.startup.failed", "message": str(error)})
        return
    await asyncio.to_thread(hub.start, asyncio.get_running_loop())
    # What was loaded stays: looked through again and again for garbage, it held up live events by a quarter of a second.
    gc.collect()
    gc.freeze()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await asyncio.to_thread(hub.stop)
    await asyncio.to_thread(stop_sequencing)
    await send({"type": "lifespan.shutdown.complete"})
