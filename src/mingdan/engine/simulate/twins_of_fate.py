"""Innocent twins to whom something happens: customers lost to a cause, or moved, or paying in an unusual way."""

import numpy as np

from mingdan.engine.simulate import names
from mingdan.engine.simulate.catalogue import PER_LINE
from mingdan.engine.simulate.customers import FREE_DOMAINS, PROJECT, REGULAR
from mingdan.engine.simulate.effects import CAUSES, GONE, Effect
from mingdan.engine.simulate.misfortune import Innocent, move
from mingdan.engine.simulate.targets import own_accounts, touched
from mingdan.engine.simulate.world import Cause, Export, Interest, Leave, PhoneChange


def stock_out(one: Innocent) -> None:
    """A product line is out of stock in the region: everybody there loses orders, this salesperson most."""
    world, start = one.world, one.role.start
    end = start + float(one.dice.uniform(60, 170))
    accounts = one.accounts()
    line = int(np.bincount(world.customers.line[accounts]).argmax())
    region = int(world.staff.region[one.role.rep])
    one.lose(accounts, "stock_out", start, end, (0.6, 1.0), (0.6, 1.0))
    near = np.flatnonzero((world.customers.region == region) & (world.customers.line == line))
    one.lose(np.setdiff1d(near, accounts), "stock_out", start, end, (0.2, 0.6), (0.2, 0.6))
    for product in range(line * PER_LINE, (line + 1) * PER_LINE):
        one.register_cause(Cause("stock_out", start, end, region=region, product=product))


def price_rise(one: Innocent) -> None:
    """A price rise drives customers of a segment away."""
    world = one.world
    accounts = one.accounts()
    segment = int(np.bincount(world.customers.segment[accounts]).argmax())
    one.lose(accounts, "price_rise", one.role.start, world.clock.days + 1, (0.4, 1.0), (0.4, 0.9))
    region = int(world.staff.region[one.role.rep])
    near = np.flatnonzero((world.customers.region == region) & (world.customers.segment == segment))
    one.lose(np.setdiff1d(near, accounts), "price_rise", one.role.start, world.clock.days + 1, (0.0, 0.4), (0.0, 0.4))
    one.register_cause(Cause("price_rise", one.role.start, one.role.start + 120, region=region, segment=segment))


def distributor_move(one: Innocent) -> None:
    """Small customers are handed to an approved distributor, who buys cheaper and has the goods sent to them."""
    world, dice = one.world, one.dice
    region = int(world.staff.region[one.role.rep])
    firm = world.register.found(
        region=region,
        established=one.role.start - float(dice.uniform(60, 3000)),
        legal=names.people(dice, 1)[0],
        agent=0.15,
    )
    world.register.distributors.append((firm, one.role.start - float(dice.uniform(0, 60)), np.nan))
    move(one, one.accounts()[:8], firm, (0.78, 0.94))
    one.register_cause(Cause("channel_policy", one.role.start, one.role.start + 180, region=region))


def regrouping(one: Innocent) -> None:
    """A group puts its buying into one purchasing firm, which gets a better price; the plants still get the goods."""
    world, dice = one.world, one.dice
    accounts = one.accounts((REGULAR, PROJECT))[:6]
    region = int(world.staff.region[one.role.rep])
    firm = world.register.found(
        region=region, established=one.role.start - float(dice.uniform(10, 500)), legal=names.people(dice, 1)[0]
    )
    for account in accounts:
        world.register.firms[int(world.customers.firm[account])].parent = firm
        one.register_cause(Cause("regrouping", one.role.start - 30, one.role.start + 200, account=int(account)))
    move(one, accounts, firm, (0.82, 0.97))


def sick_leave(one: Innocent) -> None:
    """A long illness: the deals stand still and customers look elsewhere for a while."""
    start, dice = one.role.start, one.dice
    end = min(start + float(dice.uniform(45, 160)), one.world.clock.days - 1)
    one.world.plan.leaves.append(Leave(one.role.rep, start, end, "病假"))
    one.lose(own_accounts(one.world, one.role.rep, start), "absence", start, end + 20, (0.15, 0.6), (0.3, 0.8))


