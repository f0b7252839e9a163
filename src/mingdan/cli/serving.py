"""`mingdan serve` and `mingdan manage`: the web application and its upkeep."""

import os
import sys
from contextlib import nullcontext
from typing import Annotated

import typer

from mingdan.lib.environment import UnusableSettingsError

SETTINGS = "mingdan.settings"
STOP_SECONDS = 3
"""Live connections never end by themselves; this long they are waited for when the server stops."""


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8000,
    worker: Annotated[
        bool, typer.Option(help="Start a worker beside; without one, `mingdan worker` has to run somewhere.")
    ] = True,
) -> None:
    """Run the web application on one port; settings come from the environment."""
    start_django()
    run_server(host, port, with_worker=worker)


def run_server(host: str, port: int, *, with_worker: bool = True) -> None:
    """Serve the application until somebody stops it; Django has been started."""
    import uvicorn
    from django.conf import settings

    from mingdan.cli.working import worker_beside

    ensure_migrated()
    with worker_beside() if with_worker else nullcontext():
        uvicorn.run(
            "mingdan.web.asgi:application",
            host=host,
            port=port,
            log_config=None,  # its records go where the settings send all others
            log_level="warning",
            proxy_headers=True,
            forwarded_allow_ips=settings.TRUSTED_PROXIES,
            server_header=False,
            timeout_graceful_shutdown=STOP_SECONDS,
        )


def ensure_migrated() -> None:
    """Raise UnusableSettingsError if the database lacks tables or columns of this version."""
    from django.db import DatabaseError

    from mingdan.web.health import is_migrated

    try:
        fits = is_migrated()
    except DatabaseError as reason:
        raise UnusableSettingsError(f"the database cannot be reached: {str(reason).strip()}") from reason
    if not fits:
        raise UnusableSettingsError("the database is not of this version: run `mingdan manage migrate`.")


def manage(context: typer.Context) -> None:
    """Run a command of Django's, such as migrate or check; `mingdan manage help` lists them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    if "migrate" in context.args[:1] and (owner := os.environ.get("MINGDAN_OWNER_DATABASE_URL")):
        # The role that the application runs as owns nothing, so it cannot migrate either.
        os.environ["DATABASE_URL"] = owner
    start_django()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["mingdan manage", *context.args])
    sys.stdout.flush()


def start_django() -> None:
    """Read the settings and load the application's parts; raises UnusableSettingsError."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django
    from django.conf import settings

    settings.DATA.mkdir(mode=0o700, parents=True, exist_ok=True)
    django.setup()
