"""Whether a customer fell silent in the company's channel after a day, more than like talks of other salespeople did."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import ibis
import numpy as np
from numpy.typing import NDArray

from mingdan.engine.methods.talk_archive import Pair, archived
from mingdan.engine.trail import Tables

STEP_DAYS, MOST_STEPS, LEAST_STEPS = 10, 9, 4
LEAST_BEFORE, LEAST_PEERS = 6, 20
REMAINS = 0.2
"""A drop leaves at most this share of what was expected."""

_START = datetime(2000, 1, 1)  # noqa: DTZ001  # the trail is naive UTC throughout
_START_DAY = 10957
"""The days from 1970 to _START."""


@dataclass(frozen=True)
class Drop:
    """Messages before and after, how many were expected after, and how often a like talk of others falls as far (`p`)."""

    before: int
    after: int
    expected: float
    p: float


@dataclass(frozen=True)
class TalkSteps:
    """Archived messages in steps of ten days, sorted by talk; `talk` indexes `pairs`."""

    pairs: tuple[Pair, ...]
    talk: NDArray[np.int64]
    step: NDArray[np.int64]
    count: NDArray[np.float64]


def talk_steps(tables: Tables) -> TalkSteps:
    """Count the archived messages of each salesperson and customer by steps of ten days."""
    rows = archived(tables)
    days = (rows.sent_at.truncate("s").epoch_seconds() / 86400 - _START_DAY) / STEP_DAYS
    counted = (
        rows.mutate(step=days.floor().cast("int64"))
        .group_by(["employee_id", "account_id", "step"])
        .agg(n=ibis._.count())
    )
    seen = tables.columns(counted, order_by=["employee_id", "account_id", "step"])
    pairs = list(zip(seen["employee_id"].tolist(), seen["account_id"].tolist(), strict=True))
    names = sorted(set(pairs))
    place = {pair: index for index, pair in enumerate(names)}
    talk = np.array([place[pair] for pair in pairs], dtype=np.int64)
    return TalkSteps(tuple(names), talk, seen["step"].astype(np.int64), seen["n"].astype(np.float64))


def drop_after(
    steps: TalkSteps, pair: Pair, at: datetime, as_of: datetime, left_out: Collection[Pair] = ()
) -> Drop | None:
    """Return how far the talk fell after the step of `at`, or None where too little was said or time has passed.

    Like talks had half to twice as many messages in the same days before; those of the same salesperson and `left_out`
    are no yardstick. p is the rank among them (conformal), the expectation their pooled change.
    """
    middle = (at - _START) // timedelta(days=STEP_DAYS)
    wide = min(MOST_STEPS, (as_of - _START) // timedelta(days=STEP_DAYS) - middle - 1)
    if wide < LEAST_STEPS or pair not in steps.pairs:
        return None
    counts = [
        np.bincount(steps.talk[chosen], weights=steps.count[chosen], minlength=len(steps.pairs))
        for chosen in (
            (steps.step >= middle - wide) & (steps.step < middle),
            (steps.step > middle) & (steps.step <= middle + wide),
        )
    ]
    own = steps.pairs.index(pair)
    before, after = counts[0][own], counts[1][own]
    if before < LEAST_BEFORE:
        return None
    out = set(left_out)
    others = np.array([one[0] != pair[0] and one not in out for one in steps.pairs])
    like = others & (counts[0] >= before / 2) & (counts[0] <= 2 * before)
    if like.sum() < LEAST_PEERS:
        return None
    expected = before * (counts[1][like].sum() + 0.5) / (counts[0][like].sum() + 0.5)
    as_low = int((counts[1][like] / counts[0][like] <= after / before).sum())
    return Drop(int(before), int(after), float(expected), (1 + as_low) / (1 + int(like.sum())))
