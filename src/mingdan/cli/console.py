"""What the commands print: results to stdout, progress and complaints to stderr, nothing but results in a pipe."""

import errno
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from mingdan.engine.evaluate.reading import UnreadableResultError
from mingdan.engine.explain import UnknownAlertError
from mingdan.engine.keys import KeyFileError
from mingdan.engine.parameters import UnreadableParametersError
from mingdan.engine.reading.raw import UnreadableTrailError
from mingdan.engine.spark import UnusableEngineError
from mingdan.lib.environment import UnusableSettingsError
from mingdan.platform.trail.doubts import UnusableTrailError

out = Console()
err = Console(stderr=True)

FAILED = 1
UNREADABLE = 2

CLEAR = (
    UnreadableTrailError,
    UnreadableResultError,
    UnreadableParametersError,
    UnknownAlertError,
    KeyFileError,
    UnusableEngineError,
    UnusableSettingsError,
    UnusableTrailError,
)
"""Complaints whose message is already one sentence that says what to do."""


def complain(sentence: str, code: int) -> None:
    """Print one sentence on stderr and leave with this exit code."""
    err.print(sentence, style="red" if err.is_terminal else None, markup=False, highlight=False, soft_wrap=True)
    sys.exit(code)


@contextmanager
def failing_clearly() -> Iterator[None]:
    """Turn what can go wrong outside the program into one sentence and an exit code."""
    try:
        yield
    except CLEAR as reason:
        complain(f"mingdan: {reason}", UNREADABLE)
    except KeyboardInterrupt:
        complain("mingdan: stopped; nothing half-written was left behind.", FAILED)
    except BrokenPipeError:
        # The reader of our output has gone; Python would complain once more while closing stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILED)
    except OSError as reason:
        complain(f"mingdan: {_sentence_of(reason)}", FAILED)


def _sentence_of(reason: OSError) -> str:
    where = f" ({reason.filename})" if reason.filename else ""
    if reason.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk is full{where}; free some space or choose another folder with --out, then run it again."
    if reason.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"no permission to write or read{where}; choose another folder or change its rights."
    return f"{reason.strerror or reason}{where}."


@contextmanager
def progress_shown(first: str) -> Iterator[Callable[[str, float], None]]:
    """Show a bar while on a terminal; yield a function that takes what is being done and how far it is (0 to 1)."""
    if not err.is_terminal:
        yield lambda _doing, _share: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(first, total=1.0)
        yield lambda doing, share: bar.update(task, description=doing, completed=share)


@contextmanager
def workspace_for(out_folder: Path) -> Iterator[Path]:
    """Yield a temporary folder on the disk of the output, removed afterwards whatever happens."""
    parent = next(folder for folder in (out_folder, *out_folder.absolute().parents) if folder.is_dir())
    with tempfile.TemporaryDirectory(prefix=".mingdan-", dir=parent, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def print_json(document: Any) -> None:
    """Print a document for programs."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=1, default=str) + "\n")
