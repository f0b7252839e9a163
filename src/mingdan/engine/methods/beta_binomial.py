"""Rates of people who each had few chances: shrunk towards their peers' rate (empirical Bayes)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import betabinom

Floats = NDArray[np.float64]

LEAST_WEIGHT, MOST_WEIGHT = 2.0, 200.0
"""Bounds of a + b: peers never say more than 200 chances would, nor less than two."""


@dataclass(frozen=True)
class Beta:
    """The distribution of a rate among peers; `a` and `b` are counts of successes and failures that it is worth."""

    a: float
    b: float

    @property
    def mean(self) -> float:
        return self.a / (self.a + self.b)

    def tail(self, successes: int, chances: int) -> float:
        """Return P(at least `successes` in `chances`) for somebody drawn from these peers."""
        return float(betabinom.sf(successes - 1, chances, self.a, self.b))


def fit_beta(successes: Floats, chances: Floats) -> Beta:
    """Fit the peers' rates by moments (Kleinman 1973), each person weighted by chances; a uniform prior adds one each.

    `successes` and `chances` have one entry per person. Where people do not differ more than chance makes them, or
    there are fewer than three, the fit is as narrow as MOST_WEIGHT and the chances seen allow.
    """
    total = float(chances.sum())
    mean = (float(successes.sum()) + 1) / (total + 2)
    weight = min(max(_concentration(successes, chances, mean), LEAST_WEIGHT), MOST_WEIGHT, total + LEAST_WEIGHT)
    return Beta(mean * weight, (1 - mean) * weight)


def _concentration(successes: Floats, chances: Floats, mean: float) -> float:
    """Return a + b from the spread between people beyond what binomial chance gives."""
    used = chances > 0
    n, y = chances[used], successes[used]
    if len(n) < 3:
        return LEAST_WEIGHT
    share = n / n.sum()
    spread = float((share * (y / n - mean) ** 2).sum())
    by_chance = mean * (1 - mean) * float((share / n).sum())
    between = (spread - by_chance) / max(1e-12, 1 - float((share / n).sum()))
    return MOST_WEIGHT if between <= 0 else mean * (1 - mean) / between - 1
