"""A production start with missing or insecure settings stops with a sentence; a good one passes Django's own checks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

MINGDAN = str(Path(sys.executable).with_name("mingdan"))
GOOD = {
    "MINGDAN_SECRET_KEY": "q8-Zr3vX_7nT1kLw5pYbE0sGdHc9uJ2mAf4oVi6tRxQzBlNeWyKhPaSDjU",
    "MINGDAN_ADDRESS": "https://mingdan.example.com",
    "MINGDAN_DATA": "",
}


def run(command: list[str], tmp_path: Path, **changed: str | None) -> subprocess.CompletedProcess[str]:
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("MINGDAN", "DATABASE", "DJANGO"))
    }
    wanted = {**GOOD, "MINGDAN_DATA": str(tmp_path), **changed}
    environment = clean | {name: value for name, value in wanted.items() if value is not None}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_good_settings_pass_every_check_of_django_for_production(tmp_path: Path) -> None:
    done = run([MINGDAN, "manage", "check", "--deploy", "--fail-level", "WARNING"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
    assert "0 silenced" in done.stdout


@pytest.mark.parametrize(
    ("changed", "hint"),
    [
        ({"MINGDAN_SECRET_KEY": None}, "MINGDAN_SECRET_KEY is missing"),
        ({"MINGDAN_SECRET_KEY": "short"}, "make one with"),
        ({"MINGDAN_SECRET_KEY": "a" * 60}, "make one with"),
        ({"MINGDAN_ADDRESS": None}, "MINGDAN_ADDRESS is missing"),
        ({"MINGDAN_ADDRESS": "http://mingdan.example.com"}, "must begin with https://"),
        ({"MINGDAN_ADDRESS": "https://mingdan.example.com/sales"}, "has a path"),
        ({"MINGDAN_DEBUG": "1"}, "MINGDAN_DEBUG"),
        ({"MINGDAN_DATA": None}, "MINGDAN_DATA is missing"),
        ({"MINGDAN_MODE": "producton"}, "must be one of production, demo, test"),
        ({"DATABASE_URL": "mysql://secret:word@host/x"}, "DATABASE_URL names no database"),
    ],
)
def test_a_missing_or_insecure_setting_stops_the_start_with_a_hint(
    changed: dict[str, str | None], hint: str, tmp_path: Path
) -> None:
    # Only the settings are read here, because the whole command takes seconds to start.
    done = run([sys.executable, "-c", "import mingdan.settings"], tmp_path, **changed)
    assert done.returncode != 0
    assert "UnusableSettingsError" in done.stderr
    assert hint in done.stderr
    assert "secret:word" not in done.stderr


def test_the_command_says_so_in_sentences_and_leaves_with_two(tmp_path: Path) -> None:
    done = run([MINGDAN, "serve"], tmp_path, MINGDAN_SECRET_KEY=None, MINGDAN_ADDRESS="http://mingdan.example.com")
    assert done.returncode == 2
    assert "MINGDAN_SECRET_KEY is missing" in done.stderr
    assert "must begin with https://" in done.stderr
    assert "Traceback" not in done.stderr
