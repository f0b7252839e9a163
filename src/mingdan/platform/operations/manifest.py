"""What a back-up says of itself, and the refusals that both ways share."""

import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from mingdan.platform.trail.tree import EMPTY_ROOT, Frontier

NAME = "manifest.json"
DATABASE = "database"
FORMAT = 1
FILE_NAME = re.compile(r"files/([0-9a-f]{2})/(\1[0-9a-f]{62})")
"""The only other members: files under their own SHA-256."""

Ask = Callable[[str], list[tuple[Any, ...]]]
"""Runs one SQL query and returns its rows."""


class CannotBackUpError(Exception):
    """Nothing was written; the message says why and what to do."""


class CannotRestoreError(Exception):
    """Nothing was changed, unless the message says otherwise; it says why and what to do."""


@dataclass(frozen=True)
class Manifest:
    """What is in a back-up: which database, of which version, with which trail."""

    format: int
    version: str
    made_at: str
    vendor: str
    sha256: str
    migrations: list[str]
    entries: int
    root: str
    waiting: int

    def written(self) -> str:
        """Return the manifest as JSON."""
        return json.dumps(asdict(self), indent=1)


def read_manifest(text: bytes) -> Manifest:
    """Return the manifest of a back-up; raises CannotRestoreError."""
    try:
        said = json.loads(text)
        if said["format"] != FORMAT:
            raise CannotRestoreError(f"the back-up has format {said['format']}, and this version reads {FORMAT}.")
        return Manifest(**said)
    except (ValueError, TypeError, KeyError) as reason:
        raise CannotRestoreError("the file is no back-up of Mingdan: its manifest cannot be read.") from reason


def state_of(ask: Ask) -> dict[str, Any]:
    """Return what a manifest says of a database: its migrations, and the size and root of its trail."""
    head = ask("SELECT size, hashes FROM trail_treehead")
    size, hashes = (head[0][0], bytes(head[0][1])) if head else (0, b"")
    length = len(EMPTY_ROOT)
    edge = [hashes[at : at + length] for at in range(0, len(hashes), length)]
    return {
        "migrations": [f"{app}.{name}" for app, name in ask("SELECT app, name FROM django_migrations ORDER BY id")],
        "entries": size,
        "root": Frontier(size, edge).root().hex(),
        "waiting": ask("SELECT count(*) FROM trail_pendingentry")[0][0],
    }
