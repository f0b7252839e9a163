"""Write what stands beside the deals: customers' master data, our own firm, leaves, interests, causes."""

import numpy as np

from mingdan.engine.simulate import names
from mingdan.engine.simulate.customers import INDUSTRIES, SEGMENTS
from mingdan.engine.simulate.dice import Dice, Flags, Ints, chance, repeats
from mingdan.engine.simulate.ledger import Coded, Ledger
from mingdan.engine.simulate.pooling import write_owner_changes
from mingdan.engine.simulate.world import Passing, World

TITLES = ("采购经理", "设备主管", "总经理", "实验室主任", "采购员")


def write_customers(world: World, ledger: Ledger, dice: Dice) -> Ints:
    """Write accounts, owner changes and contacts; return the number of each account's first contact."""
    customers = world.customers
    n = len(customers)
    number = ledger.numbers("accounts", n)
    last = customers.owner_at(number, np.full(n, world.clock.days))
    known = customers.registered > 0
    pooled = _fallen_into_pool(world, last, dice)
    ledger.write(
        "accounts",
        by="created_at",
        account_id=number,
        name=customers.name,
        owner_id=np.where(pooled, -1, last),
        registration_no=[
            world.register.firms[one].registration_no if yes else None
            for one, yes in zip(customers.firm, known, strict=True)
        ],
        segment=Coded(SEGMENTS, np.where(chance(dice, 0.03, n), -1, customers.segment)),
        industry=Coded(INDUSTRIES, np.where(chance(dice, 0.1, n), -1, customers.industry)),
        region=Coded(names.REGIONS, customers.region),
        created_at=customers.created,
        created_by=customers.owners[:, 0],
        in_pool=pooled.astype(np.float64),
        phone_key=np.where(chance(dice, world.assumed.phone_missing, n), -1, customers.phone),
        email_domain=customers.domain,
        address_key=np.where(chance(dice, 0.06, n), -1, customers.address),
    )
    write_owner_changes(world, ledger, dice)
    return _write_contact_people(world, ledger, dice)


def _fallen_into_pool(world: World, last: Ints, dice: Dice) -> Flags:
    """Return which customers nobody owns at the end: some of those that have bought nothing for months."""
    n, days = len(world.customers), world.clock.days
    asleep = world.customers.until < days - 150
    pooled: Flags = asleep & chance(dice, min(0.8, 8 * world.assumed.pool_rate), n)
    for account in np.flatnonzero(pooled):
        day = days - float(dice.uniform(3, 60))
        owner = int(last[account])
        world.plan.passings.append(Passing(int(account), day, np.inf, owner, owner, owner, "长期未跟进"))
    return pooled


def _write_contact_people(world: World, ledger: Ledger, dice: Dice) -> Ints:
    customers = world.customers
    account, place = repeats(1 + dice.poisson(0.7, len(customers)))
    n = len(account)
    others = world.keys.add("phone", names.phones(dice, n))
    mails = world.keys.add(
        "email", [f"c{one}@{customers.domain[a]}" for one, a in zip(dice.integers(0, 10**7, n), account, strict=True)]
    )
    number = ledger.numbers("contacts", n)
    created = np.minimum(
        customers.created[account] + np.where(place > 0, dice.exponential(150, n), 0), world.clock.days - 0.5
    )
    ledger.write(
        "contacts",
        by="created_at",
        contact_id=number,
        account_id=account,
        name=names.people(dice, n),
        title=Coded(TITLES, dice.integers(0, len(TITLES), n)),
        phone_key=np.where(
            chance(dice, world.assumed.phone_missing, n), -1, np.where(place == 0, customers.phone[account], others)
        ),
        email_key=np.where(chance(dice, 0.3, n), -1, mails),
        email_domain=[customers.domain[one] for one in account],
        created_at=created,
        created_by=customers.owner_at(account, created),
    )
    first: Ints = number[place == 0]
    return first


