"""Who marks more leads invalid, and talks to more of those, than others do with like leads."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mingdan.engine.methods.fisher_joint import joint_p
from mingdan.engine.methods.lead_outcomes import cohorts
from mingdan.engine.methods.poisson_binomial import count_tail, skill_spread
from mingdan.engine.methods.rarity import peer_rates
from mingdan.engine.methods.stratified_permutation import stratified_tail
from mingdan.engine.trail import Columns

Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

WORTH = 20.0
"""How many leads the broader cohort is worth to a narrower one."""


@dataclass(frozen=True)
class Surplus:
    """Whether `hit` is met on more of each person's leads than on like leads of others.

    `rows` are the leads looked at; `hit`, `owner`, `stratum`, `chance` (by others' leads) one entry for each; `spread` one
    for each person: how far, in logits, the others' habits differ.
    """

    rows: Ints
    hit: Flags
    owner: Ints
    stratum: Ints
    chance: Floats
    spread: Floats

    def counts(self, person: int) -> tuple[int, int, float]:
        """Return how many leads, how many hits and how many were to be expected."""
        mine = self.owner == person
        return int(mine.sum()), int(self.hit[mine].sum()), float(self.chance[mine].sum())

    def excess(self, person: int) -> float:
        """Return how many standard deviations more hits there are than expected: what decides whether to look closer."""
        mine = self.owner == person
        chance = self.chance[mine]
        return float((self.hit[mine].sum() - chance.sum()) / np.sqrt(max(float((chance * (1 - chance)).sum()), 1e-9)))

    def p_value(self, person: int) -> float:
        """Return the larger of two answers: leads dealt at random in each cohort; and people of different habits."""
        mine = self.owner == person
        seen = int(self.hit[mine].sum())
        if not seen:
            return 1.0
        by_habit = count_tail(self.chance[mine], seen, float(self.spread[person]))
        return max(by_habit, stratified_tail(self.hit, self.stratum, mine)) if by_habit < 0.5 else by_habit


def marked_invalid(leads: Columns, owners: Ints, *, usual: float, worth: float) -> Surplus:
    """Return the surplus of invalid leads; only leads of the random pool are compared where there is one."""
    pool = leads["is_random"].astype(bool)
    rows = np.flatnonzero(pool if pool.any() else np.ones(len(pool), dtype=bool))
    return _surplus(rows, leads["is_invalid"].astype(bool), owners, cohorts(leads), usual, worth)


def talked_to(leads: Columns, owners: Ints, talked: Flags, *, usual: float, worth: float) -> Surplus:
    """Return the surplus of long talks among leads marked invalid, compared with those of a like reason and quarter."""
    rows = np.flatnonzero(leads["is_invalid"].astype(bool) & leads["has_number"].astype(bool))
    unreached = leads["unreached"].astype(np.int64)
    groups = (unreached, cohorts(leads)[0] * 2 + unreached)
    return _surplus(rows, talked, owners, groups, usual, worth)


def _surplus(rows: Ints, hit: Flags, owners: Ints, groups: Sequence[Ints], usual: float, worth: float) -> Surplus:
    hit, owner = hit[rows], owners[rows]
    inside = [group[rows] for group in groups]
    chance = peer_rates(hit, owner, inside, worth=WORTH) if len(rows) else np.zeros(0)
    people = int(owners.max(initial=-1)) + 1
    excess = np.bincount(owner, weights=hit - chance, minlength=people).astype(np.float64)
    variance = np.bincount(owner, weights=chance * (1 - chance), minlength=people).astype(np.float64)
    spread = skill_spread(excess, variance, usual=usual, worth=worth)
    return Surplus(rows, hit, owner, inside[-1] if inside else owner, chance, spread)


def both(invalid: Surplus, talked: Surplus, person: int) -> float:
    """Return the joint p-value of more invalid leads, and of more talks among those that are invalid."""
    return joint_p([invalid.p_value(person), talked.p_value(person)])
