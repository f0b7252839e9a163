"""Goods sold at a program's special price: who asks service for them, and how many there are for the buyer."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import ibis
import numpy as np
from ibis.expr.types import Table as Expression
from scipy.stats import norm

from mingdan.engine.methods.beta_binomial import Beta, fit_beta
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.firm_ties import FirmTies
from mingdan.engine.methods.listed import among
from mingdan.engine.methods.medians import Floats, medians_of_others
from mingdan.engine.methods.service_claims import claims_of
from mingdan.engine.trail import Tables

Row = dict[str, Any]
WORTH = 20.0
"""How many machines all other sales are worth in the norm of one program."""


@dataclass(frozen=True)
class Served:
    """Machines one customer bought under one program that somebody asked service for: `elsewhere` of `machines` somebody else.

    `usual` is that share among the program's other buyers, drawn towards all sales; `p` is P(at least so many).
    """

    buyer: str
    program: str
    machines: int
    elsewhere: int
    usual: float
    p: float


@dataclass(frozen=True)
class Bought:
    """What one customer bought under one program in its greatest year, over what it can be expected to use.

    `factor` is how many times the program's median ratio; `p` a robust normal tail of the log ratio.
    """

    buyer: str
    program: str
    seller: str | None
    amount: Decimal
    last_at: datetime
    factor: float
    p: float


def served_elsewhere(tables: Tables) -> list[Served]:
    """Return every buyer and program with a machine that an unrelated customer asks service for."""
    users = _users(tables)
    counted = users.group_by("buyer", "program").agg(
        machines=users.serial_no.nunique(), elsewhere=users.serial_no.nunique(where=users.user != users.buyer)
    )
    rows = tables.records(counted, order_by=["buyer", "program"])
    buyers: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    programs: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for row in rows:
        buyers[row["buyer"]] = _plus(buyers[row["buyer"]], row)
        programs[row["program"]] = _plus(programs[row["program"]], row)
    names = sorted(buyers)
    base = fit_beta(
        np.array([float(buyers[one][1]) for one in names]), np.array([float(buyers[one][0]) for one in names])
    )
    return [_judged(row, programs[row["program"]], base) for row in rows if row["program"] and row["elsewhere"]]


def _plus(sums: tuple[int, int], row: Row) -> tuple[int, int]:
    return sums[0] + row["machines"], sums[1] + row["elsewhere"]


def _judged(row: Row, of_program: tuple[int, int], base: Beta) -> Served:
    others, odd = of_program[0] - row["machines"], of_program[1] - row["elsewhere"]
    usual = (odd + WORTH * base.mean) / (others + WORTH)
    worth = base.a + base.b
    tail = Beta(usual * worth, (1 - usual) * worth).tail(row["elsewhere"], row["machines"])
    return Served(row["buyer"], row["program"], row["machines"], row["elsewhere"], usual, tail)


def users_of(tables: Tables, buyers: Sequence[str]) -> list[Row]:
    """Return the machines sold under a program to these buyers that somebody else asks service for, with the rows."""
    users = _users(tables)
    mine = among(users.filter((users.program != "") & (users.user != users.buyer)), "buyer", buyers)
    tickets = tables.tickets.filter(ibis._.serial_no.notnull())
    named = tickets.select("ticket_id", serial_no=tickets.serial_no.strip().upper())
    return tables.records(
        mine.inner_join(named, "serial_no"), order_by=["buyer", "program", "serial_no", "user", "ticket_id"]
    )


def unrelated_users(tables: Tables, rows: Sequence[Row]) -> list[Row]:
    """Return the rows without users that are the buyer under another number, or of its group."""
    firms = FirmTies(tables, sorted({row[name] for row in rows for name in ("buyer", "user")}))
    return [
        row
        for row in rows
        if "supported"
        not in (firms.same_customer(row["buyer"], row["user"]), firms.same_group(row["buyer"], row["user"]))
    ]


def _users(tables: Tables) -> Expression:
    """Return buyer, program ("" for none), serial_no, shipment_id, order_id, user: machines somebody asked service for."""
    orders = tables.orders.select(
        "order_id",
        "amount",
        "ordered_at",
        buyer="account_id",
        seller="employee_id",
        program=ibis._.pricing_program.strip().fill_null(""),
    )
    serial = tables.shipments.serial_no.strip().upper().nullif("")
    shipped = tables.shipments.mutate(serial_no=serial).filter(serial.notnull()).inner_join(orders, "order_id")
    once = shipped.group_by("serial_no").agg(n=shipped.buyer.nunique()).filter(ibis._.n == 1).select("serial_no")
    claims = claims_of(tables)
    asked = claims.filter(claims.found.isin(["ours", "other"])).select(serial_no="asset", user="account_id")
    sold = shipped.semi_join(once, "serial_no").select(
        "serial_no", "shipment_id", "order_id", "amount", "ordered_at", "buyer", "seller", "program"
    )
    return sold.inner_join(asked, "serial_no")


def bought_beyond_need(tables: Tables, least_peers: int) -> list[Bought]:
    """Return every buyer and program with what was bought over the buyer's usual year, or over the deal it was for.

    Expected use is the greater of the buyer's other orders in the year before and the amounts of the deals the orders belong to; a buyer
    with neither, and a program with fewer than `least_peers` buyers that have one, is left out.
    """
    rows = tables.records(_needs(tables), order_by=["program", "buyer"])
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if max(row["other"] or 0, row["deals"] or 0) > 0:
            groups[row["program"]].append(row)
    found = []
    for program, listed in sorted(groups.items()):
        if len(listed) <= least_peers:
            continue
        logs = np.log([float(row["amount"]) / float(max(row["other"] or 0, row["deals"] or 0)) for row in listed])
        middles = medians_of_others(logs)
        beyond = logs - middles
        tails = norm.sf(beyond / np.maximum(0.3, 1.4826 * _spreads(logs, middles)))
        for row, more, p in zip(listed, beyond.tolist(), tails.tolist(), strict=True):
            found.append(Bought(row["buyer"], program, row["seller"], row["amount"], row["last_at"], math.exp(more), p))
    return found


def _spreads(logs: Floats, middles: Floats) -> Floats:
    """Return for each value the median distance of the others from their median; few medians differ."""
    spreads = np.empty(len(logs))
    for middle in np.unique(middles):
        mine = middles == middle
        spreads[mine] = medians_of_others(np.abs(logs - middle))[mine]
    return spreads


def _needs(tables: Tables) -> Expression:
    """Return by buyer and program what was bought in the program's last year there, and what else speaks of need."""
    orders = tables.orders.filter((ibis._.amount > 0) & ibis._.account_id.notnull())
    program = orders.pricing_program.strip().nullif("")
    special = orders.mutate(program=program).filter(program.notnull())
    latest = special.group_by("account_id", "program").agg(end_at=special.ordered_at.max())
    year = ibis.interval(days=365)
    within = special.inner_join(latest, ["account_id", "program"])
    within = within.filter(within.ordered_at >= within.end_at - year)
    deals = tables.opportunities.select("opportunity_id", deal_amount="amount")
    wanted = within.select("opportunity_id", "account_id", "program").distinct().inner_join(deals, "opportunity_id")
    for_deals = wanted.group_by("account_id", "program").agg(deals=wanted.deal_amount.sum())
    sums = within.group_by("account_id", "program").agg(
        amount=within.amount.sum(), last_at=within.ordered_at.max(), seller=within.employee_id.max()
    )
    plain = orders.filter(program.isnull()).select("account_id", "amount", "ordered_at")
    near = latest.inner_join(plain, "account_id")
    near = near.filter((near.ordered_at <= near.end_at) & (near.ordered_at >= near.end_at - 2 * year))
    usual = near.group_by("account_id", "program").agg(other=(near.amount.sum() / 2).cast("decimal(18,4)"))
    joined = sums.left_join(usual, ["account_id", "program"]).drop("account_id_right", "program_right")
    joined = joined.left_join(for_deals, ["account_id", "program"]).drop("account_id_right", "program_right")
    return joined.rename(buyer="account_id")


