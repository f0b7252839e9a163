"""How long receipts lie before they are posted, by the person in whose hands the money was."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
from ibis.expr.types import Table as Expression

from mingdan.engine.methods.beta_binomial import fit_beta
from mingdan.engine.trail import Tables

SECONDS_A_DAY = 86_400
CASH = r"现金|微信|支付宝|支票|承兑|汇票|cash|wechat|alipay|cheque|check|acceptance|draft|bill"
"""Channels that pass through hands, or that a bank clears late."""


@dataclass(frozen=True)
class Lag:
    """One person's late receipts; `p` is P(at least so many) among the other people, who are late in `usual` of them.

    `longest` is the largest lag in days, `slow` the share of late ones that a person posted who posts others' as late, `in_hand`
    the share that came by a channel which passes through hands, `at_month_end` that was posted in a month's last or first two days.
    """

    person: str
    late: int
    receipts: int
    usual: float
    p: float
    longest: int
    slow: float
    in_hand: float
    at_month_end: float


def receipts(tables: Tables) -> Expression:
    """Return payments with `person` (who collected it, else the order's salesperson, else the customer's owner)."""
    orders = tables.orders.select("order_id", seller="employee_id")
    owners = tables.accounts.select("account_id", owner="owner_id")
    paid = tables.payments.filter(ibis._.amount > 0).left_join(orders, "order_id").drop("order_id_right")
    named = paid.left_join(owners, "account_id").drop("account_id_right")
    return named.mutate(person=ibis.coalesce(named.collected_by, named.seller, named.owner))


def longest_first(paid: Expression, most: int) -> Expression:
    """Return each person's receipts that lay longest, as many as `most`, with their `place` from 0."""
    lay = paid.mutate(lay=paid.posted_at.truncate("s").epoch_seconds() - paid.received_at.truncate("s").epoch_seconds())
    last = ibis.window(group_by="person", order_by=[ibis.desc("lay"), "payment_id"])  # type: ignore[no-untyped-call]
    top = lay.mutate(place=ibis.row_number().over(last)).filter(ibis._.place < most)
    return top.select("person", "payment_id", "account_id", "received_at", "posted_at", "amount", "place")


def late_receipts(tables: Tables, least_days: int, quantile: float) -> dict[str, Lag]:
    """Return the lags of each person: late is more than a quantile of the others' by channel, and than `least_days`."""
    rows = tables.records(_counted(tables), order_by=["person", "posted_by", "in_hand", "at_month_end", "lag"])
    limits = {in_hand: max(least_days, _limit(rows, in_hand, quantile)) for in_hand in (0, 1)}
    seen, late = Counter[str](), Counter[str]()
    by_clerk: dict[str | None, Counter[tuple[str, bool]]] = defaultdict(Counter)
    late_rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        is_late = row["lag"] > limits[row["in_hand"]]
        seen[row["person"]] += row["n"]
        late[row["person"]] += row["n"] if is_late else 0
        by_clerk[row["posted_by"]][row["person"], is_late] += row["n"]
        late_rows[row["person"]].extend([row] if is_late else [])
    people = sorted(seen)
    found = {}
    for person in people:
        others = [other for other in people if other != person]
        if not late[person] or not others:
            continue
        beta = fit_beta(np.array([float(late[o]) for o in others]), np.array([float(seen[o]) for o in others]))
        own = late_rows[person]
        own_rate = late[person] / seen[person]
        slow = {clerk for clerk, counts in by_clerk.items() if _rate_without(counts, person) >= own_rate / 2}
        found[person] = Lag(
            person,
            late[person],
            seen[person],
            beta.mean,
            beta.tail(late[person], seen[person]),
            max(row["lag"] for row in own),
            sum(row["n"] for row in own if row["posted_by"] in slow) / late[person],
            sum(row["n"] for row in own if row["in_hand"]) / late[person],
            sum(row["n"] for row in own if row["at_month_end"]) / late[person],
        )
    return found


def _counted(tables: Tables) -> Expression:
    """Return how many receipts of each person lay so many days, by clerk, kind of channel and time of the month."""
    paid = receipts(tables).filter(ibis._.posted_at.notnull() & ibis._.received_at.notnull())
    paid = paid.filter(paid.person.notnull())
    seconds = paid.posted_at.truncate("s").epoch_seconds() - paid.received_at.truncate("s").epoch_seconds()
    in_hand = paid.channel.lower().re_search(CASH).fill_null(False)
    day = paid.posted_at.day()
    turn = (day <= 2) | (day >= 29)
    rows = paid.mutate(
        lag=(seconds // SECONDS_A_DAY).cast("int64"),
        in_hand=ibis.ifelse(in_hand, 1, 0),
        at_month_end=ibis.ifelse(turn, 1, 0),
    )
    return rows.group_by("person", "posted_by", "in_hand", "at_month_end", "lag").agg(n=rows.count())


def _limit(rows: Sequence[dict[str, Any]], in_hand: int, quantile: float) -> int:
    """Return the number of days within which this part of the receipts of a kind of channel was posted."""
    counts = Counter[int]()
    for row in rows:
        counts[row["lag"]] += row["n"] if row["in_hand"] == in_hand else 0
    reached, total = 0, counts.total()
    for lag in sorted(counts):
        reached += counts[lag]
        if reached >= quantile * total:
            return lag
    return 0


def _rate_without(counts: Counter[tuple[str, bool]], person: str) -> float:
    late = sum(n for (other, is_late), n in counts.items() if other != person and is_late)
    every = sum(n for (other, _), n in counts.items() if other != person)
    return late / every if every else 0.0
