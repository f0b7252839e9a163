"""Write orders, deliveries, invoices and receipts."""

import numpy as np

from mingdan.engine.simulate.books import Orders
from mingdan.engine.simulate.catalogue import is_machine
from mingdan.engine.simulate.confirmations import write_confirmations
from mingdan.engine.simulate.deal_tables import VIA, recorded_late
from mingdan.engine.simulate.dice import Dice, Flags, Floats, Ints, chance, repeats
from mingdan.engine.simulate.effects import MOVED, PRIVATE
from mingdan.engine.simulate.ledger import Coded, Ledger
from mingdan.engine.simulate.names import REGIONS
from mingdan.engine.simulate.world import World

CHANNELS = ("bank", "acceptance", "wechat", "alipay", "cash")


def write_orders(world: World, orders: Orders, opportunity: Ints, contract: Ints, ledger: Ledger, dice: Dice) -> Ints:
    """Write orders and their lines; return the order numbers."""
    n = len(orders)
    number = ledger.numbers("orders", n)
    recorded, via = recorded_late(world, orders.owner, orders.time, dice)
    from_deal = orders.deal >= 0
    deal = np.maximum(orders.deal, 0)
    has_deals = len(opportunity) > 0
    site, area = _destinations(world, orders, dice)
    program = np.where(orders.code == MOVED, 0, np.where(chance(dice, 0.03, n), 1, -1))
    ledger.write(
        "orders",
        by="ordered_at",
        order_id=number,
        account_id=orders.account,
        employee_id=orders.owner,
        ordered_at=orders.time,
        recorded_at=recorded,
        written_via=Coded(VIA, np.where(from_deal, via, np.where(via == 2, 2, np.where(chance(dice, 0.3, n), 1, 0)))),
        amount=orders.amount,
        currency=world.currency(n),
        payment_days=_terms(orders.account),
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
        pricing_program=Coded(("经销商价", "项目特价"), np.where(chance(dice, 0.5, n), program, -1)),
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


def _terms(account: Ints) -> Floats:
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
    site = np.where((orders.code == MOVED) & (draw > 0.75), customers.address[orders.account], site)
    areas = [f"{region}/{district + 1}区" for region in REGIONS for district in range(9)]
    return np.where(~far & (dice.random(n) < 0.06), -1, site), areas


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


def write_money(world: World, orders: Orders, number: Ints, ledger: Ledger, dice: Dice) -> None:
    """Write invoices and receipts."""
    n, days = len(orders), world.clock.days
    issued = world.clock.at_work(orders.time + dice.gamma(2, 5, n) + 1, dice)
    billed = np.flatnonzero((issued < days) & ~chance(dice, 0.01, n))
    firms = [world.register.firms[one] for one in world.customers.firm[orders.account[billed]]]
    invoice = np.full(n, -1, dtype=np.int64)
    invoice[billed] = ledger.numbers("invoices", len(billed))
    ledger.write(
        "invoices",
        by="issued_at",
        invoice_id=invoice[billed],
        account_id=orders.account[billed],
        order_id=number[billed],
        issued_at=issued[billed],
        amount=orders.amount[billed],
        currency=world.currency(len(billed)),
        buyer_name=[firm.name for firm in firms],
        buyer_registration_no=[firm.registration_no for firm in firms],
    )
    paid = _write_payments(world, orders, number, invoice, issued, ledger, dice)
    write_confirmations(world, orders, (billed, issued[billed]), paid, ledger, dice)


def _write_payments(
    world: World, orders: Orders, number: Ints, invoice: Ints, issued: Floats, ledger: Ledger, dice: Dice
) -> tuple[Ints, Floats, Floats]:
    billed = np.flatnonzero((invoice >= 0) & ~chance(dice, 0.012, len(orders)))
    due = issued[billed] + _terms(orders.account[billed])
    received = world.clock.at_work(due + dice.gamma(1.5, 8, len(billed)) - 5, dice)
    which, part = repeats(1 + chance(dice, 0.06, len(billed)).astype(np.int64))
    order = billed[which]
    parts = np.bincount(which, minlength=len(billed))[which]
    time = received[which] + part * 25
    yet = time < world.clock.days
    order, time, parts = order[yet], time[yet], parts[yet]
    payer, payer_bank, channel, collected, lag = _payers(world, orders, order, dice)
    n = len(order)
    amount = np.round(orders.amount[order] / parts, 2)
    posted = time + lag
    finance = world.staff.finance[dice.integers(0, len(world.staff.finance), n)]
    online = np.isin(channel, (2, 3, 4))
    old, new, till, _ = world.our_banks
    seen = posted < world.clock.days
    ledger.write(
        "payments",
        by="received_at",
        payment_id=ledger.numbers("payments", n),
        account_id=orders.account[order],
        order_id=number[order],
        invoice_id=invoice[order],
        received_at=time,
        amount=amount,
        currency=world.currency(n),
        payer_name=payer,
        payer_key=np.array([world.register.person(name) for name in payer], dtype=np.int64),
        payer_bank_key=payer_bank,
        payee_bank_key=np.where(online, till, np.where(time < 0.55 * world.clock.days, old, new)),
        channel=Coded(CHANNELS, channel),
        posted_at=np.where(seen, posted, np.nan),
        posted_by=np.where(seen, finance, -1),
        collected_by=collected,
    )
    return order, time, amount


def _payers(world: World, orders: Orders, order: Ints, dice: Dice) -> tuple[list[str], Ints, Ints, Ints, Floats]:
    """Return who paid, from which account, how, who collected it, and the days until it was posted."""
    n, customers = len(order), world.customers
    account = orders.account[order]
    private = orders.code[order] == PRIVATE
    micro = customers.micro[account] > 0
    pays_himself = np.isin(account, np.array(sorted(world.plan.owner_pays), dtype=np.int64))
    by_owner = micro & chance(dice, np.where(pays_himself, 0.75, world.assumed.owner_pays), n)
    third = ~by_owner & chance(dice, world.assumed.third_party_payer, n)
    hidden = private & chance(dice, world.tells["payer is a relative"], n)
    collects = private | np.isin(account, np.array(sorted(world.plan.collectors), dtype=np.int64))
    face_to_face = chance(
        dice,
        np.where(
            collects,
            np.where(private, 0.2 + 0.7 * world.tells["collects in person"], 0.6),
            world.assumed.consumer_channels,
        ),
        n,
    )
    channel = np.where(face_to_face, dice.integers(2, 5, n), np.where(chance(dice, 0.12, n), 1, 0))
    stranger = dice.integers(0, len(customers), n)
    effect = orders.effect[order]
    bank = np.where(
        by_owner, customers.owner_bank[account], np.where(third, customers.bank[stranger], customers.bank[account])
    )
    bank = np.where(
        hidden, world.effects.number("bank", effect), np.where(face_to_face & chance(dice, 0.7, n), -1, bank)
    )
    collected = np.where(face_to_face & (collects | chance(dice, 0.5, n)), orders.owner[order], -1)
    lag = dice.gamma(1.5, 0.6 * world.assumed.posting_days, n) + np.where(
        collected >= 0, world.staff.posting[orders.owner[order]], 0.0
    )
    lag += np.where(collects & (collected >= 0), dice.gamma(2, 4, n), 0.0)
    return (
        _payer_names(world, account, by_owner, third, hidden, stranger, orders.owner[order]),
        bank,
        channel,
        collected,
        lag,
    )


def _payer_names(
    world: World, account: Ints, by_owner: Flags, third: Flags, hidden: Flags, stranger: Ints, owner: Ints
) -> list[str]:
    firms = world.register.firms
    payer = [firms[one].name for one in world.customers.firm[account]]
    for i in np.flatnonzero(by_owner):
        payer[i] = firms[int(world.customers.firm[account[i]])].legal
    for i in np.flatnonzero(third):
        payer[i] = firms[int(world.customers.firm[stranger[i]])].name
    for i in np.flatnonzero(hidden):
        payer[i] = world.plan.fronts.get(int(owner[i]), payer[i])
    return payer
