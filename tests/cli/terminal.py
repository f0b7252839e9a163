"""Run the installed command line as a user would."""

import os
import subprocess
import sys
from pathlib import Path

MINGDAN = Path(sys.executable).with_name("mingdan")


def mingdan(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `mingdan` in a pipe, with a key file of its own, and return what it printed."""
    home = {"HOME": str(cwd), "COLUMNS": "200", "MINGDAN_KEY_FILE": str(cwd / "key"), "PATH": os.environ["PATH"]}
    return subprocess.run(
        [MINGDAN, *map(str, arguments)],
        cwd=cwd,
        env=home | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
