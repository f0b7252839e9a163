"""Lapping: receipts that somebody uses for a while and covers with what the next customer pays."""

from dataclasses import dataclass

import numpy as np

from mingdan.engine.simulate.books import Truth
from mingdan.engine.simulate.dice import Dice, Flags, Floats, Ints, chance
from mingdan.engine.simulate.world import World

LOST_SHARE = 0.1
"""What of a receipt held back is gone for good, on average: the truth counts it as margin."""


@dataclass(frozen=True)
class Lapped:
    """One entry per receipt: whether it was held back, for how many days more, and the place of the receipt whose
    invoice it covers (-1: its own); `account`, `rep`, `time` and `amount` as in the books.
    """

    held: Flags
    lag: Floats
    covers: Ints
    account: Ints
    rep: Ints
    time: Floats
    amount: Floats


def hold_back(world: World, account: Ints, rep: Ints, time: Floats, amount: Floats, dice: Dice) -> Lapped:
    """Return which receipts are held back; the next one of the same person often clears the invoice of the one before."""
    n = len(account)
    share, since, until = np.zeros(len(world.customers)), np.zeros(len(world.customers)), np.zeros(len(world.customers))
    for one, plan in world.plan.lapping.items():
        share[one], since[one], until[one] = plan.share, plan.start, plan.end
    held = chance(dice, share[account], n) & (time >= since[account]) & (time < until[account])
    lag = np.where(held, dice.gamma(2.5, 9, n), 0.0)
    covers = np.full(n, -1, dtype=np.int64)
    chain = np.flatnonzero(held)
    chain = chain[np.lexsort((time[chain], rep[chain]))]
    follows = (rep[chain[1:]] == rep[chain[:-1]]) & chance(
        dice, world.tells["receipt on another's invoice"], max(len(chain) - 1, 0)
    )
    covers[chain[1:][follows]] = chain[:-1][follows]
    return Lapped(held, lag, covers, account, rep, time, amount)


def truth_of_lapping(world: World, lapped: Lapped) -> Truth:
    """Return every receipt held back as a diversion of its amount."""
    held = np.flatnonzero(lapped.held & (lapped.amount > 1))
    plans = [world.plan.lapping[int(one)] for one in lapped.account[held]]
    blank = np.full(len(held), -1, dtype=np.int64)
    return Truth(
        scheme=np.array([plan.scheme for plan in plans], dtype=np.int64),
        rep=np.array([plan.rep for plan in plans], dtype=np.int64),
        account=lapped.account[held],
        deal=blank,
        firm=blank,
        time=lapped.time[held],
        amount=lapped.amount[held],
        margin=np.round(lapped.amount[held] * LOST_SHARE, 2),
    )
