"""Service asked for goods that no sale explains: every machine a customer asks about, set against what we shipped."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis
import numpy as np
from ibis.expr.types import Table as Expression
from numpy.typing import NDArray
from scipy.stats import betabinom

from mingdan.engine.methods.beta_binomial import fit_beta
from mingdan.engine.trail import Tables

Row = dict[str, Any]
Floats = NDArray[np.float64]

SERVICE_KINDS = ("warranty", "repair", "consumable", "installation")
ODD = ("unknown", "other", "unsold")
LOST_DAYS = 365


@dataclass(frozen=True)
class Surprise:
    """What one customer's service tickets show: `odd` of `claims` machines are explained by no sale to it.

    `p` is P(at least so many) at the company's own rate of such claims, `usual` that rate without this customer.
    """

    account_id: str
    odd: int
    claims: int
    usual: float
    p: float


def claims_of(tables: Tables) -> Expression:
    """Return one row per customer and machine asked about: account_id, asset, found, first_at, product_id.

    A machine is a serial number, or a product where the ticket names none. `found`: "ours" sold to this customer,
    "other" to another, "unknown" never shipped, "unsold" (no serial number) no such sale to this customer. Tickets
    that say neither whose nor what are left out; a ticket without customer belongs to the one its phone number names.
    """
    named = _named(tables)
    serials = named.filter(named.serial_no.notnull())
    shipped = _shipped(tables)
    own = shipped.select("serial_no", "buyer").distinct().mutate(mine=True)
    known = shipped.select("serial_no").distinct().mutate(known=True)
    checked = serials.left_join(own, [serials.serial_no == own.serial_no, serials.account_id == own.buyer])
    checked = checked.drop("serial_no_right", "buyer").left_join(known, "serial_no")
    found = ibis.cases((checked.mine, "ours"), (checked.known, "other"), else_="unknown")
    by_serial = checked.select("account_id", "ticket_id", "opened_at", "product_id", asset="serial_no", found=found)
    claims = by_serial.union(_without_serial(tables, named))
    return claims.group_by("account_id", "asset", "found").agg(
        first_at=claims.opened_at.min(), product_id=claims.product_id.max()
    )


def surprises(tables: Tables, claims: Expression, most_p: float) -> list[Surprise]:
    """Return the customers with more odd claims than the company's own rate explains, p below `most_p`.

    Rates differ between customers as a beta distribution fitted by moments; its mean leaves the customer out. So where
    serial numbers are recorded badly, unknown ones say nothing.
    """
    odd = claims.found.isin(ODD)
    counted = claims.group_by("account_id").agg(claims=claims.asset.nunique(), odd=claims.asset.nunique(where=odd))
    columns = tables.columns(counted, order_by=["account_id"])
    if len(columns["account_id"]) == 0:
        return []
    n, y = columns["claims"].astype(np.float64), columns["odd"].astype(np.float64)
    beta = fit_beta(y, n)
    worth = beta.a + beta.b
    usual = (y.sum() - y + 1) / (n.sum() - n + 2)
    p = np.where(y > 0, betabinom.sf(y - 1, n, usual * worth, (1 - usual) * worth), 1.0)
    return [
        Surprise(columns["account_id"][i], int(y[i]), int(n[i]), float(usual[i]), float(p[i]))
        for i in np.flatnonzero(p < most_p)
    ]


def odd_claims(tables: Tables, claims: Expression, accounts: Collection[str]) -> dict[str, list[Row]]:
    """Return these customers' odd claims, each with its tickets and, where another bought the machine, that shipment."""
    wanted = claims.filter(claims.found.isin(ODD) & claims.account_id.isin(sorted(accounts)))
    named = _named(tables).mutate(asset=ibis.coalesce(ibis._.serial_no, ibis._.product_id, ibis.literal("")))
    tickets = named.group_by("account_id", "asset").agg(ticket_ids=named.ticket_id.collect())
    shipped = (
        _shipped(tables)
        .group_by(asset="serial_no")
        .agg(buyer=ibis._.buyer.min(), shipment_id=ibis._.shipment_id.min(), shipped_at=ibis._.shipped_at.min())
    )
    joined = wanted.left_join(tickets, ["account_id", "asset"]).drop("account_id_right", "asset_right")
    joined = joined.left_join(shipped, "asset").drop("asset_right")
    joined = joined.left_join(_prices(tables), "product_id").drop("product_id_right")
    found: dict[str, list[Row]] = {}
    for row in tables.records(joined, order_by=["account_id", "first_at", "asset"]):
        found.setdefault(row["account_id"], []).append(row | {"ticket_ids": sorted(row["ticket_ids"])})
    return found


