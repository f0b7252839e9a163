"""What customers say and ask for: tickets, call-backs, surveys, complaints, tips."""

import numpy as np

from mingdan.engine.simulate.books import Orders, is_diverting
from mingdan.engine.simulate.dice import Dice, Flags, Floats, Ints, chance, repeats, weighted
from mingdan.engine.simulate.effects import GONE
from mingdan.engine.simulate.ledger import Coded, Ledger
from mingdan.engine.simulate.world import Voice, World

TICKET_KINDS = ("warranty", "repair", "consumable", "installation", "question", "complaint")
_KIND_WEIGHTS = np.array([0.22, 0.28, 0.14, 0.12, 0.2, 0.04])
_ASKED = ("开机报警", "更换配件", "耗材不匹配", "安装调试", "使用咨询", "到货有误")


def write_tickets(
    world: World,
    accounts: Ints,
    orders: Orders,
    number: Ints,
    machines: tuple[Ints, Ints, Floats, Ints],
    ledger: Ledger,
    dice: Dice,
) -> None:
    """Write tickets of machines we delivered, of older ones, and of goods that came some other way."""
    order, product, shipped, serial = machines
    days, customers = world.clock.days, world.customers
    which, _ = repeats(dice.poisson(world.assumed.ticket_rate * np.maximum(days - shipped, 0) / 365))
    user = np.where(chance(dice, 0.7, len(which)), orders.customer[order[which]], orders.account[order[which]])
    opened = shipped[which] + dice.exponential(1.0, len(which)) * 3 + dice.random(len(which)) * (days - shipped[which])
    old, old_time = _older_machines(world, accounts, dice)
    planned = [one for one in world.plan.voices if one.what == "ticket" and one.day < days]
    inside = set(accounts.tolist())
    planned = [one for one in planned if one.account in inside]
    account = np.concatenate([user, old, [one.account for one in planned]]).astype(np.int64)
    time = world.clock.at_work(np.concatenate([opened, old_time, [one.day for one in planned]]), dice)
    strange = _foreign_serials(len(old), world.assumed.second_hand, dice)
    foreign = np.concatenate([strange, _foreign_serials(len(planned), 0.6, dice)])
    blank = np.full(len(old) + len(planned), -1)
    kind = weighted(dice, _KIND_WEIGHTS, len(account))
    kind[len(account) - len(planned) :] = [TICKET_KINDS.index(one.kind) for one in planned]
    alive = (time < days) & (time < customers.closes[account]) & (time >= 0)
    ours = np.concatenate([np.where(chance(dice, 0.9, len(which)), serial[which], -1), blank])
    _write_ticket_rows(
        world,
        account,
        time,
        kind,
        np.concatenate([number[order[which]], blank]),
        np.concatenate([product[which], blank]),
        ours,
        np.concatenate([np.full(len(which), -1), foreign]),
        alive,
        ledger,
        dice,
    )


def _older_machines(world: World, accounts: Ints, dice: Dice) -> tuple[Ints, Floats]:
    """Return account and time of tickets about machines from before the trail."""
    customers, days = world.customers, world.clock.days
    since = np.maximum(customers.since[accounts], 0)
    rate = 0.2 * world.assumed.ticket_rate * customers.fleet[accounts]
    which, _ = repeats(dice.poisson(rate * np.maximum(days - since, 0) / 365))
    return accounts[which], since[which] + dice.random(len(which)) * (days - since)[which]


def _foreign_serials(n: int, share: float, dice: Dice) -> Ints:
    """Return numbers of machines that we never delivered to anybody in these books (second-hand, or another source)."""
    return np.where(chance(dice, share, n), dice.integers(1 << 33, 1 << 34, n), -1)


def _write_ticket_rows(
    world: World,
    account: Ints,
    time: Floats,
    kind: Ints,
    order: Ints,
    product: Ints,
    serial: Ints,
    foreign: Ints,
    alive: Flags,
    ledger: Ledger,
    dice: Dice,
) -> None:
    n = int(alive.sum())
    named = np.where(chance(dice, 0.93, n), account[alive], -1)
    ledger.write(
        "tickets",
        by="opened_at",
        ticket_id=ledger.numbers("tickets", n),
        opened_at=time[alive],
        kind=Coded(TICKET_KINDS, kind[alive]),
        account_id=named,
        order_id=np.where(chance(dice, 0.5, n), order[alive], -1),
        product_id=np.where(chance(dice, 0.8, n), product[alive], -1),
        serial_no=ledger.refer("serials", np.where(foreign >= 0, foreign, serial)[alive]),
        phone_key=np.where(chance(dice, 0.8, n), world.customers.phone[account[alive]], -1),
        text=Coded(_ASKED, kind[alive]),
    )


