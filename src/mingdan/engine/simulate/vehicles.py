"""The firms that offenders set up, and the accounts through which they buy."""

from dataclasses import dataclass

import numpy as np

from mingdan.engine.simulate import names
from mingdan.engine.simulate.dice import Dice
from mingdan.engine.simulate.register import Firm
from mingdan.engine.simulate.targets import own_accounts
from mingdan.engine.simulate.world import Role, World


@dataclass(frozen=True)
class Offender:
    """One offender at work; `careful` knows the published rules."""

    world: World
    role: Role
    dice: Dice
    careful: bool

    def slips(self, tell: str) -> bool:
        """Return whether this trace is left; the name is one of `tells.MEANS`."""
        return bool(self.dice.random() < self.world.tells[tell])


def found_shell(offender: Offender) -> int:
    """Found the offender's firm: young and with a relative at its head, or bought old where he is careful."""
    world, role, dice = offender.world, offender.role, offender.dice
    name = world.staff.name[role.rep]
    legal = (
        names.people(dice, 1)[0]
        if offender.careful or not offender.slips("firm led by a relative")
        else names.relative_of(dice, name)
    )
    age = dice.uniform(700, 2500) if offender.careful else dice.uniform(-20, 600)
    firm = world.register.found(
        region=int(world.staff.region[role.rep]),
        established=role.start - float(age),
        legal=legal,
        agent=0.3,
        young=not offender.careful,
    )
    leave_links(offender, firm)
    return firm


def leave_links(offender: Offender, firm: int) -> None:
    """Let the firm pass for ours now and then, and leave the identifiers that tie it to its owner, if he was careless."""
    offender.world.plan.deceiving[firm] = min(1.0, 2 * offender.dice.random() * offender.world.tells["passes for us"])
    if offender.careful:
        return
    staff, entry = offender.world.staff, offender.world.register.firms[firm]
    rep = offender.role.rep
    if offender.slips("firm with own phone"):
        entry.phone = int(staff.phone[rep])
    if offender.slips("firm at own address"):
        entry.address = int(staff.address[rep])
    if offender.slips("share in the firm"):
        entry.holders = (*entry.holders[:1], (staff.name[rep], 0.3))


def shell_with_account(offender: Offender) -> tuple[int, int]:
    """Open an account for the firm in between; return firm and account."""
    world, role, dice = offender.world, offender.role, offender.dice
    firm = found_shell(offender)
    like = int(own_accounts(world, role.rep, role.start)[0])
    return firm, open_account(world, like, firm, role.rep, role.start - float(dice.uniform(2, 40)), dice)


def open_account(world: World, like: int, firm: int, rep: int, created: float, dice: Dice) -> int:
    """Open an account for a firm that buys nothing of its own accord; return its number."""
    entry: Firm = world.register.firms[firm]
    phone = entry.phone if entry.phone >= 0 else int(world.keys.add("phone", names.phones(dice, 1))[0])
    return world.customers.add(
        like,
        name=entry.name,
        firm=firm,
        owners=np.full(3, rep),
        changes=np.full(2, np.inf),
        created=created,
        since=created,
        until=created,
        closes=np.inf,
        deals=0.0,
        phone=phone,
        address=entry.address,
        bank=int(world.keys.add("bank", names.numbered(dice, 1, 15, "3301"))[0]),
        domain=entry.domain or "163.com",
        registered=1.0,
        micro=0.0,
    )
