"""Call-backs: drawn at random with known probability, after lost deals, or because somebody had a reason to ask."""

from dataclasses import dataclass

import numpy as np

from mingdan.engine.simulate.books import is_diverting
from mingdan.engine.simulate.deals import LOST, Deals
from mingdan.engine.simulate.dice import Dice, Flags, Floats, Ints, chance, weighted
from mingdan.engine.simulate.effects import DIVERTED, GONE
from mingdan.engine.simulate.ledger import Ledger
from mingdan.engine.simulate.provenance import by_person
from mingdan.engine.simulate.world import World

_LOST_TOLD, _UNASKED = 0.5, 0.25


@dataclass
class Calls:
    """One entry per call-back; `side` says that a side deal stands behind the answer, numbers are -1 where unknown."""

    time: Floats
    account: Ints
    lead: Ints
    deal: Ints
    chosen: Floats
    probability: Floats
    reached: Flags
    elsewhere: Flags
    supplier: Ints
    owner: Ints
    side: Flags
    bought: Floats

    def part(self, which: Flags) -> "Calls":
        return Calls(**{name: values[which] for name, values in vars(self).items()})


def write_callbacks(world: World, accounts: Ints, deals: Deals, opportunity: Ints, ledger: Ledger, dice: Dice) -> None:
    """Write the call-backs to these customers and what they answered."""
    write_calls(world, _monthly(world, accounts, dice), ledger, dice)
    write_calls(world, _after_losses(world, deals, opportunity, dice), ledger, dice)


def write_calls(world: World, calls: Calls, ledger: Ledger, dice: Dice) -> None:
    """Write call-backs in the words of those who were reached."""
    n = len(calls.time)
    told = calls.reached & calls.elsewhere & chance(dice, world.assumed.supplier_told, n)
    named = chance(
        dice, np.where(calls.side & calls.elsewhere, world.tells["names the person"], world.assumed.mentioned), n
    )
    looked_up = told & chance(dice, 0.65, n)
    dated = calls.reached & calls.elsewhere & chance(dice, 0.6, n)
    stated = np.where(dated, np.floor(np.minimum(calls.bought + dice.normal(0, 6, n), calls.time)), np.nan)
    ledger.write(
        "callbacks",
        by="called_at",
        cause=by_person(world, calls.owner, calls.side & calls.reached & calls.elsewhere),
        callback_id=ledger.numbers("callbacks", n),
        called_at=calls.time,
        account_id=calls.account,
        lead_id=calls.lead,
        opportunity_id=calls.deal,
        stated_date=stated,
        random=calls.chosen,
        inclusion_probability=calls.probability,
        reached=calls.reached.astype(np.float64),
        bought_elsewhere=np.where(calls.reached, calls.elsewhere, np.nan),
        supplier_company_id=np.where(looked_up, calls.supplier, -1),
        supplier_name=_spoken(world, calls.supplier, told, dice),
        mentions_employee_id=np.where(calls.reached & named, calls.owner, -1),
    )


def _spoken(world: World, supplier: Ints, told: Flags, dice: Dice) -> list[str | None]:
    """Return how customers name their supplier: seldom by the full name."""
    draws = dice.random(len(supplier))
    spoken: list[str | None] = []
    for one, yes, draw in zip(supplier, told, draws, strict=True):
        name = world.register.firms[int(one)].name if yes and one >= 0 else None
        if name and draw < 0.35:
            name = name.removesuffix("有限公司").removesuffix("股份")
        elif name and draw < 0.45:
            name = name[2:].removesuffix("有限公司")
        spoken.append(name)
    return spoken


def suppliers(world: World, account: Ints, dice: Dice) -> Ints:
    """Return where customers who buy elsewhere do so: mostly a known rival, now and then a small firm nearby."""
    n = len(account)
    rivals = np.array(world.register.competitors)
    near = 3 * world.customers.region[account] + np.minimum(dice.geometric(0.5, n) - 1, 2)
    small = dice.integers(len(rivals), len(rivals) + world.assumed.bystanders, n)
    return np.where(chance(dice, 0.2, n), small, rivals[near])


def _monthly(world: World, accounts: Ints, dice: Dice) -> Calls:
    months, p = world.clock.months(), world.assumed.callback_rate
    row, month = np.nonzero(dice.random((len(accounts), len(months))) < p)
    account, time = accounts[row], world.clock.at_work(months[month] + dice.uniform(2, 27, len(row)), dice)
    customers = world.customers
    known = (time < world.clock.days) & (customers.created[account] < time) & (customers.closes[account] > time)
    account, time = account[known], time[known]
    n = len(account)
    effect = is_diverting(world, account, time)
    side = effect >= 0
    any_effect = world.effects.match(account, time, np.zeros(n), "orders")
    gone = (world.effects.number("code", any_effect) == GONE) | (customers.until[account] < time)
    share = np.where(gone, 0.4, world.assumed.supplier_share_elsewhere)
    firm = world.effects.number("firm", any_effect)
    asked = chance(dice, _UNASKED * world.assumed.callback_rate, n)
    return Calls(
        time=time,
        account=account,
        lead=np.full(n, -1),
        deal=np.full(n, -1),
        chosen=np.where(asked, 0.0, 1.0),
        probability=np.where(asked, np.nan, p),
        reached=chance(dice, np.where(_changed(world, account, time), 0.2, 1.0) * world.assumed.callback_reached, n),
        elsewhere=chance(dice, np.where(side, world.tells["tells call-back"], share), n),
        supplier=np.where((firm >= 0) & (side | gone), firm, suppliers(world, account, dice)),
        owner=customers.owner_at(account, time),
        side=side,
        bought=time - dice.uniform(3, 120, n),
    )


def _after_losses(world: World, deals: Deals, opportunity: Ints, dice: Dice) -> Calls:
    """Ask after deals that were lost late: more often than others, with a probability that is known too."""
    p = min(0.5, 4 * world.assumed.callback_rate)
    lost = np.flatnonzero((deals.outcome == LOST) & deals.late & deals.recorded)
    lost = lost[chance(dice, p, len(lost))]
    account, n = deals.customer[lost], len(lost)
    time = world.clock.at_work(deals.decided[lost] + dice.uniform(5, 60, n), dice)
    side = deals.code[lost] == DIVERTED
    firm = world.effects.number("firm", deals.effect[lost])
    rival = weighted(dice, np.array([1 - _LOST_TOLD, _LOST_TOLD]), n) > 0
    calls = Calls(
        time=time,
        account=account,
        lead=np.full(n, -1),
        deal=opportunity[lost],
        chosen=np.ones(n),
        probability=np.full(n, p),
        reached=chance(dice, np.where(_changed(world, account, time), 0.2, 1.0) * world.assumed.callback_reached, n),
        elsewhere=np.where(side, chance(dice, world.tells["tells call-back"], n), rival),
        supplier=np.where(firm >= 0, firm, suppliers(world, account, dice)),
        owner=deals.owner[lost],
        side=side,
        bought=deals.settled[lost],
    )
    return calls.part((time < world.clock.days) & (world.customers.closes[account] > time))


def _changed(world: World, account: Ints, time: Floats) -> Flags:
    """Return whether somebody had planned to make this customer unreachable by then."""
    since = np.full(len(world.customers), np.inf)
    for change in world.plan.phone_changes:
        since[change.account] = min(since[change.account], change.day)
    early: Flags = since[account] < time
    return early
