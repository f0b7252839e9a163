"""Intervals and rankings for a handful of cases: exact ones, since the numbers are small."""

from collections.abc import Sequence

import numpy as np
from scipy import stats


def share_interval(hits: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return the exact two-sided interval of a share (Clopper and Pearson 1934); (0, 1) without observations."""
    tail = (1 - level) / 2
    low = float(stats.beta.ppf(tail, hits, n - hits + 1)) if hits else 0.0
    high = float(stats.beta.ppf(1 - tail, hits + 1, n - hits)) if hits < n else 1.0
    return low, high


def rate_upper(events: int, exposure: float, level: float = 0.95) -> float:
    """Return the exact one-sided upper bound of a Poisson rate (Garwood 1936), per unit of exposure."""
    return float(stats.chi2.ppf(level, 2 * (events + 1))) / 2 / exposure if exposure > 0 else float("inf")


def expected_average_precision(scores: Sequence[float], relevant: Sequence[bool]) -> float | None:
    """Return the average precision expected where ties are broken at random; None without relevant items.

    Closed form over groups of equal score: at place j of a group of g with p relevant, after N items with P relevant,
    the item is relevant with probability p/g and P + 1 + (j - 1)(p - 1)/(g - 1) of the N + j so far are then relevant.
    """
    if not any(relevant):
        return None
    score, truth = np.asarray(scores, dtype=np.float64), np.asarray(relevant, dtype=np.float64)
    total, before, found = 0.0, 0, 0.0
    for value in np.unique(score)[::-1]:
        group = truth[score == value]
        g, p = len(group), float(group.sum())
        place = np.arange(1, g + 1)
        others = (place - 1) * (p - 1) / (g - 1) if g > 1 else np.zeros(1)
        total += float(np.sum(p / g * (found + 1 + others) / (before + place)))
        before, found = before + g, found + p
    return total / found


def censored_median(days: Sequence[float], is_observed: Sequence[bool]) -> float | None:
    """Return the median waiting time where some are still waiting (Kaplan and Meier 1958); None if it is not reached."""
    still = 1.0
    order = sorted(zip(days, is_observed, strict=True), key=lambda one: (one[0], not one[1]))
    for place, (day, observed) in enumerate(order):
        if observed:
            still *= 1 - 1 / (len(order) - place)
            if still <= 0.5:
                return day
    return None


def calibration(
    probabilities: Sequence[float], truth: Sequence[bool], bins: int = 10
) -> list[tuple[int, float, float]]:
    """Return for each filled bin of equal width its count, mean probability and share that is true."""
    p, y = np.asarray(probabilities, dtype=np.float64), np.asarray(truth, dtype=np.float64)
    place = np.minimum((p * bins).astype(np.int64), bins - 1)
    return [
        (int((place == one).sum()), float(p[place == one].mean()), float(y[place == one].mean()))
        for one in np.unique(place)
    ]


def calibration_error(rows: Sequence[tuple[int, float, float]]) -> float | None:
    """Return the expected calibration error: the gap of each bin, weighted by its count."""
    n = sum(count for count, _, _ in rows)
    return sum(count * abs(said - true) for count, said, true in rows) / n if n else None
