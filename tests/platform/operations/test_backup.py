"""Backing up while others write, and restoring: the same people, the same trail, nothing replaced without being told."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from trail_cluster import Cluster, server_programs

from mingdan.platform.database_roles import prepare

MINGDAN = str(Path(sys.executable).with_name("mingdan"))
OURS = ("MINGDAN", "DATABASE", "DJANGO")
STARTED = "from mingdan.cli.serving import start_django; start_django()\nfrom django.utils import timezone\n"
FOUND = (
    STARTED + "from mingdan.web.demonstration import found_company; found_company(timezone.now())\n"
    "from mingdan.platform.trail.sequencing import log_key, sequence\n"
    "sequence(log_key(), at=timezone.now())\n"
    "from mingdan.platform.files.store import store; store([b'a contract'])\n"
)
"""An invented company with a numbered trail and one file."""

WRITE = STARTED + (
    "from django.contrib.sessions.models import Session\n"
    "from mingdan.platform.people.actions import add_employee\n"
    "from mingdan.platform.trail.sequencing import log_key, sequence\n"
    "import datetime, itertools\n"
    "key = log_key()\n"
    "for number in itertools.count():\n"
    "    now = timezone.now()\n"
    "    add_employee(number=f'W{number}', name='x', hired_date=datetime.date(2026, 1, 5), by=None, at=now)\n"
    "    sequence(key, at=now)\n"
    "    print(number, flush=True)\n"
)
"""Adds employees and numbers the entries until it is killed."""

COUNT = STARTED + (
    "from mingdan.platform.people.models import Employee, User\n"
    "from django.contrib.sessions.models import Session\n"
    "print(User.objects.count(), Employee.objects.filter(number__startswith='W').count(), Session.objects.count())\n"
)


@dataclass(frozen=True)
class Installation:
    """A Mingdan with a database and a folder of its own, used by its commands."""

    data: Path
    url: str
    owner: str = ""

    @property
    def environment(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        named = {"MINGDAN_MODE": "test", "MINGDAN_DATA": str(self.data), "DATABASE_URL": self.url}
        return clean | named | ({"MINGDAN_OWNER_DATABASE_URL": self.owner} if self.owner else {})

    def run(self, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        command = [MINGDAN, *map(str, arguments)]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)

    def python(self, code: str, *arguments: str) -> str:
        command = [sys.executable, "-c", code, *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


def _prepared(cluster: Cluster, name: str, data: Path, *, empty: bool = False) -> Installation:
    """Prepare a database as an operator does; an empty one has both roles and no tables yet."""
    if empty:
        urls = prepare(cluster.url, name)
        return Installation(data, urls.runtime_url, urls.owner_url)
    done = subprocess.run(
        [MINGDAN, "database", "prepare", cluster.url, "--name", name], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    said = dict(line.split("=", 1) for line in done.stdout.splitlines())
    return Installation(data, said["DATABASE_URL"], said["MINGDAN_OWNER_DATABASE_URL"])


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Installation]]:
    """Return an installation with a company, and another that is empty."""
    one, two = (tmp_path_factory.mktemp(name) for name in ("one", "two"))
    if request.param == "sqlite":
        both = [Installation(data, f"sqlite:///{data / 'mingdan.sqlite3'}") for data in (one, two)]
        assert both[0].run("manage", "migrate", "-v0").returncode == 0
        both[0].python(FOUND)
        yield both
        return
    if server_programs() is None:
        pytest.skip("PostgreSQL is not installed")
    with Cluster(fsync="off") as cluster:
        both = [_prepared(cluster, "first", one), _prepared(cluster, "second", two, empty=True)]
        both[0].python(FOUND)
        yield both


def _root(said: str) -> str:
    found = re.search(r"root ([0-9a-f]{64})", said)
    assert found, said
    return found[1]


@pytest.mark.row("P0.18")
def test_what_was_backed_up_while_others_wrote_is_restored_with_an_equal_root(
    pair: list[Installation], tmp_path: Path
) -> None:
    first, second = pair
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITE],
        env=first.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert writer.stdout
    try:
        assert writer.stdout.readline().strip() == "0"
        made = first.run("backup", tmp_path / "b.zip")
    finally:
        writer.kill()
        writer.wait()
        writer.stdout.close()
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "b.zip").stat().st_mode & 0o777 == 0o600
    back = second.run("restore", tmp_path / "b.zip")
    assert back.returncode == 0, back.stderr
    assert _root(back.stdout) == _root(made.stdout)
    users, written, sessions = second.python(COUNT).split()
    assert (users, sessions) == ("11", "0")
    assert int(written) >= 1
    assert len(list(second.data.glob("files/*/*"))) == 1
    shutil.copy(first.data / "trail.key", second.data / "trail.key")  # kept apart from back-ups, and put back by hand
    verified = second.run("trail", "verify")
    assert verified.returncode == 0, verified.stdout
    assert "none is missing" in verified.stdout
    if second.owner:
        # The role that the application runs as gets no more than `database prepare` leaves it.
        refused = second.python(
            STARTED + "from django.db import DatabaseError, connection\n"
            "for line in ('DELETE FROM trail_entry', 'DROP TABLE trail_entry', 'DELETE FROM django_migrations'):\n"
            "    try: connection.cursor().execute(line); print('allowed')\n"
            "    except DatabaseError: print('refused')\n"
        )
        assert refused.split() == ["refused"] * 3


REFUSALS = STARTED + (
    "import sys, zipfile\n"
    "from pathlib import Path\n"
    "from mingdan.platform.operations.backup import back_up\n"
    "from mingdan.platform.operations.manifest import CannotBackUpError, CannotRestoreError\n"
    "from mingdan.platform.operations.restoring import restore\n"
    "made, bad = Path(sys.argv[1]), Path(sys.argv[1]).with_name('bad.zip')\n"
    "with zipfile.ZipFile(made) as good, zipfile.ZipFile(bad, 'w') as other:\n"
    "    for one in good.infolist():\n"
    "        content = good.read(one)\n"
    "        other.writestr(one.filename, content[:-1] + b'x' if one.filename == 'database' else content)\n"
    "nothing = made.with_name('nothing.zip')\n"
    "nothing.write_text('nothing of the kind')\n"
    "for act in (\n"
    "    lambda: restore(made, at=timezone.now()),\n"
    "    lambda: restore(bad, at=timezone.now(), force=True),\n"
    "    lambda: restore(nothing, at=timezone.now(), force=True),\n"
    "    lambda: back_up(made, at=timezone.now()),\n"
    "):\n"
    "    try: act(); print('done')\n"
    "    except (CannotBackUpError, CannotRestoreError) as reason: print(reason)\n"
)
"""Tries what must be refused, with what a sound back-up is told of."""


def test_what_must_not_be_done_is_refused_and_changes_nothing(pair: list[Installation], tmp_path: Path) -> None:
    first, made = pair[0], tmp_path / "made.zip"
    assert first.run("backup", made).returncode == 0
    whole, before = made.read_bytes(), first.python(COUNT)
    told = first.python(REFUSALS, str(made)).splitlines()
    expected = ("--force replaces it", "another hash", "no back-up of Mingdan", "exists already")
    assert len(told) == len(expected)
    assert all(words in line for words, line in zip(expected, told, strict=True)), told
    assert (first.python(COUNT), made.read_bytes()) == (before, whole)
    hold = STARTED + (
        "from mingdan.platform.people.models import User; print(User.objects.count(), flush=True); input()\n"
    )
    running = subprocess.Popen(
        [sys.executable, "-c", hold], env=first.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert running.stdout
    try:
        assert running.stdout.readline().strip() == "11"
        refused = first.run("restore", made, "--force")
        assert refused.returncode == 1, refused.stdout
        assert "stop `mingdan serve` first" in refused.stderr
    finally:
        running.kill()
        running.communicate()
