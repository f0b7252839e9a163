"""Tickets: for machines we delivered, for older ones, and for goods that came some other way."""

from dataclasses import dataclass, fields

import numpy as np

from mingdan.engine.simulate.books import Orders
from mingdan.engine.simulate.catalogue import MACHINES, PER_LINE
from mingdan.engine.simulate.deals import Deals
from mingdan.engine.simulate.dice import Dice, Floats, Ints, chance, repeats, weighted
from mingdan.engine.simulate.effects import DIVERTED, RESOLD
from mingdan.engine.simulate.ledger import Coded, Ledger
from mingdan.engine.simulate.provenance import by_person
from mingdan.engine.simulate.world import World

KINDS = ("warranty", "repair", "consumable", "installation", "question", "complaint")
_KIND_WEIGHTS = np.array([0.22, 0.28, 0.14, 0.12, 0.2, 0.04])
_FOREIGN, _MISTYPED = 1 << 33, 1 << 34
"""Serial numbers from here on were never delivered by us."""


@dataclass
class _Asked:
    """One entry per ticket, before it is written down; numbers are -1 where it does not say.

    `lost` is 1 for somebody who asks about an order of a side firm's, 2 for one who only thinks that it was ours. `side` is 1 for
    goods of a side firm.
    """

    account: Ints
    time: Floats
    kind: Ints
    order: Ints
    product: Ints
    serial: Ints
    lost: Ints
    side: Ints


def write_tickets(
    world: World,
    accounts: Ints,
    deals: Deals,
    orders: Orders,
    number: Ints,
    machines: tuple[Ints, Ints, Floats, Ints],
    ledger: Ledger,
    dice: Dice,
) -> None:
    """Write the tickets of these accounts; `machines` are order, product, delivery and serial number of ours."""
    parts = [
        _for_ours(world, orders, number, machines, dice),
        _for_older_ones(world, accounts, dice),
        _for_strays(world, deals, dice),
        _planned(world, accounts, dice),
        _for_nothing_of_ours(world, accounts, dice),
    ]
    asked = _Asked(*(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(_Asked)))
    asked.time = world.clock.at_work(asked.time, dice)
    alive = (asked.time >= 0) & (asked.time < world.clock.days) & (asked.time < world.customers.closes[asked.account])
    asked = _Asked(*(getattr(asked, one.name)[alive] for one in fields(_Asked)))
    _write(world, asked, ledger, dice)


def _for_ours(
    world: World, orders: Orders, number: Ints, machines: tuple[Ints, Ints, Floats, Ints], dice: Dice
) -> _Asked:
    order, product, shipped, serial = machines
    which, time = _arrivals(world, shipped, np.full(len(shipped), world.assumed.ticket_rate), dice)
    n = len(which)
    user = np.where(chance(dice, 0.7, n), orders.customer[order[which]], orders.account[order[which]])
    sold_on = (orders.code[order[which]] == RESOLD) & chance(dice, world.tells["resold goods serviced"], n)
    sites = np.array(sorted(world.plan.sites), dtype=np.int64)
    several = np.isin(orders.customer[order[which]], sites) & chance(dice, 0.5, n)
    stranger = sold_on | several | chance(dice, world.assumed.foreign_user, n)
    user = np.where(stranger, dice.integers(0, len(world.customers), n), user)
    written = np.where(
        chance(dice, world.assumed.mistyped_serial, n), dice.integers(_MISTYPED, 2 * _MISTYPED, n), serial[which]
    )
    written = np.where(chance(dice, 0.1, n), -1, written)
    return _Asked(
        user,
        time,
        weighted(dice, _KIND_WEIGHTS, n),
        number[order[which]],
        product[which],
        written,
        np.zeros(n, dtype=np.int64),
        sold_on.astype(np.int64),
    )


def _for_older_ones(world: World, accounts: Ints, dice: Dice) -> _Asked:
    """Machines from before the trail, mostly without a number; some customers have one bought second-hand."""
    customers = world.customers
    rate = 0.2 * world.assumed.ticket_rate * customers.fleet[accounts]
    which, time = _arrivals(world, np.maximum(customers.since[accounts], 0), rate, dice)
    owns = chance(dice, world.assumed.second_hand, len(accounts))
    n, account, blank = len(which), accounts[which], np.full(len(which), -1)
    serial = np.where(owns[which] & chance(dice, 0.6, n), _FOREIGN + account, -1)
    return _Asked(
        account, time, weighted(dice, _KIND_WEIGHTS, n), blank, blank, serial, *np.zeros((2, n), dtype=np.int64)
    )


