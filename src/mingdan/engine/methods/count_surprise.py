"""How surprising a day's count is, given one's own last 90 days and what the peers did in them."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from mingdan.engine.methods.access_days import AccessDays
from mingdan.engine.methods.conformal import upper_p_values
from mingdan.engine.methods.negative_binomial import shrunk_mean, size_by_moments, tail

Floats = NDArray[np.float64]

WINDOW = 90
WORTH_DAYS = 30.0
BLOCK = 30
BLOCKS_A_YEAR, DAYS_A_YEAR = 12, 365


def daily_p_values(days: AccessDays, groups: NDArray[np.int64]) -> Floats:
    """Return for each person and day P(at least so many), negative binomial, 1 where nothing happened.

    The mean is one's own of the last 90 days shrunk towards the peers' in the same days (worth 30 days), or on
    all days where that is more; the spread is the group's. `groups` gives each person's peer group.
    """
    p = np.ones(days.counts.shape)
    for group in np.unique(groups):
        inside = np.flatnonzero(groups == group)
        counts, present = days.counts[inside], days.present[inside]
        own_sum, own_days = _before(np.where(present, counts, 0.0)), _before(present.astype(np.float64))
        peer_days = np.maximum(own_days.sum(axis=0) - own_days, 1.0)
        peer_mean = (own_sum.sum(axis=0) - own_sum) / peer_days
        mean = shrunk_mean(own_sum, own_days, np.maximum(peer_mean, _floor(counts, present)), WORTH_DAYS)
        size = size_by_moments(counts[present], mean[present])
        happened = counts > 0
        inner = np.ones(counts.shape)
        inner[happened] = tail(counts[happened], mean[happened], size)
        p[inside] = inner
    return p


def _before(values: Floats) -> Floats:
    """Return the sum over the 90 days before each day."""
    total = np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)
    day = np.arange(values.shape[1])
    sums: Floats = total[:, day] - total[:, np.maximum(day - WINDOW, 0)]
    return sums


def _floor(counts: Floats, present: NDArray[np.bool_]) -> float:
    """Return the group's mean over all days: a quiet quarter does not make the next export a miracle."""
    return float(counts[present].sum() / max(1, int(present.sum())))


def yearly_p_values(p: Floats, days: AccessDays, groups: NDArray[np.int64]) -> tuple[Floats, NDArray[np.int64]]:
    """Return for each person and block of 30 days how often somebody innocent has one like it in a year, and its day.

    The blocks are counted back from the last day. The larger of two answers: the model's, over the days of a year, and
    the conformal one, by the rank of the block's worst day among the peers' blocks, over the blocks of a year.
    """
    people, width = p.shape
    blocks = -(-width // BLOCK)
    padded = np.ones((people, blocks * BLOCK))
    padded[:, blocks * BLOCK - width :] = p
    shaped = padded.reshape(people, blocks, BLOCK)
    worst = shaped.min(axis=2)
    day = shaped.argmin(axis=2) + np.arange(blocks) * BLOCK - (blocks * BLOCK - width)
    owners = np.repeat(np.arange(people), blocks)
    at_work = np.zeros((people, blocks * BLOCK), dtype=bool)
    at_work[:, blocks * BLOCK - width :] = days.present
    compared = np.where(at_work.reshape(shaped.shape).any(axis=2), groups[:, None], -1)
    ranked = upper_p_values(-np.log(np.maximum(worst, 1e-300)).ravel(), compared.ravel(), owners)
    by_rank = 1 - (1 - ranked.reshape(people, blocks)) ** BLOCKS_A_YEAR
    return np.maximum(by_rank, np.minimum(1.0, worst * DAYS_A_YEAR)), day


def group_numbers(people: tuple[str, ...], groups: Mapping[str, tuple[str, ...]]) -> NDArray[np.int64]:
    """Return each person's peer group as a number."""
    listed = sorted({groups[one] for one in people})
    return np.array([listed.index(groups[one]) for one in people], dtype=np.int64)
