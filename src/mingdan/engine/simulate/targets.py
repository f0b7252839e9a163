"""Whom a scheme or an innocent cause touches: drawn in one way for both, so that size and choice tell nothing."""

import numpy as np

from mingdan.engine.simulate.customers import OCCASIONAL, ONE_OFF, PROJECT, REGULAR
from mingdan.engine.simulate.dice import Dice, Floats, Ints
from mingdan.engine.simulate.world import World

EVERY_KIND = (REGULAR, PROJECT, ONE_OFF, OCCASIONAL)


def own_accounts(world: World, rep: int, at: float) -> Ints:
    """Return the accounts that are this salesperson's on that day and still buy then."""
    customers = world.customers
    n = len(customers)
    mine = customers.owner_at(np.arange(n), np.full(n, at)) == rep
    return np.flatnonzero(mine & (customers.since < at) & (customers.until > at + 30))


def touched(world: World, rep: int, at: float, share: float, dice: Dice, kinds: tuple[int, ...] = EVERY_KIND) -> Ints:
    """Return accounts of the salesperson that make up about `share` of the yearly business, larger ones first.

    At least two where there are two; the choice is by value with much noise, as both offenders and misfortune choose.
    """
    own = own_accounts(world, rep, at)
    value = world.customers.yearly_value(world.catalogue)[own]
    wanted = share * value.sum()
    fits = np.isin(world.customers.kind[own], kinds)
    own, value = own[fits], value[fits]
    order = np.argsort(-(np.log(value + 1) + dice.normal(0, 1.2, len(own))), kind="stable")
    reached = np.cumsum(value[order]) - value[order]
    count = max(2, int((reached < wanted).sum()))
    return own[order][:count]


def ends(world: World, accounts: Ints, rep: int) -> Floats:
    """Return until when these accounts stay in the salesperson's hands (the end of the trail where they do)."""
    customers = world.customers
    end = np.full(len(accounts), world.clock.days + 1)
    for step in (1, 0):
        leaves = (customers.owners[accounts, step] == rep) & (customers.owners[accounts, step + 1] != rep)
        end = np.where(leaves, np.minimum(customers.changes[accounts, step], end), end)
    return end


def onset(world: World, dice: Dice) -> float:
    """Return the day on which a scheme or an innocent cause sets in."""
    return float(dice.uniform(0.15, 0.62) * world.clock.days)
