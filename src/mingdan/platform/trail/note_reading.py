"""Read what is signed: keys, notes and checkpoints, and proofs of inclusion, in the formats of C2SP.

signed-note, tlog-checkpoint and tlog-proof of https://c2sp.org; every function raises Doubt for what does not fit.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable
from typing import NamedTuple

from mingdan.platform.trail.doubts import Doubt
from mingdan.platform.trail.ed25519 import verify_ed25519

Verify = Callable[[bytes, bytes, bytes], bool]
"""Says whether the public key, the message and the signature fit together."""


class Key(NamedTuple):
    name: str
    number: bytes
    public: bytes


class Checkpoint(NamedTuple):
    origin: str
    size: int
    root: bytes


def key_number(name: str, public: bytes) -> bytes:
    """Return the four bytes that name an Ed25519 key in a signed note."""
    return hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]


def read_key(written: str) -> Key:
    """Read a verifier key, `name+number+base64`; raise Doubt for anything else."""
    name, number, rest = (*written.strip().split("+", 2), "", "")[:3]
    encoded = decoded(rest)
    if not name or encoded[:1] != b"\1" or len(encoded) != 33 or key_number(name, encoded[1:]).hex() != number:
        raise Doubt("key", key=written.strip())
    return Key(name, bytes.fromhex(number), encoded[1:])


def open_note(note: str, key: Key, where: str = "checkpoint", verify: Verify = verify_ed25519) -> str:
    """Return the text of a note signed with this key; `where` names the file in a Doubt, `verify` checks signatures."""
    text, blank, signatures = note.rpartition("\n\n")
    controls = any(ord(character) < 32 and character != "\n" for character in note)
    if not blank or controls or not signatures.endswith("\n"):
        raise Doubt("note", where=where)
    for line in signatures[:-1].split("\n"):
        dash, name, written = (*line.split(" "), "", "")[:3]
        signature = decoded(written)
        if dash == "\u2014" and name == key.name and signature[:4] == key.number:
            if verify(key.public, (text + "\n").encode(), signature[4:]):
                return text + "\n"
            raise Doubt("signature", where=where, name=key.name)
    raise Doubt("unsigned", where=where, name=key.name)


def open_checkpoint(note: str, key: Key, where: str = "checkpoint", verify: Verify = verify_ed25519) -> Checkpoint:
    """Return what a checkpoint signed with this key says; `where` names the file in a Doubt."""
    lines = open_note(note, key, where, verify).split("\n")
    if len(lines) < 4 or not lines[0] or str(max(_number(lines[1]), 0)) != lines[1] or len(decoded(lines[2])) != 32:
        raise Doubt("note", where=where)
    return Checkpoint(lines[0], int(lines[1]), decoded(lines[2]))


def read_proof(written: str, where: str = "proof") -> tuple[int, list[bytes], str]:
    """Split a tlog-proof into the entry's index, the hashes and the checkpoint; `where` names the file in a Doubt."""
    head, _, checkpoint = written.partition("\n\n")
    first, *lines = head.split("\n")
    if lines and lines[0].startswith("extra "):
        del lines[0]
    index, hashes = (
        (_number(lines[0].removeprefix("index ")), [decoded(line) for line in lines[1:]]) if lines else (-1, [])
    )
    if first != "c2sp.org/tlog-proof@v1" or index < 0 or any(len(one) != 32 for one in hashes):
        raise Doubt("note", where=where)
    return index, hashes, checkpoint


def decoded(written: str) -> bytes:
    """Return the bytes behind base64, or none for what is not base64."""
    try:
        return base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _number(written: str) -> int:
    return int(written) if written.isascii() and written.isdigit() and len(written) < 20 else -1
