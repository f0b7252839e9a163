"""Draws of how many purchases each customer makes after the end, from a fitted rhythm: for judging it, not for scans."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from mingdan.engine.methods.gap_laws import Histories
from mingdan.engine.methods.purchase_rhythm import Rhythm

Floats = NDArray[np.float64]


def drawn_counts(rhythm: Rhythm, histories: Histories, days: float, *, draws: int, seed: int) -> Floats:
    """Return (customers, draws) counts of purchases within `days`, under the log-normal law with its leaving.

    Exact sequential draws from the posterior predictive: after each drawn purchase the customer's history is updated.
    """
    rng = np.random.default_rng(seed)
    scaled = histories.in_units(rhythm.unit)
    drawn = [_one_draw(rhythm.theta, scaled, days / rhythm.unit, rng) for _ in range(draws)]
    return np.column_stack(drawn)


def _one_draw(theta: Floats, start: Histories, horizon: float, rng: np.random.Generator) -> Floats:
    counts = np.zeros(len(start.repeats))
    place, now = np.arange(len(counts)), start
    latest, passed = np.zeros(len(counts)), start.silence
    while len(place):
        gap = _next_gap(theta, now, passed, rng)
        buys = latest + gap - start.silence[place] <= horizon
        place, gap, latest = place[buys], gap[buys], (latest + gap)[buys]
        counts[place] += 1
        now, passed = _bought(now.take(buys), gap), np.zeros(len(place))
    return counts


def _next_gap(theta: Floats, now: Histories, passed: Floats, rng: np.random.Generator) -> Floats:
    """Draw the gap, longer than what has passed of it, or infinity for a customer who left."""
    mean, (worth, freedom, deviation) = theta[0] + theta[6] * now.size, np.exp(theta[1:4])
    x = now.repeats
    own = np.divide(now.log_sum, x, out=np.zeros_like(x), where=x > 0)
    centre = (worth * mean + now.log_sum) / (worth + x)
    squares = freedom * deviation**2 + np.maximum(now.log_squares - x * own**2, 0)
    squares += worth * x / (worth + x) * (own - mean) ** 2
    scale = np.sqrt(squares / (freedom + x) * (1 + 1 / (worth + x)))
    there = np.exp(theta[5]) + x
    staying = there / (np.exp(theta[4] + theta[7] * now.size) + there)
    late = stdtr(freedom + x, (centre - np.log(np.maximum(passed, 1e-9))) / scale)
    stays = rng.random(len(x)) < staying * late / (1 - staying + staying * late)
    level = np.maximum(rng.random(len(x)) * late, 1e-12)
    gap = np.exp(np.minimum(centre - scale * stdtrit(freedom + x, level), 50.0))
    return np.where(stays, gap, np.inf)


def _bought(now: Histories, gap: Floats) -> Histories:
    logs = np.log(np.maximum(gap, 1e-9))
    return Histories(now.repeats + 1, now.span, now.silence, now.log_sum + logs, now.log_squares + logs**2, now.size)
