"""Balance confirmations: once a year some customers are asked what they owe."""

import numpy as np

from mingdan.engine.simulate.books import Orders
from mingdan.engine.simulate.dice import Dice, Floats, Ints, chance, summed
from mingdan.engine.simulate.effects import PRIVATE
from mingdan.engine.simulate.ledger import Coded, Ledger
from mingdan.engine.simulate.world import World

ASKED = 0.08
DAY_OF_YEAR = 355


def write_confirmations(
    world: World,
    orders: Orders,
    billed: tuple[Ints, Floats],
    paid: tuple[Ints, Floats, Floats],
    ledger: Ledger,
    dice: Dice,
) -> None:
    """Write what we and they say is owed; `billed` is order and day, `paid` order, day and amount."""
    everyone = np.unique(orders.account)
    private = np.union1d(orders.account[orders.code == PRIVATE], np.array(sorted(world.plan.lapping), dtype=np.int64))
    whole = len(world.customers)
    for day in np.arange(world.clock.days):
        if int(world.clock.day_of_year(np.array([day]))[0]) != DAY_OF_YEAR:
            continue
        invoiced, received = billed[1] < day, paid[1] < day
        ours = summed(orders.account[billed[0][invoiced]], orders.amount[billed[0][invoiced]], whole)
        ours -= summed(orders.account[paid[0][received]], paid[2][received], whole)
        account = everyone[chance(dice, ASKED, len(everyone)) & (world.customers.created[everyone] < day)]
        n = len(account)
        reply = chance(dice, world.assumed.confirmed, n)
        already = np.isin(account, private) & (ours[account] > 1) & chance(dice, world.tells["balance differs"], n)
        slip = chance(dice, world.assumed.confirmation_slip, n)
        theirs = np.where(already, ours[account] * dice.uniform(0, 0.7, n), ours[account])
        theirs = np.where(slip, theirs * dice.uniform(0.8, 1.1, n), theirs).round(2)
        differs = np.abs(theirs - ours[account]) > 1
        ledger.write(
            "balance_confirmations",
            by="account_id",
            account_id=account,
            as_of_date=np.full(n, float(day)),
            our_balance=np.maximum(ours[account], 0).round(2),
            their_balance=np.where(reply, np.maximum(theirs, 0), np.nan),
            status=Coded(("agreed", "differs", "no_reply"), np.where(reply, differs.astype(np.int64), 2)),
        )
