"""Goods that several customers of one salesperson bought at a special price, sent to one place that is none of theirs."""

import math
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import ibis
from ibis.expr.types import Table as Expression

from mingdan.engine.methods.account_firms import firms_of_accounts
from mingdan.engine.trail import Tables

Row = dict[str, Any]
Pair = tuple[str, str]


@dataclass(frozen=True)
class PlaceSigns:
    """What counts as such a place, and its weights (log10 likelihood ratios).

    `expected` is how often whoever diverts has one; colleagues' places, with a prior of one among `worth` of them, say how
    often it is innocent. A firm of the register there, goods beyond `need` and machines `served` elsewhere add to it.
    """

    least_customers: int = 2
    most_sellers: int = 2
    most_users: int = 8
    expected: float = 0.1
    worth: int = 40
    firm: float = 0.4
    need: float = 0.4
    served: float = 0.4


@dataclass(frozen=True)
class ProgramPlace:
    """A salesperson's customers whose special-price goods went to one place; `company_id` is a firm of the register there."""

    seller: str
    place: str
    programs: tuple[str, ...]
    accounts: tuple[str, ...]
    orders: tuple[str, ...]
    amount: Decimal
    last_at: datetime
    company_id: str | None


def weighed_places(
    tables: Tables, signs: PlaceSigns, *, beyond: Collection[Pair], strange: Collection[Pair]
) -> list[tuple[ProgramPlace, float]]:
    """Return the places that carry weight, with it; `beyond` and `strange` are buyers and programs with goods beyond need
    and with machines served elsewhere.
    """
    places = program_places(tables, signs)
    people = _sellers(tables) if places else 0
    found = []
    for place in places:
        others = len({one.seller for one in places} - {place.seller})
        weight = math.log10(signs.expected * (signs.worth + max(people - 1, others)) / (1 + others))
        pairs = {(account, program) for account in place.accounts for program in place.programs}
        weight += signs.firm if place.company_id else 0.0
        weight += signs.need if not pairs.isdisjoint(beyond) else 0.0
        weight += signs.served if not pairs.isdisjoint(strange) else 0.0
        if weight > 0:
            found.append((place, weight))
    return found


def program_places(tables: Tables, signs: PlaceSigns) -> list[ProgramPlace]:
    """Return the places; one that more salespeople's customers, or more customers, use is a warehouse or forwarder."""
    orders = _away(tables)
    shared = orders.group_by("seller", "place").agg(customers=orders.account_id.nunique())
    every = _placed(tables)
    crowd = every.group_by("place").agg(sellers=every.seller.nunique(), users=every.account_id.nunique())
    few = crowd.filter((crowd.sellers <= signs.most_sellers) & (crowd.users <= signs.most_users)).select("place")
    chosen = shared.filter(shared.customers >= signs.least_customers).semi_join(few, "place")
    rows = tables.records(orders.semi_join(chosen, ["seller", "place"]), order_by=["seller", "place", "order_id"])
    grouped: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["seller"], row["place"]].append(row)
    firms = _firms_at(tables, grouped) if grouped else {}
    return [_told(pair, some, firms) for pair, some in sorted(grouped.items())]


def _sellers(tables: Tables) -> int:
    """Return how many salespeople sold anything under a program."""
    sold = _program_orders(tables).agg(n=ibis._.seller.nunique())
    return int(tables.records(sold, order_by=["n"])[0]["n"])


def _told(pair: tuple[str, str], rows: Sequence[Row], firms: dict[str, list[str]]) -> ProgramPlace:
    seller, place = pair
    at_place = firms.get(place, [])
    return ProgramPlace(
        seller=seller,
        place=place,
        programs=tuple(sorted({row["program"] for row in rows})),
        accounts=tuple(sorted({row["account_id"] for row in rows})),
        orders=tuple(row["order_id"] for row in rows),
        amount=sum((row["amount"] for row in rows), Decimal(0)),
        last_at=max(row["ordered_at"] for row in rows),
        company_id=at_place[0] if len(at_place) == 1 else None,
    )


def _placed(tables: Tables) -> Expression:
    """Return the orders with a place of delivery: order_id, account_id, seller, place, program (null for none), amount."""
    owners = tables.accounts.select("account_id", owner="owner_id")
    orders = tables.orders.filter(
        (ibis._.amount > 0) & ibis._.account_id.notnull() & ibis._.ship_to_key.notnull()
    ).left_join(owners, "account_id")
    return orders.select(
        "order_id",
        "account_id",
        "ordered_at",
        "amount",
        seller=ibis.coalesce(orders.employee_id, orders.owner),
        place=orders.ship_to_key,
        program=orders.pricing_program.strip().nullif(""),
    )


def _program_orders(tables: Tables) -> Expression:
    orders = _placed(tables)
    return orders.filter(orders.program.notnull() & orders.seller.notnull())


def _away(tables: Tables) -> Expression:
    """Return program orders to places that are not the customer's: no address of it, and no plain order of it went there."""
    every = _placed(tables)
    plain = every.filter(every.program.isnull()).select("account_id", "place")
    homes = tables.accounts.select("account_id", place="address_key")
    firms = firms_of_accounts(tables).inner_join(
        tables.companies.select("company_id", place="address_key"), "company_id"
    )
    own = plain.union(homes).union(firms.select("account_id", "place")).filter(ibis._.place.notnull()).distinct()
    return _program_orders(tables).anti_join(own, ["account_id", "place"])


def _firms_at(tables: Tables, pairs: dict[tuple[str, str], list[Row]]) -> dict[str, list[str]]:
    at = tables.companies.filter(ibis._.address_key.isin(sorted({place for _, place in pairs})))
    found: dict[str, list[str]] = defaultdict(list)
    for row in tables.records(at.select("company_id", "address_key"), order_by=["company_id", "address_key"]):
        found[row["address_key"]].append(row["company_id"])
    return found
