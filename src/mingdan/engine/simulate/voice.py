"""What customers say and ask for: call-backs, surveys, complaints, tips."""

import numpy as np

from mingdan.engine.simulate.books import is_diverting
from mingdan.engine.simulate.dice import Dice, Flags, Floats, Ints, chance
from mingdan.engine.simulate.effects import GONE
from mingdan.engine.simulate.ledger import Coded, Ledger
from mingdan.engine.simulate.world import Voice, World


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
    reached = chance(dice, np.where(changed, 0.2, 1.0) * world.assumed.callback_reached, n)
    elsewhere = chance(
        dice,
        np.where(
            side >= 0, world.tells["tells call-back"], np.where(gone, 0.35, world.assumed.supplier_share_elsewhere)
        ),
        n,
    )
    rival = np.array(world.register.competitors)[3 * world.customers.region[account] + dice.integers(0, 3, n)]
    firm = world.effects.number("firm", any_effect)
    supplier = np.where((firm >= 0) & (side >= 0), firm, np.where((firm >= 0) & gone, firm, rival))
    told = reached & elsewhere & chance(dice, world.assumed.supplier_told, n)
    mentions = reached & chance(
        dice, np.where((side >= 0) & elsewhere, world.tells["names the person"], world.assumed.mentioned), n
    )
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
    n = int(dice.poisson(world.assumed.survey_rate * len(world.customers) * days / 365))
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
    noise = int(dice.poisson(world.assumed.complaint_rate * len(world.customers) * days / 365))
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
