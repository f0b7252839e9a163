"""How rare a score is among comparable ones, without assuming a distribution."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def upper_p_values(scores: Floats, groups: Ints, owners: Ints) -> Floats:
    """Return (1 + number of others at least as high) / (number of others + 1) for each score.

    Others are the scores of the same group that belong to another owner, so that nobody is measured against himself.
    Valid where scores are exchangeable within the group (Vovk, Gammerman, Shafer 2005).
    """
    p: Floats = np.ones(len(scores))
    for group in np.unique(groups):
        inside = np.flatnonzero(groups == group)
        everybody = np.sort(scores[inside])
        at_least = len(everybody) - np.searchsorted(everybody, scores[inside], side="left")
        own_at_least, own_count = _own(scores[inside], owners[inside])
        p[inside] = (1 + at_least - own_at_least) / (1 + len(everybody) - own_count)
    return p


def _own(scores: Floats, owners: Ints) -> tuple[Ints, Ints]:
    """Return for each score how many of the same owner are at least as high, and how many the owner has."""
    order = np.lexsort((scores, owners))
    ordered, values = owners[order], scores[order]
    starts = np.searchsorted(ordered, ordered, side="left")
    ends = np.searchsorted(ordered, ordered, side="right")
    is_new = np.ones(len(order), dtype=bool)
    is_new[1:] = (ordered[1:] != ordered[:-1]) | (values[1:] != values[:-1])
    first_equal = np.maximum.accumulate(np.where(is_new, np.arange(len(order)), 0))
    at_least = np.empty(len(order), dtype=np.int64)
    count = np.empty(len(order), dtype=np.int64)
    at_least[order] = ends - first_equal
    count[order] = ends - starts
    return at_least, count
