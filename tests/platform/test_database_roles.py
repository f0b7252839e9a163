"""The run-time role of PostgreSQL owns nothing and cannot touch the trail; a server of the test's own shows it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from trail_cluster import Cluster, server_programs

MINGDAN = str(Path(sys.executable).with_name("mingdan"))


@pytest.fixture(scope="module")
def prepared() -> Iterator[dict[str, str]]:
    """Prepare a database with the command, as an operator does; return the settings that it prints."""
    if server_programs() is None:
        pytest.skip("PostgreSQL is not installed")
    with Cluster(fsync="off") as cluster:
        done = subprocess.run(
            [MINGDAN, "database", "prepare", cluster.url, "--name", "sales"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        yield dict(line.split("=", 1) for line in done.stdout.splitlines()) | {"superuser": cluster.url}


def refused(url: str, line: str) -> bool:
    """Return whether the server refuses a statement."""
    with psycopg.connect(url) as connection:
        try:
            connection.execute(line)
        except psycopg.errors.InsufficientPrivilege:
            return True
        finally:
            connection.rollback()
        return False


ATTEMPTS = [
    "UPDATE trail_entry SET kind = 'x'",
    "DELETE FROM trail_entry",
    "TRUNCATE trail_entry",
    "DELETE FROM trail_checkpoint",
    "UPDATE trail_pendingentry SET kind = 'x'",
    "ALTER TABLE trail_entry DISABLE TRIGGER ALL",
    "DROP TABLE trail_entry",
    "SET session_replication_role = replica",
    "CREATE TABLE mine (a int)",
    "INSERT INTO django_migrations (app, name, applied) VALUES ('a', 'b', now())",
    "CREATE ROLE friend SUPERUSER",
]


def test_the_run_time_role_owns_nothing_and_is_refused_what_the_owner_may_do(prepared: dict[str, str]) -> None:
    assert [line for line in ATTEMPTS if not refused(prepared["DATABASE_URL"], line)] == []
    # Control: the statements are sound, it is the role that is refused.
    by_owner = [ATTEMPTS[5], ATTEMPTS[6], ATTEMPTS[8]]
    assert [line for line in by_owner if refused(prepared["MINGDAN_OWNER_DATABASE_URL"], line)] == []
    owned = "SELECT count(*) FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner WHERE rolname = 'sales_app'"
    with psycopg.connect(prepared["superuser"].replace("/mingdan?", "/sales?")) as connection:
        assert connection.execute(owned).fetchone() == (0,)


def test_the_application_works_as_the_run_time_role_and_preparing_again_keeps_what_is_stored(
    prepared: dict[str, str],
) -> None:
    work = (
        "from mingdan.cli.serving import start_django; start_django()\n"
        "from django.utils import timezone\n"
        "from mingdan.web.demonstration import found_company; found_company(timezone.now())\n"
        "from django.core.cache import cache; cache.set('a', 1); cache.delete('a')\n"
        "from mingdan.platform.people.models import User; print(User.objects.count())\n"
    )
    environment = os.environ | {"DATABASE_URL": prepared["DATABASE_URL"], "MINGDAN_MODE": "test"}
    done = subprocess.run([sys.executable, "-c", work], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "11", done.stderr
    done = subprocess.run(
        [MINGDAN, "database", "prepare", prepared["superuser"], "--name", "sales"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with psycopg.connect(prepared["superuser"].replace("/mingdan?", "/sales?")) as connection:
        assert connection.execute("SELECT count(*) FROM people_user").fetchone() == (11,)
