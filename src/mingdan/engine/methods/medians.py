"""Medians of all values but one's own, for each value, with one sort."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def medians_of_others(values: Floats) -> Floats:
    """Return for each of n > 1 values the median of the n - 1 others, as `numpy.median` gives it."""
    count = len(values) - 1
    order = np.argsort(values, kind="stable")
    ranks = np.empty(len(values), dtype=np.int64)
    ranks[order] = np.arange(len(values))
    ordered = values[order]

    def at(place: int) -> Floats:
        return np.asarray(ordered[np.where(ranks <= place, place + 1, place)])

    upper = at(count // 2)
    return upper if count % 2 else np.asarray((at(count // 2 - 1) + upper) / 2)
