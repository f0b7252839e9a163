"""Deals: drawn as they would go, then changed by what befalls them, through the eight stages."""

from dataclasses import dataclass

import numpy as np

from mingdan.engine.simulate.catalogue import MACHINES, PER_LINE
from mingdan.engine.simulate.dice import Dice, Flags, Floats, Ints, chance, repeats, summed, weighted
from mingdan.engine.simulate.effects import DIVERTED, GONE, MOVED, PRIVATE, RESOLD, TRIMMED
from mingdan.engine.simulate.world import World

OPEN, WON, LOST = range(3)
OUTCOMES = ("open", "won", "lost")
STAGES = 8
QUOTATION, NEGOTIATION, SIGNING, AFTER_SALES = 4, 5, 6, 7
_DWELL_DAYS = np.array([5.0, 8.0, 12.0, 14.0, 10.0, 14.0, 7.0])
_EXPERTS = 0.08
UNRECORDED = 0.12
KEPT_OPEN = 0.25
"""How an offender hides a diverted deal: never entered, left open and silent, else closed as lost."""


@dataclass
class Deals:
    """One entry per deal. `entered` (n, 8) is when each stage was entered (NaN: never); `settled` when the
    customer made up its mind, `decided` when that was entered (NaN while open).

    `account` is the one in the books, `customer` the one that wanted it. `effect` is the number of the effect that
    touched it, or -1; `recorded` is False for a deal that was never entered. `list_amount` and `net` in its currency.
    """

    account: Ints
    customer: Ints
    owner: Ints
    entered: Floats
    settled: Floats
    decided: Floats
    outcome: Ints
    late: Flags
    effect: Ints
    code: Ints
    recorded: Flags
    list_amount: Floats
    net: Floats
    cost: Floats
    discount: Floats
    versions: Ints
    line_deal: Ints
    line_product: Ints
    line_quantity: Floats
    line_list: Floats

    def __len__(self) -> int:
        return len(self.account)

    @property
    def created(self) -> Floats:
        return self.entered[:, 0]

    def subset(self, which: Flags) -> Ints:
        return np.flatnonzero(which)


def draw_deals(world: World, accounts: Ints, dice: Dice) -> Deals:
    """Return every deal of these accounts."""
    customers, days = world.customers, world.clock.days
    since, until = np.maximum(customers.since[accounts], 0), np.minimum(customers.until[accounts], days)
    counts = dice.poisson(customers.deals[accounts] * np.maximum(until - since, 0) / 365)
    which, _ = repeats(counts)
    created = world.clock.at_work(since[which] + dice.random(len(which)) * (until - since)[which], dice)
    account, created = accounts[which][created < days], created[created < days]
    n = len(account)
    owner = customers.owner_at(account, created)
    entered, reached, wins = _courses(world, account, owner, created, dice)
    settled = entered[np.arange(n), np.minimum(reached + 1, SIGNING)]
    effect = world.effects.match(account, settled, dice.random(n), "deals")
    code = np.where(wins, world.effects.number("code", effect), -1)
    effect = np.where(code >= 0, effect, -1)
    lines = _lines(world, account, created, _more(world, effect, code, dice), dice)
    discount, versions = _discounts(world, account, owner, lines, effect, n, dice)
    deals = _settle(world, account, owner, entered, reached, wins, effect, code, lines, discount, versions, dice)
    _clean_up(world, deals)
    _cut_at_end(deals, days)
    return deals


def _courses(world: World, account: Ints, owner: Ints, created: Floats, dice: Dice) -> tuple[Floats, Ints, Flags]:
    """Return when each stage would be entered, the last stage before the decision, and whether it would be won."""
    n, assumed = len(account), world.assumed
    pace = dice.lognormal(0, 0.45, n)
    dwell = dice.gamma(1.6, 1 / 1.6, (n, STAGES - 1)) * _DWELL_DAYS * assumed.dwell_scale * pace[:, None]
    quick = chance(dice, _EXPERTS, n)
    dwell[quick, :3] = 0.01
    entered = np.concatenate([created[:, None], created[:, None] + np.cumsum(dwell, axis=1)], axis=1)
    drops = dice.random((n, 3)) < assumed.early_drop
    reached = np.where(drops.any(axis=1), drops.argmax(axis=1) + 1, NEGOTIATION)
    logit = np.log((1 - assumed.late_loss) / assumed.late_loss) + world.staff.skill[owner] + dice.normal(0, 0.6, n)
    wins = (reached == NEGOTIATION) & (dice.random(n) < 1 / (1 + np.exp(-logit)))
    return entered, reached, wins


