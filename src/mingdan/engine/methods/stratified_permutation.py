"""An exact permutation test: whether more hits are one person's than dealing them at random within strata would give."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]


def stratified_tail(hits: Flags, strata: Ints, mine: Flags) -> float:
    """Return P(at least as many hits are mine) if each stratum's hits were dealt at random among its cases.

    Given the stratum's size, its hits and how many of its cases are mine, my hits are hypergeometric; the strata are
    independent, so their laws are convolved (the exact test behind Mantel and Haenszel 1959; Birch 1964). Strata that are all
    mine, or have no hit, say nothing.
    """
    _, code = np.unique(strata, return_inverse=True)
    size = np.bincount(code)
    hit = np.bincount(code, weights=hits).astype(np.int64)
    own = np.bincount(code, weights=mine).astype(np.int64)
    return dealt_tail(size, hit, own, int((hits & mine).sum()))


def dealt_tail(size: Ints, hit: Ints, own: Ints, seen: int) -> float:
    """Return the same from each stratum's cases, hits and own cases."""
    if seen == 0:
        return 1.0
    law = np.ones(1)
    for stratum in np.flatnonzero((own > 0) & (hit > 0)):
        law = np.convolve(law, _dealt(int(size[stratum]), int(hit[stratum]), int(own[stratum])))
    return float(min(1.0, law[seen:].sum()))


def _dealt(size: int, hits: int, own: int) -> Floats:
    """Return P(k of the hits are mine), k from 0 to the most there can be."""
    k = np.arange(min(hits, own) + 1, dtype=np.float64)
    possible = size - hits - own + k >= 0
    ways = _log_choose(hits, k) + _log_choose(size - hits, np.minimum(own - k, size - hits))
    law: Floats = np.where(possible, np.exp(ways - _log_choose(size, np.asarray(float(own)))), 0.0)
    return law


def _log_choose(n: int, k: Floats) -> Floats:
    ways: Floats = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return ways
