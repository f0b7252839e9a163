"""`mingdan trail`, from an empty folder to an export that somebody else verifies with one file."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.terminal import mingdan


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an application's database, its trail begun and numbered."""
    folder = tmp_path_factory.mktemp("trail")
    assert run(folder, "manage", "migrate", "-v", "0").returncode == 0
    assert run(folder, "trail", "sequence", "--once").returncode == 0
    return folder


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return mingdan(*arguments, cwd=folder, MINGDAN_MODE="demo", MINGDAN_DATA=str(folder))


def test_an_export_is_verified_by_the_printed_verifier_with_key_and_checkpoint_kept_elsewhere(place: Path) -> None:
    for asked, name in (("key", "log.key"), ("checkpoint", "kept"), ("verifier", "verify.py")):
        done = run(place, "trail", asked)
        assert done.returncode == 0, done.stderr
        (place / name).write_text(done.stdout, encoding="utf-8")
    exported = run(place, "trail", "export", "trail.zip", "--since", "kept")
    assert exported.returncode == 0, exported.stderr
    assert "1 of 1 entries written to trail.zip." in exported.stdout
    command = [sys.executable, "-I", "verify.py", "trail.zip", "--key", "log.key", "--checkpoint", "kept"]
    verified = subprocess.run(command, cwd=place, capture_output=True, text=True, encoding="utf-8", check=False)
    assert verified.returncode == 0, verified.stdout
    assert "已依据您提供的公钥与检查点验证通过。" in verified.stdout


def test_verify_says_what_fits_and_that_nothing_was_compared_with(place: Path) -> None:
    done = run(place, "trail", "verify")
    assert done.returncode == 0, done.stderr
    assert "All 1 entries are as recorded and none is missing" in done.stdout
    assert "Compared with nothing kept elsewhere" in done.stdout


def test_verify_with_a_checkpoint_of_another_log_fails_in_one_sentence(place: Path) -> None:
    (place / "foreign").write_text("example.com/other\n1\nAAAA\n\n— example.com/other AAAA\n", encoding="utf-8")
    done = run(place, "trail", "verify", "--checkpoint", "foreign")
    assert done.returncode == 1
    assert "--checkpoint is not signed with the key of localhost/mingdan." in done.stdout
    assert done.stderr == ""


def test_verify_finds_what_somebody_changed_in_the_database(place: Path, tmp_path: Path) -> None:
    copy = tmp_path / "mingdan.sqlite3"
    with sqlite3.connect(place / "mingdan.sqlite3") as source, sqlite3.connect(copy) as target:
        source.backup(target)
        for (name,) in list(target.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")):
            target.execute(f"DROP TRIGGER {name}")
        target.execute("UPDATE trail_entry SET text = replace(text, 'log_started', 'log_stopped')")
    source.close()
    target.close()
    (tmp_path / "trail.key").write_bytes((place / "trail.key").read_bytes())
    (tmp_path / "trail.key").chmod(0o600)
    done = run(tmp_path, "trail", "verify")
    assert done.returncode == 1
    assert "Entry 0 was changed after it was recorded." in done.stdout
    assert "第 0 条记录在写入之后被改动。" in done.stdout


def test_without_the_key_that_the_log_began_with_nothing_is_exported(place: Path) -> None:
    key = place / "trail.key"
    kept = key.read_bytes()
    key.unlink()
    done = run(place, "trail", "export", "other.zip")
    key.write_bytes(kept)
    assert done.returncode == 2
    assert "restore the first" in done.stderr
    assert not (place / "other.zip").exists()
