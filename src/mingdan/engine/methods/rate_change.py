"""Whether a customer's rhythm has slowed down while the customer still buys."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

from mingdan.engine.methods.gap_laws import Histories

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_BEFORE, LEAST_AFTER = 6, 3
PRIOR_GAPS = 4.0
"""How many of the customer's own gaps the population's variance of log gaps is worth."""


@dataclass(frozen=True)
class Slowing:
    """The sharpest slowing of each customer, one entry per customer; `p` is 1 where there is none to test.

    `change` is the place (among all purchases) of the last purchase at the old pace, `before` and `after` the mean gaps.
    """

    p: Floats
    change: Ints
    before: Floats
    after: Floats


def shape_of(histories: Histories, *, heavy_tailed: bool) -> Floats:
    """Return each customer's gamma shape of gaps from the variance of log gaps, shrunk towards the customers' median.

    Inverts trigamma(k) = v by its first two terms; under a log-normal law the shape of equal coefficient of variation,
    1 / (exp(v) - 1), which is smaller, so that sums of gaps keep their wider spread.
    """
    x = histories.repeats
    squares = np.maximum(histories.log_squares - histories.log_sum**2 / np.maximum(x, 1), 0)
    enough = x >= LEAST_BEFORE
    usual = float(np.median(squares[enough] / (x[enough] - 1))) if enough.any() else 1.0
    variance = np.maximum((PRIOR_GAPS * usual + squares) / (PRIOR_GAPS + np.maximum(x - 1, 0)), 0.02)
    return 1 / np.expm1(variance) if heavy_tailed else (1 + np.sqrt(1 + 2 * variance)) / (2 * variance)


def slowing(time: Floats, start: Ints, shape: Floats, ratio: float) -> Slowing:
    """Test every purchase as the last at the old pace, and keep the sharpest slowing of each customer.

    `time` of purchases is sorted by customer, whose own begin at `start`. Only points after which the pace is below
    `ratio` times the pace before are tested, on completed gaps alone: a final silence is another question. Under an
    unchanged pace with gamma gaps, the time for the purchases after is beta prime given the time before (an exact
    test); p is multiplied by the number of points that could have been tested (Bonferroni), at most 1.
    """
    count = len(start) - 1
    who = np.repeat(np.arange(count), np.diff(start))
    before = np.arange(len(time)) - start[who]
    after = start[who + 1] - 1 - np.arange(len(time))
    possible = (before >= LEAST_BEFORE) & (after >= LEAST_AFTER)
    elapsed = time[start[who + 1] - 1] - time
    span = time - time[start[who]] if len(time) else time
    slower = possible & (after * span < ratio * before * elapsed)
    at = np.flatnonzero(slower)
    k = shape[who[at]]
    p = betainc(k * before[at], k * after[at], span[at] / (span[at] + elapsed[at]))
    tested = np.bincount(who[possible], minlength=count)
    order = np.lexsort((at, p, who[at]))
    first = order[np.r_[True, np.diff(who[at][order]) > 0]] if len(order) else order
    result = Slowing(np.ones(count), np.zeros(count, dtype=np.int64), np.zeros(count), np.zeros(count))
    chosen = who[at[first]]
    result.p[chosen] = np.minimum(p[first] * tested[chosen], 1.0)
    result.change[chosen] = at[first]
    result.before[chosen] = span[at[first]] / before[at[first]]
    result.after[chosen] = elapsed[at[first]] / after[at[first]]
    return result


def deflated(p: Floats) -> Floats:
    """Return p-values raised to the power that makes their 10th percentile 0.1, where they are too small as a whole.

    Genomic control (Devlin and Roeder 1999, Biometrics 55:997-1004) at the upper tenth: customers whose pace drifts for
    everyday reasons make every test look significant, and the company's own customers show by how much. Fewer than 50
    tested customers (p < 1) change nothing.
    """
    tested = p[p < 1]
    if len(tested) < 50:
        return p
    inflation = float(np.quantile(-np.log(np.maximum(p, 1e-300)), 0.9)) / np.log(10)
    return p if inflation <= 1 else np.asarray(p ** (1 / inflation), dtype=np.float64)
