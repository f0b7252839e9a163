"""Innocent causes that several questions about customers share, looked up in the registers."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import ibis

from mingdan.engine.context import Context, Scope
from mingdan.engine.findings import Status
from mingdan.engine.methods.account_standing import asked_of
from mingdan.engine.trail import Tables


def any_of(statuses: Iterable[Status]) -> Status:
    """Return supported if one is, else open if one is, else ruled out."""
    found = set(statuses)
    return "supported" if "supported" in found else "open" if "open" in found or not found else "ruled_out"


def settled(statuses: Iterable[Status]) -> Status:
    """Return supported if one check says so, else ruled out if one check could, else open."""
    found = set(statuses)
    return "supported" if "supported" in found else "ruled_out" if "ruled_out" in found else "open"


def events_of(
    context: Context,
    kinds: Collection[str],
    start: datetime,
    end: datetime,
    scope: Scope,
    products: Collection[str] = (),
) -> Status:
    """Return the status of such events for the scope as such and for each of the products."""
    scopes = [scope, *(replace(scope, product_id=product) for product in sorted(products))]
    return any_of(context.status(kinds, start, end, one) for one in scopes)


def holidays_fill(context: Context, start: datetime, end: datetime, scope: Scope) -> Status:
    """Say whether holidays, a week on either side included, make up half of a silence: a short one explains no long one."""
    week = timedelta(days=7)
    days = context.days_covered(["holiday"], start - week, end + week, scope)
    if days is None:
        return "open"
    return "supported" if days and 2 * (days + 14) >= (end - start).days else "ruled_out"


def handed_over(tables: Tables, at: Mapping[str, datetime], before_days: int = 90, after_days: int = 30) -> set[str]:
    """Return the accounts whose owner changed from so many days before their time to so many after it."""
    if not at:
        return set()
    changes = asked_of(at).inner_join(tables.owner_changes, "account_id")
    near = changes.filter(
        (changes.changed_at >= changes.asked_at - ibis.interval(days=before_days))
        & (changes.changed_at <= changes.asked_at + ibis.interval(days=after_days))
        & changes.from_employee_id.notnull()
    )
    return {row["account_id"] for row in tables.records(near.select("account_id").distinct(), order_by=["account_id"])}


def products_of(tables: Tables, at: Mapping[str, datetime], most: int = 20) -> dict[str, tuple[str, ...]]:
    """Return the products that each account bought in the two years before its time, the most revenue first."""
    if not at or not tables.has("order_lines"):
        return {}
    orders = asked_of(at).inner_join(tables.orders, "account_id")
    recent = orders.filter(
        (orders.ordered_at <= orders.asked_at) & (orders.ordered_at >= orders.asked_at - ibis.interval(days=730))
    )
    lines = recent.inner_join(tables.order_lines, "order_id")
    sums = lines.group_by("account_id", "product_id").agg(revenue=(lines.quantity * lines.unit_price).sum())
    by_revenue = ibis.window(group_by="account_id", order_by=[ibis.desc("revenue"), "product_id"])  # type: ignore[no-untyped-call]
    top = sums.mutate(place=ibis.row_number().over(by_revenue)).filter(ibis._.place < most)
    bought: dict[str, tuple[str, ...]] = {}
    for row in tables.records(top, order_by=["account_id", "place"]):
        bought[row["account_id"]] = (*bought.get(row["account_id"], ()), row["product_id"])
    return bought
