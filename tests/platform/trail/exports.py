"""Exports of a small log, honest, to be tampered with."""

from pathlib import Path

from mingdan.platform.trail.canonical import canonical
from mingdan.platform.trail.commitments import commit
from mingdan.platform.trail.export_writing import Disclosed, Vouched, selected_entries, whole_trail, write_export
from mingdan.platform.trail.note_signing import LogKey
from mingdan.platform.trail.proofs import consistency_proof, inclusion_proof
from mingdan.platform.trail.tree import leaf_hash
from mingdan.platform.trail.verifier import main
from tests.platform.trail.leaves import root, subtrees_of

LOG = LogKey("example.com/trail", bytes(range(32)))
COMMITTED, SALT, WRITTEN = commit("13671284567")
ENTRIES = [canonical({"v": 1, "id": f"{number:032x}", "personal": {"phone": COMMITTED}}) for number in range(21)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
KEPT = LOG.sign_checkpoint(12, root(LEAVES[:12]))
LAST = LOG.sign_checkpoint(21, root(LEAVES))
DISCLOSED = [Disclosed(4, "phone", SALT, WRITTEN)]

Files = dict[str, bytes]


def vouched(earlier: tuple[str, ...] = (KEPT,)) -> Vouched:
    return Vouched(LOG.public, LAST, earlier, (12, consistency_proof(12, 21, subtrees_of(LEAVES))))


def whole() -> Files:
    return {name: b"".join(pieces) for name, pieces in whole_trail(vouched(), lambda: iter(ENTRIES), DISCLOSED)}


def selection() -> Files:
    chosen = ((index, ENTRIES[index], inclusion_proof(index, 21, subtrees_of(LEAVES))) for index in (4, 20))
    return {name: b"".join(pieces) for name, pieces in selected_entries(vouched(), chosen, DISCLOSED)}


def verified(tmp_path: Path, files: Files, *, kept: str = KEPT, anchored: bool = True) -> int:
    """Write an export with a manifest of its own, as a forger would, and verify it as an outsider would."""
    write_export(tmp_path / "export.zip", ((name, [content]) for name, content in files.items()))
    (tmp_path / "kept").write_text(kept, encoding="utf-8")
    anchors = ["--key", LOG.public, "--checkpoint", str(tmp_path / "kept")] if anchored else []
    return main([str(tmp_path / "export.zip"), *anchors])


def lines(files: Files) -> list[bytes]:
    return files["entries.jsonl"].splitlines(keepends=True)


def rewrite(files: Files) -> None:
    """Do what somebody can do who holds the server and its key: build the whole log anew without entry 5."""
    entries = [*ENTRIES[:5], canonical({"v": 1, "id": "forged"}), *ENTRIES[6:]]
    leaves = [leaf_hash(entry) for entry in entries]
    files["entries.jsonl"] = b"".join(entry + b"\n" for entry in entries)
    files["leaves"] = b"".join(leaves)
    files["checkpoint"] = LOG.sign_checkpoint(21, root(leaves)).encode()
    files["checkpoints.jsonl"] = canonical(LOG.sign_checkpoint(12, root(leaves[:12]))) + b"\n"
