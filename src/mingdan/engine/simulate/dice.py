"""Random streams: one for each topic, so that a new table leaves the others as they were."""

import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Dice = np.random.Generator


def stream(seed: int, *topic: str | int) -> Dice:
    """Return the generator of one topic; the same seed and topic always give the same numbers."""
    words = [seed, *(zlib.crc32(str(part).encode()) for part in topic)]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(words)))


def summed(owner: Ints, values: Floats, n: int) -> Floats:
    """Return the sum of `values` for each of n owners."""
    total: Floats = np.bincount(owner, values, n).astype(np.float64)
    return total


def chance(dice: Dice, probability: float | Floats, n: int) -> Flags:
    """Return n independent yes/no draws."""
    drawn: Flags = dice.random(n) < probability
    return drawn


def weighted(dice: Dice, weights: NDArray[Any], n: int) -> Ints:
    """Return n indices drawn with these weights."""
    edges = np.cumsum(weights / np.sum(weights))
    return np.minimum(np.searchsorted(edges, dice.random(n), side="right"), len(weights) - 1).astype(np.int64)


def repeats(counts: Ints) -> tuple[Ints, Ints]:
    """Return, for counts (2, 0, 3), the owners (0, 0, 2, 2, 2) and the places (0, 1, 0, 1, 2)."""
    owners = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    starts = np.cumsum(counts) - counts
    return owners, np.arange(len(owners), dtype=np.int64) - starts[owners]


def running_sum(values: Floats, counts: Ints) -> Floats:
    """Return the cumulative sum of `values` that starts anew for each owner of `counts`."""
    total = np.cumsum(values)
    before = np.concatenate(([0.0], total))[np.cumsum(counts) - counts]
    since: Floats = total - np.repeat(before, counts)
    return since
