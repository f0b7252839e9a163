"""SQLite's file: copied as of one moment while others write, and put back when nobody else has it open."""

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections

from mingdan.platform.operations.manifest import CannotRestoreError, state_of


def copy_to(target: Path) -> dict[str, Any]:
    """Copy the database; return the state of the copy itself."""
    with connection.cursor() as cursor:
        # One reading transaction of SQLite's own: in WAL mode it sees one moment and holds up nobody.
        cursor.execute("VACUUM INTO %s", [str(target)])
    with closing(sqlite3.connect(target)) as copy:
        return state_of(lambda query: copy.execute(query).fetchall())


def _file() -> Path:
    return Path(settings.DATABASES["default"]["NAME"])


def is_in_use() -> bool:
    """Return whether there is a database already."""
    return _file().exists() and _file().stat().st_size > 0


def put_back(copy: Path, at: datetime) -> Path | None:
    """Replace the database by a copy; return where the one before lies now, or None if there was none.

    Raises CannotRestoreError while another process has the database open.
    """
    connections.close_all()
    file, before = _file(), None
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if is_in_use():
        _take_over(file)
        before = file.with_name(f"{file.name}.before-{at:%Y%m%d%H%M%S}")
        file.rename(before)
    for beside in ("-wal", "-shm"):
        file.with_name(file.name + beside).unlink(missing_ok=True)
    copy.chmod(0o600)
    with copy.open("rb") as written:
        os.fsync(written.fileno())
    copy.replace(file)
    return before


def _take_over(file: Path) -> None:
    """Fold the write-ahead log into the file, which SQLite allows to the last connection only."""
    try:
        with closing(sqlite3.connect(file, timeout=1)) as alone:
            alone.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.OperationalError as reason:
        raise CannotRestoreError("another process uses the database: stop `mingdan serve` first.") from reason
    except sqlite3.DatabaseError:
        # What is there is damaged, which may be why somebody restores; it is kept beside as it is.
        return
