"""Whether customers buy the consumables that the machines they bought from us use up."""

from collections.abc import Iterator
from dataclasses import dataclass

import ibis
import numpy as np
from ibis.expr.types import Table as Expression
from numpy.typing import NDArray

from mingdan.engine.methods.gamma_poisson import at_most, fit_rates
from mingdan.engine.methods.rate_change import deflated
from mingdan.engine.trail import Columns, Tables

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WINDOWS = (180, 365, 730)
FIRST_FILL_DAYS = 60
LEAST_TWINS = 5
LEAST_REGION = 20


@dataclass(frozen=True)
class Hole:
    """What one customer did not buy: `goods` names a machine or a category, `since` is a day number.

    `bought` of `expected` (same unit), the amount that is missing, P(so little) by chance, and peers compared with.
    """

    account_id: str
    goods: str
    by_machine: bool
    since: int
    bought: float
    expected: float
    amount: float
    p: float
    peers: int


@dataclass(frozen=True)
class _Machine:
    """The customers of one machine, one entry each: purchases of machines and of their consumables as flat arrays."""

    accounts: NDArray[np.object_]
    owner: Ints
    day: Ints
    quantity: Floats
    buyer: Ints
    bought_day: Ints
    supply: Floats
    value: Floats
    region: NDArray[np.object_]


def machine_holes(tables: Tables, most_p: float) -> list[Hole]:
    """Return the holes between machines installed and consumables bought, with p below `most_p`.

    A consumable's supply is counted in machine-years (quantity / yearly_use). Rates of supply per machine-year differ
    between customers as a gamma distribution fitted to the twins: the other customers of the machine, in the region
    where there are LEAST_REGION of them. Two questions: less than the twins ever since the machine came, and less than
    the own past in the last 180, 365 or 730 days, the twins' change in these days taken into account; p is multiplied
    by the number of questions. Purchases are counted in usual batches, so that few large orders count as few.
    """
    until = int(np.datetime64(tables.as_of, "D").astype(np.int64))
    found: list[Hole] = []
    for name, machine in _machines(tables):
        if len(machine.accounts) > LEAST_TWINS:
            found += _holes(name, machine, until)
    p = deflated(np.array([hole.p for hole in found]))
    kept = [(hole, float(low)) for hole, low in zip(found, p, strict=True) if low < most_p]
    return [Hole(**{**hole.__dict__, "p": low}) for hole, low in kept if hole.expected - hole.bought > 0]


def _holes(name: str, machine: _Machine, until: int) -> list[Hole]:
    count = len(machine.accounts)
    batch = _batches(machine, count)
    demand = _demand(machine, -(10**6), until) / batch
    supply = np.bincount(machine.buyer, machine.supply, minlength=count) / batch
    price = machine.value.sum() / max(machine.supply.sum(), 1e-9)
    shape, rate, twins = _twins(machine.region, supply, demand)
    lifetime = at_most(supply, demand, shape, rate)
    questions = len(WINDOWS) + 1
    best_p, expected, bought = lifetime * questions, demand * shape / rate, supply
    first = np.full(count, until)
    np.minimum.at(first, machine.owner, machine.day)
    since = first + FIRST_FILL_DAYS
    for window in WINDOWS:
        start = until - window
        recent = machine.bought_day > start
        now = np.bincount(machine.buyer[recent], machine.supply[recent], minlength=count) / batch
        need = _demand(machine, start, until) / batch
        past_shape, past_rate = shape + supply - now, rate + demand - need
        hoped = need * past_shape / past_rate
        change = min(1.0, (now.sum() + 1) / (hoped.sum() + 1))
        p = at_most(now, need * change, past_shape, past_rate) * questions
        better = (p < best_p) & (demand - need > 0)
        best_p, since = np.where(better, p, best_p), np.where(better, start, since)
        expected, bought = np.where(better, hoped * change, expected), np.where(better, now, bought)
    return [
        Hole(
            account_id=machine.accounts[i],
            goods=name,
            by_machine=True,
            since=int(since[i]),
            bought=float(bought[i] * batch[i]),
            expected=float(expected[i] * batch[i]),
            amount=float((expected[i] - bought[i]) * batch[i] * price),
            p=float(min(best_p[i], 1.0)),
            peers=int(twins[i]),
        )
        for i in np.flatnonzero((demand > 0) & (best_p < 1))
    ]


