"""What is spent on customers: travel, meals, presents at festivals, samples."""

import numpy as np

from mingdan.engine.simulate.catalogue import CONSUMABLES, MACHINES, PER_LINE
from mingdan.engine.simulate.contact import MEETING, VISIT, WORKING_DAYS, Contacts
from mingdan.engine.simulate.deals import Deals
from mingdan.engine.simulate.dice import Dice, Flags, Floats, Ints, chance, repeats, weighted
from mingdan.engine.simulate.effects import DIVERTED, GONE
from mingdan.engine.simulate.ledger import Coded, Ledger
from mingdan.engine.simulate.world import World

KINDS = ("差旅", "招待", "礼品", "市内交通", "客户挽回")
SOLUTION = 3


def write_expenses(world: World, contacts: Contacts, accounts: Ints, ledger: Ledger, dice: Dice) -> None:
    """Write the costs of visits, and presents before festivals."""
    visits = np.flatnonzero(np.isin(contacts.kind, (VISIT, MEETING)))
    share = np.clip(world.staff.spending[contacts.rep[visits]] * 5 / WORKING_DAYS, 0.02, 0.95)
    share = share * _spent(world, contacts.account[visits], contacts.time[visits])
    visits = visits[chance(dice, share, len(visits))]
    given_to, given_at = _presents(world, accounts, dice)
    account = np.concatenate([contacts.account[visits], given_to])
    time = np.concatenate([contacts.time[visits] + 0.1, given_at])
    rep = world.customers.owner_at(account, time)
    present = np.repeat([False, True], [len(visits), len(given_to)])
    n = len(account)
    kind = np.where(present, 2, weighted(dice, np.array([0.45, 0.35, 0, 0.2]), n))
    won_back = np.isin(account, np.array(sorted(world.plan.win_back), dtype=np.int64)) & chance(dice, 0.5, n)
    kind = np.where(won_back, 4, kind)
    ledger.write(
        "expenses",
        by="spent_at",
        expense_id=ledger.numbers("expenses", n),
        employee_id=rep,
        spent_at=time,
        amount=np.round(
            dice.lognormal(np.array([6.2, 5.9, 5.6, 3.8, 6.0])[kind], 0.6, n) * min(world.assumed.price_scale, 2.0), 2
        ),
        currency=world.currency(n),
        account_id=np.where(chance(dice, 0.9, n), account, -1),
        kind=Coded(KINDS, kind),
    )


def _spent(world: World, account: Ints, time: Floats) -> Floats:
    """Return how readily money is spent on these customers: less once they buy nothing, unless somebody has a reason."""
    effect = world.effects.match(account, time, np.zeros(len(account)), "orders")
    gone = np.isin(world.effects.number("code", effect), (GONE, DIVERTED)) | (time > world.customers.until[account])
    since = np.full(len(world.customers), np.inf)
    for one, day in world.plan.spent_on.items():
        since[one] = day
    kept = np.isin(account, np.array(sorted(world.plan.win_back), dtype=np.int64)) | (time >= since[account])
    return np.where(kept, 1.2, np.where(gone, world.assumed.expense_after_loss, 1.0))


def _presents(world: World, accounts: Ints, dice: Dice) -> tuple[Ints, Floats]:
    found: list[tuple[Ints, Floats]] = [(np.empty(0, dtype=np.int64), np.empty(0))]
    for first, _ in world.clock.festivals():
        when = np.full(len(accounts), first - 8)
        owner = world.customers.owner_at(accounts, when)
        given = (world.customers.created[accounts] < first - 9) & (first > 9)
        given &= chance(dice, world.staff.gifts[owner] * 0.5, len(accounts)) & (world.staff.hired[owner] < first - 9)
        found.append((accounts[given], world.clock.at_work(when[given] + dice.integers(0, 5, int(given.sum())), dice)))
    return np.concatenate([one for one, _ in found]), np.concatenate([when for _, when in found])


def _taken(world: World, deals: Deals) -> Flags:
    """Return which deals' samples end at a side firm: some of those that were diverted, more for whom it is a habit."""
    habit = np.mod(deals.owner * 104729 + deals.customer * 31, 1000) < 1000 * world.tells["samples for the firm"]
    taken: Flags = (deals.code == DIVERTED) & habit
    return taken


def _sampled(world: World, deals: Deals) -> Floats:
    hard = np.isin(deals.owner, np.array(sorted(world.plan.hard_projects), dtype=np.int64))
    share = world.assumed.sample_share
    return np.where(hard | _taken(world, deals), min(1.0, 2.5 * share), share)


def write_samples(world: World, deals: Deals, ledger: Ledger, dice: Dice) -> None:
    """Write samples sent while a solution was sought; not all come back."""
    entered = deals.entered[:, SOLUTION]
    sampled = np.flatnonzero(deals.recorded & ~np.isnan(entered) & chance(dice, _sampled(world, deals), len(deals)))
    which, _ = repeats(1 + dice.poisson(0.3, len(sampled)))
    deal = sampled[which]
    sent = world.clock.at_work(entered[deal] + dice.uniform(0.5, 8, len(deal)), dice)
    yet = sent < world.clock.days
    deal, sent = deal[yet], sent[yet]
    n = len(deal)
    account = deals.account[deal]
    back = sent + dice.gamma(3, 10, n)
    took = _taken(world, deals)
    line = world.customers.line[deals.customer[deal]] * PER_LINE
    ledger.write(
        "samples",
        by="sent_at",
        sample_id=ledger.numbers("samples", n),
        account_id=account,
        employee_id=world.customers.owner_at(deals.customer[deal], sent),
        sent_at=sent,
        product_id=line + MACHINES + dice.integers(0, CONSUMABLES, n),
        quantity=1.0 + dice.poisson(np.where(took[deal], 5.0, 2.0), n),
        returned_at=np.where(
            (back < world.clock.days) & chance(dice, np.where(took[deal], 0.4, 1.0) * world.assumed.sample_return, n),
            back,
            np.nan,
        ),
    )
