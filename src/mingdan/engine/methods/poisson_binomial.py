"""How surprising a number, or a sum, of events is whose chances differ."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from scipy.stats import norm

Floats = NDArray[np.float64]

NODES = 15
"""Points at which the unknown skill of a person is looked at (Gauss-Hermite)."""


def count_tail(chances: Floats, seen: int, spread: float = 0.0) -> float:
    """Return P(at least `seen` events) where event i has chance `chances[i]` and all share one unknown shift.

    Exact convolution of the Poisson-binomial law. `spread` is the standard deviation, in logits, by which innocent
    people differ from their peers: the tail is averaged over a normal shift, so that skill alone is no surprise.
    """
    shifted, weights = _shifted(chances, spread)
    pmf = np.zeros((len(weights), len(chances) + 1))
    pmf[:, 0] = 1.0
    for index in range(len(chances)):
        chance = shifted[:, index : index + 1]
        pmf[:, 1 : index + 2] = pmf[:, 1 : index + 2] * (1 - chance) + pmf[:, : index + 1] * chance
        pmf[:, 0] *= 1 - chance[:, 0]
    return float(np.clip(weights @ pmf[:, seen:].sum(axis=1), 0.0, 1.0)) if seen > 0 else 1.0


def sum_tail(chances: Floats, amounts: Floats, seen: float, spread: float = 0.0) -> float:
    """Return P(the amounts of the events sum to at least `seen`), by the saddlepoint formula of Lugannani and Rice.

    Good to a few per cent of the tail where several events share the sum (Lugannani and Rice 1980, Adv. Appl. Prob.
    12:475-490); a sum at or below its mean returns at least 0.5 by the normal law's reckoning, the greatest sum the exact
    product. `spread` as in `count_tail`.
    """
    shifted, weights = _shifted(chances, spread)
    scale = float(amounts.max(initial=0.0))
    if scale <= 0 or seen <= 0:
        return 1.0
    sizes, level = amounts / scale, seen / scale
    return float(weights @ np.array([_saddlepoint(row, sizes, level) for row in shifted]))


def _saddlepoint(chances: Floats, sizes: Floats, level: float) -> float:
    carrying = sizes > 0
    chances, sizes = chances[carrying], sizes[carrying]
    if level >= sizes.sum() * (1 - 1e-9):
        return float(np.exp(np.log(chances).sum())) if level <= sizes.sum() * (1 + 1e-9) else 0.0
    at = _solve(chances, sizes, level)
    tilted = expit(logit(chances) + at * sizes)
    variance = float((sizes**2 * tilted * (1 - tilted)).sum())
    generating = float(np.log1p(chances * np.expm1(at * sizes)).sum())
    root = math.copysign(math.sqrt(max(0.0, 2 * (at * level - generating))), at)
    slope = at * math.sqrt(variance)
    if abs(root) < 1e-4 or abs(slope) < 1e-4:  # the formula is 0/0 at the mean itself
        return 0.5
    tail = float(norm.sf(root)) + float(norm.pdf(root)) * (1 / slope - 1 / root)
    return min(1.0, max(0.0, tail))


def _solve(chances: Floats, sizes: Floats, level: float) -> float:
    """Find by halving where the tilted mean equals the level; it rises with the tilt."""
    low, high = -60.0 / float(sizes.max()), 60.0 / float(sizes.min())
    base = logit(chances)
    for _ in range(80):
        middle = (low + high) / 2
        if float((sizes * expit(base + middle * sizes)).sum()) < level:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _shifted(chances: Floats, spread: float) -> tuple[Floats, Floats]:
    """Return chances by node and deal, and the nodes' weights."""
    safe = np.clip(chances, 1e-6, 1 - 1e-6)
    if spread <= 0:
        return safe[None, :], np.ones(1)
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    return expit(logit(safe)[None, :] + spread * nodes[:, None]), weights / weights.sum()


def skill_spread(excess: Floats, variance: Floats, *, usual: float, worth: float) -> Floats:
    """Return for each person the standard deviation of the others' skill, in logits.

    `excess` is events minus their expected number, `variance` the sum of chance * (1 - chance). By moments: the excess
    has variance v + s² v² where people differ by s. The estimate is drawn towards `usual` as if `worth` people had shown it, and
    leaves the person out, whose own surprise must not widen the yardstick.
    """
    power = variance**2
    beyond = excess**2 - variance
    prior = worth * float(np.median(power)) if len(power) else 0.0
    among_others = beyond.sum() - beyond + usual**2 * prior
    spread: Floats = np.maximum(among_others / np.maximum(power.sum() - power + prior, 1e-9), 0.0)
    return np.sqrt(spread)


def onset(chances: Floats, events: NDArray[np.bool_], ratio: float = 2.0) -> int:
    """Return where the run of surplus events began: the risk-adjusted CUSUM's last zero before its greatest value.

    Steiner, Cook, Farewell and Treasure (2000, Biostatistics 1:441-452), for odds raised to `ratio`. The items are in the
    order of time; returns the index of the first item of the run.
    """
    steps = np.where(events, math.log(ratio), 0.0) - np.log1p((ratio - 1) * chances)
    walk = np.concatenate([[0.0], np.cumsum(steps)])
    height = walk - np.minimum.accumulate(walk)
    top = int(np.argmax(height))
    return int(np.flatnonzero(walk[: top + 1] == walk[: top + 1].min())[-1]) if top else 0
