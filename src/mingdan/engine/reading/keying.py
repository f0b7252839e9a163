"""Plain phone numbers, accounts, names and addresses become match keys before anything else sees them."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

from mingdan.engine.keys import Keyring, kind_of_field
from mingdan.engine.reading.raw import UnreadableTrailError
from mingdan.engine.schema import KEY_KINDS, Column

_BATCH = 50_000


class Keyer:
    """Keys the plain columns of a trail, each different value once.

    The key file is read, and made where there is none, only when there is something to key. `expected` is the
    fingerprint that the trail says its keys were made with.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, key_file: Path | None, expected: str | None) -> None:
        self._con, self._path, self._expected = con, key_file or default_key_file(), expected
        self._ring: Keyring | None = None
        con.execute('CREATE TABLE "keyed values" (kind VARCHAR, plain VARCHAR, key VARCHAR)')

    @property
    def fingerprint(self) -> str | None:
        """The fingerprint of the secret in use, or what the trail says of its own keys."""
        return self._ring.fingerprint if self._ring else self._expected

    def key_values(self, query: str) -> None:
        """Key what `query` selects (`kind`, `plain`) and is not keyed yet, into the relation `keyed values`."""
        unseen = (
            f"SELECT DISTINCT v.kind, v.plain FROM ({query}) v WHERE v.plain IS NOT NULL "
            'AND NOT EXISTS (SELECT 1 FROM "keyed values" k WHERE k.kind = v.kind AND k.plain = v.plain)'
        )
        self._con.execute(f'CREATE OR REPLACE TEMP TABLE "values to key" AS {unseen}')
        for kinds, plains in self._batches():
            keys = [self._keyring().key(kind, plain) for kind, plain in zip(kinds, plains, strict=True)]
            batch = pa.table({"kind": kinds, "plain": plains, "key": pa.array(keys, pa.string())})
            self._con.register("key batch", batch)
            self._con.execute('INSERT INTO "keyed values" SELECT kind, plain, key FROM "key batch"')
            self._con.unregister("key batch")
        self._con.execute('DROP TABLE "values to key"')

    def forget(self) -> None:
        """Drop what ties keys to plain values."""
        self._con.execute('DROP TABLE "keyed values"')

    def _batches(self) -> Iterator[tuple[list[str], list[str]]]:
        found = self._con.execute('SELECT count(*) FROM "values to key"').fetchone()
        for start in range(0, int(found[0]) if found else 0, _BATCH):
            rows = self._con.execute(
                'SELECT kind, plain FROM "values to key" WHERE rowid >= ? AND rowid < ?', [start, start + _BATCH]
            ).fetchall()
            yield [kind for kind, _ in rows], [plain for _, plain in rows]

    def _keyring(self) -> Keyring:
        if self._ring is None:
            ring = Keyring.load(self._path)
            if self._expected is not None and ring.fingerprint != self._expected:
                raise UnreadableTrailError(
                    f"The keys in this trail were made with the key file {self._expected}, but {self._path} is "
                    f"{ring.fingerprint}; name the right one with --key-file, or keys would never match."
                )
            self._ring = ring
        return self._ring


def default_key_file() -> Path:
    """Return where the key file lies: MINGDAN_KEY_FILE, else ~/.config/mingdan/key."""
    named = os.environ.get("MINGDAN_KEY_FILE")
    return Path(named) if named else Path.home() / ".config" / "mingdan" / "key"


def install_kind_of_field(con: duckdb.DuckDBPyConnection, query: str) -> None:
    """Fill the relation `field kinds` (field, kind) for the fields that `query` selects as `field`."""
    fields = [
        field for (field,) in con.execute(f"SELECT DISTINCT field FROM ({query}) WHERE field IS NOT NULL").fetchall()
    ]
    con.execute('CREATE OR REPLACE TABLE "field kinds" (field VARCHAR, kind VARCHAR)')
    for field in fields:
        con.execute('INSERT INTO "field kinds" VALUES (?, ?)', [field, kind_of_field(field)])


def kind_of(column: Column) -> str:
    """Return the kind under which the plain values of a key column are keyed."""
    return KEY_KINDS[column.plain_name or ""]


def fingerprint_in(folder: Path) -> str | None:
    """Return the fingerprint that a folder's trail.json names, or None; raise UnreadableTrailError where it is damaged."""
    path = folder / "trail.json" if folder.is_dir() else folder.with_name("trail.json")
    if not path.is_file():
        return None
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
        fingerprint = document.get("key_fingerprint") or document.get("fingerprint")
    except (OSError, ValueError, AttributeError) as error:
        raise UnreadableTrailError(
            f"{path.name} is damaged; restore it, or remove it if the trail holds no keys."
        ) from error
    return str(fingerprint) if fingerprint else None
