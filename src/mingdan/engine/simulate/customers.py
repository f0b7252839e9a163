"""Customers: who they are, how they buy, and who looks after them."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from mingdan.engine.simulate import names
from mingdan.engine.simulate.assumptions import Assumptions
from mingdan.engine.simulate.catalogue import Catalogue
from mingdan.engine.simulate.clock import Clock
from mingdan.engine.simulate.dice import Dice, Floats, Ints, chance, weighted
from mingdan.engine.simulate.register import NOBODY, Firm, Register
from mingdan.engine.simulate.staff import Staff

REGULAR, PROJECT, ONE_OFF, OCCASIONAL = range(4)
SEGMENTS = ("制造业", "医疗", "科研院校", "环保水务", "贸易")
INDUSTRIES = ("汽车零部件", "电子", "制药", "食品", "化工", "高校", "水厂", "贸易商", "五金")
FREE_DOMAINS = ("qq.com", "163.com", "126.com", "foxmail.com")

_SHAPE_BY_KIND = np.array([1.0, 0.25, 0.25, 0.35])
_CYCLE_BY_KIND = np.array([1.0, 6.0, 40.0, 5.0])
_DEALS_BY_KIND = np.array([0.35, 1.7, 0.45, 0.25])


@dataclass
class Customers:
    """One entry per account; times are days of the clock.

    `owners` (n, 3) hold until `changes` (n, 2). Demand: gaps are Gamma(`shape`) with mean `cycle` days at season 1, from
    `since` to `until`; each order covers the gap's use of `fleet` machines at `utilisation`; `deals` is per year.
    """

    name: list[str]
    firm: Ints
    owners: Ints
    changes: Floats
    region: Ints
    district: Ints
    segment: Ints
    industry: Ints
    line: Ints
    kind: Ints
    created: Floats
    since: Floats
    until: Floats
    closes: Floats
    shape: Floats
    cycle: Floats
    fleet: Floats
    utilisation: Floats
    deals: Floats
    discount: Floats
    chatty: Floats
    micro: Floats
    phone: Ints
    address: Ints
    second_site: Ints
    bank: Ints
    owner_bank: Ints
    consignee: Ints
    domain: list[str]
    registered: Floats
    extra: list[dict[str, Any]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.firm)

    def owner_at(self, account: Ints, time: Floats) -> Ints:
        """Return who looked after these accounts at these times."""
        passed = (time[:, None] >= self.changes[account]).sum(axis=1)
        owner: Ints = self.owners[account, passed]
        return owner

    def add(self, like: int, **different: Any) -> int:
        """Plan one more account like another; it exists after `settle`. Return its number."""
        row = {one.name: getattr(self, one.name)[like] for one in fields(self) if one.name != "extra"}
        self.extra.append({**row, **different})
        return len(self) + len(self.extra) - 1

    def settle(self) -> None:
        """Take the planned accounts in."""
        for one in fields(self):
            if one.name == "extra" or not self.extra:
                continue
            held, more = getattr(self, one.name), [row[one.name] for row in self.extra]
            joined = held + more if isinstance(held, list) else np.concatenate([held, np.array(more, dtype=held.dtype)])
            setattr(self, one.name, joined)
        self.extra = []

    def yearly_value(self, catalogue: Catalogue) -> Floats:
        """Return roughly what each account spends in a year: what a salesperson would know of it."""
        use = np.nanmean(catalogue.yearly_use) * 2
        price = np.median(catalogue.base[catalogue.category == 1])
        regular = np.where(self.kind == REGULAR, 1.0, 0.15) * self.fleet * self.utilisation * use * price
        value: Floats = regular + self.deals * 0.6 * np.median(catalogue.base[catalogue.category == 0])
        return value


def acquire(
    accounts: int,
    staff: Staff,
    catalogue: Catalogue,
    register: Register,
    assumed: Assumptions,
    clock: Clock,
    dice: Dice,
) -> Customers:
    """Return so many accounts, each with its firm in the register, spread unevenly over the salespeople."""
    owners, changes = _ownership(accounts, staff, assumed, clock, dice)
    region = staff.region[owners[:, 0]]
    rest = max(0.0, 1 - assumed.regular_share - assumed.project_share) / 2
    kind = weighted(dice, np.array([assumed.regular_share, assumed.project_share, rest, rest]), accounts)
    created, since, until, closes = _lives(accounts, assumed, clock, dice)
    district = dice.integers(0, 9, accounts)
    micro = chance(dice, assumed.micro_share, accounts).astype(np.float64)
    firm, phone, address, domain = _their_firms(region, micro, assumed, register, dice)
    return Customers(
        name=_written_names([register.firms[one].name for one in firm], assumed, dice),
        firm=firm,
        owners=owners,
        changes=changes,
        region=region,
        district=district,
        segment=dice.integers(0, assumed.segments, accounts),
        industry=dice.integers(0, len(INDUSTRIES), accounts),
        line=dice.integers(0, catalogue.lines, accounts),
        kind=kind,
        created=created,
        since=since,
        until=until,
        closes=closes,
        shape=np.maximum(1.0, dice.gamma(4, assumed.rhythm_shape / 4, accounts) * _SHAPE_BY_KIND[kind]),
        cycle=np.clip(dice.lognormal(np.log(assumed.cycle_days), assumed.rhythm_spread, accounts), 6, 200)
        * _CYCLE_BY_KIND[kind],
        fleet=np.ceil(dice.lognormal(0.5, 0.6, accounts) * np.where(micro > 0, 0.4, 1.0)),
        utilisation=dice.uniform(0.4, 1.3, accounts),
        deals=assumed.deals_scale * _DEALS_BY_KIND[kind] * dice.gamma(3, 1 / 3, accounts),
        discount=dice.normal(0.0, 0.02, accounts),
        chatty=dice.gamma(2, 0.5, accounts),
        micro=micro,
        phone=phone,
        address=address,
        second_site=register.keys.add("address", names.numbered(dice, accounts, 9, "second")),
        bank=register.keys.add("bank", names.numbered(dice, accounts, 15, "3301")),
        owner_bank=register.keys.add("bank", names.numbered(dice, accounts, 12, "6228")),
        consignee=register.keys.add("person", names.people(dice, accounts)),
        domain=domain,
        registered=chance(dice, 1 - assumed.registration_missing, accounts).astype(np.float64),
    )


def _ownership(n: int, staff: Staff, assumed: Assumptions, clock: Clock, dice: Dice) -> tuple[Ints, Floats]:
    """Give each account its first owner and up to two hand-overs: to a newcomer, from a leaver, or of a territory."""
    reps = staff.reps
    weights = dice.lognormal(0, assumed.size_spread, reps) * np.where(staff.hired[:reps] > 0, 0.6, 1.0)
    meant = weighted(dice, weights, n)
    mates = _colleagues(staff, clock.days)
    pick: Callable[[Ints, Floats], Ints] = lambda who, when: mates(who, when, dice)  # noqa: E731
    owners = np.repeat(meant[:, None], 3, axis=1)
    changes = np.full((n, 2), np.inf)
    new = staff.hired[meant] > 0
    start = staff.hired[meant] + dice.integers(3, 40, n)
    owners[new, 0] = pick(meant[new], np.zeros(int(new.sum())))
    changes[new, 0] = start[new] + 0.1
    moved = ~new & chance(dice, assumed.yearly_territory * clock.days / 365, n)
    changes[moved, 0] = dice.uniform(0.1, 0.9, int(moved.sum())) * clock.days
    owners[moved, 1] = pick(meant[moved], changes[moved, 0])
    owners[moved, 2] = owners[moved, 1]
    _hand_over_leavers(owners, changes, staff, pick, dice)
    order = np.argsort(changes, axis=1, kind="stable")
    return owners, np.take_along_axis(changes, order, axis=1)


def _hand_over_leavers(
    owners: Ints, changes: Floats, staff: Staff, pick: Callable[[Ints, Floats], Ints], dice: Dice
) -> None:
    """Let a leaver's accounts pass to a colleague when he goes."""
    holds = owners[:, 1]
    left = staff.left[holds]
    going = ~np.isnan(left) & ~(np.isfinite(changes[:, 0]) & (changes[:, 0] >= np.nan_to_num(left)))
    at = left[going] + dice.uniform(-3, 12, int(going.sum()))
    second = np.isfinite(changes[going, 0])
    heir = pick(holds[going], at)
    rows = np.flatnonzero(going)
    changes[rows[second], 1] = np.maximum(at[second], changes[rows[second], 0] + 1)
    changes[rows[~second], 0] = at[~second]
    owners[rows[~second], 1] = heir[~second]
    owners[rows, 2] = heir


