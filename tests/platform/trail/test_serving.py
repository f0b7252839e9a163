"""The web server numbers the trail's entries by itself, and does not start over somebody else's log."""

import os
import signal
import socket
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.terminal import MINGDAN, mingdan

PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    done = mingdan("manage", "migrate", "-v", "0", cwd=folder, **surroundings(folder))
    assert done.returncode == 0, done.stderr
    return folder


def surroundings(folder: Path) -> dict[str, str]:
    database = f"sqlite:///{folder / 'mingdan.sqlite3'}"
    return {"MINGDAN_MODE": "demo", "MINGDAN_DATA": str(folder), "DATABASE_URL": database}


def serve(folder: Path) -> subprocess.Popen[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(MINGDAN), "serve", "--port", str(port)]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)} | surroundings(folder)
    return subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True, encoding="utf-8")


def notes(folder: Path) -> list[str]:
    connection = sqlite3.connect(folder / "mingdan.sqlite3", timeout=20)
    try:
        return [note for (note,) in connection.execute("SELECT note FROM trail_checkpoint")]
    finally:
        connection.close()


def test_a_running_server_signs_checkpoints_and_one_without_its_key_does_not_start(place: Path) -> None:
    server = serve(place)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not notes(place):
        assert server.poll() is None, server.communicate()[1]
        assert time.monotonic() < deadline
        time.sleep(0.1)
    server.send_signal(signal.SIGTERM)
    server.communicate(timeout=PATIENCE_SECONDS)
    assert notes(place)[0].startswith("localhost/mingdan\n1\n")
    told = mingdan("trail", "verify", cwd=place, **surroundings(place))
    assert told.returncode == 0, told.stderr
    assert "All 1 entries are as recorded" in told.stdout
    (place / "trail.key").unlink()
    refused = serve(place)
    said = refused.communicate(timeout=PATIENCE_SECONDS)[1]
    assert refused.returncode != 0
    assert "trail.key is missing; restore it from a backup" in said
    assert not (place / "trail.key").exists(), "a new key would only hide that the old one is gone"
    assert len(notes(place)) == 1