def bad_territory(one: Innocent) -> None:
    """Plants close and move away: deals fall through and accounts go quiet."""
    one.lose(one.accounts(), "territory", one.role.start, one.world.clock.days + 1, (0.4, 1.0), (0.5, 1.0))
    one.register_cause(
        Cause(
            "plant_closure",
            one.role.start,
            one.world.clock.days,
            region=int(one.world.staff.region[one.role.rep]),
            rep=one.role.rep,
        )
    )


def weak_rep(one: Innocent) -> None:
    """Somebody loses more than others, quotes more often and gives more away."""
    staff, rep = one.world.staff, one.role.rep
    staff.skill[rep] -= one.dice.uniform(0.6, 1.6)
    staff.discount[rep] += one.dice.uniform(0.0, 0.03)
    one.lose(one.accounts(), "weak", one.role.start, one.world.clock.days + 1, (0.1, 0.7), (0.0, 0.5))


def tender_cycle(one: Innocent) -> None:
    """Customers put their year's needs out to tender, and this time somebody else wins."""
    for account in one.accounts((REGULAR, PROJECT)):
        start = one.role.start + float(one.dice.uniform(0, 90))
        one.lose(np.array([account]), "tender", start, start + 365, (0.8, 1.0), (0.8, 1.0))
        one.register_cause(Cause("tender", start - 30, start + 30, account=int(account)))


def customer_closure(one: Innocent) -> None:
    """Customers close down; the outside register says so, sooner or later."""
    world = one.world
    for account in one.accounts():
        day = one.role.start + float(one.dice.uniform(0, 200))
        one.lose(np.array([account]), "closure", day, world.clock.days + 1, (1.0, 1.0), (1.0, 1.0))
        world.customers.closes[account] = min(float(world.customers.closes[account]), day + 30)


def non_logger(one: Innocent) -> None:
    """Somebody who talks to customers and enters nothing, and closes deals late and in one go."""
    one.world.staff.logging[one.role.rep] *= one.dice.uniform(0.05, 0.4)
    one.world.staff.batches[one.role.rep] = True
    one.lose(one.accounts(), "weak", one.role.start, one.world.clock.days + 1, (0.0, 0.6), (0.0, 0.6))


def declared_interest(one: Innocent) -> None:
    """A relative's firm is a customer or gets customers' business, and that was declared and approved beforehand."""
    world, dice, rep = one.world, one.dice, one.role.rep
    relative = names.relative_of(dice, world.staff.name[rep])
    firm = world.register.found(
        region=int(world.staff.region[rep]),
        established=one.role.start - float(dice.uniform(0, 900)),
        legal=relative,
        agent=0.3,
        young=True,
    )
    entry = world.register.firms[firm]
    if dice.random() < 0.35:
        entry.phone = int(world.staff.phone[rep])
    if dice.random() < 0.25:
        entry.address = int(world.staff.address[rep])
    world.plan.interests.append(Interest(rep, one.role.start - float(dice.uniform(5, 90)), "亲属", relative, firm))
    move(one, one.accounts()[:6], firm, (0.9, 1.0))


def festival_gifts(one: Innocent) -> None:
    """Generous at festivals: red packets and presents, all on the books; some accounts still go elsewhere."""
    one.world.staff.gifts[one.role.rep] = one.dice.uniform(0.5, 0.95)
    one.world.staff.spending[one.role.rep] *= one.dice.uniform(1.2, 2.2)
    one.lose(one.accounts(), "weak", one.role.start, one.world.clock.days + 1, (0.1, 0.8), (0.1, 0.7))


