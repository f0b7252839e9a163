"""Repeat purchases: a renewal process for each account, drawn as if all were bought here, then changed by effects."""

from dataclasses import dataclass

import numpy as np

from mingdan.engine.simulate.absences import is_away
from mingdan.engine.simulate.catalogue import MACHINES, PER_LINE
from mingdan.engine.simulate.deals import WON, Deals
from mingdan.engine.simulate.dice import Dice, Floats, Ints, chance, repeats, running_sum, summed
from mingdan.engine.simulate.effects import DIVERTED, GONE, PRIVATE
from mingdan.engine.simulate.world import World


@dataclass
class Purchases:
    """One entry per purchase a customer made anywhere, with lines. `code` is the effect that touched it, -1 for none.

    `net`, `cost` and the lines are what the customer needed in full, at our price; `kept` is the share that is ours.
    """

    customer: Ints
    time: Floats
    owner: Ints
    effect: Ints
    code: Ints
    elsewhere: Ints
    net: Floats
    cost: Floats
    line_purchase: Ints
    line_product: Ints
    line_quantity: Floats
    line_price: Floats

    def __len__(self) -> int:
        return len(self.customer)


def draw_purchases(world: World, accounts: Ints, deals: Deals, dice: Dice) -> Purchases:
    """Return the repeat purchases of these accounts over the whole trail, in the order of account and time."""
    account, time, gap = _renewals(world, accounts, dice)
    n = len(account)
    owner = world.customers.owner_at(account, time)
    effect = world.effects.match(account, time, dice.random(n), "orders")
    code = world.effects.number("code", effect)
    code = np.where((code == PRIVATE) & chance(dice, 0.35, n), DIVERTED, code)
    away = (code == DIVERTED) & is_away(world, world.effects.number("rep", effect), time)
    back = away & chance(dice, world.tells["back during leave"], n)
    code, effect = np.where(back, -1, code), np.where(back, -1, effect)
    elsewhere = chance(dice, world.assumed.supplier_share_elsewhere, n) & (code < 0)
    fleet = world.customers.fleet[account] + _machines_before(world, account, time, deals)
    lines = _lines(world, account, time, gap, fleet, owner, dice)
    return Purchases(
        customer=account,
        time=time,
        owner=owner,
        effect=effect,
        code=np.where(elsewhere, GONE, code),
        elsewhere=elsewhere.astype(np.int64),
        net=summed(lines[0], lines[2] * lines[3], n),
        cost=summed(lines[0], lines[2] * world.catalogue.cost(lines[1]), n),
        line_purchase=lines[0],
        line_product=lines[1],
        line_quantity=lines[2],
        line_price=lines[3],
    )


def _renewals(world: World, accounts: Ints, dice: Dice) -> tuple[Ints, Floats, Floats]:
    """Draw Gamma renewals in operational time and bring them to the calendar by each segment's season."""
    customers, clock = world.customers, world.clock
    grid = np.arange(-2, clock.days + 1)
    peaks = np.linspace(30, 330, world.assumed.segments)
    passed = [np.cumsum(clock.season(grid, world.assumed.season_swing, np.full(len(grid), peak))) for peak in peaks]
    since, until = np.maximum(customers.since[accounts], -1), np.minimum(customers.until[accounts], clock.days)
    segment = customers.segment[accounts]
    opens, shuts = np.zeros(len(accounts)), np.zeros(len(accounts))
    for number, scale in enumerate(passed):
        here = segment == number
        opens[here], shuts[here] = np.interp(since[here], grid, scale), np.interp(until[here], grid, scale)
    cycle, shape = customers.cycle[accounts], customers.shape[accounts]
    expected = np.maximum(shuts - opens, 0) / cycle
    counts = np.where(until > since, np.ceil(expected * 1.3 + 4 * np.sqrt(expected / shape) + 2), 0).astype(np.int64)
    which, place = repeats(counts)
    gaps = dice.gamma(shape[which], (cycle / shape)[which])
    gaps[place == 0] *= dice.random(int((place == 0).sum()))
    operational = opens[which] + running_sum(gaps, counts)
    time = np.empty(len(which))
    for number, scale in enumerate(passed):
        here = segment[which] == number
        time[here] = np.interp(operational[here], scale, grid, right=1e9)
    before = np.concatenate(([0.0], time[:-1]))
    gap = np.where(place == 0, cycle[which], time - before)
    inside = (time >= 0) & (time < until[which])
    account, time, gap = accounts[which[inside]], clock.at_work(time[inside], dice), gap[inside]
    yet = time < clock.days
    return account[yet], time[yet], gap[yet]


def _machines_before(world: World, account: Ints, time: Floats, deals: Deals) -> Floats:
    """Return how many machines the account had bought through deals before each purchase."""
    wide = 1e6
    machine_line = deals.line_product % PER_LINE < MACHINES
    won = (deals.outcome == WON)[deals.line_deal] & machine_line
    deal = deals.line_deal[won]
    bought = deals.customer[deal] * wide + deals.decided[deal] + 20
    order = np.argsort(bought, kind="stable")
    total = np.concatenate(([0.0], np.cumsum(deals.line_quantity[won][order])))
    at = np.searchsorted(bought[order], account * wide + time)
    start = np.searchsorted(bought[order], account * wide - wide / 2)
    return total[at] - total[np.minimum(start, at)]


def _lines(
    world: World, account: Ints, time: Floats, gap: Floats, fleet: Floats, owner: Ints, dice: Dice
) -> tuple[Ints, Ints, Floats, Floats]:
    """Return purchase, product, quantity and unit price of each line: what the machines used since the last purchase."""
    customers, catalogue = world.customers, world.catalogue
    n = len(account)
    second, third = dice.random(n) < 0.75, dice.random(n) < 0.15
    purchase, place = repeats(1 + second + third)
    buyer = account[purchase]
    usual = MACHINES + 2 * (buyer % MACHINES)
    steps = np.where(place < 2, usual + place, PER_LINE - 3 + (buyer % 3))
    product = customers.line[buyer] * PER_LINE + steps
    use = np.nan_to_num(catalogue.yearly_use[product], nan=2.0)
    need = fleet[purchase] * use * customers.utilisation[buyer] * np.minimum(gap[purchase], 400) / 365
    quantity = np.maximum(1, np.rint(need * dice.lognormal(0, world.assumed.use_noise, len(purchase))))
    discount = 0.5 * world.staff.discount[owner[purchase]] + customers.discount[buyer] + 0.02 * (quantity > 50)
    discount = np.clip(discount + dice.normal(0, 0.008, len(purchase)), 0, 0.22)
    return purchase, product, quantity, np.round(catalogue.list_price(product, time[purchase]) * (1 - discount), 2)
