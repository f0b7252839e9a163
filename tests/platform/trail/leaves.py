"""Small trees whose every subtree is at hand."""

from mingdan.platform.trail.proofs import Subtrees
from mingdan.platform.trail.tree import Frontier


def root(leaves: list[bytes]) -> bytes:
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def subtrees_of(leaves: list[bytes]) -> Subtrees:
    return lambda level, number: root(leaves[number << level : (number + 1) << level])
