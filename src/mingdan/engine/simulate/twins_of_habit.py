"""Innocent twins whose figures look bad for what they or their customers are used to do: sites, talk, luck, the pool."""

import numpy as np

from mingdan.engine.simulate import names
from mingdan.engine.simulate.customers import PROJECT, REGULAR
from mingdan.engine.simulate.effects import CAUSES, GONE, RESOLD, Effect
from mingdan.engine.simulate.misfortune import Innocent, move
from mingdan.engine.simulate.pooling import pass_on
from mingdan.engine.simulate.targets import own_accounts
from mingdan.engine.simulate.texts.talk import ODD
from mingdan.engine.simulate.world import Cause, Talk, Voice


def site_delivery(one: Innocent) -> None:
    """Contractors have the goods sent to one building site after another, not to their office."""
    world, dice = one.world, one.dice
    for account in one.accounts():
        site = int(world.keys.add("address", names.numbered(dice, 1, 9, "works"))[0])
        world.plan.sites[int(account)] = (one.role.start + float(dice.uniform(0, 120)), site)


def third_party_warehouse(one: Innocent) -> None:
    """Customers move their stock to a logistics firm: all their goods go to one warehouse with a stranger's name on it."""
    world, dice = one.world, one.dice
    firm = world.register.found(
        region=int(world.staff.region[one.role.rep]),
        established=-float(dice.uniform(200, 3000)),
        legal=names.people(dice, 1)[0],
    )
    for account in one.accounts():
        day = one.role.start + float(dice.uniform(0, 120))
        world.plan.sites[int(account)] = (day, world.register.firms[firm].address)


def contractor_sites(one: Innocent) -> None:
    """A contractor buys for several sites at a project price; the machines stand, and need service, elsewhere."""
    world, dice = one.world, one.dice
    for account in one.accounts((PROJECT, REGULAR)):
        world.plan.effects.append(
            Effect(
                account=int(account),
                start=one.role.start + float(dice.uniform(0, 90)),
                end=world.clock.days + 1,
                code=RESOLD,
                orders=float(dice.uniform(0.1, 0.35)),
                deals=float(dice.uniform(0.4, 0.9)),
                price=float(dice.uniform(0.74, 0.88)),
                extra=float(dice.uniform(0.4, 2.0)),
            )
        )
        site = int(world.customers.second_site[account])
        world.plan.sites[int(account)] = (one.role.start, site)
        one.register_cause(Cause("promotion", one.role.start, world.clock.days, account=int(account)))


def brand_distributor(one: Innocent) -> None:
    """An approved distributor bears our name, as the contract allows, and small customers buy there."""
    world, dice = one.world, one.dice
    name, domain = names.alike(dice, world.own_name, world.own_domain)
    firm = world.register.found(
        region=int(world.staff.region[one.role.rep]),
        established=one.role.start - float(dice.uniform(30, 2000)),
        legal=names.people(dice, 1)[0],
        agent=0.2,
        name=name,
        domain=domain,
    )
    world.register.distributors.append((firm, one.role.start - float(dice.uniform(0, 300)), np.nan))
    move(one, one.accounts()[:8], firm, (0.8, 0.96))
    for account in one.accounts()[:4]:
        world.plan.talks.append(
            Talk(int(account), one.role.start + float(dice.uniform(0, 90)), "out of stock, other firm")
        )


def late_posting(one: Innocent) -> None:
    """The customers' bank is slow and its slips unclear: finance posts late and now and then to the wrong invoice."""
    one.world.plan.posted_late.update(int(account) for account in one.accounts())


