"""Customers that stopped buying while a new account began to buy for the same place or user: pairs, baskets and prices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import ibis
import numpy as np
from ibis.expr.types import Table as Expression

from mingdan.engine.trail import Tables

Row = dict[str, Any]
YEAR_DAYS = 365


@dataclass(frozen=True)
class Search:
    """`least_orders` of the old account; the new one's first order lies so many days around the old one's last.

    `most_sharers`: an address, consignee or user that more accounts share is a warehouse or forwarder and ties nobody.
    """

    least_orders: int = 3
    days_before: int = 45
    days_after: int = 90
    least_silence: int = 60
    most_sharers: int = 3


@dataclass(frozen=True)
class Succession:
    """Account `new` follows account `old`; `links` are the kinds of ties, `sharers` the fewest accounts on one of them."""

    old: str
    new: str
    last_at: datetime
    first_at: datetime
    links: tuple[str, ...]
    sharers: int
    tickets: tuple[str, ...]


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


def successions(tables: Tables, search: Search) -> list[Succession]:
    """Return the pairs in which an account stopped and another began, tied by address, consignee or end user."""
    lives = _lives(tables)
    ties = _shared_keys(tables, search.most_sharers).union(_served_by(tables))
    old = lives.select(old="account_id", last_at="last_at", orders="orders", gap="gap")
    new = lives.select(new="account_id", first_at="first_at")
    pairs = ties.inner_join(old, "old").inner_join(new, "new")
    distance = pairs.first_at.epoch_seconds() - pairs.last_at.epoch_seconds()
    now = int(tables.as_of.replace(tzinfo=UTC).timestamp())
    silence = now - pairs.last_at.epoch_seconds()
    chosen = pairs.filter(
        (pairs.orders >= search.least_orders)
        & (distance >= -search.days_before * 86400)
        & (distance <= search.days_after * 86400)
        & (silence >= search.least_silence * 86400)
        & (silence >= 2 * pairs.gap)
    )
    rows = tables.records(chosen, order_by=["old", "new", "kind", "row_id"])
    return _grouped(rows)


def goods_of(tables: Tables, pairs: Sequence[Succession]) -> dict[tuple[str, str], Goods]:
    """Return baskets and prices of each pair, the old account's from the year before its last order."""
    if not pairs or not tables.has("order_lines"):
        return {}
    accounts = sorted({pair.old for pair in pairs} | {pair.new for pair in pairs})
    named = ibis.memtable(
        [{"account_id": account} for account in accounts], schema=ibis.schema({"account_id": "string"})
    )
    orders = tables.orders.inner_join(named, "account_id").select("order_id", "account_id", "ordered_at")
    lines = orders.inner_join(tables.order_lines.filter(ibis._.quantity > 0), "order_id")
    rows: dict[str, list[Row]] = {}
    for row in tables.records(lines, order_by=["account_id", "ordered_at", "order_id", "product_id"]):
        rows.setdefault(row["account_id"], []).append(row)
    return {(pair.old, pair.new): _compared(pair, rows.get(pair.old, []), rows.get(pair.new, [])) for pair in pairs}


def reach_of(tables: Tables, accounts: Sequence[str]) -> dict[str, int]:
    """Return to how many different addresses each account has goods delivered."""
    orders = tables.orders.filter(ibis._.account_id.isin(sorted(set(accounts))) & ibis._.ship_to_key.notnull())
    counted = orders.group_by("account_id").agg(places=ibis._.ship_to_key.nunique())
    return {row["account_id"]: row["places"] for row in tables.records(counted, order_by=["account_id"])}


def _lives(tables: Tables) -> Expression:
    """Return each account's first and last order, their number, and the mean seconds between order days."""
    orders = tables.orders.filter(ibis._.account_id.notnull() & (ibis._.amount > 0))
    lives = orders.group_by("account_id").agg(
        first_at=orders.ordered_at.min(),
        last_at=orders.ordered_at.max(),
        orders=orders.ordered_at.date().nunique(),
    )
    length = lives.last_at.epoch_seconds() - lives.first_at.epoch_seconds()
    return lives.mutate(gap=length / ibis.greatest(lives.orders - 1, 1))


def _shared_keys(tables: Tables, most: int) -> Expression:
    """Return old and new account of each key of delivery used by few accounts, the old one having used it first."""
    uses = _uses(tables, "ship_to_key", "address").union(_uses(tables, "consignee_key", "consignee"))
    counted = uses.group_by("kind", "key").agg(sharers=uses.account_id.nunique())
    few = uses.inner_join(counted.filter((counted.sharers > 1) & (counted.sharers <= most)), ["kind", "key"])
    old = few.select("kind", "key", "sharers", old="account_id", old_used="used_at")
    new = few.select("kind", "key", new="account_id", new_used="used_at")
    both = old.inner_join(new, ["kind", "key"])
    ordered = both.filter((both.old != both.new) & (both.old_used < both.new_used))
    return ordered.select("old", "new", "kind", "sharers", row_id=ibis.null("string"))


def _uses(tables: Tables, column: str, kind: str) -> Expression:
    orders = tables.orders.filter(tables.orders[column].notnull() & tables.orders.account_id.notnull())
    used = orders.group_by("account_id", key=orders[column]).agg(used_at=orders.ordered_at.min())
    return used.mutate(kind=ibis.literal(kind)).select("account_id", "kind", "key", "used_at")


def _served_by(tables: Tables) -> Expression:
    """Return pairs in which the old account asks for service on a serial number that was shipped to the new one."""
    shipped = tables.shipments.filter(ibis._.serial_no.notnull()).inner_join(
        tables.orders.select("order_id", new="account_id"), "order_id"
    )
    tickets = tables.tickets.filter(ibis._.serial_no.notnull() & ibis._.account_id.notnull())
    asked = tickets.select("ticket_id", "serial_no", old="account_id").inner_join(
        shipped.select("serial_no", "new"), "serial_no"
    )
    other = asked.filter(asked.old != asked.new)
    return other.select(
        "old", "new", kind=ibis.literal("user"), sharers=ibis.literal(2, type="int64"), row_id=other.ticket_id
    ).distinct()


def _grouped(rows: list[Row]) -> list[Succession]:
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        grouped.setdefault((row["old"], row["new"]), []).append(row)
    return [
        Succession(
            old=old,
            new=new,
            last_at=found[0]["last_at"],
            first_at=found[0]["first_at"],
            links=tuple(sorted({row["kind"] for row in found})),
            sharers=min(row["sharers"] for row in found),
            tickets=tuple(sorted({row["row_id"] for row in found if row["row_id"]})[:4]),
        )
        for (old, new), found in grouped.items()
    ]


def _compared(pair: Succession, old_rows: list[Row], new_rows: list[Row]) -> Goods:
    before = [row for row in old_rows if (pair.last_at - row["ordered_at"]).days <= YEAR_DAYS]
    old, new = _by_product(before), _by_product(new_rows)
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
    change = float(paid / usual) - 1 if usual else None
    return Goods(cosine, change, max(usual - paid, Decimal(0)), tuple(sorted(points)), float(old_price[main]))


def _by_product(rows: list[Row]) -> dict[str, tuple[Decimal, Decimal]]:
    """Return quantity and amount by product."""
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for row in rows:
        quantity, amount = sums.get(row["product_id"], (Decimal(0), Decimal(0)))
        sums[row["product_id"]] = (quantity + row["quantity"], amount + row["quantity"] * row["unit_price"])
    return sums