def _colleagues(staff: Staff, days: float) -> Callable[[Ints, Floats, Dice], Ints]:
    """Return a choice of somebody of the same region (else anybody) who stays to the end and is there already."""
    reps = np.arange(staff.reps)
    stays = np.isnan(staff.left[reps]) & (staff.hired[reps] < 0)
    anybody = reps[stays] if stays.any() else reps

    def pick(who: Ints, when: Floats, dice: Dice) -> Ints:
        chosen = anybody[dice.integers(0, len(anybody), len(who))]
        for region in np.unique(staff.region[reps]):
            near = reps[stays & (staff.region[reps] == region)]
            here = staff.region[who] == region
            if len(near) > 1:
                chosen[here] = near[dice.integers(0, len(near), int(here.sum()))]
        return chosen

    return pick


def _lives(n: int, assumed: Assumptions, clock: Clock, dice: Dice) -> tuple[Floats, Floats, Floats, Floats]:
    """Return when accounts were entered, when they start and stop to buy, and when the firm closes (inf: never)."""
    old = chance(dice, assumed.old_customers, n)
    created = np.where(old, -dice.uniform(10, 1800, n), dice.uniform(0, 0.95, n) * clock.days)
    created = clock.at_work(created, dice)
    since = np.where(old, -1.0, created + dice.exponential(20, n))
    until = np.maximum(since, 0) + dice.exponential(365 / assumed.yearly_churn, n)
    closes = np.where(chance(dice, 0.15, n), until + dice.uniform(0, 60, n), np.inf)
    return created, since, until, closes


