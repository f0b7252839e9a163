"""The worker as its own process: it works, and a killed one's job is done by the next."""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.cli.terminal import MINGDAN, mingdan

PATIENCE_SECONDS = 60


@pytest.fixture
def place(tmp_path: Path) -> Path:
    done = mingdan("manage", "migrate", "-v", "0", cwd=tmp_path, **surroundings(tmp_path))
    assert done.returncode == 0, done.stderr
    return tmp_path


def surroundings(folder: Path) -> dict[str, str]:
    database = f"sqlite:///{folder / 'mingdan.sqlite3'}"
    return {"MINGDAN_MODE": "demo", "MINGDAN_DATA": str(folder), "DATABASE_URL": database}


@contextmanager
def working(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker, and kill it at the end if it still runs."""
    command = [str(MINGDAN), "worker", "--until-input-ends"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)} | surroundings(folder)
    with subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.PIPE) as worker:
        try:
            until(folder, "SELECT 1 FROM jobs_worker WHERE ended_at IS NULL", worker)
            yield worker
        finally:
            worker.kill()


def start_job(folder: Path) -> None:
    said = (
        "import django; django.setup()\n"
        "from django.utils import timezone\n"
        "from mingdan.platform.jobs.actions import start_job\n"
        "from mingdan.platform.jobs.upkeep import PRUNE\n"
        "start_job(PRUNE, by=None, at=timezone.now())\n"
    )
    environment = os.environ | surroundings(folder) | {"DJANGO_SETTINGS_MODULE": "mingdan.settings"}
    subprocess.run([sys.executable, "-c", said], env=environment, check=True)


def ask(folder: Path, question: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "mingdan.sqlite3", timeout=20)) as connection:
        found = connection.execute(question).fetchall()
        connection.commit()
        return found


def until(folder: Path, question: str, worker: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not ask(folder, question):
        assert time.monotonic() < deadline, question
        assert worker.poll() is None
        time.sleep(0.05)


def test_a_worker_does_what_is_queued_and_takes_over_from_one_that_was_killed(place: Path) -> None:
    with working(place) as first:
        start_job(place)
        until(place, "SELECT 1 FROM jobs_job WHERE state = 'done'", first)
    # As if it had been killed a minute ago in the middle of the job.
    ask(place, "UPDATE jobs_worker SET seen_at = '2026-01-01 00:00:00'")
    ask(place, "UPDATE jobs_job SET state = 'running', finished_at = NULL, worker_id = 1")
    with working(place) as second:
        until(place, "SELECT 1 FROM jobs_job WHERE state = 'waiting' AND attempts = 1", second)
        ask(
            place,
            "UPDATE django_tasks_database_dbtaskresult SET run_after = '2026-01-01 00:00:00' WHERE status = 'READY'",
        )
        until(place, "SELECT 1 FROM jobs_job WHERE state = 'done' AND attempts = 2", second)
        assert second.stdin is not None
        second.stdin.close()
        assert second.wait(PATIENCE_SECONDS) == 0, "it ends when whoever started it is gone"
    assert ask(place, "SELECT 1 FROM jobs_worker WHERE ended_at IS NULL") == []