@dataclass(frozen=True)
class _Lines:
    deal: Ints
    product: Ints
    quantity: Floats
    listed: Floats


def _more(world: World, effect: Ints, code: Ints, dice: Dice) -> Floats:
    """Return how many times the need is ordered: more than once where a part is sold on."""
    extra = world.effects.get("extra", effect, 0.0) * dice.uniform(0.6, 1.4, len(effect))
    return np.where(code == RESOLD, 1 + extra, 1.0)


def _lines(world: World, account: Ints, created: Floats, more: Floats, dice: Dice) -> _Lines:
    """Return what is asked for: machines of the customer's kind, often with parts."""
    n, customers = len(account), world.customers
    counts = 1 + (dice.random(n) < 0.45) + (dice.random(n) < 0.15)
    deal, place = repeats(counts)
    first = customers.line[account[deal]] * PER_LINE
    usual = account[deal] % MACHINES
    machine = np.where(dice.random(len(deal)) < 0.85, usual, dice.integers(0, MACHINES, len(deal)))
    product = first + np.where(place == 0, machine, PER_LINE - place)
    quantity = np.where(
        place == 0, 1 + dice.poisson(0.25 * np.sqrt(customers.fleet[account[deal]])), 1 + dice.poisson(4, len(deal))
    )
    quantity = np.ceil(quantity * more[deal])
    return _Lines(deal, product, quantity, world.catalogue.list_price(product, created[deal]))


def _discounts(
    world: World, account: Ints, owner: Ints, lines: _Lines, effect: Ints, n: int, dice: Dice
) -> tuple[Floats, Ints]:
    """Return the last version's discount and the number of versions; some salespeople stop just within their limit."""
    staff = world.staff
    versions = np.minimum(1 + dice.poisson(0.6, n), 6)
    discount = (
        staff.discount[owner] + world.customers.discount[account] + 0.012 * (versions - 1) + dice.normal(0, 0.025, n)
    )
    over = discount - staff.limit[owner]
    bunches = staff.bunches[owner] & (over > 0) & (over < 0.03)
    discount = np.where(bunches, staff.limit[owner] - dice.uniform(0, 0.003, n), discount)
    floor = np.zeros(n)
    np.maximum.at(floor, lines.deal, 1 - world.catalogue.floor_share[lines.product])
    to_floor = dice.random(n) < world.effects.get("near_floor", effect, 0.0)
    versions = np.where(to_floor, np.maximum(versions, 2 + dice.integers(0, 3, n)), versions)
    discount = np.where(to_floor, floor - dice.uniform(0.0, 0.04, n), discount)
    special = world.effects.number("code", effect) == RESOLD
    discount = np.where(special, 1 - world.effects.get("price", effect, 1.0), discount)
    return np.clip(np.round(discount, 4), 0.0, np.maximum(floor + 0.02, 0.1)), versions.astype(np.int64)


def _settle(
    world: World,
    account: Ints,
    owner: Ints,
    entered: Floats,
    reached: Ints,
    wins: Flags,
    effect: Ints,
    code: Ints,
    lines: _Lines,
    discount: Floats,
    versions: Ints,
    dice: Dice,
) -> Deals:
    n = len(account)
    listed = summed(lines.deal, lines.quantity * lines.listed, n)
    cost = summed(lines.deal, lines.quantity * world.catalogue.cost(lines.product), n)
    net = np.round(listed * (1 - discount), 2)
    moved = code == MOVED
    to_account = world.effects.number("to_account", effect)
    away = np.isin(code, (GONE, DIVERTED, TRIMMED))
    off_books = (code == PRIVATE) & chance(dice, 0.35, n)
    outcome = np.where(wins & ~away & ~off_books, WON, LOST)
    guilty = world.effects.number("scheme", effect) >= 0
    hidden = dice.random(n)
    hides = guilty & (away | off_books)
    silent = (hides & (hidden > 1 - KEPT_OPEN)) | ((outcome == LOST) & ~hides & chance(dice, 0.1, n))
    last = np.where(outcome == WON, AFTER_SALES, reached)
    entered = np.where(np.arange(STAGES) <= last[:, None], entered, np.nan)
    settled = np.nanmax(entered[:, : SIGNING + 1], axis=1)
    decided = np.where(
        outcome == WON, settled, np.maximum(world.clock.at_work(settled + dice.exponential(14, n), dice), settled)
    )
    return Deals(
        account=np.where(moved, to_account, account),
        customer=account,
        owner=owner,
        entered=entered,
        settled=settled,
        decided=decided,
        outcome=np.where(silent, OPEN, outcome),
        late=reached == NEGOTIATION,
        effect=effect,
        code=np.where(off_books, DIVERTED, np.where(code == TRIMMED, DIVERTED, code)),
        recorded=~(hides & (hidden < UNRECORDED)),
        list_amount=listed,
        net=net,
        cost=cost,
        discount=discount,
        versions=versions,
        line_deal=lines.deal,
        line_product=lines.product,
        line_quantity=lines.quantity,
        line_list=lines.listed,
    )


