"""What people looked at, took out and overwrote in the books."""

import numpy as np
import pyarrow as pa

from mingdan.engine.simulate import names
from mingdan.engine.simulate.contact import WORKING_DAYS, accounts_of, is_there
from mingdan.engine.simulate.dice import Dice, Floats, Ints, chance, repeats, weighted
from mingdan.engine.simulate.ledger import Coded, Ledger
from mingdan.engine.simulate.targets import own_accounts
from mingdan.engine.simulate.world import Export, PhoneChange, World

ACTIONS = ("login", "view", "search", "export", "print", "download", "edit", "delete", "merge")
LOGIN, VIEW, SEARCH, EXPORT, PRINT, DOWNLOAD, EDIT = range(7)
OBJECTS = ("account", "opportunity", "quote", "report")


def write_views(world: World, accounts: Ints, ledger: Ledger, dice: Dice) -> None:
    """Write who looked at these accounts: mostly the owner, now and then a colleague."""
    customers, staff = world.customers, world.staff
    since = np.maximum(customers.created[accounts], 0)
    owner = customers.owners[accounts, 0]
    each = staff.views[owner] * WORKING_DAYS / np.maximum(accounts_of(world)[owner], 20)
    which, _ = repeats(dice.poisson(each * np.maximum(world.clock.days - since, 0) / 365))
    account = accounts[which]
    time = world.clock.at_work(since[which] + dice.random(len(which)) * (world.clock.days - since)[which], dice)
    who = customers.owner_at(account, time)
    stranger = chance(dice, world.assumed.stranger_views, len(who))
    who[stranger] = dice.integers(0, staff.reps, int(stranger.sum()))
    late = np.mod(who * 7919, 89) / 89 < 4 * world.assumed.overtime
    time = time + (late & chance(dice, 0.3, len(who))) * dice.uniform(0.05, 0.3, len(who))
    there = is_there(staff, world.plan.leaves, who, time) & (time < world.clock.days)
    account, time, who = account[there], time[there], who[there]
    action = weighted(dice, np.array([0.09, 0.68, 0.1, 0, 0.02, 0.02, 0.09]), len(who))
    kind = weighted(dice, np.array([0.6, 0.22, 0.1, 0.08]), len(who))
    _write_events(
        world, who, time, action, kind, np.where(action == LOGIN, -1, account), np.full(len(who), np.nan), ledger, dice
    )


def _write_events(
    world: World,
    who: Ints,
    time: Floats,
    action: Ints,
    kind: Ints,
    account: Ints,
    rows: Floats,
    ledger: Ledger,
    dice: Dice,
) -> Ints:
    n = len(who)
    number = ledger.numbers("access_events", n)
    roaming = chance(dice, 0.15, n)
    addresses = [f"10.{20 + (one >> 8)}.{one & 255}.7" for one in range(len(world.staff.name))] + [
        f"100.64.{one}.9" for one in range(64)
    ]
    device = [f"D{(one * 48271) % 99991:05d}" for one in range(2 * len(world.staff.name))]
    ledger.write(
        "access_events",
        by="happened_at",
        event_id=number,
        employee_id=who,
        happened_at=time,
        action=Coded(ACTIONS, action),
        object_kind=Coded(OBJECTS, np.where(action == LOGIN, -1, kind)),
        object_id=ledger.refer("accounts", np.where((kind == 0) & (account >= 0), account, -1)),
        account_id=account,
        row_count=rows,
        ip=Coded(addresses, np.where(roaming, len(world.staff.name) + dice.integers(0, 64, n), who)),
        device=Coded(device, 2 * who + chance(dice, 0.2, n)),
    )
    return number


