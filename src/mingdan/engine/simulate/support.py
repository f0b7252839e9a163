"""Engineers' work before the sale, and what they report of it whoever sells."""

import numpy as np

from mingdan.engine.simulate.contact import DEMO, KINDS, TECHNICAL
from mingdan.engine.simulate.deals import LOST, WON, Deals
from mingdan.engine.simulate.dice import Dice, Ints, chance
from mingdan.engine.simulate.effects import DIVERTED
from mingdan.engine.simulate.ledger import Coded, Ledger
from mingdan.engine.simulate.world import World

SUPPORTED, ACCEPTED_IF_WANTED, ACCEPTED_IF_NOT = 0.22, 0.85, 0.45


def write_support(world: World, deals: Deals, opportunity: Ints, ledger: Ledger, dice: Dice) -> None:
    """Write demonstrations and trials by engineers; what was diverted had been accepted, as what was won had."""
    hard = np.isin(deals.owner, np.array(sorted(world.plan.hard_projects), dtype=np.int64))
    helped = deals.recorded & deals.late & chance(dice, np.where(hard, 3 * SUPPORTED, SUPPORTED), len(deals))
    deal = np.flatnonzero(helped & (deals.settled < world.clock.days - 4))
    n, notes = len(deal), world.words.notes
    time = deals.created[deal] + dice.uniform(0.3, 0.9, n) * (deals.settled[deal] - deals.created[deal])
    time = world.clock.at_work(time, dice)
    wanted = (deals.outcome[deal] == WON) | (deals.code[deal] == DIVERTED)
    share = np.where(
        wanted, ACCEPTED_IF_WANTED, np.where(hard[deal] & (deals.outcome[deal] == LOST), 0.1, ACCEPTED_IF_NOT)
    )
    passed = chance(dice, share, n)
    text = np.where(passed, notes.numbers["accepted"], notes.numbers["failed"])
    ledger.write(
        "activities",
        by="happened_at",
        activity_id=ledger.numbers("activities", n),
        kind=Coded(KINDS, np.where(chance(dice, 0.5, n), DEMO, TECHNICAL)),
        employee_id=world.staff.support[dice.integers(0, len(world.staff.support), n)],
        happened_at=time,
        recorded_at=time + dice.exponential(0.3, n),
        account_id=deals.account[deal],
        contact_id=np.full(n, -1),
        opportunity_id=opportunity[deal],
        duration_seconds=np.round(dice.gamma(3, 2400, n)),
        text=Coded(notes.pool, notes.draw(np.where(chance(dice, 0.7, n), text, -1), dice)),
    )
