"""Which kinds of files are taken, told by their content; the name has to agree with it.

Nothing here may run in a browser or an office program: no HTML, no SVG, no macros, no programs, no old binary office files
(their macros cannot be told apart). Everything is given out as a download anyway.
"""

import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from mingdan.platform.files.archives import members_of
from mingdan.platform.files.refusal import CannotKeepFileError

Recognise = Callable[[BinaryIO], bool]

_TEXT_PIECE = 1024 * 1024
_OFFICE_MACROS = ("vbaProject.bin", "macrosheets/", "activeX/", "embeddings/oleObject")


@dataclass(frozen=True)
class FileType:
    """A kind of file: what a browser is told, and how its content is recognised."""

    media_type: str
    is_it: Recognise
    is_archive: bool = False


def _begins(*signs: bytes, ends: tuple[bytes, ...] = ()) -> Recognise:
    def is_it(file: BinaryIO) -> bool:
        file.seek(0)
        head = file.read(16)
        if not any(head.startswith(sign) for sign in signs):
            return False
        return not ends or _tail(file).rstrip(b"\0\r\n ").endswith(ends)

    return is_it


def _tail(file: BinaryIO) -> bytes:
    file.seek(0, 2)
    file.seek(max(0, file.tell() - 64))
    return file.read(64)


def _is_webp(file: BinaryIO) -> bool:
    file.seek(0)
    head = file.read(12)
    return head[:4] == b"RIFF" and head[8:] == b"WEBP"


def _office(folder: str) -> Recognise:
    def is_it(file: BinaryIO) -> bool:
        if not zipfile.is_zipfile(file):
            return False
        names = members_of(file, may_nest=True)
        if any(sign in name for name in names for sign in _OFFICE_MACROS):
            raise CannotKeepFileError("macros", REFUSALS["macros"])
        return "[Content_Types].xml" in names and any(name.startswith(folder) for name in names)

    return is_it


def _is_plain_zip(file: BinaryIO) -> bool:
    file.seek(0)
    if file.read(4) not in (b"PK\x03\x04", b"PK\x05\x06"):
        return False
    members_of(file)
    return True


def _is_text(file: BinaryIO) -> bool:
    file.seek(0)
    whole = file.read()
    if b"\0" in whole or any(
        whole.lstrip()[:64].lower().startswith(sign)
        for sign in (b"<!doctype", b"<html", b"<svg", b"<?xml", b"<script", b"#!", b"%pdf")
    ):
        return False
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            whole.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _is_json(file: BinaryIO) -> bool:
    file.seek(0)
    try:
        json.loads(file.read())
    except (ValueError, RecursionError):
        return False
    return True


_OPEN = "application/vnd.openxmlformats-officedocument."
TYPES: dict[str, FileType] = {
    "pdf": FileType("application/pdf", _begins(b"%PDF-")),
    "png": FileType("image/png", _begins(b"\x89PNG\r\n\x1a\n", ends=(b"IEND\xaeB`\x82",))),
    "jpg": FileType("image/jpeg", _begins(b"\xff\xd8\xff")),
    "webp": FileType("image/webp", _is_webp),
    "docx": FileType(f"{_OPEN}wordprocessingml.document", _office("word/"), is_archive=True),
    "xlsx": FileType(f"{_OPEN}spreadsheetml.sheet", _office("xl/"), is_archive=True),
    "pptx": FileType(f"{_OPEN}presentationml.presentation", _office("ppt/"), is_archive=True),
    "zip": FileType("application/zip", _is_plain_zip, is_archive=True),
    "txt": FileType("text/plain", _is_text),
    "csv": FileType("text/csv", _is_text),
    "json": FileType("application/json", _is_json),
}
TYPES["jpeg"] = TYPES["jpg"]

REFUSALS = {
    "unknown_type": _("Files of this kind are not taken. These are: %(known)s."),
    "not_what_it_says": _("The content of this file is not what its name says: save it again in the right format."),
    "two_in_one": _("This file is two files in one: an archive is hidden behind it."),
    "macros": _("This document holds macros or embedded programs: save it without them."),
}


def type_of(name: str, file: BinaryIO) -> FileType:
    """Return what a file is, if its name and content agree; raise CannotKeepFileError with the reason otherwise."""
    found = TYPES.get(PurePosixPath(name).suffix.lower().lstrip("."))
    if found is None:
        raise CannotKeepFileError("unknown_type", _known())
    if not found.is_it(file):
        raise CannotKeepFileError("not_what_it_says", REFUSALS["not_what_it_says"])
    if not found.is_archive and zipfile.is_zipfile(file):
        raise CannotKeepFileError("two_in_one", REFUSALS["two_in_one"])
    return found


def _known() -> str:
    return str(REFUSALS["unknown_type"]) % {"known": ", ".join(sorted(TYPES))}
