"""Keep and erase files; every door uses these. Whether somebody may attach is asked by the part that owns the object."""

import datetime
import unicodedata
from pathlib import PurePosixPath
from typing import BinaryIO

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from mingdan.platform.files import store
from mingdan.platform.files.file_types import type_of
from mingdan.platform.files.kinds import FILE_ERASED, FILE_KEPT
from mingdan.platform.files.models import StoredFile
from mingdan.platform.files.refusal import CannotKeepFileError
from mingdan.platform.trail.actions import record, reference

MOST_BYTES = 25 * 1024 * 1024
_PIECE = 1024 * 1024

REFUSALS = {
    "too_large": _("A file may have at most 25 MB."),
    "empty": _("This file is empty."),
    "no_name": _("This file has no usable name."),
}


@transaction.atomic
def keep_file(
    file: BinaryIO, name: str, *, about: models.Model, by: AbstractBaseUser | None, at: datetime.datetime
) -> StoredFile:
    """Check a file and keep it about an object; raise CannotKeepFileError with the reason.

    The bytes are on disk before the row is committed, so a row never points at nothing; bytes without a row are removed
    by `remove_strays`.
    """
    called = _clean(name)
    size = _size(file)
    if size > MOST_BYTES or not size:
        code = "too_large" if size else "empty"
        raise CannotKeepFileError(code, REFUSALS[code])
    media_type = type_of(called, file).media_type
    file.seek(0)
    sha256, length = store.store(iter(lambda: file.read(_PIECE), b""))
    kept = StoredFile.objects.create(
        sha256=sha256, size=length, media_type=media_type, name=called, about=reference(about), by_id=_key(by), at=at
    )
    values = {"sha256": sha256, "size": length, "media_type": media_type, "object": kept.about, "name": called}
    record(FILE_KEPT, by=by, at=at, about=kept, values=values)
    return kept


def _key(by: AbstractBaseUser | None) -> int | None:
    return by.pk if by is not None else None


def _clean(name: str) -> str:
    """Return a name without folders and without letters that write on the screen or turn it round."""
    last = PurePosixPath(name.replace("\\", "/")).name
    kept = "".join(letter for letter in unicodedata.normalize("NFC", last) if unicodedata.category(letter)[0] != "C")
    stem, suffix = PurePosixPath(kept).stem.strip(), PurePosixPath(kept).suffix
    if not stem or not suffix:
        raise CannotKeepFileError("no_name", REFUSALS["no_name"])
    return stem[: 200 - len(suffix)] + suffix


def _size(file: BinaryIO) -> int:
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    return size


@transaction.atomic
def erase_file(kept: StoredFile, *, by: AbstractBaseUser | None, at: datetime.datetime, reason: str) -> None:
    """Erase name and bytes of a file for good; its hash stays known. Bytes that another row needs stay."""
    kept = StoredFile.objects.select_for_update().get(pk=kept.pk)
    if kept.erased_at is not None:
        return
    kept.name, kept.erased_at = "", at
    kept.save(update_fields=["name", "erased_at"])
    record(
        FILE_ERASED,
        by=by,
        at=at,
        about=kept,
        values={"sha256": kept.sha256, "object": kept.about, "reason": reason},
    )
    if not StoredFile.objects.filter(sha256=kept.sha256, erased_at__isnull=True).exists():
        transaction.on_commit(lambda: store.remove(kept.sha256))


def remove_strays(at: datetime.datetime, *, older_than: datetime.timedelta = datetime.timedelta(days=1)) -> int:
    """Remove bytes that no row names (an upload whose transaction failed); return how many there were."""
    known = set(StoredFile.objects.filter(erased_at__isnull=True).values_list("sha256", flat=True))
    before, removed = (at - older_than).timestamp(), 0
    for path in [*store.folder().glob("??/*"), *store.folder().glob(".new-*")]:
        if path.name not in known and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
