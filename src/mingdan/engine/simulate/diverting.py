"""What offenders do alike: choose customers, divert their business, and cover it up, each trace only sometimes."""

import numpy as np

from mingdan.engine.simulate import names
from mingdan.engine.simulate.customers import REGULAR
from mingdan.engine.simulate.dice import Ints
from mingdan.engine.simulate.effects import CAUSES, DIVERTED, TRIMMED, Effect
from mingdan.engine.simulate.targets import EVERY_KIND, ends, own_accounts, touched
from mingdan.engine.simulate.vehicles import Offender
from mingdan.engine.simulate.world import Export, Mail, PhoneChange, Talk, Voice

SIDE_DEAL = CAUSES.index("side_deal")
_LATER = (60.0, 400.0)


def chosen(offender: Offender, kinds: tuple[int, ...] = EVERY_KIND) -> Ints:
    role = offender.role
    return touched(offender.world, role.rep, role.start, role.share, offender.dice, kinds)


def diverting(
    offender: Offender,
    account: int,
    start: float,
    end: float,
    firm: int,
    *,
    orders: float,
    deals: float,
    near_floor: float = 0.0,
) -> Effect:
    """Divert; a careful offender thins the orders of a steady buyer instead of ending them."""
    steady = offender.world.customers.kind[account] == REGULAR
    code = TRIMMED if offender.careful and steady and offender.dice.random() < 0.6 else DIVERTED
    return Effect(
        account=account,
        start=start,
        end=end,
        code=code,
        orders=orders,
        deals=deals,
        firm=firm,
        cause=SIDE_DEAL,
        price=float(offender.dice.uniform(0.4, 0.75)),
        scheme=offender.role.scheme,
        rep=offender.role.rep,
        near_floor=near_floor,
    )


def divert(
    offender: Offender,
    accounts: Ints,
    firms: list[int],
    *,
    orders: float | None = None,
    deals: float | None = None,
    near_floor: float,
) -> None:
    role, dice = offender.role, offender.dice
    for account, end in zip(accounts, ends(offender.world, accounts, role.rep), strict=True):
        share = float(dice.choice([1.0, dice.uniform(0.3, 0.8)])) if orders is None else orders
        if offender.careful:
            share = min(share, 0.5)
        of_deals = float(dice.uniform(0.5, 1.0)) if deals is None else deals
        start = role.start + float(dice.uniform(0, min(240, 0.3 * offender.world.clock.days)))
        floor = 0.0 if offender.careful else min(1.0, 2 * near_floor * offender.world.tells["near the floor"])
        firm = firms[int(dice.integers(0, len(firms)))]
        offender.world.plan.effects.append(
            diverting(offender, int(account), start, end, firm, orders=share, deals=of_deals, near_floor=floor)
        )


def cover(offender: Offender, accounts: Ints, firms: list[int]) -> None:
    """Take lists, falsify numbers, write to the firm, talk and fall silent: each only sometimes."""
    world, role, dice = offender.world, offender.role, offender.dice
    if offender.slips("list taken") and not offender.careful:
        mine = own_accounts(world, role.rep, role.start)
        others = dice.integers(0, len(world.customers), len(mine) // 3 if dice.random() < 0.4 else 0)
        held = np.unique(np.concatenate([mine, others]))
        world.plan.exports.append(Export(role.rep, role.start - float(dice.uniform(-30, 25)), held, planned=True))
    tampers = offender.slips("numbers changed")
    for account in accounts:
        if tampers and offender.slips("each number"):
            _change_number(offender, int(account))
        _write_to_firm(offender, int(account), firms)
        talk(offender, int(account), ("elsewhere than here", "another firm", "off the books", "thanks in money"))
        _be_heard_of(offender, int(account))
        if offender.slips("spends on"):
            world.plan.spent_on[int(account)] = role.start
    if offender.slips("tip"):
        world.plan.voices.append(Voice("tip", role.start + float(dice.uniform(*_LATER)), int(accounts[0]), role.rep))


def _change_number(offender: Offender, account: int) -> None:
    world, role, dice = offender.world, offender.role, offender.dice
    own = offender.slips("own number")
    known = int(world.staff.phone[role.rep]) if own else int(world.keys.add("phone", names.phones(dice, 1))[0])
    new = known if dice.random() < 0.7 else -1
    day = role.start + float(dice.uniform(-20, 200))
    world.plan.phone_changes.append(PhoneChange(account, day, role.rep, new))


def _write_to_firm(offender: Offender, account: int, firms: list[int]) -> None:
    world, role, dice = offender.world, offender.role, offender.dice
    firm = world.register.firms[firms[int(dice.integers(0, len(firms)))]]
    if firm.domain and offender.slips("mail to firm"):
        document = account if offender.slips("quote in mail") else -1
        day = role.start + float(dice.uniform(0, 300))
        world.plan.mails.append(Mail(role.rep, day, firm.domain, account, document))


def _be_heard_of(offender: Offender, account: int) -> None:
    """Let the customer turn to us, or be deleted from the messenger."""
    world, role, dice = offender.world, offender.role, offender.dice
    if offender.slips("customer deleted"):
        world.plan.deletions.append((account, role.start + float(dice.uniform(0, 250))))
    if offender.slips("stray service"):
        kind = "question" if dice.random() < 0.4 else "warranty"
        world.plan.voices.append(Voice("ticket", role.start + float(dice.uniform(40, 400)), account, kind=kind))
    if offender.slips("paid and not delivered"):
        kind = "lost" if dice.random() < 0.3 else "delivery"
        world.plan.voices.append(Voice("complaint", role.start + float(dice.uniform(*_LATER)), account, role.rep, kind))


def talk(offender: Offender, account: int, topics: tuple[str, ...]) -> None:
    """Say it in the archived messenger, if careless; then, perhaps, talk where nobody records it."""
    world, role, dice = offender.world, offender.role, offender.dice
    day = role.start + float(dice.uniform(-10, 160))
    if offender.slips("talks in the archive"):
        for _ in range(int(dice.integers(1, 3))):
            topic = topics[int(dice.integers(0, len(topics)))]
            world.plan.talks.append(Talk(account, day + float(dice.uniform(0, 90)), topic))
    if offender.slips("leaves the archive"):
        world.plan.quiet[account] = (day, float(dice.uniform(0.05, 0.7)))
