"""Accounts that began by buying for several customers of one salesperson, who mostly buy direct until then."""

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import ibis
from ibis.expr.types import Table as Expression

from mingdan.engine.findings import Status
from mingdan.engine.methods.account_standing import standings
from mingdan.engine.methods.firm_ties import FirmTies
from mingdan.engine.methods.link_causes import causes_of, shared_causes
from mingdan.engine.methods.listed import among
from mingdan.engine.methods.successors import SPAN_DAYS, Goods, Succession, bought, goods_of, reach_of, ties_between
from mingdan.engine.trail import Tables, money

Row = dict[str, Any]


@dataclass(frozen=True)
class Signs:
    """What makes such an account a go-between, as log10 likelihood ratios against a dealer taken on by the company.

    `expected` is how often whoever diverts does it this way; colleagues' accounts of the kind, with a prior of one among
    `worth` of them, say how often it is innocent. `new_days` from its first order an account counts as begun for these
    customers; `least_orders` days of orders make a customer, `of_one` of the customers must be one salesperson's.
    """

    most_sharers: int = 3
    expected: float = 0.2
    worth: int = 40
    new_days: int = 90
    least_orders: int = 3
    least_customers: int = 2
    of_one: float = 0.6
    still_direct: float = 1 / 3
    partly: float = 0.3
    young_days: int = 730
    young: float = 0.3
    old: float = -0.4
    few_staff: int = 5
    small: float = 0.5
    many_staff: int = 15
    large: float = -0.5
    cheaper: float = 0.04
    lower_price: float = 0.3
    same_price: float = -0.6


@dataclass(frozen=True)
class GoBetween:
    """Account `new` of a salesperson began with orders for `customers` of the same one.

    `direct` is the share of their former pace at which they still buy themselves.
    """

    new: str
    employee_id: str
    customers: tuple[Succession, ...]
    direct: float

    @property
    def begun_at(self) -> datetime:
        """When the account first bought for one of them."""
        return min(pair.first_at for pair in self.customers)


def go_betweens(tables: Tables, signs: Signs) -> list[GoBetween]:
    """Return the accounts that began by buying for two or more customers of the salesperson they belong to."""
    counts = tables.records(_counted(tables, signs), order_by=["new", "old"])
    by_new: dict[str, list[Row]] = defaultdict(list)
    for row in counts:
        by_new[row["new"]].append(row)
    several = {new: rows for new, rows in by_new.items() if len(rows) >= signs.least_customers}
    asked = {row["old"]: row["first_at"] for rows in several.values() for row in reversed(rows)}
    asked |= {new: min(row["first_at"] for row in rows) + timedelta(days=1) for new, rows in several.items()}
    owner = {account: one.employee_id for account, one in standings(tables, asked).items()}
    mine = {new: [row for row in rows if owner[row["old"]] == owner[new]] for new, rows in several.items()}
    enough = {
        new: rows
        for new, rows in mine.items()
        if owner[new] and len(rows) >= max(signs.least_customers, signs.of_one * len(several[new]))
    }
    orders = _orders_for(tables, enough, signs)
    return [
        GoBetween(new, str(owner[new]), tuple(_pair(row, orders[row["old"], new]) for row in rows), _direct(rows))
        for new, rows in sorted(enough.items())
    ]


@dataclass(frozen=True)
class Judged:
    """A go-between with its weight, change of price (fraction), spread lost, firm, and the innocent causes looked up."""

    between: GoBetween
    weight: float
    change: float | None
    spread: Decimal
    company_id: str | None
    causes: dict[str, Status]


def judged(tables: Tables, signs: Signs, places_of_dealer: int) -> list[Judged]:
    """Return the go-betweens that carry weight."""
    found = go_betweens(tables, signs)
    if not found:
        return []
    pairs = [pair for one in found for pair in one.customers]
    goods = goods_of(tables, pairs)
    ties = FirmTies(tables, [account for pair in pairs for account in (pair.old, pair.new)])
    reach = reach_of(tables, [one.new for one in found])
    owners = standings(tables, {one.new: one.begun_at + timedelta(days=1) for one in found})
    causes = {
        one.new: shared_causes(
            causes_of(tables, pair, ties, owners[one.new], reach.get(one.new), places_of_dealer)
            for pair in one.customers
        )
        for one in found
    }
    colleagues = {one.employee_id for one in found if "supported" not in causes[one.new].values()}
    people = sellers(tables)
    told = []
    for one in found:
        change = price_of(one, goods)
        weight = weight_of(one, change, ties.firms.get(one.new), colleagues, people, signs)
        spread = sum(
            (goods[pair.old, pair.new].spread for pair in one.customers if (pair.old, pair.new) in goods), Decimal(0)
        )
        if weight > 0:
            told.append(Judged(one, weight, change, money(spread), owners[one.new].company_id, causes[one.new]))
    return told


