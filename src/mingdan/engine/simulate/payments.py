"""Write invoices and receipts: who paid, through whose hands, and when it was posted."""

import numpy as np

from mingdan.engine.simulate.books import Orders, Truth
from mingdan.engine.simulate.confirmations import write_confirmations
from mingdan.engine.simulate.dice import Dice, Flags, Floats, Ints, chance, repeats
from mingdan.engine.simulate.effects import PRIVATE
from mingdan.engine.simulate.lapping import Lapped, hold_back, truth_of_lapping
from mingdan.engine.simulate.ledger import Coded, Ledger
from mingdan.engine.simulate.order_tables import terms
from mingdan.engine.simulate.provenance import by_person
from mingdan.engine.simulate.world import World

CHANNELS = ("bank", "acceptance", "wechat", "alipay", "cash")


def write_money(world: World, orders: Orders, number: Ints, ledger: Ledger, dice: Dice) -> Truth:
    """Write invoices and receipts; return what was held back of them."""
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
    paid, lapped = _write_payments(world, orders, number, invoice, issued, ledger, dice)
    write_confirmations(world, orders, (billed, issued[billed]), paid, ledger, dice)
    return truth_of_lapping(world, lapped)


def _write_payments(
    world: World, orders: Orders, number: Ints, invoice: Ints, issued: Floats, ledger: Ledger, dice: Dice
) -> tuple[tuple[Ints, Floats, Floats], Lapped]:
    billed = np.flatnonzero((invoice >= 0) & ~chance(dice, 0.012, len(orders)))
    due = issued[billed] + terms(orders.account[billed])
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
    lapped = hold_back(world, orders.account[order], orders.owner[order], time, amount, dice)
    collected = np.where(lapped.held, orders.owner[order], collected)
    channel = np.where(lapped.held & chance(dice, 0.5, n), dice.integers(2, 5, n), channel)
    lag += lapped.lag
    applied = _applied(world, orders, order, lapped, dice)
    posted = _posted(world, orders.account[order], time + lag, dice)
    finance = world.staff.finance[dice.integers(0, len(world.staff.finance), n)]
    online = np.isin(channel, (2, 3, 4))
    old, new, till, _ = world.our_banks
    seen = posted < world.clock.days
    ledger.write(
        "payments",
        by="received_at",
        cause=by_person(world, orders.owner[order], lapped.held | (orders.code[order] == PRIVATE)),
        payment_id=ledger.numbers("payments", n),
        account_id=orders.account[order],
        order_id=number[applied],
        invoice_id=invoice[applied],
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
    return (order, time, amount), lapped


def _payers(world: World, orders: Orders, order: Ints, dice: Dice) -> tuple[list[str], Ints, Ints, Ints, Floats]:
    """Return who paid, from which account, how, who collected it, and the days until it was posted."""
    n, customers = len(order), world.customers
    account = orders.account[order]
    private = orders.code[order] == PRIVATE
    micro = customers.micro[account] > 0
    pays_himself = np.isin(account, np.array(sorted(world.plan.owner_pays), dtype=np.int64))
    by_owner = micro & chance(dice, np.where(pays_himself, 0.75, world.assumed.owner_pays), n)
    stranger, regularly = _partners(world, account, dice)
    third = ~by_owner & chance(dice, np.where(regularly, 0.7, 0.3 * world.assumed.third_party_payer), n)
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


def _partners(world: World, account: Ints, dice: Dice) -> tuple[Ints, Flags]:
    """Return who else might pay for each customer, and whether that is its habit.

    A parent or sister firm for some, a financing firm that pays for many customers for a few others, else anybody.
    """
    n = len(world.customers)
    lot = np.mod(account * 2654435761, 10_007) / 10_007
    group = lot < 3 * world.assumed.third_party_payer
    financed = lot > 1 - world.assumed.financed
    sister = np.mod(account * 7919 + 13, n)
    financing = np.mod(account, 3) * (n // 3)
    anybody = dice.integers(0, n, len(account))
    return np.where(group, sister, np.where(financed, financing, anybody)), group | financed


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


def _applied(world: World, orders: Orders, order: Ints, lapped: Lapped, dice: Dice) -> Ints:
    """Return the order whose invoice each receipt is applied to: its own, by mistake a neighbour's, or one held back."""
    n = len(order)
    wrong = chance(dice, world.assumed.wrong_remittance, n)
    wrong |= np.isin(orders.account[order], np.array(sorted(world.plan.posted_late), dtype=np.int64)) & chance(
        dice, 0.06, n
    )
    applied = np.where(wrong & (n > 1), np.roll(order, 1), order)
    return np.where(lapped.covers >= 0, order[np.maximum(lapped.covers, 0)], applied)


def _posted(world: World, account: Ints, posted: Floats, dice: Dice) -> Floats:
    """Return when finance posts: soon, with the month's end, or late where the bank's slips come late."""
    n = len(posted)
    slow = np.isin(account, np.array(sorted(world.plan.posted_late), dtype=np.int64))
    posted = posted + slow * dice.gamma(2, 6, n)
    to_month_end = np.ceil((posted + 1) / 30.4) * 30.4 - posted
    waits = chance(dice, 0.4 * world.assumed.month_end_posting, n) & (to_month_end < 14)
    late: Floats = posted + np.where(waits, to_month_end, 0.0)
    return late