def serials_of(tables: Tables, accounts: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return the serial numbers shipped to each of these customers."""
    shipped = _shipped(tables)
    own = shipped.filter(shipped.buyer.isin(sorted(accounts))).select("buyer", "serial_no").distinct()
    found: dict[str, tuple[str, ...]] = {}
    for row in tables.records(own, order_by=["buyer", "serial_no"]):
        found[row["buyer"]] = (*found.get(row["buyer"], ()), row["serial_no"])
    return found


def coverage_of(tables: Tables) -> tuple[dict[str | None, float], datetime | None]:
    """Return the share of shipments with a serial number by product (all of them under None), and the first shipment."""
    has_serial = ibis._.serial_no.notnull()
    by_product = tables.shipments.group_by("product_id").agg(all=ibis._.count(), with_serial=has_serial.sum())
    rows = tables.records(by_product, order_by=["product_id"])
    shares: dict[str | None, float] = {row["product_id"]: row["with_serial"] / row["all"] for row in rows}
    total = sum(row["all"] for row in rows)
    shares[None] = sum(row["with_serial"] for row in rows) / total if total else 0.0
    first = tables.records(tables.shipments.agg(first=ibis._.shipped_at.min()), order_by=["first"])[0]["first"]
    return shares, first


def _named(tables: Tables) -> Expression:
    """Return service tickets with the customer they belong to."""
    tickets = tables.tickets.filter(ibis._.kind.isnull() | ibis._.kind.isin(SERVICE_KINDS))
    phones = tables.accounts.select("account_id", "phone_key").union(tables.contacts.select("account_id", "phone_key"))
    phones = phones.filter(phones.phone_key.notnull()).distinct()
    sole = phones.group_by("phone_key").agg(caller=phones.account_id.min(), n=phones.account_id.nunique())
    joined = tickets.left_join(sole.filter(sole.n == 1).drop("n"), "phone_key")
    owned = joined.mutate(account_id=ibis.coalesce(joined.account_id, joined.caller))
    serial = owned.serial_no.strip().upper().nullif("")
    wanted = owned.filter(owned.account_id.notnull()).mutate(serial_no=serial)
    return wanted.select("account_id", "ticket_id", "opened_at", "kind", "order_id", "product_id", "serial_no")


def _shipped(tables: Tables) -> Expression:
    orders = tables.orders.select("order_id", buyer="account_id")
    shipped = tables.shipments.mutate(serial_no=ibis._.serial_no.strip().upper().nullif(""))
    return shipped.filter(shipped.serial_no.notnull()).inner_join(orders, "order_id")


def _without_serial(tables: Tables, named: Expression) -> Expression:
    """Return claims of tickets without serial number: unsold where the customer never bought the product, or nothing.

    An installation counts as unsold too where the customer bought nothing in the year before it.
    """
    bare = named.filter(named.serial_no.isnull() & named.order_id.isnull())
    lines = tables.order_lines.inner_join(tables.orders.select("order_id", "account_id"), "order_id")
    bought = lines.select("account_id", "product_id").distinct().mutate(bought=True)
    orders = tables.orders.group_by("account_id").agg(first_order=ibis._.ordered_at.min())
    joined = bare.left_join(bought, ["account_id", "product_id"]).drop("account_id_right", "product_id_right")
    joined = joined.left_join(orders, "account_id").drop("account_id_right")
    asked = joined.select("ticket_id", "account_id", "opened_at")
    near = asked.inner_join(tables.orders.select("account_id", "ordered_at"), "account_id")
    year = ibis.interval(days=LOST_DAYS)
    near = near.filter((near.ordered_at <= near.opened_at) & (near.ordered_at >= near.opened_at - year))
    seen = joined.left_join(near.select("ticket_id").distinct().mutate(recent=True), "ticket_id")
    never = seen.first_order.isnull() | (seen.first_order > seen.opened_at)
    installed = (seen.kind == "installation") & seen.recent.isnull()
    product = seen.product_id.notnull() & seen.bought.isnull() & ibis.literal(tables.has("order_lines"))
    odd = never | installed | product
    told = seen.mutate(odd=odd).filter(odd | seen.product_id.notnull())
    return told.select(
        "account_id",
        "ticket_id",
        "opened_at",
        "product_id",
        asset=ibis.coalesce(told.product_id, ibis.literal("")),
        found=ibis.ifelse(told.odd, "unsold", "ours"),
    )


def _prices(tables: Tables) -> Expression:
    return tables.products.select("product_id", "name", "list_price")
