"""How many of one salesperson's lost customers one firm would win by chance, given what it wins from everybody else."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import betabinom

from mingdan.engine.methods.rarity import peer_rates

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

LEAST_SPREAD, MOST_SPREAD = 0.03, 0.5
"""Bounds of the correlation between the lost customers of one salesperson: territories always differ a little."""

PRIOR_WORTH = 8.0
"""What the share in the broader group is worth in the narrower one, in lost customers: rivals differ much by territory."""

ESTABLISHED = 30
"""On how many firms, those that win most often, that correlation is measured."""


@dataclass(frozen=True)
class Losses:
    """Lost customers, one entry each: who lost it, the cluster of firms that won it, and the groups to compare within.

    `groups` are small numbers, broad to narrow, each within the one before.
    """

    rep: Ints
    firm: Ints
    groups: tuple[Ints, ...]


@dataclass(frozen=True)
class Excess:
    """What one firm won from one salesperson (`won` of `lost` customers), the share expected there, and the p-value."""

    won: int
    lost: int
    expected: float
    others: int
    p: float


def excess_of(losses: Losses, pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Excess]:
    """Return for each pair of salesperson and firm how surprising its share of the losses is.

    The firm's share of the others' losses, narrowed by group as far as they go (`peer_rates`), is the mean of a
    beta-binomial whose spread is measured on all pairs but this salesperson's. With no spread and no groups this is the
    hypergeometric test of the design. p is multiplied by the number of firms that won anything from the salesperson:
    any of them would have been noticed.
    """
    usual: list[int] = np.argsort(-np.bincount(losses.firm), kind="stable")[:ESTABLISHED].tolist() if len(pairs) else []
    asked = sorted({firm for _, firm in pairs})
    shares = {int(firm): _shares(losses, int(firm)) for firm in (*asked, *usual)}
    moments = _moments(losses, {int(firm): shares[int(firm)] for firm in usual})
    found = {}
    for rep, firm in pairs:
        mine = losses.rep == rep
        n, k = int(mine.sum()), int((mine & (losses.firm == firm)).sum())
        share = float(shares[firm][mine].mean())
        looked = len(np.unique(losses.firm[mine]))
        p = min(1.0, tail(k, n, share, _spread(moments, rep)) * looked)
        others = int(((losses.firm == firm) & ~mine).sum())
        found[rep, firm] = Excess(k, n, share * n, others, p)
    return found


def _shares(losses: Losses, firm: int) -> Floats:
    return peer_rates(losses.firm == firm, losses.rep, losses.groups, worth=PRIOR_WORTH)


def tail(won: int, lost: int, share: float, spread: float) -> float:
    """Return P(at least `won` of `lost`) for a beta-binomial with this mean share and correlation `spread`."""
    worth = 1 / spread - 1
    return float(betabinom.sf(won - 1, lost, share * worth, (1 - share) * worth))


def _moments(losses: Losses, shares: dict[int, Floats]) -> dict[int, tuple[float, float]]:
    """Return for each salesperson the numerator and denominator of the correlation, summed over the firms.

    From E[(k - np)^2] = np(1-p)(1 + (n-1) rho).
    """
    reps, place = np.unique(losses.rep, return_inverse=True)
    n = np.bincount(place).astype(np.float64)
    above, below = np.zeros(len(reps)), np.zeros(len(reps))
    for firm in sorted(shares):
        k = np.bincount(place, weights=losses.firm == firm)
        p = np.bincount(place, weights=shares[firm]) / n
        above += (k - n * p) ** 2 - n * p * (1 - p)
        below += n * (n - 1) * p * (1 - p)
    return {int(rep): (float(a), float(b)) for rep, a, b in zip(reps, above, below, strict=True)}


def _spread(moments: dict[int, tuple[float, float]], but: int) -> float:
    """Return the correlation measured on everybody but this salesperson."""
    above = math.fsum(a for rep, (a, _) in sorted(moments.items()) if rep != but)
    below = math.fsum(b for rep, (_, b) in sorted(moments.items()) if rep != but)
    return min(max(above / below if below > 0 else 0.0, LEAST_SPREAD), MOST_SPREAD)