def price_of(between: GoBetween, goods: Mapping[tuple[str, str], Goods]) -> float | None:
    """Return what it pays against what its customers paid for the same goods (fraction), each weighing its orders."""
    known = [
        (len(pair.orders), change)
        for pair in between.customers
        if (one := goods.get((pair.old, pair.new))) and (change := one.price_change) is not None
    ]
    total = sum(n for n, _ in known)
    return sum(n * change for n, change in known) / total if total else None


def sellers(tables: Tables) -> int:
    """Return how many salespeople took orders."""
    taken = tables.records(tables.orders.agg(n=ibis._.employee_id.nunique()), order_by=["n"])
    return int(taken[0]["n"])


def weight_of(
    between: GoBetween, change: float | None, firm: Row | None, colleagues: Collection[str], people: int, signs: Signs
) -> float:
    """Add the weights of the signs; `change` is of the price, `colleagues` have such an account that nothing explains."""
    others = len(set(colleagues) - {between.employee_id})
    weight = math.log10(signs.expected * (signs.worth + max(people - 1, others)) / (1 + others))
    weight += signs.partly if between.direct >= signs.still_direct else 0.0
    if change is not None:
        weight += signs.lower_price if change < -signs.cheaper else signs.same_price
    if firm is None:
        return weight
    founded, staff = firm["established_date"], firm["staff_count"]
    if founded is not None:
        weight += signs.young if (between.begun_at.date() - founded).days < signs.young_days else signs.old
    if staff is not None:
        weight += signs.small if staff <= signs.few_staff else signs.large if staff > signs.many_staff else 0.0
    return weight


def _counted(tables: Tables, signs: Signs) -> Expression:
    """Return for each pair of a new account and a former customer how the customer bought before and since."""
    ties = ties_between(tables, signs.most_sharers)
    spans = ties.group_by("old", "new").agg(first_at=ties.ordered_at.min(), until=ties.ordered_at.max())
    known = bought(tables).group_by(new="account_id").agg(known_at=ibis._.ordered_at.min())
    begun = spans.group_by("new").agg(begun_at=spans.first_at.min()).inner_join(known, "new")
    fresh = begun.filter(begun.begun_at <= begun.known_at + ibis.interval(days=signs.new_days))
    days = bought(tables).select(old="account_id", bought_at="ordered_at")
    then = spans.semi_join(fresh, "new").inner_join(days, "old")
    before = then.bought_at < then.first_at
    recent = before & (then.bought_at >= then.first_at - ibis.interval(days=SPAN_DAYS))
    counts = then.group_by("old", "new", "first_at", "until").agg(
        before=then.bought_at.date().nunique(where=recent),
        after=then.bought_at.date().nunique(where=~before & (then.bought_at <= then.until)),
        since=then.bought_at.min(where=recent),
        last_at=then.bought_at.max(where=before),
    )
    return counts.filter(counts.before >= signs.least_orders)


def _orders_for(
    tables: Tables, rows: Mapping[str, Sequence[Row]], signs: Signs
) -> dict[tuple[str, str], dict[str, Row]]:
    """Return the new accounts' orders for each customer, by id, the oldest first."""
    found: dict[tuple[str, str], dict[str, Row]] = defaultdict(dict)
    if rows:
        ties = among(ties_between(tables, signs.most_sharers), "new", rows)
        for row in tables.records(ties, order_by=["ordered_at", "order_id", "old", "new", "kind", "row_id", "sharers"]):
            found[row["old"], row["new"]].setdefault(row["order_id"], row)
    return found


def _pair(row: Row, orders: Mapping[str, Row]) -> Succession:
    ties = list(orders.values())
    return Succession(
        old=row["old"],
        new=row["new"],
        last_at=row["last_at"],
        first_at=row["first_at"],
        links=tuple(sorted({tie["kind"] for tie in ties})),
        sharers=min(tie["sharers"] for tie in ties),
        tickets=tuple(sorted({tie["row_id"] for tie in ties if tie["row_id"]})[:4]),
        orders=tuple(orders),
        shrunk=True,
    )


def _direct(rows: Sequence[Row]) -> float:
    """Return the customers' own orders while the account buys for them, over what their former pace would have made."""
    after, expected = 0.0, 0.0
    for row in rows:
        span = max((row["first_at"] - row["since"]).days, 30)
        expected += row["before"] / span * max((row["until"] - row["first_at"]).days, 30)
        after += row["after"]
    return after / expected
