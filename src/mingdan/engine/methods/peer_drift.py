"""How far a person stands from weighted peers in many features together, and whether that is growing."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CLIP = 6.0
SHRINK = 0.5
"""How far the correlations between features are shrunk towards none: few people cannot tell them apart."""

SLACK = 0.5
"""The standard deviations that a CUSUM lets pass each month."""


def peer_weights(traits: Floats) -> Floats:
    """Return for each person the weight of every other: Gaussian in the distance of their traits, 0 for the person.

    Weighted peers after Kim and Sohn (2012); `traits` (people x traits) are standardised by median and MAD. A scale of
    the median distance keeps everybody some peers.
    """
    scaled = (traits - np.median(traits, axis=0)) / _spread(traits, np.median(traits, axis=0))
    apart = ((np.clip(scaled, -3, 3)[:, None, :] - np.clip(scaled, -3, 3)[None, :, :]) ** 2).sum(axis=2)
    scale = float(np.median(apart[~np.eye(len(traits), dtype=bool)])) if len(traits) > 1 else 1.0
    weights: Floats = np.exp(-apart / (2 * max(scale, 1e-9)))
    np.fill_diagonal(weights, 0.0)
    return weights


def robust_scores(values: Floats, weights: Floats) -> Floats:
    """Return people x features: how many robust standard deviations each stands from the peers' weighted median."""
    scores = np.empty(values.shape)
    for feature in range(values.shape[1]):
        column = values[:, feature]
        center = weighted_median(np.broadcast_to(column, weights.shape), weights)
        spread = 1.4826 * weighted_median(np.abs(column[None, :] - center[:, None]), weights)
        least = 0.25 * float(np.std(column)) + 1e-9
        scores[:, feature] = (column - center) / np.maximum(spread, least)
    clipped: Floats = np.clip(scores, -CLIP, CLIP)
    return clipped


def weighted_median(values: Floats, weights: Floats) -> Floats:
    """Return each row's median of values with these weights (the least value with half of the weight up to it)."""
    order = np.argsort(values, axis=1, kind="stable")
    sorted_weights = np.take_along_axis(weights, order, axis=1)
    reached = np.cumsum(sorted_weights, axis=1) >= 0.5 * sorted_weights.sum(axis=1, keepdims=True)
    chosen = np.take_along_axis(order, reached.argmax(axis=1)[:, None], axis=1)
    found: Floats = np.take_along_axis(values, chosen, axis=1)[:, 0]
    return found


def contributions(scores: Floats) -> Floats:
    """Return people x features whose sum over the features is the squared Mahalanobis distance.

    The correlations are those of the scores clipped at 3, shrunk by half towards none.
    """
    clipped = np.clip(scores, -3, 3)
    varies = clipped.std(axis=0) > 1e-9
    correlation = np.eye(scores.shape[1])
    if varies.sum() > 1:
        seen = np.corrcoef(clipped[:, varies], rowvar=False)
        correlation[np.ix_(varies, varies)] = (1 - SHRINK) * seen + SHRINK * np.eye(int(varies.sum()))
    parts: Floats = scores * np.linalg.solve(correlation, scores.T).T
    return parts


def highest_cusum(distances: Floats) -> Floats:
    """Return each person's highest CUSUM (Page 1954) over the months, against the person's own earlier half.

    `distances` are people x months; the first half sets the person's level and spread, the second half is watched.
    """
    half = distances.shape[1] // 2
    if half < 3:
        return np.zeros(len(distances))
    level = np.median(distances[:, :half], axis=1, keepdims=True)
    spread = np.maximum(_spread(distances[:, :half].T, level[:, 0]), float(np.median(np.abs(distances - level))) + 1e-9)
    sums, highest = np.zeros(len(distances)), np.zeros(len(distances))
    for month in range(half, distances.shape[1]):
        step = np.clip((distances[:, month] - level[:, 0]) / spread, -CLIP, CLIP) - SLACK
        sums = np.maximum(0.0, sums + step)
        highest = np.maximum(highest, sums)
    return highest


def _spread(values: Floats, center: Floats) -> Floats:
    found: Floats = 1.4826 * np.median(np.abs(values - center), axis=0) + 1e-9
    return found
