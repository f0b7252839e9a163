"""What reaches the books, and the truth about what does not."""

from dataclasses import dataclass

import numpy as np

from mingdan.engine.simulate.deals import WON, Deals
from mingdan.engine.simulate.demand import Purchases
from mingdan.engine.simulate.dice import Dice, Floats, Ints, summed
from mingdan.engine.simulate.effects import DIVERTED, MOVED, PRIVATE, RESOLD, TRIMMED
from mingdan.engine.simulate.world import World


@dataclass
class Orders:
    """One entry per order in the books, with its lines; `deal` is -1 for a repeat order.

    `account` is the buyer in the books, `customer` the one that uses the goods; `effect` and `code` as of the demand.
    """

    account: Ints
    customer: Ints
    owner: Ints
    time: Floats
    deal: Ints
    effect: Ints
    code: Ints
    amount: Floats
    line_order: Ints
    line_product: Ints
    line_quantity: Floats
    line_price: Floats

    def __len__(self) -> int:
        return len(self.account)


def book(world: World, deals: Deals, purchases: Purchases, dice: Dice) -> Orders:
    """Return the orders in the books, won deals first."""
    won = np.flatnonzero((deals.outcome == WON) & deals.recorded)
    ordered = world.clock.at_work(deals.decided[won] + dice.uniform(0.5, 9, len(won)), dice)
    yet = ordered < world.clock.days
    won, ordered = won[yet], ordered[yet]
    ours = np.flatnonzero(np.isin(purchases.code, (-1, MOVED, TRIMMED, PRIVATE, RESOLD)))
    effect = np.concatenate([deals.effect[won], purchases.effect[ours]])
    code = np.concatenate([deals.code[won], purchases.code[ours]])
    customer = np.concatenate([deals.customer[won], purchases.customer[ours]])
    to_account = world.effects.number("to_account", effect)
    lines = _ordered_lines(world, deals, won, purchases, ours, effect, code)
    n = len(customer)
    return Orders(
        account=np.where(code == MOVED, to_account, customer),
        customer=customer,
        owner=np.concatenate([deals.owner[won], purchases.owner[ours]]),
        time=np.concatenate([ordered, purchases.time[ours]]),
        deal=np.concatenate([won, np.full(len(ours), -1)]),
        effect=effect,
        code=code,
        amount=np.round(summed(lines[0], lines[2] * lines[3], n), 2),
        line_order=lines[0],
        line_product=lines[1],
        line_quantity=lines[2],
        line_price=lines[3],
    )


def _ordered_lines(
    world: World, deals: Deals, won: Ints, purchases: Purchases, ours: Ints, effect: Ints, code: Ints
) -> tuple[Ints, Ints, Floats, Floats]:
    """Return the lines of the booked orders: cheaper where somebody stands between, fewer where a part goes elsewhere."""
    place = np.full(len(deals), -1, dtype=np.int64)
    place[won] = np.arange(len(won))
    of_deal = np.flatnonzero(place[deals.line_deal] >= 0)
    deal = deals.line_deal[of_deal]
    later = np.full(len(purchases), -1, dtype=np.int64)
    later[ours] = len(won) + np.arange(len(ours))
    of_purchase = np.flatnonzero(later[purchases.line_purchase] >= 0)
    order = np.concatenate([place[deal], later[purchases.line_purchase[of_purchase]]])
    factor = world.effects.get("price", effect, 1.0)[order]
    sold_on = (code[order] == RESOLD) & (order >= len(won))
    cheaper = np.where(np.isin(code[order], (MOVED, PRIVATE)) | sold_on, factor, 1.0)
    fewer = np.where(code[order] == TRIMMED, factor, 1.0)
    fewer = np.where(sold_on, 1 + world.effects.get("extra", effect, 0.0)[order], fewer)
    quantity = np.concatenate([deals.line_quantity[of_deal], purchases.line_quantity[of_purchase]])
    price = np.concatenate([deals.line_list[of_deal] * (1 - deals.discount[deal]), purchases.line_price[of_purchase]])
    product = np.concatenate([deals.line_product[of_deal], purchases.line_product[of_purchase]])
    return order, product, np.maximum(1, np.rint(quantity * fewer)), np.round(price * cheaper, 2)


@dataclass
class Truth:
    """One entry per diverted demand; `margin` is what the company lost on it."""

    scheme: Ints
    rep: Ints
    account: Ints
    deal: Ints
    firm: Ints
    time: Floats
    amount: Floats
    margin: Floats


def truth_of(world: World, deals: Deals, purchases: Purchases) -> Truth:
    """Return every demand that a scheme touched, whether or not a row in the books tells of it."""
    days = world.clock.days
    scheme = world.effects.number("scheme", deals.effect)
    touched = np.flatnonzero((scheme >= 0) & (deals.code >= 0) & (deals.settled < days))
    of_deals = _judged(world, deals.effect[touched], deals.code[touched], deals.net[touched], deals.cost[touched])
    bought = np.flatnonzero((world.effects.number("scheme", purchases.effect) >= 0) & (purchases.code >= 0))
    more = 1 + world.effects.get("extra", purchases.effect[bought], 0.0)
    special = np.where(
        purchases.code[bought] == RESOLD, more * world.effects.get("price", purchases.effect[bought], 1.0), 1.0
    )
    of_orders = _judged(
        world, purchases.effect[bought], purchases.code[bought], purchases.net[bought] * special, purchases.cost[bought]
    )
    effect = np.concatenate([deals.effect[touched], purchases.effect[bought]])
    return Truth(
        scheme=world.effects.number("scheme", effect),
        rep=world.effects.number("rep", effect),
        account=np.concatenate([deals.customer[touched], purchases.customer[bought]]),
        deal=np.concatenate([np.where(deals.recorded[touched], touched, -1), np.full(len(bought), -1)]),
        firm=world.effects.number("firm", effect),
        time=np.concatenate([deals.settled[touched], purchases.time[bought]]),
        amount=np.concatenate([of_deals[0], of_orders[0]]),
        margin=np.concatenate([of_deals[1], of_orders[1]]),
    )


def _judged(world: World, effect: Ints, code: Ints, net: Floats, cost: Floats) -> tuple[Floats, Floats]:
    """Return the diverted amount and the lost margin: all of it, the part that went, or the spread that was taken."""
    factor = world.effects.get("price", effect, 1.0)
    spread = np.isin(code, (MOVED, PRIVATE))
    part = np.where(code == TRIMMED, 1 - factor, 1.0)
    extra = world.effects.get("extra", effect, 0.0)
    part = np.where(code == RESOLD, extra / (1 + extra), part)
    amount: Floats = np.where(spread, net, net * part)
    margin: Floats = np.where(spread, net * (1 - factor), (net - cost) * part)
    margin = np.where(code == RESOLD, amount * (1 / factor - 1), margin)
    return amount.round(2), margin.round(2)


def is_diverting(world: World, account: Ints, time: Floats) -> Ints:
    """Return the effect of a scheme that runs on these accounts at these times, or -1 (whatever its share)."""
    effect = world.effects.match(account, time, np.zeros(len(account)), "orders")
    return np.where(np.isin(world.effects.number("code", effect), (DIVERTED, TRIMMED, MOVED)), effect, -1)
