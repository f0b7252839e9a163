"""Leads: those that became customers, the many that did not, and those that somebody kept for himself."""

from dataclasses import dataclass

import numpy as np

from mingdan.engine.simulate import names
from mingdan.engine.simulate.books import Truth
from mingdan.engine.simulate.callbacks import Calls, write_calls
from mingdan.engine.simulate.contact import is_there
from mingdan.engine.simulate.dice import Dice, Flags, Floats, Ints, chance, weighted
from mingdan.engine.simulate.ledger import Coded, Ledger
from mingdan.engine.simulate.provenance import by_person
from mingdan.engine.simulate.world import World

SOURCES = ("官网", "展会", "搜索推广", "转介绍", "电话")
STATUSES = ("new", "working", "converted", "invalid")
NEW, WORKING, CONVERTED, INVALID = range(4)
REASONS = ("空号", "无人接听", "无需求", "同行", "重复", "预算不足")
CALLED_WITHIN_DAYS = 1.5


@dataclass
class _Leads:
    rep: Ints
    created: Floats
    account: Ints
    siphoned: Flags
    firm: Ints


def write_leads(world: World, ledger: Ledger, dice: Dice) -> Truth:
    """Write leads and the first calls to them; return what offenders kept back as truth without a customer."""
    leads = _draw(world, dice)
    n = len(leads.rep)
    touched = leads.created + dice.exponential(CALLED_WITHIN_DAYS, n)
    seen = touched < world.clock.days
    poor = np.isin(leads.rep, np.array(sorted(world.plan.bad_leads), dtype=np.int64))
    worthless = np.where(poor, 0.5 + 0.5 * world.assumed.lead_invalid, world.assumed.lead_invalid)
    status = np.where(chance(dice, worthless, n), INVALID, np.where(chance(dice, 0.7, n), WORKING, NEW))
    status = np.where(leads.account >= 0, CONVERTED, np.where(leads.siphoned, INVALID, status))
    status = np.where(seen, status, NEW)
    phone = world.keys.add("phone", names.phones(dice, n))
    phone = np.where(leads.account >= 0, world.customers.phone[leads.account], phone)
    reason = weighted(dice, np.array([0.2, 0.3, 0.25, 0.08, 0.12, 0.05]), n)
    number = ledger.numbers("leads", n)
    ledger.write(
        "leads",
        by="created_at",
        cause=by_person(world, leads.rep, leads.siphoned),
        lead_id=number,
        created_at=leads.created,
        source=Coded(SOURCES, weighted(dice, np.array([3.0, 2, 3, 1, 1]), n)),
        assigned_to=leads.rep,
        assigned_at=leads.created + dice.uniform(0.001, 0.05, n),
        random_pool=(chance(dice, world.assumed.lead_pool, n) & ~(poor & chance(dice, 0.7, n))).astype(np.float64),
        first_touch_at=np.where(seen & (status != NEW), touched, np.nan),
        status=Coded(STATUSES, status),
        invalid_reason=world.words.reasons(world.words.leads, REASONS, np.where(status == INVALID, reason, -1), dice),
        company_name=names.firms(dice, world.staff.region[leads.rep]),
        phone_key=np.where(chance(dice, 0.05, n), -1, phone),
        account_id=np.where(status == CONVERTED, leads.account, -1),
        opportunity_id=np.where((status == CONVERTED) & chance(dice, 0.8, n), world.first_deal[leads.account], -1),
    )
    _write_calls(world, leads, touched, phone, status, ledger, dice)
    _ask_again(world, leads, number, touched, status, ledger, dice)
    _add_to_messenger(world, leads, touched, status, ledger, dice)
    return _kept_back(world, leads, dice)


def _draw(world: World, dice: Dice) -> _Leads:
    staff, days = world.staff, world.clock.days
    n = int(dice.poisson(world.assumed.lead_rate * staff.reps * days / 365))
    rep, created = dice.integers(0, staff.reps, n), world.clock.at_work(dice.uniform(0, days - 3, n), dice)
    there = is_there(staff, [], rep, created)
    rep, created = rep[there], created[there]
    new = np.flatnonzero((world.customers.created > 1) & (world.customers.kind >= 0))
    new = new[chance(dice, 0.7, len(new))]
    came = world.customers.created[new] - dice.exponential(12, len(new))
    new, came = new[came > 0], came[came > 0]
    owner = world.customers.owners[new, 0]
    siphon = [
        one for one in world.plan.siphons for _ in range(int(dice.poisson(one.yearly * (days - one.start) / 365)))
    ]
    taken = np.array([dice.uniform(one.start, days - 3) for one in siphon])
    blank = np.full(len(rep), -1)
    return _Leads(
        rep=np.concatenate([rep, owner, [one.rep for one in siphon]]).astype(np.int64),
        created=np.concatenate([created, came, world.clock.at_work(taken, dice)]),
        account=np.concatenate([blank, new, np.full(len(siphon), -1)]).astype(np.int64),
        siphoned=np.repeat([False, False, True], [len(rep), len(new), len(siphon)]),
        firm=np.concatenate([blank, np.full(len(new), -1), [one.firm for one in siphon]]).astype(np.int64),
    )


