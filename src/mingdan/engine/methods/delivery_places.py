"""Where customers' goods are delivered: places and consignees, by customer and salesperson."""

import functools
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import ibis
from ibis.expr.types import Table as Expression
from scipy.stats import hypergeom

from mingdan.engine.methods.account_firms import firms_of_accounts
from mingdan.engine.methods.listed import among
from mingdan.engine.trail import Tables

KINDS = (("address", "ship_to_key"), ("consignee", "consignee_key"))
"""What tells where goods go."""

MOST_ACCOUNTS = 50
"""A place that more customers use is a depot's; its rows are not even fetched."""


@dataclass(frozen=True)
class Delivery:
    """The orders of one customer through one salesperson for one place (`kind` address) or consignee.

    `own` says whether it is the customer's own: the address of its account or firm, or where most of its orders go.
    `share` is its part of the customer's order value.
    """

    account_id: str
    kind: str
    key: str
    seller: str | None
    orders: int
    amount: Decimal
    first_at: datetime
    last_at: datetime
    own: bool
    share: float

    @property
    def is_substantial(self) -> bool:
        """Return whether it was more than one order for a small part of what the customer buys."""
        return self.orders > 1 or self.share >= 0.2


class DeliveryCounts:
    """How many customers have a known place of delivery, by region and the salesperson of their orders."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._books: dict[str | None, Counter[str | None]] = defaultdict(Counter)
        self._all: Counter[str | None] = Counter()
        self._region: dict[str, str | None] = {}
        for row in rows:
            self._books[row["region"]][row["seller"]] += 1
            self._all[row["seller"]] += 1
            self._region[row["account_id"]] = row["region"]

    @property
    def sellers(self) -> int:
        """How many salespeople have such customers."""
        return len(self._all)

    def share(self, some: Mapping[str | None, int], without: str | None) -> float:
        """Return which share of the customers of everybody but one these are, one added on each side."""
        hits = sum(some.values()) - some.get(without, 0)
        return (1 + hits) / (2 + self._all.total() - self._all[without])

    def together_by_chance(self, accounts: Collection[str], mine: int, seller: str) -> float:
        """Return the chance that `mine` of these customers have one salesperson in common.

        Hypergeometric, drawing as many customers from the same regions, times the number of salespeople there.
        """
        book: Counter[str | None] = Counter()
        for region in {self._region.get(account) for account in accounts}:
            book.update(self._books[region])
        if not book[seller]:
            return 1.0
        drawn = min(len(accounts), book.total())
        return min(1.0, float(hypergeom.sf(mine - 1, book.total(), book[seller], drawn)) * len(book))


def delivery_counts(tables: Tables) -> DeliveryCounts:
    """Count the customers with a known place of delivery, by region and owner."""
    known = _bought(tables).filter(ibis._.ship_to_key.notnull()).select("account_id").distinct()
    named = known.inner_join(tables.accounts.select("account_id", "region", seller="owner_id"), "account_id")
    return DeliveryCounts(tables.records(named, order_by=["account_id"]))


def deliveries(tables: Tables, keys: Collection[str]) -> list[Delivery]:
    """Return the deliveries to these places and to every place that two to `MOST_ACCOUNTS` customers use.

    Ordered by place, customer and salesperson; an order without salesperson belongs to the customer's owner.
    """
    places = _places(tables)
    shared = places.filter((places.users >= 2) & (places.users <= MOST_ACCOUNTS))
    wanted = shared.union(among(places, "key", keys)).distinct()
    known = _addresses(tables).mutate(is_known=True)
    joined = wanted.left_join(known, ["account_id", "kind", "key"]).drop("account_id_right", "kind_right", "key_right")
    rows = tables.records(joined, order_by=["kind", "key", "account_id"])
    sold = _sold(tables, {row["account_id"] for row in rows})
    return [
        _delivery(row, *part) for row in rows for part in sold.get((row["account_id"], row["kind"], row["key"]), ())
    ]


def by_key(rows: Iterable[Delivery]) -> dict[tuple[str, str], list[Delivery]]:
    grouped: dict[tuple[str, str], list[Delivery]] = defaultdict(list)
    for row in rows:
        grouped[row.kind, row.key].append(row)
    return grouped


Sold = tuple[str | None, int, Decimal, datetime, datetime]


def _places(tables: Tables) -> Expression:
    """Return account_id, kind, key, with `users` of the place, the customer's `total`, and whether it `is_usual`."""
    orders = _bought(tables)
    parts = [
        orders.filter(orders[column].notnull())
        .group_by("account_id", kind=ibis.literal(kind), key=orders[column])
        .agg(n=ibis._.count(), amount=ibis._.amount.sum())
        for kind, column in KINDS
    ]
    every = functools.reduce(lambda one, other: one.union(other), parts)
    of_customer = ibis.window(group_by=["account_id", "kind"])  # type: ignore[no-untyped-call]
    of_place = ibis.window(group_by=["kind", "key"])  # type: ignore[no-untyped-call]
    most = ibis.window(group_by=["account_id", "kind"], order_by=[ibis.desc("n"), "key"])  # type: ignore[no-untyped-call]
    told = every.mutate(
        users=every.account_id.count().over(of_place),
        total=every.amount.sum().over(of_customer),
        is_usual=ibis.row_number().over(most) == 0,
    )
    return told.select("account_id", "kind", "key", "users", "total", "is_usual")


def _sold(tables: Tables, accounts: Collection[str]) -> dict[tuple[str, str, str], list[Sold]]:
    """Return by customer, kind and key what each salesperson sold there."""
    owners = tables.accounts.select("account_id", owner="owner_id")
    orders = among(_bought(tables), "account_id", accounts).left_join(owners, "account_id")
    orders = orders.mutate(seller=ibis.coalesce(orders.employee_id, orders.owner))
    found: dict[tuple[str, str, str], list[Sold]] = defaultdict(list)
    for kind, column in KINDS:
        known = orders.filter(orders[column].notnull()).group_by("account_id", "seller", key=orders[column])
        sums = known.agg(
            n=ibis._.count(), amount=ibis._.amount.sum(), first=ibis._.ordered_at.min(), last=ibis._.ordered_at.max()
        )
        for row in tables.records(sums, order_by=["account_id", "key", "seller"]):
            part = (row["seller"], row["n"], row["amount"], row["first"], row["last"])
            found[row["account_id"], kind, row["key"]].append(part)
    return found


def _bought(tables: Tables) -> Expression:
    return tables.orders.filter(ibis._.account_id.notnull() & (ibis._.amount > 0))


def _addresses(tables: Tables) -> Expression:
    """Return the addresses of each customer's account and of its firm in the register."""
    own = tables.accounts.select("account_id", key="address_key")
    firms = firms_of_accounts(tables).inner_join(tables.companies.select("company_id", key="address_key"), "company_id")
    every = own.union(firms.select("account_id", "key"))
    return every.filter(every.key.notnull()).distinct().mutate(kind=ibis.literal("address"))


def _delivery(
    row: dict[str, Any], seller: str | None, orders: int, amount: Decimal, first_at: datetime, last_at: datetime
) -> Delivery:
    own = bool(row["is_known"] or row["is_usual"])
    share = float(amount / row["total"]) if row["total"] else 1.0
    return Delivery(row["account_id"], row["kind"], row["key"], seller, orders, amount, first_at, last_at, own, share)
