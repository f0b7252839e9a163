"""Write orders, deliveries, invoices and receipts."""

import numpy as np

from mingdan.engine.simulate.books import Orders
from mingdan.engine.simulate.catalogue import is_machine
from mingdan.engine.simulate.deal_tables import VIA, recorded_late
from mingdan.engine.simulate.dice import Dice, Floats, Ints, chance, repeats
from mingdan.engine.simulate.effects import MOVED, RESOLD
from mingdan.engine.simulate.ledger import Coded, Ledger
from mingdan.engine.simulate.names import REGIONS
from mingdan.engine.simulate.provenance import by_effect
from mingdan.engine.simulate.world import World

_TAKEN_HOME = 0.0004
"""Share of orders that an honest salesperson has sent to his home and takes along."""


def write_orders(world: World, orders: Orders, opportunity: Ints, contract: Ints, ledger: Ledger, dice: Dice) -> Ints:
    """Write orders and their lines; return the order numbers."""
    n = len(orders)
    number = ledger.numbers("orders", n)
    recorded, via = recorded_late(world, orders.owner, orders.time, dice)
    from_deal = orders.deal >= 0
    deal = np.maximum(orders.deal, 0)
    has_deals = len(opportunity) > 0
    site, area = _destinations(world, orders, dice)
    project = (orders.code == RESOLD) | chance(dice, 0.03, n)
    program = np.where(orders.code == MOVED, 0, np.where(project, 1, -1))
    ledger.write(
        "orders",
        by="ordered_at",
        cause=by_effect(world, orders.effect),
        order_id=number,
        account_id=orders.account,
        employee_id=orders.owner,
        ordered_at=orders.time,
        recorded_at=recorded,
        written_via=Coded(VIA, np.where(from_deal, via, np.where(via == 2, 2, np.where(chance(dice, 0.3, n), 1, 0)))),
        amount=orders.amount,
        currency=world.currency(n),
        payment_days=terms(orders.account),
        contract_id=np.where(from_deal, contract[deal], -1) if has_deals else np.full(n, -1),
        opportunity_id=np.where(from_deal, opportunity[deal], -1) if has_deals else np.full(n, -1),
        ship_to_key=site,
        ship_to_area=Coded(
            area,
            np.where(
                site >= 0, world.customers.region[orders.customer] * 9 + world.customers.district[orders.customer], -1
            ),
        ),
        consignee_key=np.where(chance(dice, 0.75, n), world.customers.consignee[orders.customer], -1),
        pricing_program=Coded(
            ("经销商价", "项目特价"), np.where(chance(dice, np.where(orders.code == RESOLD, 0.85, 0.5), n), program, -1)
        ),
    )
    ledger.write(
        "order_lines",
        by="order_id",
        order_id=number[orders.line_order],
        product_id=orders.line_product,
        quantity=orders.line_quantity,
        unit_price=orders.line_price,
    )
    return number


def terms(account: Ints) -> Floats:
    """Each customer has its payment terms."""
    return np.array([30.0, 60.0, 30.0, 0.0, 90.0, 30.0, 60.0])[account % 7]


def _destinations(world: World, orders: Orders, dice: Dice) -> tuple[Ints, list[str]]:
    """Return the delivery address of each order: the user's own, now and then a second site, a forwarder or the buyer's."""
    n, customers = len(orders), world.customers
    draw = dice.random(n)
    forwarders = np.array([address for _, address in world.register.hubs[:4]])
    assumed = world.assumed
    far = draw < assumed.second_site
    site = np.where(far, customers.second_site[orders.customer], customers.address[orders.customer])
    site = np.where(draw < assumed.forwarder, forwarders[orders.customer % 4], site)
    sent_on = (orders.code == RESOLD) & (dice.random(n) < world.tells["resold goods sent on"])
    firm = np.maximum(world.effects.number("firm", orders.effect), 0)
    theirs = np.array([one.address for one in world.register.firms], dtype=np.int64)[firm]
    site = np.where(sent_on, np.where(dice.random(n) < 0.5, theirs, customers.second_site[orders.account]), site)
    site = np.where(dice.random(n) < _TAKEN_HOME, world.staff.address[orders.owner], site)
    site = _planned_sites(world, orders, site)
    site = np.where(
        (orders.code == MOVED) & (draw > 1 - world.tells["goods to the firm"]), customers.address[orders.account], site
    )
    areas = [f"{region}/{district + 1}区" for region in REGIONS for district in range(9)]
    return np.where(~far & (dice.random(n) < 0.06), -1, site), areas


def _planned_sites(world: World, orders: Orders, site: Ints) -> Ints:
    """Return the sites, with those of customers who had their goods sent elsewhere from some day on."""
    since, other = np.full(len(world.customers), np.inf), np.full(len(world.customers), -1)
    for account, (day, address) in world.plan.sites.items():
        since[account], other[account] = day, address
    return np.where(orders.time >= since[orders.customer], other[orders.customer], site)


def write_shipments(
    world: World, orders: Orders, number: Ints, ledger: Ledger, dice: Dice
) -> tuple[Ints, Ints, Floats, Ints]:
    """Write deliveries, one row for each machine; return order, product, time and serial number of the machines."""
    n = len(orders)
    shipped = world.clock.at_work(orders.time + dice.gamma(2, 4, n) + 1, dice)
    machine = np.flatnonzero(is_machine(world.catalogue, orders.line_product))
    line, _ = repeats(orders.line_quantity[machine].astype(np.int64))
    of_machine = orders.line_order[machine[line]]
    serial = ledger.numbers("serials", len(of_machine))
    rest = np.setdiff1d(np.arange(n), of_machine)
    first_line = (
        np.searchsorted(orders.line_order, rest)
        if len(rest) and _is_sorted(orders.line_order)
        else _first(orders, rest)
    )
    order = np.concatenate([of_machine, rest])
    product = np.concatenate([orders.line_product[machine[line]], orders.line_product[first_line]])
    numbers = np.concatenate([serial, np.full(len(rest), -1)])
    yet = shipped[order] < world.clock.days
    ledger.write(
        "shipments",
        by="shipped_at",
        shipment_id=ledger.numbers("shipments", int(yet.sum())),
        order_id=number[order[yet]],
        shipped_at=shipped[order[yet]],
        product_id=product[yet],
        serial_no=ledger.refer("serials", numbers[yet]),
    )
    sent = shipped[of_machine] < world.clock.days
    return of_machine[sent], orders.line_product[machine[line]][sent], shipped[of_machine][sent], serial[sent]


def _is_sorted(values: Ints) -> bool:
    return bool(np.all(values[1:] >= values[:-1]))


def _first(orders: Orders, wanted: Ints) -> Ints:
    """Return the place of each order's first line."""
    first = np.full(len(orders), len(orders.line_order), dtype=np.int64)
    np.minimum.at(first, orders.line_order, np.arange(len(orders.line_order)))
    return first[wanted]
