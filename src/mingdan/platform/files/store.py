"""Bytes on disk under their own hash: `files/ab/abcdef…`, written whole or not at all, never changed."""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

_PIECE = 1024 * 1024


class DamagedFileError(Exception):
    """What lies on the disk is gone or is not what was stored."""


def folder() -> Path:
    """Return the folder of all files, below the application's data."""
    return Path(settings.DATA) / "files"


def path_of(sha256: str) -> Path:
    """Return where the bytes with this hash lie."""
    return folder() / sha256[:2] / sha256


def store(pieces: Iterable[bytes]) -> tuple[str, int]:
    """Store bytes and return their SHA-256 and length; the same bytes are stored once."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, length = hashlib.sha256(), 0
    handle, name = tempfile.mkstemp(dir=folder(), prefix=".new-")
    written = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            for piece in pieces:
                digest.update(piece)
                length += len(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        _put(written, path_of(digest.hexdigest()))
    finally:
        written.unlink(missing_ok=True)
    return digest.hexdigest(), length


def _put(written: Path, place: Path) -> None:
    place.parent.mkdir(mode=0o700, exist_ok=True)
    # Also where the same bytes lie already: what was damaged since is whole again.
    written.replace(place)
    for changed in (place.parent, folder()):
        handle = os.open(changed, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def read_checked(sha256: str) -> bytes:
    """Return the bytes with this hash; raise DamagedFileError if the disk no longer has them as they were."""
    try:
        content = path_of(sha256).read_bytes()
    except OSError as reason:
        raise DamagedFileError(f"the file {sha256} cannot be read: {reason.strerror}") from reason
    if hashlib.sha256(content).hexdigest() != sha256:
        raise DamagedFileError(f"the file {sha256} is not what was stored")
    return content


def remove(sha256: str) -> None:
    """Take bytes off the disk for good."""
    path_of(sha256).unlink(missing_ok=True)
