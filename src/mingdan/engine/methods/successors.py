"""Customers that stopped or shrank while another account began to buy for the same place or user: pairs, baskets and prices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import ibis
import numpy as np
from ibis.expr.types import Table as Expression
from scipy.stats import binom

from mingdan.engine.trail import Tables

Row = dict[str, Any]
YEAR_DAYS = 365
SPAN_DAYS = 730
"""Over how long before the new account's first order the old one's pace is measured."""


@dataclass(frozen=True)
class Search:
    """How an order of the new account for a place must lie to the old one's orders (days), and how far those must fall.

    The old account's last order lies at most `days_before` after, and `days_after` (or `gaps_after` usual gaps) before
    it; or the old one's pace falls to `most_left` of what it was, by an exact test at `shrunk_p`, and the new one's
    orders for the place make up `made_up` of what is missing.
    `most_sharers`: an address, consignee or user that more accounts share is a warehouse or forwarder and ties nobody.
    """

    least_orders: int = 3
    days_before: int = 45
    days_after: int = 90
    gaps_after: float = 2.0
    least_silence: int = 60
    most_sharers: int = 3
    least_shrunk: int = 6
    most_left: float = 0.6
    shrunk_p: float = 0.01
    made_up: float = 0.5


@dataclass(frozen=True)
class Succession:
    """Account `new` follows account `old` at a place; `links` are the kinds of ties, `sharers` the fewest accounts on one.

    `first_at` is the new account's first order for the place, `last_at` the old one's last before or, where the old one
    stopped, at all. `shrunk`: the old one still buys, only less. `known_days` is how long the new one had been a
    customer by then, `orders` are its orders for the place.
    """

    old: str
    new: str
    last_at: datetime
    first_at: datetime
    links: tuple[str, ...]
    sharers: int
    tickets: tuple[str, ...]
    orders: tuple[str, ...] = ()
    shrunk: bool = False
    known_days: int = 0


@dataclass(frozen=True)
class Goods:
    """Cosine of the two baskets (amounts by product), price change of the shared goods (fraction), and the spread lost.

    `points` are day and unit price of the shared product with most revenue, `reference` the old account's last price.
    """

    cosine: float | None
    price_change: float | None
    spread: Decimal
    points: tuple[tuple[datetime, float], ...]
    reference: float | None


NO_GOODS = Goods(None, None, Decimal(0), (), None)


def successions(tables: Tables, search: Search) -> list[Succession]:
    """Return the pairs in which an account stopped or shrank when another began to buy for the same place or user."""
    rows = tables.records(_candidates(tables, search), order_by=["old", "new", "kind", "order_id", "row_id", "sharers"])
    return [chosen for group in _grouped(rows).values() if (chosen := _succession(group, search, tables.as_of))]


def goods_of(tables: Tables, pairs: Sequence[Succession]) -> dict[tuple[str, str], Goods]:
    """Return baskets and prices of each pair: the old account's last year before, the new one's orders for the place."""
    if not pairs or not tables.has("order_lines"):
        return {}
    olds = tables.orders.filter(tables.orders.account_id.isin(sorted({pair.old for pair in pairs})))
    news = tables.orders.filter(tables.orders.order_id.isin(sorted({one for pair in pairs for one in pair.orders})))
    orders = olds.union(news).select("order_id", "account_id", "ordered_at").distinct()
    lines = orders.inner_join(tables.order_lines.filter(ibis._.quantity > 0), "order_id")
    wanted = lines.select("account_id", "ordered_at", "order_id", "product_id", "quantity", "unit_price")
    rows: dict[str, list[Row]] = {}
    for row in tables.records(wanted, order_by=wanted.columns):
        rows.setdefault(row["account_id"], []).append(row)
    goods = {}
    for pair in pairs:
        theirs = set(pair.orders)
        bought = [row for row in rows.get(pair.new, []) if row["order_id"] in theirs]
        goods[pair.old, pair.new] = _compared(pair, rows.get(pair.old, []), bought)
    return goods


def reach_of(tables: Tables, accounts: Sequence[str]) -> dict[str, int]:
    """Return to how many addresses each account has goods delivered to which nobody had before it: custom of its own."""
    uses = _uses(tables, "ship_to_key", "address").group_by("account_id", "key").agg(used_at=ibis._.ordered_at.min())
    named = uses.filter(uses.account_id.isin(sorted(set(accounts))))
    first = uses.group_by("key").agg(first_at=uses.used_at.min())
    own = named.inner_join(first, "key").mutate(own=ibis._.used_at == ibis._.first_at)
    counted = own.group_by("account_id").agg(places=own.own.sum())
    return {row["account_id"]: row["places"] for row in tables.records(counted, order_by=["account_id"])}


def orders_until(tables: Tables, pairs: Sequence[Succession], most: int) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return for each pair the old account's last orders up to the change."""
    asked = ibis.memtable(
        [{"account_id": pair.old, "new": pair.new, "last_at": pair.last_at} for pair in pairs],
        schema=ibis.schema({"account_id": "string", "new": "string", "last_at": "timestamp(6)"}),
    )
    own = asked.inner_join(bought(tables), "account_id")
    own = own.filter(own.ordered_at <= own.last_at)
    latest = ibis.window(group_by=["account_id", "new"], order_by=[ibis.desc("ordered_at"), "order_id"])  # type: ignore[no-untyped-call]
    cited = own.mutate(place=ibis.row_number().over(latest)).filter(ibis._.place < most)
    wanted = cited.select("account_id", "new", "order_id")
    found: dict[tuple[str, str], tuple[str, ...]] = {(pair.old, pair.new): () for pair in pairs}
    for row in tables.records(wanted, order_by=["account_id", "new", "order_id"]):
        found[row["account_id"], row["new"]] += (row["order_id"],)
    return found


