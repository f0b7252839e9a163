"""The schemes that misuse our prices and our name: resold project goods, a firm that looks like ours, a complicit manager."""

import numpy as np

from mingdan.engine.simulate import names
from mingdan.engine.simulate.customers import PROJECT, REGULAR
from mingdan.engine.simulate.dice import Ints
from mingdan.engine.simulate.diverting import SIDE_DEAL, chosen, cover, divert, talk
from mingdan.engine.simulate.effects import MOVED, RESOLD, Effect
from mingdan.engine.simulate.pooling import pass_on
from mingdan.engine.simulate.targets import ends
from mingdan.engine.simulate.vehicles import Offender, found_shell, leave_links, shell_with_account
from mingdan.engine.simulate.world import Mail


def special_price_resale(offender: Offender) -> None:
    """More is ordered than the project needs, at its special price; the rest is sold on elsewhere."""
    world, role, dice = offender.world, offender.role, offender.dice
    accounts = chosen(offender, (PROJECT, REGULAR))
    firm = found_shell(offender)
    for account, end in zip(accounts, ends(world, accounts, role.rep), strict=True):
        world.plan.effects.append(
            Effect(
                account=int(account),
                start=role.start + float(dice.uniform(0, 90)),
                end=end,
                code=RESOLD,
                orders=float(dice.uniform(0.1, 0.35)),
                deals=float(dice.uniform(0.4, 0.9)),
                firm=firm,
                price=float(dice.uniform(0.72, 0.86)),
                extra=float(dice.uniform(0.4, 0.8 if offender.careful else 2.0)),
                cause=SIDE_DEAL,
                scheme=role.scheme,
                rep=role.rep,
            )
        )
        talk(offender, int(account), ("another firm", "off the books"))
        domain = world.register.firms[firm].domain
        if domain and offender.slips("mail to firm"):
            day = role.start + float(dice.uniform(0, 300))
            world.plan.mails.append(Mail(role.rep, day, domain, int(account), int(account)))


def lookalike_firm(offender: Offender) -> None:
    """A firm whose name and mail look like ours takes the orders; customers think that they still buy from us."""
    world, role, dice = offender.world, offender.role, offender.dice
    accounts = chosen(offender)
    name, domain = names.alike(dice, world.own_name, world.own_domain)
    firm = world.register.found(
        region=int(world.staff.region[role.rep]),
        established=role.start - float(dice.uniform(700, 2500) if offender.careful else dice.uniform(-10, 500)),
        legal=names.relative_of(dice, world.staff.name[role.rep]),
        agent=0.3,
        young=not offender.careful,
        name=name,
        domain=domain,
    )
    leave_links(offender, firm)
    world.plan.deceiving[firm] = max(world.plan.deceiving[firm], float(dice.uniform(0.2, 0.8)))
    divert(offender, accounts, [firm], near_floor=0.1)
    cover(offender, accounts, [firm])
    for account in accounts:
        if offender.slips("mail from the like"):
            world.plan.mails.append(Mail(role.rep, role.start + float(dice.uniform(0, 300)), domain, int(account)))
        talk(offender, int(account), ("passing for the company",))


def collusion(offender: Offender) -> None:
    """The manager looks away or takes part: low prices for a friend's firm are waved through, customers pass by the pool."""
    world, role, dice = offender.world, offender.role, offender.dice
    accounts = chosen(offender, (REGULAR, PROJECT))
    firm, to_account = shell_with_account(offender)
    world.plan.colluding[role.rep] = role.start
    until = ends(world, accounts, role.rep)
    moved = dice.random(len(accounts)) < 0.5
    for account, end in zip(accounts[moved], until[moved], strict=True):
        world.plan.effects.append(
            Effect(
                account=int(account),
                start=role.start + float(dice.uniform(0, 120)),
                end=end,
                code=MOVED,
                orders=0.6 if offender.careful else 1.0,
                deals=0.9,
                firm=firm,
                to_account=to_account,
                price=float(dice.uniform(0.9, 0.96)) if offender.careful else float(dice.uniform(0.74, 0.92)),
                cause=SIDE_DEAL,
                scheme=role.scheme,
                rep=role.rep,
            )
        )
    divert(offender, accounts[~moved], [firm], near_floor=0.3)
    cover(offender, accounts, [firm])
    if offender.slips("passed through the pool"):
        _pass_by_the_pool(offender, accounts)


def _pass_by_the_pool(offender: Offender, accounts: Ints) -> None:
    """Let customers fall into the pool, where a friend of the team or the same person picks them up at once."""
    world, role, dice = offender.world, offender.role, offender.dice
    staff = world.staff
    mates = np.flatnonzero((staff.team[: staff.reps] == staff.team[role.rep]) & np.isnan(staff.left[: staff.reps]))
    mates = mates[(mates != role.rep) & (staff.hired[mates] < role.start)]
    friend = int(dice.choice(mates)) if len(mates) else role.rep
    for account in accounts:
        to = friend if dice.random() < 0.6 else role.rep
        day = role.start + float(dice.uniform(-20, 60))
        pass_on(world, int(account), day, to, waits=float(dice.exponential(0.15)), by=role.rep, reason="长期未跟进")
