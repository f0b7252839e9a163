"""The schemes: what an offender does, and which traces that leaves, each with a probability and never for certain."""

from collections.abc import Callable

import numpy as np

from mingdan.engine.simulate import names
from mingdan.engine.simulate.customers import PROJECT, REGULAR
from mingdan.engine.simulate.dice import Ints
from mingdan.engine.simulate.effects import CAUSES, DIVERTED, MOVED, PRIVATE, TRIMMED, Effect
from mingdan.engine.simulate.targets import EVERY_KIND, ends, own_accounts, touched
from mingdan.engine.simulate.vehicles import Offender, found_shell, leave_links, shell_with_account
from mingdan.engine.simulate.world import Export, Mail, PhoneChange, Siphon, Voice

SIDE_DEAL = CAUSES.index("side_deal")


def fly_to_shell(offender: Offender) -> None:
    """Customers and deals go to a firm of the salesperson's own or of a relative."""
    accounts = _accounts(offender)
    firms = [found_shell(offender) for _ in range(int(offender.dice.integers(2, 4)) if offender.careful else 1)]
    _divert(offender, accounts, firms, near_floor=0.4)
    _cover(offender, accounts, firms)


def fly_to_competitor(offender: Offender) -> None:
    """A competitor gets the business and pays the salesperson; nothing ties the two but the losses."""
    world, dice = offender.world, offender.dice
    accounts = _accounts(offender)
    count = 2 if offender.careful else 1
    firms = [int(one) for one in dice.choice(world.register.competitors, count, replace=False)]
    _divert(offender, accounts, firms, near_floor=0.45)
    _cover(offender, accounts, firms)


def private_payment(offender: Offender) -> None:
    """The customer is told to pay a private account; what reaches the books is less, late, or from a stranger."""
    world, role, dice = offender.world, offender.role, offender.dice
    accounts = _accounts(offender)
    staff = world.staff
    relative = names.relative_of(dice, staff.name[role.rep])
    own = int(staff.bank[role.rep])
    bank = (
        own
        if offender.slips("paid to own bank")
        else int(world.keys.add("bank", names.numbered(dice, 1, 12, "6217"))[0])
    )
    world.plan.fronts[role.rep] = relative
    for account, end in zip(accounts, ends(world, accounts, role.rep), strict=True):
        start = role.start + float(dice.uniform(0, 150))
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


def sham_intermediary(offender: Offender) -> None:
    """A firm that nobody needs is put between: it buys cheaper, the goods go where they always went."""
    world, role, dice = offender.world, offender.role, offender.dice
    accounts = _accounts(offender, (REGULAR, PROJECT))[:8]
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
    accounts = _accounts(offender, (REGULAR,))
    firms = [found_shell(offender)]
    _divert(offender, accounts, firms, deals=0.0, near_floor=0.0)
    for account in accounts:
        if offender.slips("stray service"):
            day = offender.role.start + float(offender.dice.uniform(60, 400))
            offender.world.plan.voices.append(Voice("ticket", day, int(account), kind="consumable"))
    _cover(offender, accounts, firms)


def floor_price_leak(offender: Offender) -> None:
    """Our floor price reaches a rival, who undercuts it; the deal is lost after the last version of the quote."""
    world, dice = offender.world, offender.dice
    accounts = _accounts(offender, (PROJECT, REGULAR))
    rival = int(dice.choice(world.register.competitors)) if dice.random() < 0.6 else found_shell(offender)
    _divert(offender, accounts, [rival], orders=0.15, near_floor=0.75)
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
            _effect(
                offender, int(account), start, world.clock.days + 1, firm, orders=float(dice.uniform(0.6, 1)), deals=0.8
            )
        )
    for _ in range(int(dice.integers(1, 4))):
        if offender.slips("leaver takes list") and not offender.careful:
            mine = own_accounts(world, role.rep, left - 50)
            others = dice.integers(0, len(world.customers), len(mine) // 3)
            world.plan.exports.append(
                Export(role.rep, left - float(dice.uniform(2, 45)), np.unique(np.concatenate([mine, others])))
            )


def contact_capture(offender: Offender) -> None:
    """The customer's number in our books becomes one that only the salesperson answers; then the orders go."""
    world, role, dice = offender.world, offender.role, offender.dice
    accounts = _accounts(offender)
    firm = found_shell(offender)
    _divert(offender, accounts, [firm], near_floor=0.1)
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


SCHEMES: tuple[tuple[str, Callable[[Offender], None]], ...] = (
    ("fly_to_shell", fly_to_shell),
    ("fly_to_competitor", fly_to_competitor),
    ("private_payment", private_payment),
    ("sham_intermediary", sham_intermediary),
    ("consumables_skim", consumables_skim),
    ("floor_price_leak", floor_price_leak),
    ("leaver_vehicle", leaver_vehicle),
    ("contact_capture", contact_capture),
)
SCHEME_NAMES = tuple(name for name, _ in SCHEMES)
LEAVER = SCHEME_NAMES.index("leaver_vehicle")


def _accounts(offender: Offender, kinds: tuple[int, ...] = EVERY_KIND) -> Ints:
    role = offender.role
    return touched(offender.world, role.rep, role.start, role.share, offender.dice, kinds)


def _effect(
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


def _divert(
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
            _effect(offender, int(account), start, end, firm, orders=share, deals=of_deals, near_floor=floor)
        )


def _cover(offender: Offender, accounts: Ints, firms: list[int]) -> None:
    """Take lists, falsify numbers, write to the firm: each only sometimes."""
    world, role, dice = offender.world, offender.role, offender.dice
    if offender.slips("list taken") and not offender.careful:
        mine = own_accounts(world, role.rep, role.start)
        world.plan.exports.append(Export(role.rep, role.start - float(dice.uniform(-30, 25)), mine))
    tampers = offender.slips("numbers changed")
    for account in accounts:
        if tampers and offender.slips("each number"):
            known = (
                int(world.staff.phone[role.rep])
                if offender.slips("own number")
                else int(world.keys.add("phone", names.phones(dice, 1))[0])
            )
            new = known if dice.random() < 0.7 else -1
            world.plan.phone_changes.append(
                PhoneChange(int(account), role.start + float(dice.uniform(-20, 200)), role.rep, new)
            )
        firm = world.register.firms[firms[int(dice.integers(0, len(firms)))]]
        if firm.domain and offender.slips("mail to firm"):
            document = int(account) if offender.slips("quote in mail") else -1
            world.plan.mails.append(
                Mail(role.rep, role.start + float(dice.uniform(0, 300)), firm.domain, int(account), document)
            )
        if offender.slips("customer deleted"):
            world.plan.deletions.append((int(account), role.start + float(dice.uniform(0, 250))))
        if offender.slips("stray service"):
            day = role.start + float(dice.uniform(40, 400))
            world.plan.voices.append(Voice("ticket", day, int(account), kind="warranty"))
        if offender.slips("paid and not delivered"):
            world.plan.voices.append(
                Voice("complaint", role.start + float(dice.uniform(60, 400)), int(account), role.rep, "delivery")
            )
    if offender.slips("tip"):
        world.plan.voices.append(Voice("tip", role.start + float(dice.uniform(60, 400)), int(accounts[0]), role.rep))
