"""PostgreSQL with two roles: an owner that migrates, and the one the application runs as, which owns nothing.

Whoever breaks into the application then cannot drop a trigger, alter a table or rewrite the trail with its own
connection. A superuser still can; against them only checkpoints kept elsewhere help.
"""

import secrets
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from mingdan.lib.environment import UnusableSettingsError

OLDEST = 150000


@dataclass(frozen=True)
class Prepared:
    """The addresses of a prepared database, passwords included."""

    owner_url: str
    runtime_url: str


def prepare(superuser_url: str, name: str) -> Prepared:
    """Make or mend a database with its two roles, each with a new password; return their addresses.

    Can be run again: nothing stored is touched. Raises UnusableSettingsError for a server that is too old or refuses.
    """
    owner, runtime = (secrets.token_urlsafe(24) for _ in range(2))
    try:
        with psycopg.connect(superuser_url, autocommit=True) as server:
            if server.info.server_version < OLDEST:
                raise UnusableSettingsError("the server is older than PostgreSQL 15; upgrade it first.")
            _make_role(server, f"{name}_owner", owner)
            _make_role(server, f"{name}_app", runtime)
            _make_database(server, name)
        with psycopg.connect(_with(superuser_url, path=name), autocommit=True) as database:
            _share(database, name)
    except psycopg.Error as reason:
        raise UnusableSettingsError(f"PostgreSQL refused: {str(reason).strip()}") from reason
    return Prepared(
        _with(superuser_url, path=name, user=f"{name}_owner", password=owner),
        _with(superuser_url, path=name, user=f"{name}_app", password=runtime),
    )


def restrict(superuser_url: str, name: str, only_added: tuple[str, ...], never_changed: tuple[str, ...]) -> None:
    """Take from the run-time role what it never needs: changing the trail, and the record of migrations."""
    app = sql.Identifier(f"{name}_app")
    with psycopg.connect(_with(superuser_url, path=name), autocommit=True) as database:
        for table in only_added:
            database.execute(sql.SQL("REVOKE UPDATE, DELETE ON {} FROM {}").format(sql.Identifier(table), app))
        for table in never_changed:
            database.execute(sql.SQL("REVOKE UPDATE ON {} FROM {}").format(sql.Identifier(table), app))
        database.execute(sql.SQL("REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {}").format(app))


def _make_role(server: psycopg.Connection, role: str, password: str) -> None:
    known = server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verb = sql.SQL("ALTER" if known else "CREATE")
    server.execute(
        sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD {}").format(
            verb, sql.Identifier(role), sql.Literal(password)
        )
    )


def _make_database(server: psycopg.Connection, name: str) -> None:
    if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        server.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(
                sql.Identifier(name), sql.Identifier(f"{name}_owner")
            )
        )


def _share(database: psycopg.Connection, name: str) -> None:
    """Let the owner make tables and the run-time role use rows, and nobody else do anything."""
    names = {
        "db": sql.Identifier(name),
        "owner": sql.Identifier(f"{name}_owner"),
        "app": sql.Identifier(f"{name}_app"),
    }
    for line in (
        "REVOKE ALL ON DATABASE {db} FROM PUBLIC",
        "GRANT CONNECT ON DATABASE {db} TO {owner}, {app}",
        "ALTER SCHEMA public OWNER TO {owner}",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "GRANT USAGE ON SCHEMA public TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app}",
    ):
        database.execute(sql.SQL(line).format(**names))


def _with(url: str, *, path: str, user: str | None = None, password: str = "") -> str:
    parts = urlsplit(url)
    place = parts.netloc
    if user is not None:
        place = f"{quote(user, safe='')}:{quote(password, safe='')}@{parts.netloc.rpartition('@')[2]}"
    return (
        urlunsplit((parts.scheme, place, f"/{path}", parts.query, ""))
        if parts.netloc or user
        else f"{parts.scheme}:///{path}?{parts.query}"
    )
