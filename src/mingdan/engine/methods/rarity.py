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

    `groups` (small numbers) go from broad to narrow, each within the one before (a year; a region in that year). Going inwards, the cases
    that only the broader group has set the prior for the next, worth at most `worth` cases and never more than they are,
    so that a small group says little and no case counts twice. The owner's own cases are left out at every level.
    """
    levels = [_without_own(broken, owners, group) for group in (np.zeros(len(broken), dtype=np.int64), *groups)]
    inner = [*levels[1:], (np.zeros(len(broken)), np.zeros(len(broken)))]
    rates, weight = np.full(len(broken), 0.5), np.ones(len(broken))
    for (seen, cases), (seen_inside, cases_inside) in zip(levels, inner, strict=True):
        ring = cases - cases_inside
        rates = (seen - seen_inside + weight * rates) / (ring + weight)
        weight = np.minimum(worth, ring + weight)
    return rates


def _without_own(broken: NDArray[np.bool_], owners: Ints, group: Ints) -> tuple[Floats, Floats]:
    """Return for each case how many of the group's cases are broken, and how many there are, its owner's left out."""
    wide = group - (int(group.min()) if len(group) else 0)
    own = wide * (int(owners.max(initial=0)) + 1) + owners
    seen = _sums(wide, broken)[wide] - _sums(own, broken)[own]
    cases = _sums(wide)[wide] - _sums(own)[own]
    return seen, cases


def _sums(place: Ints, weights: NDArray[np.bool_] | None = None) -> Floats:
    return np.bincount(place, weights=weights).astype(np.float64)


def rarity_weight(rate: float, share: float = SHARE_AMONG_SIDE_DEALS) -> float:
    """Return log10(share / rate), at least 0: a breach as usual as among side deals says nothing."""
    return max(0.0, math.log10(share / rate))


def chance_in_any(rate: float, cases: int) -> float:
    """Return how often somebody with so many cases has one at least that breaks the rule, at this rate by case.

    A finding is read as one on the person: who has many cases has a rare one among them sooner.
    """
    return float(-np.expm1(max(1, cases) * np.log1p(-min(rate, 1 - 1e-12))))
