"""The schemes that move money: private accounts, and receipts of one customer that cover another's."""

from mingdan.engine.simulate import names
from mingdan.engine.simulate.customers import REGULAR
from mingdan.engine.simulate.diverting import SIDE_DEAL, chosen, talk
from mingdan.engine.simulate.effects import PRIVATE, Effect
from mingdan.engine.simulate.targets import ends
from mingdan.engine.simulate.vehicles import Offender, found_shell
from mingdan.engine.simulate.world import Lapping, Voice


def private_payment(offender: Offender) -> None:
    """The customer is told to pay a private account; what reaches the books is less, late, or from a stranger."""
    world, role, dice = offender.world, offender.role, offender.dice
    accounts = chosen(offender)
    staff = world.staff
    relative = names.relative_of(dice, staff.name[role.rep])
    own = int(staff.bank[role.rep])
    bank = (
        own
        if offender.slips("paid to own bank")
        else int(world.keys.add("bank", names.numbered(dice, 1, 12, "6217"))[0])
    )
    firm = found_shell(offender) if dice.random() < 0.3 else -1
    world.plan.fronts[role.rep] = world.register.firms[firm].name if firm >= 0 else relative
    for account, end in zip(accounts, ends(world, accounts, role.rep), strict=True):
        start = role.start + float(dice.uniform(0, 150))
        talk(offender, int(account), ("pay another account", "off the books"))
        world.plan.effects.append(
            Effect(
                account=int(account),
                start=start,
                end=end,
                code=PRIVATE,
                orders=float(dice.uniform(0.3, 0.9)),
                deals=float(dice.uniform(0.3, 0.9)),
                bank=bank,
                price=float(dice.uniform(0.8, 0.95)),
                cause=SIDE_DEAL,
                scheme=role.scheme,
                rep=role.rep,
            )
        )
        if offender.slips("complains about payment"):
            world.plan.voices.append(
                Voice("complaint", start + float(dice.uniform(20, 250)), int(account), role.rep, "payment")
            )


def lapping(offender: Offender) -> None:
    """What one customer pays is used for a while and covered with what the next one pays; each gap hides the one before."""
    world, role, dice = offender.world, offender.role, offender.dice
    accounts = chosen(offender, (REGULAR,))
    for account, end in zip(accounts, ends(world, accounts, role.rep), strict=True):
        start = role.start + float(dice.uniform(0, 120))
        share = float(dice.uniform(0.2, 0.5 if offender.careful else 0.9))
        world.plan.lapping[int(account)] = Lapping(start, end, role.rep, role.scheme, share)
        talk(offender, int(account), ("pay another account", "off the books"))
        if offender.slips("complains about payment"):
            day = start + float(dice.uniform(20, 250))
            world.plan.voices.append(Voice("complaint", day, int(account), role.rep, "payment"))
