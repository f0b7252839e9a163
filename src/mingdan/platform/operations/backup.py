"""Back up everything that cannot be made again: the database as of one moment, and the files. Not the keys."""

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from mingdan import __version__
from mingdan.platform.operations import postgresql, sqlite
from mingdan.platform.operations.backup_kinds import BACKED_UP
from mingdan.platform.operations.manifest import DATABASE, FORMAT, NAME, CannotBackUpError, Manifest
from mingdan.platform.trail.actions import record

COPY: dict[str, Callable[[Path], dict[str, Any]]] = {"sqlite": sqlite.copy_to, "postgresql": postgresql.dump_to}


def back_up(target: Path, *, at: datetime) -> tuple[Path, Manifest]:
    """Write a back-up while others go on working; return its file and what is in it.

    `target` is a file that does not exist yet, or a folder, in which the file is named by the time. The database is
    copied first: whatever file it refers to was stored before it was referred to. Raises CannotBackUpError.
    """
    file = target / f"mingdan-{timezone.localtime(at):%Y-%m-%d-%H%M%S}.zip" if target.is_dir() else target
    if file.exists():
        raise CannotBackUpError(f"{file} exists already; give another name.")
    with tempfile.TemporaryDirectory(prefix=".mingdan-", dir=file.absolute().parent) as place:
        copy = Path(place) / DATABASE
        state = COPY[connection.vendor](copy)
        said: dict[str, Any] = {
            "format": FORMAT,
            "version": __version__,
            "made_at": at.isoformat(),
            "vendor": connection.vendor,
        }
        manifest = Manifest(**said, sha256=sha256_of(copy), **state)
        whole = Path(place) / "whole.zip"
        _pack(whole, copy, manifest)
        whole.replace(file)
    _flush(file.absolute().parent)
    with transaction.atomic():
        record(BACKED_UP, by=None, at=at, values={"entries": manifest.entries, "root": manifest.root})
    return file, manifest


def _pack(whole: Path, copy: Path, manifest: Manifest) -> None:
    # PostgreSQL's own format is compressed already.
    packing = zipfile.ZIP_DEFLATED if manifest.vendor == "sqlite" else zipfile.ZIP_STORED
    stored = Path(settings.DATA) / "files"
    handle = os.open(whole, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w") as packed:
        packed.writestr(NAME, manifest.written())
        packed.write(copy, DATABASE, packing)
        for one in sorted(stored.glob("??/*")):
            packed.write(one, f"files/{one.parent.name}/{one.name}")
    with whole.open("rb") as written:
        os.fsync(written.fileno())


def _flush(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def sha256_of(file: Path) -> str:
    """Return the SHA-256 of a file."""
    with file.open("rb") as read:
        return hashlib.file_digest(read, "sha256").hexdigest()
