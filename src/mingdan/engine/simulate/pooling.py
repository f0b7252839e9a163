"""The public pool: customers are released to it, and somebody picks them up."""

import numpy as np

from mingdan.engine.simulate.dice import Dice, Ints, chance
from mingdan.engine.simulate.ledger import Coded, Ledger
from mingdan.engine.simulate.world import Passing, World

REASONS = ("离职交接", "区域调整", "长期未跟进", "公海领取", "主管调配", "客户要求更换")


def pass_on(world: World, account: int, day: float, to: int, *, waits: float, by: int, reason: str) -> None:
    """Let a customer pass through the pool to `to`, who picks it up after `waits` days; ownership follows where it can."""
    customers = world.customers
    before = int(customers.owner_at(np.array([account]), np.array([day]))[0])
    world.plan.passings.append(Passing(account, day, day + max(waits, 0.002), before, to, by, reason))
    if to == before:
        return
    changes, owners = customers.changes[account], customers.owners[account]
    if np.isinf(changes[0]):
        changes[0], owners[1], owners[2] = day + waits, to, to
    elif np.isinf(changes[1]) and day > changes[0]:
        changes[1], owners[2] = day + waits, to


def write_owner_changes(world: World, ledger: Ledger, dice: Dice) -> None:
    """Write hand-overs, some of them by way of the pool, and customers whom their owner let go and took back."""
    customers, days = world.customers, world.clock.days
    planned = {(one.account, round(one.taken, 6)) for one in world.plan.passings}
    account, step = np.nonzero(customers.changes < days)
    before, after = customers.owners[account, step], customers.owners[account, step + 1]
    time = customers.changes[account, step]
    fresh = np.array(
        [(a, round(t, 6)) not in planned for a, t in zip(account.tolist(), time.tolist(), strict=True)], dtype=bool
    )
    real = (before != after) & fresh
    account, before, after, time = account[real], before[real], after[real], time[real]
    leaver = ~np.isnan(world.staff.left[before])
    pooled = ~leaver & chance(dice, min(0.9, 8 * world.assumed.pool_rate), len(account))
    freed = np.where(pooled, time - np.minimum(dice.exponential(world.assumed.pool_days, len(account)), 60), time)
    passings = [*world.plan.passings, *_taken_back(world, dice)]
    passings = [one for one in passings if 0 < one.released < days - 1]
    straight, m = np.where(leaver, 0, 1), len(passings)
    late = pooled & (freed > 0)
    rows = {
        "account_id": [account, account[late], [one.account for one in passings], [one.account for one in passings]],
        "changed_at": [time, freed[late], [one.released for one in passings], [one.taken for one in passings]],
        "from_employee_id": [np.where(late, -1, before), before[late], [one.before for one in passings], np.full(m, -1)],
        "to_employee_id": [after, np.full(int(late.sum()), -1), np.full(m, -1), [one.after for one in passings]],
        "changed_by": [
            np.where(late, after, world.staff.manager[before]), before[late],
            [one.by for one in passings], [one.after for one in passings],
        ],
        "reason": [
            np.where(late, 3, straight), np.full(int(late.sum()), 2),
            [REASONS.index(one.reason) for one in passings], np.full(m, 3),
        ],
    }  # fmt: skip
    whole = {name: np.concatenate(parts) for name, parts in rows.items()}
    yet = whole["changed_at"] < days - 1
    whole = {name: values[yet] for name, values in whole.items()}
    ids = {name: whole[name].astype(np.int64) for name in whole if name != "changed_at"}
    ledger.write(
        "owner_changes",
        by="changed_at",
        account_id=ids["account_id"],
        changed_at=whole["changed_at"],
        from_employee_id=ids["from_employee_id"],
        to_employee_id=ids["to_employee_id"],
        changed_by=ids["changed_by"],
        reason=Coded(REASONS, ids["reason"]),
    )


def _taken_back(world: World, dice: Dice) -> list[Passing]:
    """Return customers whom their owner released, for want of contact, and soon took back."""
    n = int(dice.poisson(world.assumed.pool_rate * 0.4 * len(world.customers) * world.clock.days / 365))
    account: Ints = dice.integers(0, len(world.customers), n)
    day = dice.uniform(2, world.clock.days - 3, n)
    who = world.customers.owner_at(account, day)
    waits = dice.exponential(0.5 * world.assumed.pool_days, n) + 0.02
    return [
        Passing(int(a), float(d), float(d + w), int(p), int(p), int(p), "长期未跟进")
        for a, d, p, w in zip(account, day, who, waits, strict=True)
    ]
