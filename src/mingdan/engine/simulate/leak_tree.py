"""A shallow decision tree over mechanical features: what a few of them together would give away.

Each split is the exact best one by Gini impurity over all features and thresholds (Breiman and others, 1984), so no
library is needed and the gate does not depend on anybody's defaults.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from mingdan.engine.simulate.dice import Flags, Floats
from mingdan.engine.simulate.leaks import World

LEAST = 5
"""People that each side of a split must hold."""


@dataclass(frozen=True)
class Node:
    """A split on one feature, or a leaf (`feature` -1) with the share of the guilty in it."""

    share: float
    feature: int = -1
    threshold: float = 0.0
    low: "Node | None" = None
    high: "Node | None" = None

    def predict(self, features: Floats) -> Floats:
        """Return for each row the share of the guilty in its leaf."""
        if self.low is None or self.high is None:
            return np.full(len(features), self.share)
        below = features[:, self.feature] <= self.threshold
        predicted = np.empty(len(features))
        predicted[below] = self.low.predict(features[below])
        predicted[~below] = self.high.predict(features[~below])
        return predicted


def grow(features: Floats, is_guilty: Flags, depth: int = 3) -> Node:
    """Return the tree that splits greedily, each time at the feature and threshold that parts the labels best."""
    share = float((is_guilty.sum() + 0.5) / (len(is_guilty) + 1))
    split = _best_split(features, is_guilty) if depth and len(is_guilty) >= 2 * LEAST else None
    if split is None:
        return Node(share)
    feature, threshold = split
    below = features[:, feature] <= threshold
    return Node(
        share,
        feature,
        threshold,
        grow(features[below], is_guilty[below], depth - 1),
        grow(features[~below], is_guilty[~below], depth - 1),
    )


def _best_split(features: Floats, is_guilty: Flags) -> tuple[int, float] | None:
    n = len(is_guilty)
    order = np.argsort(features, axis=0, kind="stable")
    values = np.take_along_axis(features, order, axis=0)
    hits = np.cumsum(is_guilty[order].astype(np.float64), axis=0)[:-1]
    left = np.arange(1, n, dtype=np.float64)[:, None]
    total, right = float(is_guilty.sum()), n - left
    impurity = hits * (1 - hits / left) + (total - hits) * (1 - (total - hits) / right)
    allowed = (values[1:] > values[:-1]) & (left >= LEAST) & (right >= LEAST)
    impurity = np.where(allowed, impurity, np.inf)
    place = int(np.argmin(impurity))
    row, feature = divmod(place, features.shape[1])
    if impurity[row, feature] >= total * (1 - total / n) - 1e-9:
        return None
    return feature, float((values[row, feature] + values[row + 1, feature]) / 2)


def average_precision(scores: Floats, is_guilty: Flags) -> float:
    """Return the area under precision over recall; ties are taken together, as one step."""
    edges = np.unique(scores)[::-1]
    found = before = area = 0.0
    for edge in edges:
        taken = scores >= edge
        found = float(is_guilty[taken].sum())
        area += (found - before) * found / float(taken.sum())
        before = found
    return area / max(found, 1.0)


def tree_leak(worlds: Sequence[World], depth: int = 3) -> tuple[float, float]:
    """Return the average precision of a tree on worlds it has not seen, and the prevalence.

    One world is left out at a time. Features become ranks within their world, so that worlds can be compared.
    """
    shared = sorted(set.intersection(*(set(world.names) for world in worlds)))
    ranked = [_ranks(world, shared) for world in worlds]
    scores = []
    for place in range(len(worlds)):
        rest = [other for other in range(len(worlds)) if other != place]
        tree = grow(np.vstack([ranked[i] for i in rest]), np.concatenate([worlds[i].is_guilty for i in rest]), depth)
        scores.append(tree.predict(ranked[place]))
    is_guilty = np.concatenate([world.is_guilty for world in worlds])
    return average_precision(np.concatenate(scores), is_guilty), float(is_guilty.mean())


def _ranks(world: World, names: Sequence[str]) -> Floats:
    places = {name: place for place, name in enumerate(world.names)}
    picked = world.features[:, [places[name] for name in names]]
    filled = np.where(np.isnan(picked), -np.inf, picked)
    ranks: Floats = rankdata(filled, axis=0) / len(filled)
    return ranks