def write_exports(world: World, ledger: Ledger, dice: Dice) -> None:
    """Write all exports, habitual and planned, with the customers each one held."""
    exports = [*_habitual_exports(world, dice), *world.plan.exports]
    exports = [one for one in exports if 0 <= one.day < world.clock.days and len(one.accounts)]
    who = np.array([one.rep for one in exports], dtype=np.int64)
    time = world.clock.at_work(np.array([one.day for one in exports]), dice)
    planned = np.array([one.planned for one in exports], dtype=bool)
    night = chance(dice, np.where(planned, world.tells["night work"], world.assumed.overtime), len(exports))
    time = time + night * dice.uniform(0.1, 0.35, len(exports))
    held = np.array([len(one.accounts) for one in exports], dtype=np.int64)
    kept = time < world.clock.days
    n = int(kept.sum())
    action, kind = np.full(n, EXPORT), np.full(n, 3)
    rows = np.rint(held * dice.uniform(1.0, 1.3, len(held)))
    number = _write_events(world, who[kept], time[kept], action, kind, np.full(n, -1), rows[kept], ledger, dice)
    account = np.concatenate(
        [one.accounts for one, stays in zip(exports, kept, strict=True) if stays] or [np.empty(0, dtype=np.int64)]
    )
    ledger.write("export_rows", by="event_id", event_id=np.repeat(number, held[kept]), account_id=account)


def _habitual_exports(world: World, dice: Dice) -> list[Export]:
    staff, days = world.staff, world.clock.days
    exports = []
    for rep in range(staff.reps):
        since, until = max(float(staff.hired[rep]), 0.0), float(np.fmin(staff.left[rep], days))
        for day in since + dice.random(int(dice.poisson(staff.exports[rep] * (until - since) / 365))) * (until - since):
            mine = own_accounts(world, rep, float(day))
            share = dice.beta(1.2, 2.0)
            exports.append(Export(rep, float(day), mine[dice.random(len(mine)) < share]))
    return exports


def write_field_changes(world: World, first_contact: Ints, ledger: Ledger, dice: Dice) -> None:
    """Write overwritten phone numbers, honest and other, and changes of harmless fields."""
    changes = [*_honest_changes(world, dice), *world.plan.phone_changes]
    changes = [one for one in changes if 0 <= one.day < world.clock.days - 1]
    account = np.array([one.account for one in changes], dtype=np.int64)
    n = len(changes)
    harmless = n
    other = dice.integers(0, len(world.customers), harmless)
    when = world.clock.at_work(
        np.concatenate([[one.day for one in changes], dice.uniform(0, world.clock.days - 4, harmless)]), dice
    )
    who = np.concatenate([[one.by for one in changes], world.customers.owner_at(other, when[n:])]).astype(np.int64)
    rows = pa.concat_arrays([ledger.refer("contacts", first_contact[account]), ledger.refer("accounts", other)])
    new = np.concatenate([[one.new for one in changes], np.full(harmless, -1)]).astype(np.int64)
    ledger.write(
        "field_changes",
        by="changed_at",
        table_name=Coded(("contacts", "accounts"), np.repeat([0, 1], [n, harmless])),
        row_id=rows,
        field=Coded(
            ("phone", "segment", "industry"),
            np.concatenate([np.zeros(n), 1 + dice.integers(0, 2, harmless)]).astype(np.int64),
        ),
        changed_at=when,
        changed_by=who,
        old_key=np.concatenate([world.customers.phone[account], np.full(harmless, -1)]),
        new_key=new,
    )


def _honest_changes(world: World, dice: Dice) -> list[PhoneChange]:
    """Customers' people change; a lazy salesperson now and then enters his own number or empties the field."""
    staff, days = world.staff, world.clock.days
    changes = []
    for rep in range(staff.reps):
        since, until = max(float(staff.hired[rep]), 0.0), float(np.fmin(staff.left[rep], days))
        mine = own_accounts(world, rep, (since + until) / 2)
        count = int(dice.poisson(staff.edits[rep] * max(until - since, 0) / 365)) if len(mine) else 0
        fresh = world.keys.add("phone", names.phones(dice, count))
        for number in fresh:
            draw = dice.random()
            new = (
                int(staff.phone[rep])
                if draw < world.assumed.own_number
                else -1
                if draw < 0.01 + world.assumed.number_emptied
                else int(number)
            )
            changes.append(PhoneChange(int(dice.choice(mine)), float(dice.uniform(since, until)), rep, new))
    return changes
