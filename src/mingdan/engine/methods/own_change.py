"""Whether events of one person became more frequent at some time, against this person's own level before."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, logit

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LEAST_EACH = 8
"""At least so many items lie before a change, and after it: fewer show no level."""

SHUFFLES = 1999
"""How many orders of the same items a change is compared with."""

FARTHEST = 12.0
"""How far from the peers, in logits, a person's own level is looked for."""


@dataclass(frozen=True)
class Change:
    """The greatest rise: `place` is its first item, `surplus` the events after it beyond the person's own level, `p` by chance.

    `p` already allows for the choice of the place. Without a rise p is 1.
    """

    place: int
    surplus: float
    p: float


def own_change(chances: Floats, events: Flags) -> Change:
    """Return the greatest rise of events, in the order of time, over what peers' `chances` and the person's own level let expect.

    The person's level is a constant shift of the peers' logits that makes as many events expected as there are. The rise is the
    greatest standardized sum of what is left from some item on (a scan over all places); p comes from shuffling what is left.
    """
    number, seen = len(chances), int(events.sum())
    if number < 2 * LEAST_EACH or seen in (0, number):
        return Change(0, 0.0, 1.0)
    logits = logit(np.clip(chances, 1e-4, 1 - 1e-4))
    level = brentq(lambda shift: float(expit(logits + shift).sum()) - seen, -FARTHEST, FARTHEST)
    usual = expit(logits + level)
    left, variance = events - usual, usual * (1 - usual)
    rises = _rises(left[np.newaxis], variance)[0]
    top = int(np.argmax(rises))
    shuffled = np.random.default_rng(0).permuted(np.tile(left, (SHUFFLES, 1)), axis=1)
    higher = int((_rises(shuffled, variance).max(axis=1) >= rises[top] - 1e-9).sum())
    place = top + LEAST_EACH
    before = float(events[:place].sum() / usual[:place].sum())
    return Change(place, float(events[place:].sum() - before * usual[place:].sum()), (1 + higher) / (1 + SHUFFLES))


def _rises(left: Floats, variance: Floats) -> Floats:
    """Return for each row, and each place with enough items on both sides, the standardized sum from there on."""
    after = np.cumsum(left[:, ::-1], axis=1)[:, ::-1]
    share = np.cumsum(variance[::-1])[::-1] / variance.sum()
    scale = np.sqrt(variance.sum() * share * (1 - share) + 1e-12)
    rises: Floats = (after / scale)[:, LEAST_EACH : left.shape[1] - LEAST_EACH + 1]
    return rises
