"""How an entry is written: a few names, canonical JSON, personal values only as commitments."""

import secrets
import time
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from mingdan.platform.trail.canonical import canonical
from mingdan.platform.trail.doubts import UnusableTrailError

VERSION = 1
"""Of the way in which entries are written; it stands in every entry, so that old ones stay readable."""

LONGEST = 65_535
"""Bytes of an entry: C2SP's bundles of entries give its length 16 bits. Larger content goes into files, by hash."""


class UnrecordableError(UnusableTrailError):
    """Something cannot be recorded as it is; the message says what and why."""


def new_entry_id() -> str:
    """Return 32 hexadecimal digits: milliseconds, then chance, so that ids of one time lie together (as UUIDv7)."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


def written_time(at: datetime) -> str:
    """Return a time as entries have it, in UTC with microseconds; 27 characters that sort as text."""
    if at.tzinfo is None:
        raise UnrecordableError(f"{at} has no time zone, so nobody could say when that was.")
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it: amounts and times as text, text in one Unicode form (NFC)."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, datetime):
        return written_time(value)
    if isinstance(value, date | Decimal | UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {plain(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, set | frozenset):
        return sorted(plain(inner) for inner in value)
    return value


def entry_text(
    *,
    entry_id: str,
    kind: str,
    at: str,
    by: str,
    about: str,
    happened_at: str,
    data: Mapping[str, Any],
    personal: Mapping[str, str],
) -> str:
    """Return the canonical text of an entry; `personal` are commitments. Empty parts are left out."""
    parts = {"by": by, "about": about, "happened_at": happened_at, "data": data, "personal": personal}
    filled = {name: part for name, part in parts.items() if part}
    text = canonical({"v": VERSION, "id": entry_id, "kind": kind, "at": at, **filled})
    if len(text) > LONGEST:
        raise UnrecordableError(f"An entry has at most {LONGEST} bytes, and this one of {kind} has {len(text)}.")
    return text.decode()
