"""Several quotes to one customer within days, each below a limit that their sum reaches."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PERMUTATIONS = 199
ENOUGH = 10


@dataclass(frozen=True)
class Splits:
    """Groups of quotes (positions), and the share of shuffled calendars with at least as many groups."""

    groups: tuple[tuple[int, ...], ...]
    p: float


def split_groups(account: Ints, day: Ints, amount: Floats, limit: float, within: int) -> tuple[tuple[int, ...], ...]:
    """Return runs of two quotes or more of one account, each below the limit, in so many days, that sum to it.

    A run starts with the first quote not in an earlier run and takes what follows within the days.
    """
    order = np.lexsort((np.arange(len(day)), day, account))
    order = order[amount[order] < limit]
    groups: list[tuple[int, ...]] = []
    run: list[int] = []
    for one in order.tolist():
        if run and (account[one] != account[run[0]] or day[one] - day[run[0]] > within):
            _keep(groups, run, amount, limit)
            run = []
        run.append(one)
    _keep(groups, run, amount, limit)
    return tuple(groups)


def _keep(groups: list[tuple[int, ...]], run: list[int], amount: Floats, limit: float) -> None:
    if len(run) >= 2 and float(amount[run].sum()) >= limit:
        groups.append(tuple(run))


def starts(account: Ints, day: Ints, amount: Floats, limit: float, within: int) -> int:
    """Return how many quotes start a pair or triple of neighbours that does what a run does: fast, for shuffling."""
    order = np.lexsort((day, account))
    order = order[amount[order] < limit]
    who, when, much = account[order], day[order], amount[order]
    found = np.zeros(len(order), dtype=bool)
    for length in (2, 3):
        if len(order) < length:
            break
        last = slice(length - 1, None)
        head = slice(0, len(order) - length + 1)
        total = sum(much[place : len(order) - length + 1 + place] for place in range(length))
        near = (who[last] == who[head]) & (when[last] - when[head] <= within)
        found[head] |= near & (total >= limit)
    return int(found.sum())


def splits(account: Ints, day: Ints, amount: Floats, limit: float, within: int, seed: int) -> Splits:
    """Compare the runs of one salesperson with those of shuffled dates.

    Dates are exchanged among the quotes of a quarter, so that busy seasons and customers with many quotes stay as they
    are. Shuffling stops once ENOUGH calendars have at least as many (Besag and Clifford 1991, Biometrika 78:301-304).
    """
    groups = split_groups(account, day, amount, limit, within)
    if not groups:
        return Splits((), 1.0)
    dice = np.random.default_rng(seed)
    quarter, observed = day // 91, starts(account, day, amount, limit, within)
    by_quarter = np.argsort(quarter, kind="stable")
    reached = 0
    for shuffle in range(1, PERMUTATIONS + 1):
        shuffled = np.empty_like(day)
        shuffled[by_quarter] = day[np.lexsort((dice.random(len(day)), quarter))]
        reached += starts(account, shuffled, amount, limit, within) >= observed
        if reached == ENOUGH:
            return Splits(groups, ENOUGH / shuffle)
    return Splits(groups, (1 + reached) / (1 + PERMUTATIONS))