def _write_calls(
    world: World, leads: _Leads, touched: Floats, phone: Ints, status: Ints, ledger: Ledger, dice: Dice
) -> None:
    """Write the first call to each lead: short where nobody wanted anything, long where somebody did."""
    called = np.flatnonzero((status != NEW) & (touched < world.clock.days - 0.1) & chance(dice, 0.8, len(touched)))
    n = len(called)
    brief = (
        (status[called] == INVALID)
        & ~(leads.siphoned[called] & chance(dice, world.tells["short call kept long"], n))
        & ~chance(dice, world.assumed.lead_long_call, n)
    )
    ledger.write(
        "calls",
        by="started_at",
        call_id=ledger.numbers("calls", n),
        employee_id=leads.rep[called],
        started_at=touched[called],
        phone_key=phone[called],
        account_id=np.full(n, -1),
        seconds=np.rint(dice.lognormal(np.where(brief, 2.8, 4.9), 0.8, n)),
        direction=Coded(("out", "in"), np.zeros(n, dtype=np.int64)),
    )


def _ask_again(
    world: World, leads: _Leads, number: Ints, touched: Floats, status: Ints, ledger: Ledger, dice: Dice
) -> None:
    """Call some leads back that were called worthless, drawn at random; a few have bought by then."""
    p = min(0.3, 2 * world.assumed.callback_rate)
    asked = np.flatnonzero((status == INVALID) & (touched < world.clock.days - 45) & chance(dice, p, len(number)))
    n, side = len(asked), leads.siphoned[asked]
    near = world.staff.region[leads.rep[asked]]
    rivals = np.array(world.register.competitors)[3 * near + dice.integers(0, 3, n)]
    write_calls(
        world,
        Calls(
            time=world.clock.at_work(touched[asked] + dice.uniform(15, 40, n), dice),
            account=np.full(n, -1),
            lead=number[asked],
            deal=np.full(n, -1),
            chosen=np.ones(n),
            probability=np.full(n, p),
            reached=chance(dice, 0.7 * world.assumed.callback_reached, n),
            elsewhere=chance(dice, np.where(side, world.tells["tells call-back"], 0.1), n),
            supplier=np.where(side, leads.firm[asked], rivals),
            owner=leads.rep[asked],
            side=side,
            bought=touched[asked] + dice.uniform(2, 14, n),
        ),
        ledger,
        dice,
    )


def _add_to_messenger(world: World, leads: _Leads, touched: Floats, status: Ints, ledger: Ledger, dice: Dice) -> None:
    """Write which leads were added in the messenger: often those that come to something, seldom the worthless ones."""
    share = np.where(status == INVALID, np.where(leads.siphoned, world.tells["added to messenger"], 0.06), 0.4)
    added = np.flatnonzero((status != NEW) & chance(dice, share, len(status)) & (touched < world.clock.days - 2))
    time = touched[added] + dice.exponential(0.4, len(added))
    ledger.write(
        "channel_events",
        by="happened_at",
        employee_id=leads.rep[added],
        happened_at=time,
        kind=Coded(("contact_added",), np.zeros(len(added), dtype=np.int64)),
        account_id=np.where(status[added] == CONVERTED, leads.account[added], -1),
        contact_id=np.full(len(added), -1),
    )


def _kept_back(world: World, leads: _Leads, dice: Dice) -> Truth:
    roles = {role.rep: role.scheme for role in world.plan.roles}
    kept = np.flatnonzero(leads.siphoned & chance(dice, 0.4, len(leads.siphoned)))
    n = len(kept)
    amount = np.round(world.assumed.price_scale * dice.lognormal(10.2, 0.7, n), 2)
    return Truth(
        scheme=np.array([roles[int(rep)] for rep in leads.rep[kept]], dtype=np.int64),
        rep=leads.rep[kept],
        account=np.full(n, -1),
        deal=np.full(n, -1),
        firm=leads.firm[kept],
        time=np.minimum(leads.created[kept] + dice.gamma(2, 15, n), world.clock.days - 0.5),
        amount=amount,
        margin=np.round(amount * dice.uniform(0.3, 0.5, n), 2),
    )
