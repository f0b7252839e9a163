"""Restore a back-up: checked before anything is touched, and the trail hashed anew afterwards."""

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from mingdan.platform.operations import postgresql, sqlite
from mingdan.platform.operations.backup import sha256_of
from mingdan.platform.operations.backup_kinds import RESTORED
from mingdan.platform.operations.manifest import DATABASE, FILE_NAME, NAME, CannotRestoreError, Manifest, read_manifest
from mingdan.platform.trail.actions import record
from mingdan.platform.trail.checking import verify_log
from mingdan.platform.trail.models import TreeHead
from mingdan.platform.trail.note_reading import read_key

IN_USE: dict[str, Callable[[], bool]] = {"sqlite": sqlite.is_in_use, "postgresql": postgresql.is_in_use}
PUT_BACK: dict[str, Callable[[Path, datetime], Path | None]] = {
    "sqlite": sqlite.put_back,
    "postgresql": postgresql.put_back,
}


@dataclass(frozen=True)
class Restored:
    """What was restored, and where the database that was there before lies (SQLite only)."""

    manifest: Manifest
    before: Path | None
    files: int


def restore(file: Path, *, at: datetime, force: bool = False) -> Restored:
    """Put a back-up in place of the database, and its files beside those that are there; end all sessions.

    Raises CannotRestoreError: for what is no back-up or damaged, of another kind of database or a newer version, and
    without `force` if there is a database already.
    """
    try:
        with (
            zipfile.ZipFile(file) as packed,
            tempfile.TemporaryDirectory(prefix=".mingdan-", dir=_near(Path(settings.DATA))) as place,
        ):
            manifest = read_manifest(packed.read(NAME))
            _ensure_fits(manifest, force=force)
            copy = Path(packed.extract(DATABASE, place))
            if sha256_of(copy) != manifest.sha256:
                raise CannotRestoreError(
                    "the back-up is damaged: its database has another hash than its manifest says."
                )
            files = _put_files_back(packed)
            before = PUT_BACK[connection.vendor](copy, at)
    except (zipfile.BadZipFile, KeyError) as reason:
        raise CannotRestoreError(f"{file} is no back-up of Mingdan, or a damaged one.") from reason
    call_command("migrate", verbosity=0, interactive=False)
    _ensure_same_trail(manifest)
    _end_and_tell(manifest, at)
    return Restored(manifest, before, files)


def _near(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _ensure_fits(manifest: Manifest, *, force: bool) -> None:
    if manifest.vendor != connection.vendor:
        raise CannotRestoreError(f"the back-up is of {manifest.vendor}, and DATABASE_URL names {connection.vendor}.")
    known = {f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).graph.nodes}
    if set(manifest.migrations) - known:
        raise CannotRestoreError(
            f"the back-up was made by version {manifest.version}: install that one or a newer one."
        )
    if IN_USE[connection.vendor]() and not force:
        raise CannotRestoreError("there is a database already; --force replaces it.")


def _put_files_back(packed: zipfile.ZipFile) -> int:
    """Add the files that are missing; each has to be what its name says, and no name leads elsewhere."""
    put = 0
    for member in packed.infolist():
        if member.filename in (NAME, DATABASE):
            continue
        named = FILE_NAME.fullmatch(member.filename)
        if named is None:
            raise CannotRestoreError("the back-up is damaged: it holds something that is no file of Mingdan.")
        target = Path(settings.DATA) / "files" / named[1] / named[2]
        if target.exists():
            continue
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside, digest = target.with_name(f".{target.name}"), hashlib.sha256()
        with packed.open(member) as read, open(os.open(beside, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as written:  # noqa: PTH123
            while piece := read.read(1 << 20):
                digest.update(piece)
                written.write(piece)
        if digest.hexdigest() != named[2]:
            beside.unlink()
            raise CannotRestoreError("the back-up is damaged: a file in it has another hash than its name says.")
        beside.replace(target)
        put += 1
    return put


def _ensure_same_trail(manifest: Manifest) -> None:
    head = TreeHead.objects.first()
    if head is None:
        return
    verdict = verify_log(read_key(head.key))
    if verdict.doubts or (verdict.size, verdict.root.hex()) != (manifest.entries, manifest.root):
        raise CannotRestoreError(
            "the back-up is restored, but its audit trail is not what it was: `mingdan trail verify` says what is wrong."
        )


def _end_and_tell(manifest: Manifest, at: datetime) -> None:
    # A session that somebody ended since the back-up must not live again.
    with transaction.atomic():
        Session.objects.all().delete()
        UserSession.objects.all().delete()
        values = {"made_at": manifest.made_at, "entries": manifest.entries, "root": manifest.root}
        record(RESTORED, by=None, at=at, values=values)
