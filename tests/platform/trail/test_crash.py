"""Nothing acknowledged is lost when everything is killed, and the measurement is not blind: broken builds lose."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "trail_crash.py"
DEBIAN = Path("/usr/lib/postgresql")
MEMORY = Path("/dev/shm")  # noqa: S108 - a process kill asks nothing of the disk, and this one is quick


@pytest.mark.parametrize("database", ["postgresql", "sqlite"])
def test_kill_9_under_load_loses_nothing_acknowledged_and_is_seen_to_lose_in_a_broken_build(
    database: str, tmp_path: Path
) -> None:
    if database == "postgresql" and not (shutil.which("initdb") or any(DEBIAN.glob("*/bin/initdb"))):
        pytest.skip("PostgreSQL's server programs are not installed here (apt-get install postgresql)")
    folder = MEMORY if MEMORY.is_dir() else tmp_path
    done = subprocess.run(
        [sys.executable, BENCHMARK, "--only", database, "--rounds", "2", "--json", "--folder", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    sound, broken = json.loads(done.stdout)
    assert (sound["rounds"], sound["lost"], sound["doubts"]) == (2, 0, 0)
    assert sound["acknowledged"] > 0
    assert broken["lost"] > 0, "the control lost nothing, so the rounds above prove nothing"
    assert done.returncode == 0
