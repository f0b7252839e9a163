"""Counts a day that vary more than chance: the negative binomial, its mean shrunk towards the peers'."""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import nbinom

Floats = NDArray[np.float64]

LEAST_SIZE = 0.005


def tail(counts: Floats, mean: Floats, size: float | Floats) -> Floats:
    """Return P(at least `counts`) for each count, given its expected mean (> 0) and the size, common or each its own.

    Variance is mean + mean² / size.
    """
    return np.asarray(nbinom.sf(counts - 1, size, size / (size + mean)), dtype=np.float64)


def size_by_moments(counts: Floats, mean: Floats) -> float:
    """Return the size from the spread of counts around their expected means, at least LEAST_SIZE, at most 100."""
    excess = float(((counts - mean) ** 2 - mean).sum())
    return 100.0 if excess <= 0 else float(np.clip((mean**2).sum() / excess, LEAST_SIZE, 100.0))


def shrunk_mean(own_sum: Floats, own_days: Floats, peer_mean: Floats, worth_days: float) -> Floats:
    """Return the expected count a day from one's own days and the peers' mean, which counts as `worth_days` days."""
    expected: Floats = (own_sum + worth_days * peer_mean) / (own_days + worth_days)
    return np.maximum(expected, 1e-6)