def _for_strays(world: World, deals: Deals, dice: Dice) -> _Asked:
    """Machines that a side firm sold to customers who believe that they come from us: they turn to us for service."""
    believed = np.zeros(len(world.register.firms))
    for seller, share in world.plan.deceiving.items():
        believed[seller] = share
    firm = world.effects.number("firm", deals.effect)
    stray = np.flatnonzero((deals.code == DIVERTED) & (firm >= 0) & (deals.settled < world.clock.days))
    stray = stray[chance(dice, believed[firm[stray]], len(stray))]
    which, time = _arrivals(
        world, deals.settled[stray] + 30, np.full(len(stray), 1.5 * world.assumed.ticket_rate), dice
    )
    n, deal = len(which), stray[which]
    machine = world.customers.line[deals.customer[deal]] * PER_LINE + deals.customer[deal] % MACHINES
    known = np.where(
        chance(dice, world.tells["stray goods known by number"], n),
        2 * _FOREIGN + deals.customer[deal] * 1000 + deal % 1000,
        -1,
    )
    lost = chance(dice, world.tells["asks about unknown order"], n).astype(np.int64)
    kind = np.where(lost > 0, KINDS.index("question"), weighted(dice, _KIND_WEIGHTS, n))
    return _Asked(deals.customer[deal], time, kind, np.full(n, -1), machine, known, lost, np.ones(n, dtype=np.int64))


def _for_nothing_of_ours(world: World, accounts: Ints, dice: Dice) -> _Asked:
    """Goods from web shops, counterfeits, another firm of the same name: people ask us all the same."""
    since = np.maximum(world.customers.created[accounts], 0)
    which, time = _arrivals(world, since, np.full(len(accounts), world.assumed.lost_order_calls), dice)
    n, blank = len(which), np.full(len(which), -1)
    foreign = np.where(chance(dice, 0.4, n), dice.integers(5 * _FOREIGN, 6 * _FOREIGN, n), -1)
    kind = np.where(chance(dice, 0.6, n), KINDS.index("question"), KINDS.index("warranty"))
    return _Asked(accounts[which], time, kind, blank, blank, foreign, np.where(chance(dice, 0.12, n), 1, 2), blank + 1)


def _planned(world: World, accounts: Ints, dice: Dice) -> _Asked:
    inside = set(accounts.tolist())
    asked = [one for one in world.plan.voices if one.what == "ticket" and one.account in inside]
    n, blank = len(asked), np.full(len(asked), -1)
    foreign = np.where(chance(dice, 0.5, n), dice.integers(3 * _FOREIGN, 4 * _FOREIGN, n), -1)
    account = np.array([one.account for one in asked], dtype=np.int64)
    time = np.array([one.day for one in asked], dtype=np.float64)
    return _Asked(
        account,
        time,
        np.array([KINDS.index(one.kind) for one in asked], dtype=np.int64),
        blank,
        blank,
        foreign,
        (chance(dice, 0.3, n) & np.array([one.kind == "question" for one in asked], dtype=bool)).astype(np.int64),
        np.ones(n, dtype=np.int64),
    )


def _arrivals(world: World, since: Floats, yearly: Floats, dice: Dice) -> tuple[Ints, Floats]:
    """Return which machine asks and when, at a steady rate since its delivery."""
    left = np.maximum(world.clock.days - since, 0)
    which, _ = repeats(dice.poisson(yearly * left / 365))
    return which, since[which] + 2 + dice.random(len(which)) * left[which]


def _write(world: World, asked: _Asked, ledger: Ledger, dice: Dice) -> None:
    n, words = len(asked.account), world.words.tickets
    topics = [*KINDS, "unknown order", "unknown order, harmless"]
    topic = np.where(asked.lost > 0, len(KINDS) - 1 + asked.lost, asked.kind)
    topic = np.where(chance(dice, 0.85, n), np.array([words.numbers[one] for one in topics], dtype=np.int64)[topic], -1)
    ledger.write(
        "tickets",
        by="opened_at",
        cause=by_person(world, world.customers.owner_at(asked.account, asked.time), asked.side > 0),
        ticket_id=ledger.numbers("tickets", n),
        opened_at=asked.time,
        kind=Coded(KINDS, asked.kind),
        account_id=np.where(chance(dice, 0.93, n), asked.account, -1),
        order_id=np.where(chance(dice, 0.5, n), asked.order, -1),
        product_id=np.where(chance(dice, 0.8, n), asked.product, -1),
        serial_no=ledger.refer("serials", asked.serial),
        phone_key=np.where(chance(dice, 0.8, n), world.customers.phone[asked.account], -1),
        text=Coded(words.pool, words.draw(topic, dice)),
    )
