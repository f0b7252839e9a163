"""Make the proofs of RFC 9162 out of the hashes of complete subtrees, wherever those are kept."""

from collections.abc import Callable

from mingdan.platform.trail.tree import node_hash

Subtrees = Callable[[int, int], bytes]
"""Returns the hash of the complete subtree of 2^level entries that begins with entry number * 2^level."""


def inclusion_proof(index: int, size: int, subtrees: Subtrees) -> list[bytes]:
    """Return the proof that an entry is in the tree of this size, leaf's sibling first (RFC 9162, 2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} entries has no entry {index}")
    return _path(index, 0, size, subtrees)


def consistency_proof(size1: int, size2: int, subtrees: Subtrees) -> list[bytes]:
    """Return the proof that the tree of the first size is a beginning of the second (RFC 9162, 2.1.4.1)."""
    if not 0 < size1 <= size2:
        raise ValueError(f"a tree of {size1} entries is no beginning of one of {size2}")
    return _subproof(size1, 0, size2, subtrees, is_known=True)


def root_of(start: int, end: int, subtrees: Subtrees) -> bytes:
    """Return the root over the entries from `start` up to `end`; `start` is a multiple of a power of two not below."""
    length = end - start
    if length.bit_count() == 1:
        level = length.bit_length() - 1
        return subtrees(level, start >> level)
    middle = start + _left_part(length)
    return node_hash(root_of(start, middle, subtrees), root_of(middle, end, subtrees))


def _left_part(length: int) -> int:
    return 1 << (length - 1).bit_length() - 1


def _path(index: int, start: int, end: int, subtrees: Subtrees) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _left_part(end - start)
    if index < middle:
        return [*_path(index, start, middle, subtrees), root_of(middle, end, subtrees)]
    return [*_path(index, middle, end, subtrees), root_of(start, middle, subtrees)]


def _subproof(size1: int, start: int, end: int, subtrees: Subtrees, *, is_known: bool) -> list[bytes]:
    if size1 == end:
        return [] if is_known else [root_of(start, end, subtrees)]
    middle = start + _left_part(end - start)
    if size1 <= middle:
        return [*_subproof(size1, start, middle, subtrees, is_known=is_known), root_of(middle, end, subtrees)]
    return [*_subproof(size1, middle, end, subtrees, is_known=False), root_of(start, middle, subtrees)]