def write_callbacks(world: World, accounts: Ints, ledger: Ledger, dice: Dice) -> None:
    """Write call-backs drawn at random each month with one known probability, and what was answered."""
    months = world.clock.months()
    p = world.assumed.callback_rate
    drawn = dice.random((len(accounts), len(months))) < p
    row, month = np.nonzero(drawn)
    account, time = accounts[row], world.clock.at_work(months[month] + dice.uniform(2, 27, len(row)), dice)
    known = (
        (time < world.clock.days) & (world.customers.created[account] < time) & (world.customers.closes[account] > time)
    )
    account, time = account[known], time[known]
    n = len(account)
    side = is_diverting(world, account, time)
    any_effect = world.effects.match(account, time, np.zeros(n), "orders")
    gone = (world.effects.number("code", any_effect) == GONE) | (world.customers.until[account] < time)
    changed = _changed_numbers(world, account, time)
    reached = chance(dice, np.where(changed, 0.15, 0.62), n)
    elsewhere = chance(dice, np.where(side >= 0, 0.6, np.where(gone, 0.35, world.assumed.supplier_share_elsewhere)), n)
    rival = np.array(world.register.competitors)[3 * world.customers.region[account] + dice.integers(0, 3, n)]
    firm = world.effects.number("firm", any_effect)
    supplier = np.where((firm >= 0) & (side >= 0), firm, np.where((firm >= 0) & gone, firm, rival))
    told = reached & elsewhere & chance(dice, 0.55, n)
    mentions = reached & chance(dice, np.where((side >= 0) & elsewhere, 0.3, 0.03), n)
    ledger.write(
        "callbacks",
        by="called_at",
        callback_id=ledger.numbers("callbacks", n),
        called_at=time,
        account_id=account,
        random=np.ones(n),
        inclusion_probability=np.full(n, p),
        reached=reached.astype(np.float64),
        bought_elsewhere=np.where(reached, elsewhere, np.nan),
        supplier_company_id=np.where(told, supplier, -1),
        supplier_name=[
            world.register.firms[one].name if yes else None for one, yes in zip(supplier, told, strict=True)
        ],
        mentions_employee_id=np.where(mentions, world.customers.owner_at(account, time), -1),
    )


def _changed_numbers(world: World, account: Ints, time: Floats) -> Flags:
    """Return whether somebody had planned to make this customer unreachable by then."""
    since = np.full(len(world.customers), np.inf)
    for change in world.plan.phone_changes:
        since[change.account] = min(since[change.account], change.day)
    early: Flags = since[account] < time
    return early


def write_opinions(world: World, ledger: Ledger, dice: Dice) -> None:
    """Write surveys, complaints and tips; a good part of the tips is mistaken or meant to hurt."""
    days, staff = world.clock.days, world.staff
    n = int(dice.poisson(0.04 * len(world.customers) * days / 365))
    account = dice.integers(0, len(world.customers), n)
    time = world.clock.at_work(dice.uniform(0, days - 4, n), dice)
    known = time > world.customers.created[account]
    account, time, n = account[known], time[known], int(known.sum())
    ledger.write(
        "survey_responses",
        by="answered_at",
        response_id=ledger.numbers("survey_responses", n),
        account_id=account,
        answered_at=time,
        kind=Coded(("满意度",), np.zeros(n, dtype=np.int64)),
        score=np.clip(np.rint(dice.normal(8.1, 1.6, n)), 0, 10),
        employee_id=world.customers.owner_at(account, time),
    )
    noise = int(dice.poisson(0.012 * len(world.customers) * days / 365))
    about = dice.integers(0, len(world.customers), noise)
    when = dice.uniform(0, days - 4, noise)
    _write_complaints(world, about, when, ledger, dice)
    mistaken = int(dice.poisson(world.assumed.tip_rate * staff.reps * days / 365))
    tips = [one for one in world.plan.voices if one.what == "tip" and one.day < days - 4]
    tips += [
        Voice("tip", float(dice.uniform(0, days - 4)), -1, int(dice.integers(0, staff.reps))) for _ in range(mistaken)
    ]
    ledger.write(
        "tips",
        by="received_at",
        tip_id=ledger.numbers("tips", len(tips)),
        received_at=world.clock.at_work(np.array([one.day for one in tips], dtype=np.float64), dice),
        channel=Coded(("邮箱", "电话", "内部系统"), dice.integers(0, 3, len(tips))),
        about_employee_id=np.array([one.rep for one in tips], dtype=np.int64),
        account_id=np.where(chance(dice, 0.5, len(tips)), np.array([one.account for one in tips], dtype=np.int64), -1),
    )


def _write_complaints(world: World, about: Ints, when: Floats, ledger: Ledger, dice: Dice) -> None:
    planned = [one for one in world.plan.voices if one.what == "complaint" and one.day < world.clock.days - 4]
    account = np.concatenate([about, [one.account for one in planned]]).astype(np.int64)
    time = world.clock.at_work(np.concatenate([when, [one.day for one in planned]]), dice)
    n = len(account)
    category = np.concatenate(
        [dice.integers(0, 4, len(about)), [("delivery", "payment").index(one.kind) for one in planned]]
    )
    named = chance(dice, 0.4, n)
    ledger.write(
        "complaints",
        by="opened_at",
        complaint_id=ledger.numbers("complaints", n),
        opened_at=time,
        account_id=account,
        about_employee_id=np.where(named, world.customers.owner_at(account, time), -1),
        category=Coded(("delivery", "payment", "quality", "service"), category.astype(np.int64)),
    )
