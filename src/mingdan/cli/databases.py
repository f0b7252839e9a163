"""`mingdan database prepare`: PostgreSQL with an owner that migrates and a run-time role that owns nothing."""

import os
import subprocess
import sys
from typing import Annotated

import typer

from mingdan.cli.console import FAILED, complain

app = typer.Typer(no_args_is_help=True, help="The database server. 数据库服务器。")


@app.callback()
def database() -> None:
    """Set up the database server."""


@app.command()
def prepare(
    superuser_url: Annotated[
        str,
        typer.Argument(
            metavar="URL", help="How to reach the server as a superuser: postgresql://postgres:…@host:5432/postgres"
        ),
    ],
    name: Annotated[str, typer.Option(help="The database; its roles are NAME_owner and NAME_app.")] = "mingdan",
) -> None:
    """Make the database and its two roles, migrate it, and print the settings; can be run again after an upgrade.

    Each run gives both roles new passwords.
    """
    from mingdan.platform import database_roles
    from mingdan.platform.trail.protection import NEVER_CHANGED, ONLY_ADDED

    prepared = database_roles.prepare(superuser_url, name)
    _migrate(prepared.owner_url)
    database_roles.restrict(superuser_url, name, ONLY_ADDED, NEVER_CHANGED)
    sys.stdout.write(f"DATABASE_URL={prepared.runtime_url}\n")
    sys.stdout.write(f"MINGDAN_OWNER_DATABASE_URL={prepared.owner_url}\n")
    sys.stderr.write("The application runs with the first line; keep the second for upgrades, away from the service.\n")


def _migrate(owner_url: str) -> None:
    # In another process, because this one may have read other settings; the mode only spares asking for them all.
    environment = {**os.environ, "DATABASE_URL": owner_url, "MINGDAN_MODE": "demo"}
    environment.pop("MINGDAN_OWNER_DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-c", "from mingdan.cli import main; main()", "manage", "migrate", "--verbosity", "0"],
        env=environment,
        check=False,
    )
    if done.returncode:
        complain("mingdan: the database could not be migrated; what stopped it stands above.", FAILED)