def pool_swap(one: Innocent) -> None:
    """The manager orders two colleagues to swap customers, by way of the pool, on one day."""
    world, dice, rep = one.world, one.dice, one.role.rep
    staff = world.staff
    mates = np.flatnonzero((staff.region[: staff.reps] == staff.region[rep]) & np.isnan(staff.left[: staff.reps]))
    mates = mates[(mates != rep) & (staff.hired[mates] < 0)]
    if not len(mates):
        return
    mate, manager = int(dice.choice(mates)), int(staff.manager[rep])
    for account in one.accounts():
        day = one.role.start + float(dice.uniform(0, 2))
        pass_on(world, int(account), day, mate, waits=float(dice.exponential(0.1)), by=manager, reason="主管调配")
    one.register_cause(
        Cause("territory_change", one.role.start - 2, one.role.start + 10, region=int(staff.region[rep]), rep=rep)
    )


def hard_projects(one: Innocent) -> None:
    """Samples, trials, engineers' days, and the project is lost all the same: the task was too hard."""
    one.world.plan.hard_projects.add(one.role.rep)
    _lose_deals(one, "hard_project", (0.4, 0.9))


def win_back(one: Innocent) -> None:
    """Customers left, and by an approved plan money is spent on winning them back."""
    accounts = one.accounts()
    one.lose(accounts, "weak", one.role.start, one.world.clock.days + 1, (0.4, 1.0), (0.4, 0.9))
    one.world.plan.win_back.update(int(account) for account in accounts)
    for account in accounts:
        one.register_cause(
            Cause("promotion", one.role.start, one.world.clock.days, account=int(account), rep=one.role.rep)
        )


def innocent_messages(one: Innocent) -> None:
    """Jokes, refusals, a broken work phone, money for lunch: words that a list of keywords would catch."""
    world, dice = one.world, one.dice
    topics = tuple(ODD)
    for account in one.accounts():
        day = one.role.start + float(dice.uniform(0, 60))
        for _ in range(int(dice.integers(1, 5))):
            topic = topics[int(dice.integers(0, len(topics)))]
            world.plan.talks.append(Talk(int(account), day + float(dice.uniform(0, 200)), topic))
        if dice.random() < 0.5:
            world.plan.quiet[int(account)] = (day, float(dice.uniform(0.05, 0.7)))
    one.lose(one.accounts(), "weak", one.role.start, world.clock.days + 1, (0.0, 0.7), (0.0, 0.6))


def honest_supplier(one: Innocent) -> None:
    """A good shop nearby takes customers with price and service, and they say so when asked."""
    world, dice = one.world, one.dice
    firm = world.register.found(
        region=int(world.staff.region[one.role.rep]),
        established=one.role.start - float(dice.uniform(-60, 1500)),
        legal=names.people(dice, 1)[0],
        agent=0.2,
        young=dice.random() < 0.5,
    )
    for account in one.accounts():
        world.plan.effects.append(
            Effect(
                account=int(account),
                start=one.role.start + float(dice.uniform(0, 240)),
                end=world.clock.days + 1,
                code=GONE,
                orders=float(dice.uniform(0.3, 1.0)),
                deals=float(dice.uniform(0.3, 1.0)),
                firm=firm,
                cause=CAUSES.index("supplier"),
            )
        )


def rivalry_tips(one: Innocent) -> None:
    """A rival colleague reports somebody, more than once, for nothing."""
    world, dice = one.world, one.dice
    mine = own_accounts(world, one.role.rep, one.role.start)
    for _ in range(int(dice.integers(1, 4))):
        day = one.role.start + float(dice.uniform(0, 200))
        world.plan.voices.append(Voice("tip", day, int(dice.choice(mine)), one.role.rep, "rivalry"))
    one.lose(one.accounts(), "weak", one.role.start, world.clock.days + 1, (0.0, 0.5), (0.0, 0.5))


def bad_luck(one: Innocent) -> None:
    """A streak of lost deals that nothing but chance explains."""
    _lose_deals(one, "luck", (0.3, 1.0))


def bad_leads(one: Innocent) -> None:
    """Somebody who gets the leads of the worst channel calls many of them worthless, and is right."""
    one.world.plan.bad_leads.add(one.role.rep)


def _lose_deals(one: Innocent, cause: str, share: tuple[float, float]) -> None:
    one.lose(one.accounts(), cause, one.role.start, one.world.clock.days + 1, (0.0, 0.1), share)
