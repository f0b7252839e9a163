"""What a customer pays one salesperson, shrunk towards what customers pay, and how rare that is among peers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mingdan.engine.methods.conformal import upper_p_values
from mingdan.engine.methods.price_residual import Prices

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class PairMeans:
    """One entry per customer and salesperson with priced rows: mean residual, shrunk; robust deviate; p-value; rows."""

    account: Ints
    seller: Ints
    shrunk: Floats
    deviate: Floats
    p: Floats
    rows: Ints
    others: Ints


def pair_means(prices: Prices, groups: Ints, least_rows: int) -> PairMeans:
    """Return the mean residual of each pair with enough rows, shrunk by empirical Bayes (method of moments).

    `groups` gives each salesperson's peer group. The p-value is conformal: the rank among other customers' pairs of the
    group, low prices counting as extreme.
    """
    known = np.flatnonzero(np.isfinite(prices.residual))
    width = max(1, len(prices.sellers))
    keys, pair = np.unique(prices.account[known] * width + prices.seller[known], return_inverse=True)
    counts = np.bincount(pair, minlength=len(keys))
    clipped = _clipped(prices.residual[known])
    mean = np.bincount(pair, weights=clipped, minlength=len(keys)) / np.maximum(counts, 1)
    shrunk = _shrunk(clipped, pair, mean, counts)
    kept = np.flatnonzero(counts >= least_rows)
    account, seller = keys[kept] // width, keys[kept] % width
    group = groups[seller] if len(groups) else np.zeros(len(kept), dtype=np.int64)
    return PairMeans(
        account=account,
        seller=seller,
        shrunk=shrunk[kept],
        deviate=_robust_deviate(shrunk[kept], group),
        p=upper_p_values(-shrunk[kept], group, account),
        rows=counts[kept],
        others=np.bincount(group, minlength=1)[group] - 1 if len(kept) else np.zeros(0, dtype=np.int64),
    )


def _clipped(residual: Floats) -> Floats:
    """Return residuals within six robust deviations, so that one mistyped price is not a customer's habit."""
    if not len(residual):
        return residual
    scale = max(1.4826 * float(np.median(np.abs(residual))), 0.01)
    return np.clip(residual, -6 * scale, 6 * scale)


def _shrunk(residual: Floats, pair: Ints, mean: Floats, counts: Ints) -> Floats:
    if len(counts) < 2 or counts.sum() <= len(counts):
        return mean
    within = float(((residual - mean[pair]) ** 2).sum() / (counts.sum() - len(counts)))
    centre = float(np.median(mean))
    between = max(float(((mean - centre) ** 2 - within / counts).mean()), 1e-8)
    return np.asarray(centre + (mean - centre) * between / (between + within / counts), dtype=np.float64)


def _robust_deviate(values: Floats, group: Ints) -> Floats:
    deviate = np.zeros(len(values))
    for one in np.unique(group):
        inside = group == one
        centre = np.median(values[inside])
        spread = max(1.4826 * float(np.median(np.abs(values[inside] - centre))), 1e-6)
        deviate[inside] = (values[inside] - centre) / spread
    return deviate