def free_mail(one: Innocent) -> None:
    """Customers who use free mail, as small firms do: quotes go to qq.com and 163.com."""
    for account in own_accounts(one.world, one.role.rep, one.role.start):
        if one.dice.random() < 0.8:
            one.world.customers.domain[account] = FREE_DOMAINS[int(one.dice.integers(0, len(FREE_DOMAINS)))]
    one.lose(one.accounts(), "weak", one.role.start, one.world.clock.days + 1, (0.1, 0.9), (0.1, 0.8))


def migration(one: Innocent) -> None:
    """Records of some months are imported afterwards: they look back-dated."""
    start = one.role.start - float(one.dice.uniform(60, 150))
    day = one.role.start
    one.world.plan.migrations.append((one.role.rep, start, day))
    one.register_cause(Cause("migration", day - 2, day + 10, rep=one.role.rep))
    one.lose(one.accounts(), "weak", one.role.start, one.world.clock.days + 1, (0.1, 0.8), (0.1, 0.7))


def owner_pays(one: Innocent) -> None:
    """Micro firms whose owners pay from their own accounts."""
    accounts = one.accounts()
    one.world.customers.micro[accounts] = 1.0
    one.world.plan.owner_pays.update(int(account) for account in accounts)
    one.lose(accounts, "weak", one.role.start, one.world.clock.days + 1, (0.0, 0.4), (0.0, 0.4))


def cash_collector(one: Innocent) -> None:
    """Out in the country customers pay in cash or by phone; the money is handed in with a delay, all of it."""
    one.world.plan.collectors.update(int(account) for account in one.accounts())
    one.world.staff.posting[one.role.rep] += one.dice.uniform(2, 8)


def agency_address(one: Innocent) -> None:
    """Customers registered at an agent's phone and address, and a salesperson who lives in that building."""
    world, dice = one.world, one.dice
    hub_phone, hub_address = world.register.hub()
    for account in one.accounts():
        firm = world.register.firms[int(world.customers.firm[account])]
        firm.phone, firm.address = hub_phone, hub_address
    if dice.random() < 0.5:
        world.staff.address[one.role.rep] = hub_address
    one.lose(one.accounts(), "weak", one.role.start, world.clock.days + 1, (0.1, 0.9), (0.1, 0.8))


def year_end_cleanup(one: Innocent) -> None:
    """Told to tidy up: lists taken at the year's end, stale deals closed in one go, numbers put right."""
    world, dice, rep = one.world, one.dice, one.role.rep
    world.plan.cleaners.add(rep)
    for day in np.arange(world.clock.days):
        if int(world.clock.day_of_year(np.array([day]))[0]) == 350:
            mine = own_accounts(world, rep, float(day))
            world.plan.exports.append(Export(rep, float(day) + float(dice.uniform(0, 9)), mine))
            for account in mine[dice.random(len(mine)) < 0.15]:
                new = int(world.keys.add("phone", names.phones(dice, 1))[0])
                world.plan.phone_changes.append(
                    PhoneChange(int(account), float(day) + float(dice.uniform(0, 9)), rep, new)
                )
    one.lose(one.accounts(), "weak", one.role.start, world.clock.days + 1, (0.1, 0.9), (0.1, 0.8))


def honest_leaver(one: Innocent) -> None:
    """Somebody leaves for a new firm, and customers who trust the person follow of their own free will."""
    world, dice, rep = one.world, one.dice, one.role.rep
    left = float(world.staff.left[rep])
    firm = world.register.found(
        region=int(world.staff.region[rep]),
        established=left + float(dice.uniform(-30, 200)),
        legal=world.staff.name[rep],
        agent=0.3,
        young=True,
    )
    for account in touched(world, rep, left - 60, one.role.share, dice):
        world.plan.effects.append(
            Effect(
                account=int(account),
                start=left + float(dice.uniform(20, 200)),
                end=world.clock.days + 1,
                code=GONE,
                orders=float(dice.uniform(0.6, 1)),
                deals=0.8,
                firm=firm,
                cause=CAUSES.index("followed"),
            )
        )
