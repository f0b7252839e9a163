"""The first administrator, from an empty database, as an operator makes one."""

import os
import subprocess
import sys
from pathlib import Path

MINGDAN = str(Path(sys.executable).with_name("mingdan"))


def test_the_first_administrator_is_made_from_the_command_line(tmp_path: Path) -> None:
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("MINGDAN", "DATABASE", "DJANGO"))
    }
    environment = clean | {"MINGDAN_MODE": "test", "MINGDAN_DATA": str(tmp_path)}

    def run(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [MINGDAN, *arguments], env=environment, input=typed, capture_output=True, text=True, check=False
        )

    early = run("serve")
    assert (early.returncode, "run `mingdan manage migrate`" in early.stderr) == (2, True)
    assert run("manage", "migrate", "--verbosity", "0").returncode == 0
    weak = run("account", "open", "root", "--name", "Root", typed="12345\n")
    assert weak.returncode == 1
    assert "Traceback" not in weak.stderr
    done = run("account", "open", "root", "--name", "Root", typed="a-long-pass-word\n")
    assert done.returncode == 0, done.stderr
    assert "root can sign in as administrator" in done.stdout
    verified = run("trail", "verify")
    assert verified.returncode == 0, verified.stderr
