"""Who added, deleted or took over whom in the company's messenger."""

import numpy as np

from mingdan.engine.simulate.dice import Dice, Ints, chance, repeats
from mingdan.engine.simulate.ledger import Coded, Ledger
from mingdan.engine.simulate.world import World

KINDS = ("contact_added", "contact_deleted", "deleted_by_contact", "transferred")


def write_channel_events(world: World, first_contact: Ints, ledger: Ledger, dice: Dice) -> None:
    """Write messenger events of first contacts: additions, rare deletions, transfers, and planned deletions."""
    customers, days = world.customers, world.clock.days
    everyone = np.arange(len(customers))
    linked = everyone[chance(dice, 0.6, len(everyone))]
    added = customers.created[linked] + dice.exponential(20, len(linked))
    which, _ = repeats(dice.poisson(world.assumed.deletion_rate * days / 365, len(linked)))
    removed = linked[which]
    removed_at = dice.uniform(0, days - 3, len(removed))
    moved, step = np.nonzero((customers.changes < days) & (customers.owners[:, :2] != customers.owners[:, 1:]))
    planned = [(account, day) for account, day in world.plan.deletions if 0 <= day < days - 3]
    account = np.concatenate([linked, removed, moved, [one for one, _ in planned]]).astype(np.int64)
    time = np.concatenate([added, removed_at, customers.changes[moved, step], [day for _, day in planned]])
    kind = np.repeat([0, 1, 3, 1], [len(linked), len(removed), len(moved), len(planned)])
    kind = np.where((kind == 1) & chance(dice, 0.35, len(kind)), 2, kind)
    time = world.clock.at_work(time, dice)
    kept = (time >= 0) & (time < days) & (customers.created[account] <= time)
    account, time, kind = account[kept], time[kept], kind[kept]
    ledger.write(
        "channel_events",
        by="happened_at",
        employee_id=customers.owner_at(account, time),
        happened_at=time,
        kind=Coded(KINDS, kind),
        account_id=account,
        contact_id=first_contact[account],
    )
