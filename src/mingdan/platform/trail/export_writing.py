"""Write an export of the audit trail: one zip file with the entries, the proofs, and the verifier itself."""

import base64
import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mingdan.platform.trail.export_check import MANIFEST
from mingdan.platform.trail.note_signing import proof_text
from mingdan.platform.trail.single_file import single_file
from mingdan.platform.trail.tree import leaf_hash

INSTRUCTIONS = Path(__file__).with_name("VERIFY.md")

Files = Iterator[tuple[str, Iterable[bytes]]]
"""The name of each file and the pieces of its content."""


@dataclass(frozen=True)
class Disclosed:
    """A personal value that is shown with the salt that proves it; `value` is canonical JSON."""

    index: int
    field: str
    salt: bytes
    value: str


@dataclass(frozen=True)
class Vouched:
    """What the log vouches for: its public key, a signed checkpoint, and how that grew out of earlier ones.

    `earlier` are signed checkpoints of the same log; `growth` is the size of one and the consistency proof from it.
    """

    key: str
    checkpoint: str
    earlier: tuple[str, ...] = ()
    growth: tuple[int, list[bytes]] | None = None


def whole_trail(vouched: Vouched, entries: Callable[[], Iterator[bytes]], disclosed: Iterable[Disclosed] = ()) -> Files:
    """Yield the files of an export of every entry; `entries` is called twice and yields them in order."""
    yield "entries.jsonl", (data + b"\n" for data in entries())
    yield "leaves", (leaf_hash(data) for data in entries())
    yield from _around(vouched, disclosed)


def selected_entries(
    vouched: Vouched, entries: Iterable[tuple[int, bytes, list[bytes]]], disclosed: Iterable[Disclosed] = ()
) -> Files:
    """Yield the files of an export of some entries: index, canonical JSON, inclusion proof."""
    for index, data, proof in entries:
        yield f"entries/{index}.json", [data]
        yield f"proofs/{index}.tlog-proof", [proof_text(index, proof, vouched.checkpoint).encode()]
    yield from _around(vouched, disclosed)


def _around(vouched: Vouched, disclosed: Iterable[Disclosed]) -> Files:
    yield "checkpoint", [vouched.checkpoint.encode()]
    yield "key.vkey", [f"{vouched.key}\n".encode()]
    if vouched.earlier:
        yield "checkpoints.jsonl", (_line(note) for note in vouched.earlier)
    if vouched.growth:
        size, proof = vouched.growth
        yield "consistency.json", [_line({"size": size, "proof": [base64.b64encode(one).decode() for one in proof]})]
    yield (
        "disclosed.jsonl",
        (
            _line({"index": one.index, "field": one.field, "salt": one.salt.hex(), "value": one.value})
            for one in disclosed
        ),
    )
    yield "verify.py", [single_file().encode()]
    yield "VERIFY.md", [INSTRUCTIONS.read_bytes()]


def write_export(path: Path, files: Files) -> None:
    """Write the files and their manifest into a zip file, which appears whole or not at all."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    manifest = []
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, pieces in files:
                digest = hashlib.sha256()
                with archive.open(_entry(name), "w", force_zip64=True) as file:
                    for piece in pieces:
                        digest.update(piece)
                        file.write(piece)
                manifest.append(f"{digest.hexdigest()}  {name}\n")
            archive.writestr(_entry(MANIFEST), "".join(sorted(manifest)))
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _entry(name: str) -> zipfile.ZipInfo:
    """Name a file of the archive, with a fixed time, so that the same entries give the same bytes."""
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"
