"""The people of the company: who they are and what their habits are, before anyone does wrong."""

from dataclasses import dataclass

import numpy as np

from mingdan.engine.simulate import names
from mingdan.engine.simulate.assumptions import Assumptions
from mingdan.engine.simulate.clock import Clock
from mingdan.engine.simulate.dice import Dice, Flags, Floats, Ints, chance
from mingdan.engine.simulate.identifiers import Keys
from mingdan.engine.simulate.ledger import Coded, Ledger

REP, MANAGER, SUPPORT, FINANCE = range(4)
ROLES = ("rep", "manager", "support", "finance")


@dataclass
class Staff:
    """One entry per employee, salespeople first; times are days of the clock, habits are per salesperson.

    `skill` is on the logit scale, `logging` the share of contacts entered, `calls` and `views` are per working day,
    `exports` and `edits` per year, `limit` the discount a salesperson may give alone.
    """

    reps: int
    name: list[str]
    role: Ints
    team: Ints
    manager: Ints
    region: Ints
    hired: Floats
    resigned: Floats
    left: Floats
    phone: Ints
    address: Ints
    bank: Ints
    id_key: Ints
    skill: Floats
    logging: Floats
    batches: Flags
    discount: Floats
    limit: Floats
    bunches: Flags
    calls: Floats
    views: Floats
    exports: Floats
    edits: Floats
    spending: Floats
    gifts: Floats
    posting: Floats

    @property
    def support(self) -> Ints:
        return np.flatnonzero(self.role == SUPPORT)

    @property
    def finance(self) -> Ints:
        return np.flatnonzero(self.role == FINANCE)

    def until(self, rep: Ints, days: float) -> Floats:
        """Return the last day of each of these people in the trail."""
        return np.fmin(self.left[rep], days)


def hire(reps: int, assumed: Assumptions, clock: Clock, keys: Keys, dice: Dice) -> Staff:
    """Return the staff of a company with so many salespeople over the whole period, leavers and newcomers included."""
    region = np.sort(dice.integers(0, assumed.regions, reps))
    team = _teams(region, assumed.team_size)
    teams = int(team.max()) + 1
    support, finance = 2 + reps // assumed.reps_per_support, 2 + reps // 50
    role = np.repeat([REP, MANAGER, SUPPORT, FINANCE], [reps, teams, support, finance]).astype(np.int64)
    n = len(role)
    team_region = np.array([region[team == one][0] for one in range(teams)])
    hired, resigned, left = _tenures(n, reps, assumed, clock, dice)
    culture = assumed.logging
    return Staff(
        reps=reps,
        name=names.people(dice, n),
        role=role,
        team=np.concatenate([team, np.arange(teams), np.full(support + finance, -1)]),
        manager=np.concatenate([reps + team, np.full(n - reps, -1)]),
        region=np.concatenate([region, team_region, np.full(support + finance, -1)]),
        hired=hired,
        resigned=resigned,
        left=left,
        phone=keys.add("phone", names.phones(dice, n)),
        address=keys.add("address", names.numbered(dice, n, 9, "home")),
        bank=keys.add("bank", names.numbered(dice, n, 12, "6222")),
        id_key=keys.add("id", names.numbered(dice, n, 17)),
        skill=dice.normal(0, assumed.skill_spread, n),
        logging=np.clip(dice.beta(culture * 5, (1 - culture) * 5, n), 0.03, 0.99),
        batches=chance(dice, assumed.batchers, n),
        discount=np.clip(dice.normal(assumed.discount, assumed.discount_spread, n), 0.01, 0.3),
        limit=_limits(n, assumed, dice),
        bunches=chance(dice, assumed.bunching, n),
        calls=dice.gamma(4, dice.uniform(1.2, 3.2), n),
        views=dice.gamma(4, dice.uniform(2.0, 5.5), n),
        exports=dice.gamma(1.5, assumed.export_rate / 1.5, n),
        edits=dice.gamma(2, assumed.tamper_rate / 2, n),
        spending=dice.gamma(3, dice.uniform(3.0, 12.0), n),
        gifts=chance(dice, 0.35, n) * dice.uniform(0.05, 0.3, n),
        posting=dice.gamma(2, 0.5 * assumed.posting_days, n),
    )


def _limits(n: int, assumed: Assumptions, dice: Dice) -> Floats:
    """Return what each may give away alone: two or three levels in a company, or one for all."""
    levels = np.round(assumed.discount + np.array([-0.02, 0.0, 0.02, 0.05]), 2)
    levels = np.clip(levels, 0.02, 0.25)
    limit: Floats = np.full(n, levels[1]) if dice.random() < 0.25 else dice.choice(levels, n, p=[0.2, 0.4, 0.25, 0.15])
    return limit


def _teams(region: Ints, size: int) -> Ints:
    """Cut each region's salespeople into teams of this size; `region` must be sorted."""
    team = np.zeros(len(region), dtype=np.int64)
    following = 0
    for one in np.unique(region):
        where = np.flatnonzero(region == one)
        team[where] = following + np.arange(len(where)) // size
        following = int(team[where].max()) + 1
    return team


def _tenures(n: int, reps: int, assumed: Assumptions, clock: Clock, dice: Dice) -> tuple[Floats, Floats, Floats]:
    hired = -np.round(dice.exponential(1300, n)) - 30
    new = chance(dice, np.where(np.arange(n) < reps, 0.14, 0.0), n)
    hired[new] = np.floor(dice.uniform(0.05, 0.6, int(new.sum())) * clock.days)
    leaves = chance(dice, 1 - np.exp(-assumed.yearly_leavers * clock.days / 365), n) & (np.arange(n) < reps) & ~new
    left = np.where(leaves, np.floor(dice.uniform(0.3, 1.05, n) * clock.days), np.nan)
    left[left > clock.days - 5] = np.nan
    resigned = left - np.round(dice.uniform(7, 45, n)) + 0.25
    return hired, resigned, left


def write_staff(staff: Staff, domain: str, ledger: Ledger, dice: Dice) -> None:
    """Write employees in the order of their joining; HR's list lacks some cells."""
    n = len(staff.name)
    accounts = dice.permutation(10 * n)[:n]
    ledger.write(
        "employees",
        by="hired_date",
        employee_id=ledger.numbers("employees", n),
        name=staff.name,
        role=Coded(ROLES, staff.role),
        team_id=ledger.refer("team_ids", staff.team),
        manager_id=staff.manager,
        region=Coded(names.REGIONS, staff.region),
        hired_date=staff.hired,
        resigned_at=staff.resigned,
        left_date=staff.left,
        email=[f"u{number:05d}@{domain}" for number in accounts],
        phone_key=_thinned(staff.phone, 0.02, dice),
        address_key=_thinned(staff.address, 0.15, dice),
        bank_key=_thinned(staff.bank, 0.05, dice),
        id_key=staff.id_key,
    )


def _thinned(numbers: Ints, missing: float, dice: Dice) -> Ints:
    return np.where(chance(dice, missing, len(numbers)), -1, numbers)