def _candidates(tables: Tables, search: Search) -> Expression:
    """Return the new accounts' orders for places and users of old accounts that bought before and buy less since."""
    ties = ties_between(tables, search.most_sharers)
    pairs = ties.group_by("old", "new").agg(first_at=ties.ordered_at.min())
    days = bought(tables).select(old="account_id", bought_at="ordered_at")
    then = pairs.inner_join(days, "old")
    before = then.bought_at < then.first_at
    recent = before & (then.bought_at >= then.first_at - ibis.interval(days=SPAN_DAYS))
    counts = then.group_by("old", "new", "first_at").agg(
        orders=then.bought_at.date().nunique(),
        before=then.bought_at.date().nunique(where=recent),
        after=then.bought_at.date().nunique(where=~before),
        begun_at=then.bought_at.min(),
        before_at=then.bought_at.max(where=before),
        last_at=then.bought_at.max(),
    )
    known = bought(tables).group_by(new="account_id").agg(known_at=ibis._.ordered_at.min())
    fewer = counts.filter((counts.orders >= search.least_orders) & (counts.before > counts.after))
    return ties.inner_join(fewer, ["old", "new"]).inner_join(known, "new")


def ties_between(tables: Tables, most: int) -> Expression:
    """Return old, new, kind, sharers, order_id, ordered_at, row_id: orders of an account for a place or user of another's."""
    return _shared_keys(tables, most).union(_served_by(tables))


def bought(tables: Tables) -> Expression:
    """Return the orders of known customers over something."""
    return tables.orders.filter(ibis._.account_id.notnull() & (ibis._.amount > 0))


def _shared_keys(tables: Tables, most: int) -> Expression:
    """Return the orders of accounts for keys of delivery that few accounts use, another (the old one) before them."""
    uses = _uses(tables, "ship_to_key", "address").union(_uses(tables, "consignee_key", "consignee"))
    first = uses.group_by("account_id", "kind", "key").agg(used_at=uses.ordered_at.min())
    counted = first.group_by("kind", "key").agg(sharers=first.account_id.nunique())
    few = first.inner_join(counted.filter((counted.sharers > 1) & (counted.sharers <= most)), ["kind", "key"])
    old = few.select("kind", "key", "sharers", old="account_id", old_used="used_at")
    new = few.select("kind", "key", new="account_id", new_used="used_at")
    both = old.inner_join(new, ["kind", "key"])
    ordered = both.filter((both.old != both.new) & (both.old_used < both.new_used))
    orders = ordered.inner_join(uses.rename(new="account_id"), ["new", "kind", "key"])
    return orders.select("old", "new", "kind", "sharers", "order_id", "ordered_at", row_id=ibis.null("string"))


def _uses(tables: Tables, column: str, kind: str) -> Expression:
    orders = bought(tables)
    used = orders.filter(orders[column].notnull())
    return used.select("account_id", "order_id", "ordered_at", kind=ibis.literal(kind), key=used[column])


def _served_by(tables: Tables) -> Expression:
    """Return the orders on which machines were shipped for which another account (the old one) asks for service."""
    shipped = tables.shipments.filter(ibis._.serial_no.notnull()).inner_join(bought(tables), "order_id")
    shipped = shipped.select("serial_no", "order_id", "ordered_at", new="account_id")
    tickets = tables.tickets.filter(ibis._.serial_no.notnull() & ibis._.account_id.notnull())
    asked = tickets.select("ticket_id", "serial_no", old="account_id").inner_join(shipped, "serial_no")
    other = asked.filter(asked.old != asked.new)
    kind, sharers = ibis.literal("user"), ibis.literal(2, type="int64")
    return (
        other.select("old", "new", "order_id", "ordered_at", kind=kind, sharers=sharers, row_id=other.ticket_id)
        .select("old", "new", "kind", "sharers", "order_id", "ordered_at", "row_id")
        .distinct()
    )


def _grouped(rows: list[Row]) -> dict[tuple[str, str], list[Row]]:
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        grouped.setdefault((row["old"], row["new"]), []).append(row)
    return grouped