def _twins(region: NDArray[np.object_], supply: Floats, demand: Floats) -> tuple[Floats, Floats, Ints]:
    """Return shape and rate of the gamma distribution among each customer's twins, and how many they are."""
    shape, rate = (np.empty(len(supply)) for _ in range(2))
    twins = np.zeros(len(supply), dtype=np.int64)
    for name in sorted(set(region)):
        members = np.asarray(region == name)
        group = members if members.sum() >= LEAST_REGION else np.ones(len(supply), dtype=np.bool_)
        shape[members], rate[members] = fit_rates(supply[group], demand[group])
        twins[members] = group.sum() - 1
    return shape, rate, twins


def _batches(machine: _Machine, count: int) -> Floats:
    """Return each customer's usual purchase in machine-years: own squares over own sums, shrunk to the machine's."""
    squares = np.bincount(machine.buyer, machine.supply**2, minlength=count)
    sums = np.bincount(machine.buyer, machine.supply, minlength=count)
    common = squares.sum() / sums.sum() if sums.sum() > 0 else 1.0
    own = np.divide(squares, sums, out=np.full(count, common), where=sums > 0)
    return np.asarray(np.maximum(np.maximum(own, common), 1e-6), dtype=np.float64)


def _demand(machine: _Machine, start: int, until: int) -> Floats:
    """Return the machine-years in use by customer between two days; a new machine comes with its first fill."""
    begins = np.maximum(machine.day + FIRST_FILL_DAYS, start)
    years = np.maximum(until - begins, 0) / 365 * machine.quantity
    return np.bincount(machine.owner, years, minlength=len(machine.accounts)).astype(np.float64)


def _machines(tables: Tables) -> Iterator[tuple[str, _Machine]]:
    consumables = tables.products.filter(ibis._.consumable_for.notnull() & (ibis._.yearly_use > 0))
    used = consumables.select("product_id", machine="consumable_for", yearly_use="yearly_use")
    kinds = used.select("machine").distinct()
    machines = _lines(tables, kinds.mutate(product_id=ibis._.machine, yearly_use=ibis.literal(1).cast("decimal(18,4)")))
    supplies = _lines(tables, used)
    names = {row["product_id"]: row["name"] for row in tables.records(tables.products, order_by=["product_id"])}
    regions = tables.columns(tables.accounts.select("account_id", "region"), order_by=["account_id"])
    region = dict(zip(regions["account_id"], regions["region"], strict=True))
    for kind in sorted(set(machines["machine"])):
        yield names.get(kind) or kind, _one_machine(_of(machines, kind), _of(supplies, kind), region)


def _of(columns: Columns, kind: str) -> Columns:
    chosen = columns["machine"] == kind
    return {name: values[chosen] for name, values in columns.items()}


def _one_machine(machines: Columns, supplies: Columns, region: dict[str, str | None]) -> _Machine:
    accounts, owner = np.unique(machines["account_id"].astype(str), return_inverse=True)
    names = supplies["account_id"].astype(str)
    buyer = np.searchsorted(accounts, names)
    known = buyer < len(accounts)
    known[known] &= accounts[buyer[known]] == names[known]
    listed = np.array(accounts, dtype=object)
    return _Machine(
        accounts=listed,
        owner=owner.astype(np.int64),
        day=_days(machines),
        quantity=machines["quantity"].astype(np.float64),
        buyer=buyer[known].astype(np.int64),
        bought_day=_days(supplies)[known],
        supply=(supplies["quantity"] / supplies["yearly_use"])[known].astype(np.float64),
        value=supplies["value"][known].astype(np.float64),
        region=np.array([region.get(account) or "" for account in listed], dtype=object),
    )


def _days(columns: Columns) -> Ints:
    return np.asarray(columns["day"].astype("datetime64[D]").astype(np.int64))


def _lines(tables: Tables, wanted: Expression) -> Columns:
    """Return what was bought of these products by customer, machine and day; returns of goods are left out."""
    lines = tables.order_lines.filter(ibis._.quantity > 0).inner_join(wanted, "product_id")
    orders = tables.orders.filter(ibis._.account_id.notnull()).select("order_id", "account_id", "ordered_at")
    joined = lines.inner_join(orders, "order_id").mutate(day=ibis._.ordered_at.date())
    by_day = joined.group_by("account_id", "machine", "day", "yearly_use").agg(
        quantity=joined.quantity.sum(), value=(joined.quantity * joined.unit_price).sum()
    )
    return tables.columns(by_day, order_by=["account_id", "machine", "day", "yearly_use"])
