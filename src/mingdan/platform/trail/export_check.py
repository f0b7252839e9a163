"""Check an export of the audit trail: every file, every entry, every signature, and that nothing was left out.

An export is a folder or a zip file. A whole trail has `entries.jsonl` (entry number n in line n) and `leaves` (the 32-byte
hashes of the entries); a selection has `entries/<n>.json` and `proofs/<n>.tlog-proof`. Both have `checkpoint`, `key.vkey`,
`disclosed.jsonl` (values and salts of what is disclosed) and `MANIFEST.sha256`; `checkpoints.jsonl` and
`consistency.json` are there where the log had earlier checkpoints.
"""

import hashlib
import hmac
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from mingdan.platform.trail.differences import differences
from mingdan.platform.trail.doubts import Doubt
from mingdan.platform.trail.note_reading import Checkpoint, Key, decoded, open_checkpoint, read_proof
from mingdan.platform.trail.tree import Frontier, leaf_hash, verify_consistency, verify_inclusion

MANIFEST = "MANIFEST.sha256"
KNOWN = re.compile(
    r"checkpoint|key\.vkey|checkpoints\.jsonl|consistency\.json|disclosed\.jsonl|verify\.py|VERIFY\.md|MANIFEST\.sha256"
)
OF_WHOLE, OF_SELECTION = re.compile(r"entries\.jsonl|leaves"), re.compile(r"entries/\d+\.json|proofs/\d+\.tlog-proof")
HASH_BYTES = 32


class Export:
    """The files of an export, from a folder or a zip file; nothing is unpacked and nothing is written."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path) if path.is_file() else None
        self._folder = path
        if self._zip:
            listed = [name for name in self._zip.namelist() if not name.endswith("/")]
            if len(set(listed)) != len(listed):
                raise zipfile.BadZipFile("two files of one name")
            self.names = set(listed)
        else:
            self.names = {str(file.relative_to(path).as_posix()) for file in path.rglob("*") if file.is_file()}

    def open(self, name: str) -> IO[bytes]:
        """Open a file; raise Doubt if it is not there."""
        if name not in self.names:
            raise Doubt("absent", name=name)
        return self._zip.open(name) if self._zip else (self._folder / name).open("rb")

    def text(self, name: str) -> str:
        """Return a whole file as text; raise Doubt if it is not there or no UTF-8."""
        with self.open(name) as file:
            try:
                return file.read().decode()
            except UnicodeDecodeError as error:
                raise Doubt("note", where=name) from error

    def records(self, name: str) -> Iterator[Any]:
        """Yield the JSON value of each line; raise Doubt for a line that is none."""
        for line in self.text(name).splitlines():
            yield parsed(line, Doubt("note", where=name))


@dataclass
class Checked:
    """What was found: the doubts, and what was verified for the reader to be told."""

    checkpoint: Checkpoint | None = None
    is_whole: bool = True
    entries: int = 0
    disclosed: int = 0
    doubts: list[Doubt] = field(default_factory=list)


Values = dict[int, list[tuple[str, bytes, str]]]
"""The disclosed values by entry: field, salt, canonical JSON."""


def check_export(export: Export, key: Key, earlier: str | None = None) -> Checked:
    """Check everything in an export against the log's key and, if given, a checkpoint that was kept elsewhere."""
    checked = Checked(is_whole="entries.jsonl" in export.names)
    checked.doubts += check_files(export, OF_WHOLE if checked.is_whole else OF_SELECTION)
    try:
        last = checked.checkpoint = open_checkpoint(export.text("checkpoint"), key)
        kept = open_checkpoint(earlier, key, "--checkpoint") if earlier else None
        if kept and kept.origin != last.origin:
            raise Doubt("origin", one=kept.origin, other=last.origin)
        if kept and not kept.size:
            raise Doubt("note", where="--checkpoint")  # of no entries: every log has grown out of it
        if kept and kept.size > last.size:
            raise Doubt("rolled_back", size=kept.size, found=last.size)
        values = _disclosed(export)
        checked.disclosed = sum(map(len, values.values()))
        check = _check_whole if checked.is_whole else _check_selection
        checked.entries = check(export, key, kept, values, checked)
        checked.doubts += [Doubt("disclosed", index=index, field=one[0]) for index in values for one in values[index]]
    except Doubt as doubt:
        checked.doubts.append(doubt)
    return checked


def check_files(export: Export, own: re.Pattern[str]) -> list[Doubt]:
    """Compare the files with the manifest, and doubt those that are not looked into: they could be taken for proved."""
    if MANIFEST not in export.names:
        return [Doubt("absent", name=MANIFEST)]
    listed = dict(line.split("  ", 1)[::-1] for line in export.text(MANIFEST).splitlines() if "  " in line)
    doubts = [Doubt("absent", name=name) for name in sorted(listed.keys() - export.names)]
    unknown = {name for name in export.names if not KNOWN.fullmatch(name) and not own.fullmatch(name)}
    doubts += [Doubt("extra", name=name) for name in sorted(unknown | export.names - listed.keys() - {MANIFEST})]
    for name in sorted(listed.keys() & export.names):
        with export.open(name) as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != listed[name]:  # type: ignore[arg-type]
                doubts.append(Doubt("file", name=name))
    return doubts