def write_surroundings(world: World, ledger: Ledger, dice: Dice) -> None:
    """Write our profile and bank accounts, leaves, declared interests, distributors and the register of causes."""
    old, new, till, _ = world.our_banks
    half = 0.55 * world.clock.days
    ledger.write(
        "company_profile",
        by="phone_key",
        name=[world.own_name],
        registration_no=names.registration_numbers(dice, 1),
        email_domains=[[world.own_domain]],
        phone_key=world.keys.add("phone", ["+864008001234"]),
        address_key=world.keys.add("address", ["own site"]),
    )
    ledger.write(
        "company_bank_accounts",
        by="valid_from_date",
        bank_key=np.array([old, till, new]),
        name=["基本户", "线上收款户", "一般户"],
        valid_from_date=np.array([-2500.0, -900.0, np.floor(half) - 20]),
        valid_to_date=np.array([half + 120, np.nan, np.nan]),
    )
    _write_leaves(world, ledger)
    _write_interests(world, ledger, dice)
    _write_causes(world, ledger)
    _write_mass_entries(world, ledger)


def _write_mass_entries(world: World, ledger: Ledger) -> None:
    """Write that records were imported or tidied up in one go, as the logs of most systems tell."""
    done = [(rep, day, 0) for rep, _, day in world.plan.migrations]
    done += [(rep, 0.9 * world.clock.days, 1) for rep in sorted(world.plan.cleaners)]
    n, rep = len(done), np.array([one for one, _, _ in done], dtype=np.int64)
    ledger.write(
        "bypasses",
        by="happened_at",
        bypass_id=ledger.numbers("bypasses", n),
        happened_at=np.array([day + 0.3 for _, day, _ in done], dtype=np.float64),
        employee_id=rep,
        opportunity_id=np.full(n, -1),
        object_kind=Coded(("opportunity",), np.zeros(n, dtype=np.int64)),
        object_id=ledger.refer("opportunities", np.full(n, -1)),
        kind=Coded(("import", "mass_update"), np.array([kind for _, _, kind in done], dtype=np.int64)),
        accepted_by=world.staff.manager[rep],
        reason=Coded(("历史数据导入", "年底清理"), np.array([kind for _, _, kind in done], dtype=np.int64)),
    )


def _write_leaves(world: World, ledger: Ledger) -> None:
    leaves = world.plan.leaves
    ledger.write(
        "leaves",
        by="from_date",
        employee_id=np.array([one.rep for one in leaves], dtype=np.int64),
        from_date=np.floor(np.array([one.start for one in leaves], dtype=np.float64)),
        to_date=np.floor(np.array([one.end for one in leaves], dtype=np.float64)),
        kind=[one.kind for one in leaves],
    )


def _write_interests(world: World, ledger: Ledger, dice: Dice) -> None:
    """Write the declared interests, with those of people whose relatives' firms have nothing to do with us."""
    interests = list(world.plan.interests)
    ledger.write(
        "declared_interests",
        by="declared_at",
        employee_id=np.array([one.rep for one in interests], dtype=np.int64),
        declared_at=world.clock.at_work(np.array([one.day for one in interests], dtype=np.float64), dice),
        relation=[one.relation for one in interests],
        person_name=[one.person for one in interests],
        person_key=np.array([world.register.person(one.person) for one in interests], dtype=np.int64),
        company_id=np.array([one.firm for one in interests], dtype=np.int64),
        approved=np.ones(len(interests)),
    )
    listed = world.register.distributors
    ledger.write(
        "distributors",
        by="approved_from_date",
        company_id=np.array([row[0] for row in listed], dtype=np.int64),
        approved_from_date=np.array([row[1] for row in listed], dtype=np.float64),
        approved_to_date=np.array([row[2] for row in listed], dtype=np.float64),
    )


def _write_causes(world: World, ledger: Ledger) -> None:
    causes = world.plan.causes
    festivals = world.clock.festivals()
    quiet = np.full(len(festivals), -1)
    ledger.write(
        "context_events",
        by="from_date",
        kind=[one.kind for one in causes] + ["holiday"] * len(festivals),
        from_date=np.floor(
            np.array([one.start for one in causes] + [first for first, _ in festivals], dtype=np.float64)
        ),
        to_date=np.floor(np.array([one.end for one in causes] + [last for _, last in festivals], dtype=np.float64)),
        region=Coded(names.REGIONS, np.concatenate([[one.region for one in causes], quiet]).astype(np.int64)),
        segment=Coded(SEGMENTS, np.concatenate([[one.segment for one in causes], quiet]).astype(np.int64)),
        product_id=np.concatenate([[one.product for one in causes], quiet]).astype(np.int64),
        account_id=np.concatenate([[one.account for one in causes], quiet]).astype(np.int64),
        employee_id=np.concatenate([[one.rep for one in causes], quiet]).astype(np.int64),
    )