def _clean_up(world: World, deals: Deals) -> None:
    """Let those who were told to tidy up close their stale deals within minutes, late in the year."""
    stale = np.flatnonzero((deals.outcome == OPEN) & np.isin(deals.owner, sorted(world.plan.cleaners)))
    tidy_day = 351.0
    wait = np.mod(tidy_day - world.clock.day_of_year(deals.settled[stale]), 365.25)
    deals.outcome[stale] = LOST
    deals.decided[stale] = np.floor(deals.settled[stale] + wait) + 0.3 + np.mod(stale, 97) / 20_000


def _cut_at_end(deals: Deals, days: float) -> None:
    """Leave out what has not happened yet when the trail ends."""
    deals.entered[deals.entered >= days] = np.nan
    undecided = deals.decided >= days
    deals.outcome[undecided] = OPEN
    deals.decided[undecided | (deals.outcome == OPEN)] = np.nan


LOSS_REASONS = ("价格", "暂无需求", "预算取消", "竞争对手", "技术不符", "缺货", "招标未中", "客户关停", "交期", "其他")
_INNOCENT = {
    0: (30, 15, 12, 18, 8, 3, 3, 2, 5, 4),
    1: (6, 5, 3, 6, 1, 70, 1, 0, 7, 1),
    2: (65, 8, 8, 12, 1, 1, 1, 1, 1, 2),
    3: (2, 18, 8, 1, 1, 0, 0, 65, 0, 5),
    4: (12, 2, 2, 16, 3, 0, 60, 0, 2, 3),
}
_FALSE = (38, 25, 12, 8, 6, 1, 2, 1, 3, 4)


def loss_reasons(world: World, effect: Ints, guilty: Flags, dice: Dice) -> Ints:
    """Return a reason for each lost deal as the salesperson entered it; -1 where the field was left empty."""
    cause = world.effects.get("cause", effect, 0.0).astype(np.int64)
    reason = weighted(dice, np.array(_INNOCENT[0], dtype=float), len(effect))
    for known, weights in _INNOCENT.items():
        here = (cause == known) & (known > 0)
        reason[here] = weighted(dice, np.array(weights, dtype=float), int(here.sum()))
    reason[guilty] = weighted(dice, np.array(_FALSE, dtype=float), int(guilty.sum()))
    filled = world.assumed.reason_filled
    return np.where(chance(dice, np.where(guilty, filled * 0.95, filled), len(effect)), reason, -1)


def quote_versions(deals: Deals, days: float, dice: Dice) -> tuple[Ints, Ints, Floats, Floats]:
    """Return for each quote its deal, version, when it was sent and its discount; what is not yet sent is left out."""
    quoted = np.flatnonzero(~np.isnan(deals.entered[:, QUOTATION]) & deals.recorded)
    which, place = repeats(deals.versions[quoted])
    deal = quoted[which]
    opens = deals.entered[deal, QUOTATION]
    until = np.where(np.isnan(deals.entered[deal, SIGNING]), opens + 25, deals.entered[deal, SIGNING])
    step = (until - opens) / (deals.versions[deal] + 0.5)
    sent = opens + (place + dice.uniform(0.02, 0.6, len(deal))) * step
    share = np.sqrt((place + 1) / deals.versions[deal])
    sent_yet = sent < days
    return deal[sent_yet], place[sent_yet] + 1, sent[sent_yet], np.round(deals.discount[deal] * share, 4)[sent_yet]
