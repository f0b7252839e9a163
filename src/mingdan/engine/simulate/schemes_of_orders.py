"""The schemes that move orders: to a shell, a rival, a firm in between, a leaver's new firm."""

import numpy as np

from mingdan.engine.simulate import names
from mingdan.engine.simulate.customers import PROJECT, REGULAR
from mingdan.engine.simulate.diverting import SIDE_DEAL, chosen, cover, divert, diverting
from mingdan.engine.simulate.effects import MOVED, Effect
from mingdan.engine.simulate.targets import ends, own_accounts, touched
from mingdan.engine.simulate.vehicles import Offender, found_shell, leave_links, shell_with_account
from mingdan.engine.simulate.world import Export, Mail, Voice


def fly_to_shell(offender: Offender) -> None:
    """Customers and deals go to a firm of the salesperson's own or of a relative."""
    accounts = chosen(offender)
    firms = [found_shell(offender) for _ in range(int(offender.dice.integers(2, 4)) if offender.careful else 1)]
    divert(offender, accounts, firms, near_floor=0.4)
    cover(offender, accounts, firms)


def fly_to_competitor(offender: Offender) -> None:
    """A competitor gets the business and pays the salesperson; nothing ties the two but the losses."""
    world, dice = offender.world, offender.dice
    accounts = chosen(offender)
    count = 2 if offender.careful else 1
    firms = [int(one) for one in dice.choice(world.register.competitors, count, replace=False)]
    divert(offender, accounts, firms, near_floor=0.45)
    cover(offender, accounts, firms)


def sham_intermediary(offender: Offender) -> None:
    """A firm that nobody needs is put between: it buys cheaper, the goods go where they always went."""
    world, role, dice = offender.world, offender.role, offender.dice
    accounts = chosen(offender, (REGULAR, PROJECT))[:8]
    through = [shell_with_account(offender) for _ in range(2 if offender.careful else 1)]
    for account, end in zip(accounts, ends(world, accounts, role.rep), strict=True):
        price = float(dice.uniform(0.9, 0.96)) if offender.careful else float(dice.uniform(0.76, 0.93))
        firm, to_account = through[int(dice.integers(0, len(through)))]
        world.plan.effects.append(
            Effect(
                account=int(account),
                start=role.start + float(dice.uniform(0, 120)),
                end=end,
                code=MOVED,
                orders=1.0 if not offender.careful else 0.7,
                deals=0.9,
                firm=firm,
                to_account=to_account,
                price=price,
                cause=SIDE_DEAL,
                scheme=role.scheme,
                rep=role.rep,
            )
        )


def consumables_skim(offender: Offender) -> None:
    """The machine is ours, its consumables come from elsewhere, and service goes on."""
    accounts = chosen(offender, (REGULAR,))
    firms = [found_shell(offender)]
    divert(offender, accounts, firms, deals=0.0, near_floor=0.0)
    for account in accounts:
        if offender.slips("stray service"):
            day = offender.role.start + float(offender.dice.uniform(60, 400))
            offender.world.plan.voices.append(Voice("ticket", day, int(account), kind="consumable"))
    cover(offender, accounts, firms)


def floor_price_leak(offender: Offender) -> None:
    """Our floor price reaches a rival, who undercuts it; the deal is lost after the last version of the quote."""
    world, dice = offender.world, offender.dice
    accounts = chosen(offender, (PROJECT, REGULAR))
    rival = int(dice.choice(world.register.competitors)) if dice.random() < 0.6 else found_shell(offender)
    divert(offender, accounts, [rival], orders=0.25, near_floor=0.75)
    domain = world.register.firms[rival].domain or names.domains(dice, 1)[0]
    for account in accounts:
        if offender.slips("mail to firm"):
            day = offender.role.start + float(dice.uniform(10, 300))
            document = int(account) if offender.slips("quote in mail") else -1
            world.plan.mails.append(Mail(offender.role.rep, day, domain, int(account), document))


def leaver_vehicle(offender: Offender) -> None:
    """Somebody who leaves takes lists along first, and the customers then go to a new firm."""
    world, role, dice = offender.world, offender.role, offender.dice
    left = float(world.staff.left[role.rep])
    accounts = touched(world, role.rep, left - 60, role.share, dice)
    legal = (
        world.staff.name[role.rep]
        if offender.slips("leaver leads the firm")
        else names.relative_of(dice, world.staff.name[role.rep])
    )
    firm = world.register.found(
        region=int(world.staff.region[role.rep]),
        established=left - float(dice.integers(-60, 240)),
        legal=legal,
        agent=0.4,
        young=True,
    )
    leave_links(offender, firm)
    for account in accounts:
        start = left + float(dice.uniform(-40, 100))
        world.plan.effects.append(
            diverting(
                offender, int(account), start, world.clock.days + 1, firm, orders=float(dice.uniform(0.6, 1)), deals=0.8
            )
        )
    for _ in range(int(dice.integers(1, 4))):
        if offender.slips("leaver takes list") and not offender.careful:
            mine = own_accounts(world, role.rep, left - 50)
            others = dice.integers(0, len(world.customers), len(mine) // 3)
            world.plan.exports.append(
                Export(
                    role.rep, left - float(dice.uniform(2, 45)), np.unique(np.concatenate([mine, others])), planned=True
                )
            )
