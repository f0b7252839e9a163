"""The schemes that keep customers out of sight: leads called worthless, numbers that only the salesperson answers."""

from mingdan.engine.simulate import names
from mingdan.engine.simulate.diverting import chosen, cover, divert
from mingdan.engine.simulate.vehicles import Offender, found_shell
from mingdan.engine.simulate.world import PhoneChange, Siphon


def contact_capture(offender: Offender) -> None:
    """The customer's number in our books becomes one that only the salesperson answers; then the orders go."""
    world, role, dice = offender.world, offender.role, offender.dice
    accounts = chosen(offender)
    firm = found_shell(offender)
    divert(offender, accounts, [firm], near_floor=0.1)
    world.plan.siphons.append(Siphon(role.rep, role.start, 32 * role.share, firm))
    burner = int(world.keys.add("phone", names.phones(dice, 1))[0])
    for account in accounts:
        if offender.slips("captured number"):
            new = (
                int(world.staff.phone[role.rep])
                if offender.slips("own number")
                else burner
                if dice.random() < 0.6
                else -1
            )
            world.plan.phone_changes.append(
                PhoneChange(int(account), role.start + float(dice.uniform(-30, 60)), role.rep, new)
            )


def lead_siphon(offender: Offender) -> None:
    """Leads are called worthless and served privately; a few customers who came that way follow."""
    world, role = offender.world, offender.role
    firm = found_shell(offender)
    world.plan.siphons.append(Siphon(role.rep, role.start, 1.5 * world.assumed.lead_rate * role.share, firm))
    few = chosen(offender)[:3]
    divert(offender, few, [firm], near_floor=0.1)
    cover(offender, few, [firm])
