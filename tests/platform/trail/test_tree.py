"""The tree against the published vectors, against its own definition, and against builds with a known mistake."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingdan.platform.trail import proofs, tree
from mingdan.platform.trail.tree import EMPTY_ROOT, Frontier, leaf_hash, node_hash, verify_consistency, verify_inclusion
from tests.platform.trail.leaves import root, subtrees_of

VECTORS = json.loads(Path(__file__).with_name("merkle_vectors.json").read_text(encoding="utf-8"))
INPUTS = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)

Inclusion = Callable[[int, int, bytes, list[bytes], bytes], bool]


def hashes(written: list[str] | None) -> list[bytes]:
    return [base64.b64decode(one) for one in written or ()]


def wrong_answers(verify: Inclusion) -> list[str]:
    """Name the inclusion vectors that a build of the verifier gets wrong."""
    wrong = []
    for name, one in VECTORS["inclusion"].items():
        leaf, expected = hashes([one["leafHash"], one["root"]])
        if verify(one["leafIdx"], one["treeSize"], leaf, hashes(one["proof"]), expected) == one["wantErr"]:
            wrong.append(name)
    return wrong


def test_all_98_inclusion_vectors_come_out_right() -> None:
    assert len(VECTORS["inclusion"]) == 98
    assert wrong_answers(verify_inclusion) == []


def test_all_98_consistency_vectors_come_out_right_with_an_empty_first_tree_refused() -> None:
    assert len(VECTORS["consistency"]) == 98
    for name, one in VECTORS["consistency"].items():
        roots = hashes([one["root1"], one["root2"]])
        said = verify_consistency(one["size1"], one["size2"], roots[0], roots[1], hashes(one["proof"]))
        assert said != one["wantErr"], name


def test_a_verifier_that_does_not_ask_where_the_path_ends_fails_the_vectors() -> None:
    def lenient(index: int, size: int, leaf: bytes, proof: list[bytes], expected: bytes) -> bool:
        for sibling in proof:
            leaf = node_hash(sibling, leaf) if index & 1 else node_hash(leaf, sibling)
            index >>= 1
        return hmac.compare_digest(leaf, expected)

    assert wrong_answers(lenient) != []


def test_the_roots_of_the_standard_leaves_are_the_published_ones() -> None:
    frontier = Frontier()
    assert frontier.root() == EMPTY_ROOT == hashlib.sha256(b"").digest()
    for data, expected in zip(INPUTS, ROOTS, strict=True):
        frontier.append(leaf_hash(bytes.fromhex(data)))
        assert frontier.root().hex() == expected


def test_two_hashes_can_not_pass_for_a_leaf_and_would_without_the_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert root([leaf_hash(left + right)]) != root([left, right])
    monkeypatch.setattr(tree, "leaf_hash", lambda data: hashlib.sha256(b"\1" + data).digest())
    assert root([tree.leaf_hash(left + right)]) == root([left, right])


def test_a_frontier_with_the_wrong_number_of_hashes_is_refused() -> None:
    with pytest.raises(ValueError, match="2 complete subtrees"):
        Frontier(5, [EMPTY_ROOT])


@given(size=st.integers(1, 80), cut=st.integers(0, 80))
def test_a_frontier_that_was_stored_goes_on_where_it_stopped(size: int, cut: int) -> None:
    leaves = leaves_of(size)
    first = Frontier()
    for leaf in leaves[:cut]:
        first.append(leaf)
    second = Frontier(first.size, first.hashes)
    for leaf in leaves[cut:]:
        second.append(leaf)
    assert second.root() == definition(leaves)


def leaves_of(size: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(size)]


def definition(leaves: list[bytes]) -> bytes:
    """The root exactly as section 2.1.1 of RFC 9162 defines it."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    k = max(2**power for power in range(len(leaves).bit_length()) if 2**power < len(leaves))
    return hashlib.sha256(b"\1" + definition(leaves[:k]) + definition(leaves[k:])).digest()


@given(st.data())
def test_every_inclusion_proof_verifies_and_no_changed_one_does(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 80))
    index = data.draw(st.integers(0, size - 1))
    leaves = leaves_of(size)
    proof, expected = proofs.inclusion_proof(index, size, subtrees_of(leaves)), definition(leaves)
    assert verify_inclusion(index, size, leaves[index], proof, expected)
    assert not verify_inclusion(index, size, leaf_hash(b"other"), proof, expected)
    assert not verify_inclusion(index, size, leaves[index], changed(data, proof), expected)
    other = data.draw(st.integers(0, size - 1).filter(lambda number: number != index)) if size > 1 else size
    assert not verify_inclusion(other, size, leaves[index], proof, expected)


@given(st.data())
def test_every_consistency_proof_verifies_and_no_changed_one_does(data: st.DataObject) -> None:
    size2 = data.draw(st.integers(1, 80))
    size1 = data.draw(st.integers(1, size2))
    leaves = leaves_of(size2)
    old, new = definition(leaves[:size1]), definition(leaves)
    proof = proofs.consistency_proof(size1, size2, subtrees_of(leaves))
    assert verify_consistency(size1, size2, old, new, proof)
    assert not verify_consistency(size1, size2, old, new, changed(data, proof))
    forged = definition([leaf_hash(b"forged"), *leaves[1:size1]])
    assert not verify_consistency(size1, size2, forged, new, proof)


def changed(data: Any, proof: list[bytes]) -> list[bytes]:
    """Return the proof with one bit flipped, a hash more or a hash less."""
    how = data.draw(st.sampled_from(["flip", "drop", "add"] if proof else ["add"]))
    at = data.draw(st.integers(0, max(len(proof) - 1, 0)))
    if how == "add":
        return [*proof[:at], hashlib.sha256(b"more").digest(), *proof[at:]]
    if how == "drop":
        return proof[:at] + proof[at + 1 :]
    bit = data.draw(st.integers(0, 255))
    flipped = (int.from_bytes(proof[at], "big") ^ 1 << bit).to_bytes(32, "big")
    return [*proof[:at], flipped, *proof[at + 1 :]]


def test_a_proof_of_what_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="no entry 3"):
        proofs.inclusion_proof(3, 3, subtrees_of(leaves_of(3)))
    with pytest.raises(ValueError, match="no beginning"):
        proofs.consistency_proof(0, 3, subtrees_of(leaves_of(3)))