def parsed(written: str | bytes, otherwise: Doubt) -> Any:
    """Return the value of a JSON text; raise the Doubt for what is no JSON or names a thing twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a name that stands twice can be read in two ways")
        return dict(pairs)

    try:
        return json.loads(written, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        raise otherwise from error


def _disclosed(export: Export) -> Values:
    values: Values = {}
    for one in export.records("disclosed.jsonl"):
        try:
            index, name, salt, value = one["index"], one["field"], one["salt"], one["value"]
            if len(one) != 4 or type(index) is not int or not all(isinstance(part, str) for part in (name, value)):
                raise TypeError
            values.setdefault(index, []).append((name, bytes.fromhex(salt), value))
        except (KeyError, TypeError, ValueError) as error:
            raise Doubt("note", where="disclosed.jsonl") from error
    return values


def _check_values(index: int, data: bytes, values: Values) -> None:
    """Take the values of one entry off the list, if they are those that it commits to."""
    entry = parsed(data, Doubt("entry", index=index))
    personal = entry.get("personal") if isinstance(entry, dict) else None
    for name, salt, written in values[index][:]:
        committed = personal.get(name) if isinstance(personal, dict) else None
        if hmac.compare_digest(hmac.digest(salt, written.encode(), "sha256").hex(), str(committed)):
            values[index].remove((name, salt, written))


def _check_whole(export: Export, key: Key, kept: Checkpoint | None, values: Values, checked: Checked) -> int:
    """Rebuild the tree from all entries, and compare it with each checkpoint on the way."""
    last = checked.checkpoint or Checkpoint("", 0, b"")
    notes = export.records("checkpoints.jsonl") if "checkpoints.jsonl" in export.names else iter(())
    signed = {one.size: one.root for one in (open_checkpoint(str(note), key, "checkpoints.jsonl") for note in notes)}
    signed[last.size] = last.root
    roots, size = _roots(export, {*signed, kept.size if kept else 0}, values)
    if kept and roots.get(kept.size) != kept.root:
        checked.doubts.append(Doubt("rewritten", size=kept.size))
    if size == last.size and roots[size] == last.root:
        checked.doubts += [Doubt("rewritten", size=one) for one in sorted(signed) if roots.get(one) != signed[one]]
    else:
        good = max((one for one in signed if one < last.size and roots.get(one) == signed[one]), default=0)
        checked.doubts += _where(export, last, size, good, min(one for one in signed if one > good or one == last.size))
    return size


def _roots(export: Export, sizes: set[int], values: Values) -> tuple[dict[int, bytes], int]:
    frontier, roots = Frontier(), {0: Frontier().root()}
    with export.open("entries.jsonl") as file:
        for index, line in enumerate(file):
            data = line.removesuffix(b"\n")
            frontier.append(leaf_hash(data))
            if index in values:
                _check_values(index, data, values)
            if frontier.size in sizes:
                roots[frontier.size] = frontier.root()
    roots[frontier.size] = frontier.root()
    return roots, frontier.size


def _where(export: Export, last: Checkpoint, found: int, good: int, bad: int) -> list[Doubt]:
    """Say which entries are not those that the checkpoint vouches for, as exactly as the export allows.

    The first `good` entries are right, and among the first `bad` something is not.
    """
    leaves = _leaves(export)
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    if (frontier.size, frontier.root()) == (last.size, last.root):
        with export.open("entries.jsonl") as file:
            return differences(leaves, [leaf_hash(line.removesuffix(b"\n")) for line in file])
    if found < bad:
        return [Doubt("cut", size=last.size, found=found)]
    return [Doubt("between", start=good, end=bad - 1)]


def _leaves(export: Export) -> list[bytes]:
    if "leaves" not in export.names:
        return []
    with export.open("leaves") as file:
        whole = file.read()
    return [whole[at : at + HASH_BYTES] for at in range(0, len(whole), HASH_BYTES)]


def _check_selection(export: Export, key: Key, kept: Checkpoint | None, values: Values, checked: Checked) -> int:
    """Check each entry by its own proof against the one checkpoint, and that checkpoint against the earlier one."""
    last = checked.checkpoint or Checkpoint("", 0, b"")
    if kept and (kept.size, kept.root) != (last.size, last.root):
        checked.doubts += _check_growth(export, kept, last)
    checkpoint = export.text("checkpoint")
    entries = sorted(name for name in export.names if name.startswith("entries/"))
    proofs = {name for name in export.names if name.startswith("proofs/")}
    for name in entries:
        stem = name.removeprefix("entries/").removesuffix(".json")
        proof = f"proofs/{stem}.tlog-proof"
        index, hashes, note = read_proof(export.text(proof), proof)
        if stem != str(index) or note != checkpoint:
            raise Doubt("note", where=proof)
        with export.open(name) as file:
            data = file.read()
        if not verify_inclusion(index, last.size, leaf_hash(data), hashes, last.root):
            checked.doubts.append(Doubt("not_included", index=index))
        elif index in values:
            _check_values(index, data, values)
        proofs.discard(proof)
    checked.doubts += [Doubt("absent", name=f"entries/{Path(name).stem}.json") for name in sorted(proofs)]
    return len(entries)


def _check_growth(export: Export, kept: Checkpoint, last: Checkpoint) -> list[Doubt]:
    if "consistency.json" not in export.names:
        return [Doubt("unproved", size=kept.size)]
    written = parsed(export.text("consistency.json"), Doubt("note", where="consistency.json"))
    proof = [decoded(str(one)) for one in written.get("proof", ())] if isinstance(written, dict) else []
    if not isinstance(written, dict) or written.get("size") != kept.size:
        return [Doubt("unproved", size=kept.size)]
    fits = verify_consistency(kept.size, last.size, kept.root, last.root, proof)
    return [] if fits else [Doubt("rewritten", size=kept.size)]
