"""What a sample drawn with known, unequal probabilities says of everybody: totals, shares and honest intervals."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

CONFIDENCE = 0.95
LEAST_IN_CLASS = 20
"""A weighting class with fewer answers is pooled with the other small ones."""


@dataclass(frozen=True)
class Share:
    """An estimated share with its confidence interval, and how many answers of a simple random sample it is worth."""

    rate: float
    low: float
    high: float
    effective: float


def total(values: Floats, chances: Floats) -> float:
    """Return the Horvitz-Thompson estimate of a population's total (1952, JASA 47:663-685); each chance is in (0, 1]."""
    return float((values / chances).sum())


def ratio(values: Floats, chances: Floats) -> float:
    """Return the Hajek estimate of a population's mean: the total over the estimated size of the population."""
    return total(values, chances) / total(np.ones(len(values)), chances)


def poisson_variance(values: Floats, chances: Floats) -> float:
    """Return the unbiased estimate of a total's variance where each unit was drawn by itself (Poisson sampling)."""
    return float(((1 - chances) * (values / chances) ** 2).sum())


def systematic_variance(values: Floats, chances: Floats) -> float:
    """Return the estimate of a total's variance for a fixed number drawn systematically from a list in random order.

    Hajek's (1964) approximation to conditional Poisson sampling, which needs no joint probabilities; 0 for one unit.
    """
    drawn_by_lot = 1 - chances
    n, spread = len(values), float(drawn_by_lot.sum())
    if n < 2 or spread <= 0:
        return 0.0
    expanded = values / chances
    level = float((drawn_by_lot * expanded).sum()) / spread
    return n / (n - 1) * float((drawn_by_lot * (expanded - level) ** 2).sum())


def ratio_variance(values: Floats, chances: Floats) -> float:
    """Return the variance of the Hajek estimate by linearisation: the larger of the two designs' answers."""
    residuals = values - ratio(values, chances)
    size = total(np.ones(len(values)), chances)
    return max(poisson_variance(residuals, chances), systematic_variance(residuals, chances)) / size**2


def effective_size(values: Floats, chances: Floats) -> float:
    """Return how many units of a simple random sample the sample is worth for this mean of zeros and ones.

    The smaller of two: by the estimated variance (Korn and Graubard 1998, Survey Methodology 24:193-201), and by the
    weights alone (Kish), which still speaks where no unit with a large weight happens to be a one. Infinite for a census.
    """
    weights = 1 / chances
    by_weights = _over(float(weights.sum()) ** 2, float((weights * (weights - 1)).sum()))
    rate = ratio(values, chances)
    if not 0 < rate < 1:
        return by_weights
    return min(by_weights, _over(rate * (1 - rate), ratio_variance(values, chances)))


def share(values: Floats, chances: Floats, confidence: float = CONFIDENCE) -> Share:
    """Return the share of ones in the population with a Clopper-Pearson interval on the effective number of answers.

    `values` are zeros and ones, not empty. Exact for simple random samples, wider than needed where weights differ.
    """
    rate = ratio(values, chances)
    worth = effective_size(values, chances)
    if math.isinf(worth):
        return Share(rate, rate, rate, worth)
    ones, tail = rate * worth, (1 - confidence) / 2
    low = float(beta.ppf(tail, ones, worth - ones + 1)) if ones > 0 else 0.0
    high = float(beta.ppf(1 - tail, ones + 1, worth - ones)) if worth > ones else 1.0
    return Share(rate, low, high, worth)


def after_non_response(chances: Floats, answered: Flags, classes: Sequence[str]) -> Floats:
    """Return for each who answered the chance of being drawn and answering, by weighting classes.

    Within a class, those who answered stand for all who were asked. Classes with few answers are pooled; where even the
    pool is small, everybody is one class. At least one must have answered.
    """
    weights = 1 / chances
    names, place = np.unique(np.array(classes, dtype=object).astype(str), return_inverse=True)
    answers = np.bincount(place, weights=answered, minlength=len(names))
    pooled = np.where(answers >= LEAST_IN_CLASS, np.arange(len(names)), len(names))
    small = pooled[place] == len(names)
    if small.any() and answered[small].sum() < LEAST_IN_CLASS:
        pooled[:] = 0
    group = pooled[place]
    asked = np.bincount(group, weights=weights, minlength=len(names) + 1)
    told = np.bincount(group[answered], weights=weights[answered], minlength=len(names) + 1)
    adjusted: Floats = chances[answered] * told[group[answered]] / asked[group[answered]]
    return adjusted


def _over(numerator: float, denominator: float) -> float:
    return numerator / denominator if denominator > 0 else math.inf