def _succession(rows: list[Row], search: Search, now: datetime) -> Succession | None:
    """Return the pair if the old account stopped or shrank as the new one began and that one carries on."""
    first, served = rows[0], {row["order_id"]: row["ordered_at"] for row in rows}
    stopped = _stopped(first, search, now)
    days = len({at.date() for at in served.values()})
    known_days = (first["first_at"] - first["known_at"]).days
    if not (stopped or _shrank(first, days, search, now)) or (known_days > search.days_after and days < 2):
        return None
    return Succession(
        old=first["old"],
        new=first["new"],
        last_at=first["last_at"] if stopped else first["before_at"],
        first_at=first["first_at"],
        links=tuple(sorted({row["kind"] for row in rows})),
        sharers=min(row["sharers"] for row in rows),
        tickets=tuple(sorted({row["row_id"] for row in rows if row["row_id"]})[:4]),
        orders=tuple(sorted(served, key=lambda one: (served[one], one))),
        shrunk=not stopped,
        known_days=known_days,
    )


def _stopped(pair: Row, search: Search, now: datetime) -> bool:
    """Say whether the old account's last order lies about the new one's first, and is long ago by its own measure."""
    gap, silence = _gap(pair), now - pair["last_at"]
    ahead = pair["first_at"] - pair["last_at"]
    in_time = -timedelta(days=search.days_before) <= ahead <= _until(pair, search)
    return bool(in_time and silence >= timedelta(days=search.least_silence) and silence >= 2 * gap)


def _gap(pair: Row) -> timedelta:
    gap: timedelta = (pair["last_at"] - pair["begun_at"]) / max(pair["orders"] - 1, 1)
    return gap


def _until(pair: Row, search: Search) -> timedelta:
    """Return how long after an order of the old account the new one's may still come instead of its next."""
    return max(timedelta(days=search.days_after), search.gaps_after * _gap(pair))


def _shrank(pair: Row, days: int, search: Search, now: datetime) -> bool:
    """Test the old account's pace of purchases before and after (exact, given their number), and who makes up for it."""
    since = max(pair["begun_at"], pair["first_at"] - timedelta(days=SPAN_DAYS))
    before, after = ((one.total_seconds() / 86400) for one in (pair["first_at"] - since, now - pair["first_at"]))
    bought_then = pair["first_at"] - pair["before_at"] <= _until(pair, search)
    if pair["before"] < search.least_shrunk or after < search.least_silence or not bought_then:
        return False
    expected = pair["before"] * after / before
    p = float(binom.cdf(pair["after"], pair["before"] + pair["after"], after / (after + before)))
    fell = pair["after"] <= search.most_left * expected and p < search.shrunk_p
    return bool(fell and days >= search.made_up * (expected - pair["after"]))


def _compared(pair: Succession, old_rows: list[Row], new_rows: list[Row]) -> Goods:
    before = [row for row in old_rows if 0 <= (pair.last_at - row["ordered_at"]).days <= YEAR_DAYS]
    old, new = _by_product(before), _by_product(new_rows)
    soon = _by_product([row for row in new_rows if (row["ordered_at"] - pair.first_at).days <= YEAR_DAYS])
    if not old or not new:
        return Goods(None, None, Decimal(0), (), None)
    products = sorted(old.keys() | new.keys())
    a, b = (np.array([float(side.get(name, (0, 0))[1]) for name in products]) for side in (old, new))
    cosine = float(a @ b / max(np.sqrt((a @ a) * (b @ b)), 1e-12))
    shared = [name for name in products if name in old and name in new]
    if not shared:
        return Goods(cosine, None, Decimal(0), (), None)
    old_price = {name: old[name][1] / old[name][0] for name in shared}
    usual = sum((old_price[name] * new[name][0] for name in shared), Decimal(0))
    paid = sum((new[name][1] for name in shared), Decimal(0))
    main = max(shared, key=lambda name: (new[name][1], name))
    points = [
        (row["ordered_at"], float(row["unit_price"])) for row in (*before, *new_rows) if row["product_id"] == main
    ]
    change = _cheaper(old_price, soon)
    return Goods(cosine, change, max(usual - paid, Decimal(0)), tuple(sorted(points)), float(old_price[main]))


def _cheaper(old_price: dict[str, Decimal], soon: dict[str, tuple[Decimal, Decimal]]) -> float | None:
    """Return the change of price within a year, so that years of price rises do not hide a lower price."""
    shared = [name for name in sorted(old_price) if name in soon]
    usual = sum((old_price[name] * soon[name][0] for name in shared), Decimal(0))
    paid = sum((soon[name][1] for name in shared), Decimal(0))
    return float(paid / usual) - 1 if usual else None


def _by_product(rows: list[Row]) -> dict[str, tuple[Decimal, Decimal]]:
    """Return quantity and amount by product."""
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for row in rows:
        quantity, amount = sums.get(row["product_id"], (Decimal(0), Decimal(0)))
        sums[row["product_id"]] = (quantity + row["quantity"], amount + row["quantity"] * row["unit_price"])
    return sums
