"""How rare a breach of the usual order is among other people, and what its rarity weighs."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SHARE_AMONG_SIDE_DEALS = 0.2
"""How many side deals are taken to leave any one such trace: most leave others. A design value, to be recalibrated."""


def peer_rates(broken: NDArray[np.bool_], owners: Ints, groups: Sequence[Ints], worth: float = 50.0) -> Floats:
    """Return for each case the rate at which other owners' cases break the rule.

    `groups` go from broad to narrow (a year; a region in that year). The rate of a group counts with the cases it has, that of
    the next broader one with `worth` cases, so that a small group says little. The owner's own cases are left out at
    every level.
    """
    rates: Floats = np.empty(0)
    for group in (np.zeros(len(broken), dtype=np.int64), *groups):
        seen, cases = _without_own(broken, owners, group)
        rates = (seen + 0.5) / (cases + 1) if not len(rates) else (seen + worth * rates) / (cases + worth)
    return rates


def _without_own(broken: NDArray[np.bool_], owners: Ints, group: Ints) -> tuple[Floats, Floats]:
    """Return for each case how many of the group's cases are broken, and how many there are, its owner's left out."""
    own = group.astype(np.int64) * (int(owners.max(initial=0)) + 1) + owners
    _, place = np.unique(own, return_inverse=True)
    _, wide = np.unique(group, return_inverse=True)
    seen = np.bincount(wide, weights=broken)[wide] - np.bincount(place, weights=broken)[place]
    cases = np.bincount(wide)[wide] - np.bincount(place)[place]
    return seen.astype(np.float64), cases.astype(np.float64)


def rarity_weight(rate: float, share: float = SHARE_AMONG_SIDE_DEALS) -> float:
    """Return log10(share / rate), at least 0: a breach as usual as among side deals says nothing."""
    return max(0.0, math.log10(share / rate))
