"""PostgreSQL: dumped by pg_dump from one snapshot, put back by psql in one transaction."""

import os
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, connections
from psycopg import sql
from psycopg.conninfo import make_conninfo

from mingdan.platform.operations.manifest import CannotBackUpError, CannotRestoreError, state_of
from mingdan.platform.trail.protection import NEVER_CHANGED, ONLY_ADDED

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
_OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def dump_to(target: Path) -> dict[str, Any]:
    """Dump the database; return the state of the very snapshot that was dumped."""
    with connection.cursor() as cursor:

        def ask(query: str) -> list[tuple[Any, ...]]:
            cursor.execute(query)
            return list(cursor.fetchall())

        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            snapshot = ask("SELECT pg_export_snapshot()")[0][0]
            options = ["--format=custom", "--no-owner", "--no-acl", f"--snapshot={snapshot}", f"--file={target}"]
            refusal = _run("pg_dump", *options)
            if refusal:
                raise CannotBackUpError(f"pg_dump refused: {refusal}")
            return state_of(ask)
        finally:
            cursor.execute("ROLLBACK")


def is_in_use() -> bool:
    """Return whether there are tables already."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        return cursor.fetchone() is not None


def put_back(copy: Path, at: datetime) -> None:
    """Replace all tables by those of a dump, wholly or not at all; raises CannotRestoreError."""
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS)
        if cursor.fetchone() != (0,):
            raise CannotRestoreError("others are connected to the database: stop `mingdan serve` first.")
        cursor.execute(_TABLES)
        tables = [name for (name,) in cursor.fetchall()]
    connections.close_all()
    script, drops = copy.with_suffix(".sql"), copy.with_suffix(".drop.sql")
    drops.write_text("".join(f"DROP TABLE {_quoted(name)} CASCADE;\n" for name in tables) + _DROP_FUNCTIONS)
    refusal = _run("pg_restore", "--no-owner", "--no-acl", f"--file={script}", str(copy), to_database=False)
    if not refusal:
        refusal = _run("psql", "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-f", str(drops), "-f", str(script))
    if refusal:
        raise CannotRestoreError(f"PostgreSQL refused, and nothing was changed: {refusal}")
    _restrict()


_DROP_FUNCTIONS = "DROP FUNCTION IF EXISTS public.trail_refuse, public.trail_refuse_truncate;\n"


def _quoted(name: str) -> str:
    return f'public."{name.replace(chr(34), chr(34) * 2)}"'


def _restrict() -> None:
    """Take from the run-time role, where there is one, what `database prepare` takes from it."""
    app = f"{connection.settings_dict['NAME']}_app"
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [app])
        if cursor.fetchone() is None or app == connection.settings_dict["USER"]:
            return
        lines = [("UPDATE, DELETE", table) for table in ONLY_ADDED] + [("UPDATE", table) for table in NEVER_CHANGED]
        for what, table in [*lines, ("INSERT, UPDATE, DELETE", "django_migrations")]:
            line = sql.SQL(f"REVOKE {what} ON {{}} FROM {{}}")
            cursor.execute(line.format(sql.Identifier(table), sql.Identifier(app)).as_string(cursor.connection))


def _run(program: str, *arguments: str, to_database: bool = True) -> str:
    """Run one of PostgreSQL's client programs; return its complaint, empty if there is none."""
    found = _program(program)
    if found is None:
        return f"{program} is not installed (Debian: apt install postgresql-client)"
    place = connection.get_connection_params()
    known = {"host", "port", "user", "dbname"} | {name for name in place if name.startswith("ssl")}
    named = make_conninfo("", **{name: value for name, value in place.items() if name in known})
    # The password goes by the environment: what stands on a command line, everybody on the machine can read.
    environment = os.environ | {"PGPASSWORD": place.get("password") or "", "PGCLIENTENCODING": "UTF8"}
    command = [found, *([f"--dbname={named}"] if to_database else []), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    return "" if done.returncode == 0 else (done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[0]


def _program(name: str) -> str | None:
    newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda file: int(file.parts[-3]))
    return str(newest[-1]) if newest else shutil.which(name)