def last_orders(tables: Tables, pairs: Sequence[tuple[str, str]], most: int) -> Mapping[tuple[str, str], list[Row]]:
    """Return the last orders of each buyer under the program, at most so many, the newest first."""
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    orders = among(tables.orders, "account_id", [buyer for buyer, _ in pairs])
    named = orders.mutate(program=orders.pricing_program.strip())
    columns = ("order_id", "account_id", "program", "ordered_at", "amount", "employee_id")
    for row in reversed(tables.records(named.select(*columns), order_by=["ordered_at", "order_id"]) if pairs else []):
        pair = (row["account_id"], row["program"])
        if len(found[pair]) < most:
            found[pair].append(row)
    return found


def weight_of_users(one: Served, used: Sequence[Row], least: int, most: float) -> float:
    """Weigh the machines; related users were taken out after the tail was reckoned, which must keep its number."""
    machines = len({row["serial_no"] for row in used})
    if machines < max(least, one.elsewhere / 2):
        return 0.0
    return min(most, weight_from_p(one.p))


def weight_of_need(much: Bought | None, questions: int, most: float) -> float:
    """Weigh goods beyond need; `questions` is how many of the salesperson's buyers stand out."""
    if much is None:
        return 0.0
    return min(most, weight_from_p(min(1.0, much.p * max(1, questions))))
