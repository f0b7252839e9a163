"""A crash between commit and delivery loses nothing; a build that tells from memory is seen to lose."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from trail_cluster import Cluster, server_programs

ROOT = Path(__file__).parents[3]
MEMORY = Path("/dev/shm")  # noqa: S108 - a process kill asks nothing of the disk, and this one is quick


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of an empty database."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            yield f"sqlite:///{tmp_path / 'events.sqlite3'}"
            return
        if server_programs() is None:
            pytest.skip("PostgreSQL's server programs are not installed here (apt-get install postgresql)")
        yield stack.enter_context(Cluster(MEMORY if MEMORY.is_dir() else tmp_path)).url


def test_kill_9_between_commit_and_delivery_loses_nothing_and_a_build_without_an_outbox_loses(
    url: str, tmp_path: Path
) -> None:
    found = {}
    for build in ("broken", "sound"):
        folder = tmp_path / build
        folder.mkdir()
        address = url if build == "sound" or "postgresql" in url else url.replace("events", "broken")
        done = subprocess.run(
            [sys.executable, "-m", "tests.platform.events.crash", build, folder],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": address, "MINGDAN_DATA": str(folder), "MINGDAN_MODE": "test"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout, done.stderr
        found[build] = json.loads(done.stdout)
    assert found["sound"]["acknowledged"] > 0
    assert found["sound"]["waited"] > 0, "the crash never fell between commit and delivery"
    assert found["sound"]["lost"] == 0
    assert found["broken"]["lost"] > 0, "the control lost nothing, so the rounds prove nothing"