def _their_firms(
    region: Ints, micro: Floats, assumed: Assumptions, register: Register, dice: Dice
) -> tuple[Ints, Ints, Ints, list[str]]:
    """Enter each account's firm in the register; return its number and the account's phone, address and mail domain."""
    n = len(region)
    firm_names, legal = names.firms(dice, region), names.people(dice, n)
    second = names.people(dice, n)
    numbers = names.registration_numbers(dice, n)
    phone = register.keys.add("phone", names.phones(dice, n))
    address = register.keys.add("address", names.numbered(dice, n, 9, "site"))
    free = chance(dice, np.where(micro > 0, min(1.0, assumed.free_mail * 1.6), assumed.free_mail), n)
    own = names.domains(dice, n)
    at_agent, same_phone = chance(dice, assumed.agent_share, n), chance(dice, 0.6, n)
    hub = dice.integers(0, len(register.hubs), n)
    founded, shares, sizes = -dice.gamma(2, 1500, n) - 60, dice.uniform(0.5, 1, n), dice.lognormal(3.4, 1.1, n)
    firm = np.empty(n, dtype=np.int64)
    for i in range(n):
        hub_phone, hub_address = register.hubs[hub[i]]
        share = round(float(shares[i]), 2)
        holders = (
            ((legal[i], share),) if micro[i] or share > 0.97 else ((legal[i], share), (second[i], round(1 - share, 2)))
        )
        firm[i] = register.add(
            Firm(
                name=firm_names[i],
                established=float(np.floor(founded[i])),
                registration_no=numbers[i],
                legal=legal[i],
                phone=hub_phone if at_agent[i] else int(phone[i]) if same_phone[i] else NOBODY,
                domain=None if free[i] else own[i],
                address=hub_address if at_agent[i] else int(address[i]),
                staff=float(max(1, int(sizes[i] * (0.1 if micro[i] else 1)))),
                holders=holders,
            )
        )
    choice = dice.integers(0, len(FREE_DOMAINS), n)
    return firm, phone, address, [FREE_DOMAINS[c] if f else o for f, o, c in zip(free, own, choice, strict=True)]


def _written_names(registered: list[str], assumed: Assumptions, dice: Dice) -> list[str]:
    """Return the names as salespeople typed them: legal forms left out, now and then a slip."""
    draws = dice.random(len(registered))
    return [
        name.removesuffix("有限公司")
        if draw < assumed.short_names
        else name[:2] + name[3:]
        if draw > 1 - assumed.typing_errors
        else name
        for name, draw in zip(registered, draws, strict=True)
    ]
