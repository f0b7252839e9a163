"""Zip files, and the office documents that are zip files: limits that hold whatever their directory claims."""

import lzma
import stat
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from mingdan.platform.files.refusal import CannotKeepFileError

MOST_MEMBERS = 2_000
MOST_UNPACKED = 200 * 1024 * 1024
MOST_RATIO = 200
"""Unpacked bytes for each packed one, above the first megabyte; office documents stay below 50."""
_FREE = 1024 * 1024
_PIECE = 256 * 1024
_ARCHIVES = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"Rar!",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
)

_OTHERS = (OSError, ValueError, RuntimeError, NotImplementedError)
"""What zipfile raises besides for files made to confuse it."""

REFUSALS = {
    "damaged": _("This archive is damaged or not a zip file."),
    "locked": _("This archive is locked with a password, so nobody could check what is inside: send it unlocked."),
    "members": _("This archive holds more than 2,000 files: split it."),
    "unpacked": _("This archive unpacks to more than 200 MB, or to far more than its size: send the files themselves."),
    "paths": _("This archive holds a file whose name leads outside of it: pack it anew."),
    "nested": _("This archive holds another archive: unpack that one first."),
}


def members_of(file: BinaryIO, *, may_nest: bool = False) -> frozenset[str]:
    """Return the names in a zip file after unpacking all of it within the limits; raise CannotKeepFileError.

    Every byte is really unpacked, because the sizes in the directory are whatever their author wrote. `may_nest` is for
    office documents, which may embed others.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
            _check_directory(infos)
            left = MOST_UNPACKED
            for info in infos:
                left -= _unpack(archive, info, left, may_nest=may_nest)
            return frozenset(info.filename for info in infos)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, EOFError, *_OTHERS) as reason:
        raise CannotKeepFileError("damaged", REFUSALS["damaged"]) from reason


def _check_directory(infos: list[zipfile.ZipInfo]) -> None:
    if len(infos) > MOST_MEMBERS:
        raise CannotKeepFileError("members", REFUSALS["members"])
    for info in infos:
        path = PurePosixPath(info.filename.replace("\\", "/"))
        is_link = stat.S_ISLNK(info.external_attr >> 16)
        if is_link or not path.parts or path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
            raise CannotKeepFileError("paths", REFUSALS["paths"])
        if info.flag_bits & 0x1:
            raise CannotKeepFileError("locked", REFUSALS["locked"])


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, left: int, *, may_nest: bool) -> int:
    """Read one member to its end and return its true length."""
    length, most = 0, min(left, _FREE + MOST_RATIO * info.compress_size)
    with archive.open(info) as member:
        while piece := member.read(_PIECE):
            if not length and not may_nest and piece.startswith(_ARCHIVES):
                raise CannotKeepFileError("nested", REFUSALS["nested"])
            length += len(piece)
            if length > most:
                raise CannotKeepFileError("unpacked", REFUSALS["unpacked"])
    return length
