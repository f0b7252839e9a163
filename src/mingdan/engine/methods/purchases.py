"""Purchase days of every customer, as arrays: what all questions about rhythm start from."""

from dataclasses import dataclass
from functools import cached_property

import ibis
import numpy as np
from numpy.typing import NDArray

from mingdan.engine.methods.gap_laws import Histories
from mingdan.engine.methods.season import Clock, fit_clock
from mingdan.engine.trail import Tables

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BURST = 0.1
"""Orders nearer to the one before than this share of the customer's mean gap are one purchase in several parts."""

BOOKING_SHARE, BOOKING_TIMES = 0.2, 5.0
"""A day on which this share of all customers order, so many times the 99th percentile of days, is a booking, not demand."""


@dataclass(frozen=True)
class Purchases:
    """Purchases sorted by customer, then day; `customer` indexes `account_ids`, `day` counts from 1970-01-01.

    `start` is where each customer's purchases begin, with the total at its end. `until` is the last day of the trail.
    """

    account_ids: tuple[str, ...]
    customer: Ints
    day: Ints
    amount: Floats
    until: int

    @cached_property
    def start(self) -> Ints:
        return np.searchsorted(self.customer, np.arange(len(self.account_ids) + 1))

    @cached_property
    def repeated(self) -> NDArray[np.bool_]:
        """Which purchases are not their customer's first."""
        return np.asarray(np.diff(self.customer, prepend=-1) == 0)

    def keep(self, which: NDArray[np.bool_]) -> "Purchases":
        return Purchases(self.account_ids, self.customer[which], self.day[which], self.amount[which], self.until)


def read_purchases(tables: Tables) -> Purchases:
    """Read each customer's days with orders; credit notes and orders of nothing are not purchases.

    Amounts in another currency than the trail's count as days, not as money (NaN where a day has no other).
    """
    orders = tables.orders.filter(ibis._.account_id.notnull() & (ibis._.amount > 0))
    ours = ibis._.currency.isnull() | (ibis._.currency == tables.currency)
    by_day = orders.group_by("account_id", day=ibis._.ordered_at.date()).agg(amount=ibis._.amount.sum(where=ours))
    named = orders.select("account_id").distinct()
    named = named.mutate(customer=ibis.row_number().over(ibis.window(order_by="account_id")))  # type: ignore[no-untyped-call]
    wanted = by_day.inner_join(named, "account_id").select("customer", "day", "amount")
    columns = tables.columns(wanted, order_by=["customer", "day"])
    ids = tables.columns(named, order_by=["customer"])["account_id"]
    until = int(np.datetime64(tables.as_of, "D").astype(np.int64))
    days = columns["day"].astype("datetime64[D]").astype(np.int64)
    return Purchases(tuple(ids), columns["customer"].astype(np.int64), days, columns["amount"], until)


def one_purchase_each(purchases: Purchases) -> Purchases:
    """Drop days of mass booking and join the parts of one purchase, their amounts added to its first day."""
    kept = purchases.keep(~_is_booking(purchases))
    if len(kept.day) == 0:
        return kept
    start = kept.start
    count = np.maximum(np.diff(start) - 1, 1)
    last = np.maximum(start[1:] - 1, start[:-1])
    has = np.diff(start) > 0
    mean = np.zeros(len(count))
    mean[has] = (kept.day[last[has]] - kept.day[start[:-1][has]]) / count[has]
    gap = np.r_[0, np.diff(kept.day)]
    opens = ~kept.repeated | (gap >= BURST * mean[kept.customer])
    first = np.flatnonzero(opens)
    amount = np.add.reduceat(kept.amount, first)
    return Purchases(kept.account_ids, kept.customer[first], kept.day[first], amount, kept.until)


def clock_of(purchases: Purchases) -> Clock:
    """Fit the company's seasons to its customers' repeated purchases."""
    first = int(purchases.day.min()) if len(purchases.day) else purchases.until
    return fit_clock(purchases.day[purchases.repeated], first, max(purchases.until, first))


def histories_of(purchases: Purchases, clock: Clock) -> Histories:
    """Return each customer's history in the clock's days; a customer without purchases has no repeats and no span."""
    time, count = clock.at(purchases.day), len(purchases.account_ids)
    repeated = purchases.repeated
    gaps = np.log(np.maximum(np.diff(time, prepend=0.0)[repeated], 0.1))
    who = purchases.customer[repeated]
    start = purchases.start
    has = np.diff(start) > 0
    first, last = np.zeros(count), np.full(count, clock.passed[-1])
    first[has], last[has] = time[start[:-1][has]], time[start[1:][has] - 1]
    return Histories(
        repeats=np.bincount(who, minlength=count).astype(np.float64),
        span=np.where(has, last - first, 0.0),
        silence=clock.passed[-1] - last,
        log_sum=np.bincount(who, gaps, minlength=count).astype(np.float64),
        log_squares=np.bincount(who, gaps**2, minlength=count).astype(np.float64),
        size=_sizes(purchases, start, has),
    )


def _sizes(purchases: Purchases, start: Ints, has: NDArray[np.bool_]) -> Floats:
    """Return each customer's first amount on a standard logarithmic scale, in half steps from -3 to 3; unknown is 0."""
    amounts = np.full(len(has), np.nan)
    amounts[has] = purchases.amount[start[:-1][has]]
    known = np.isfinite(amounts) & (amounts > 0)
    if known.sum() < 2:
        return np.zeros(len(has))
    logs = np.log(amounts[known])
    low, middle, high = np.quantile(logs, [0.25, 0.5, 0.75])
    sizes = np.zeros(len(has))
    sizes[known] = np.clip(np.round(2 * (logs - middle) / max(high - low, 0.1)) / 2, -3, 3)
    return sizes


def _is_booking(purchases: Purchases) -> NDArray[np.bool_]:
    days, place, counts = np.unique(purchases.day, return_inverse=True, return_counts=True)
    if len(days) < 100 or len(purchases.account_ids) < 50:
        return np.zeros(len(purchases.day), dtype=np.bool_)
    usual = float(np.quantile(counts, 0.99))
    crowded = (counts > BOOKING_SHARE * len(purchases.account_ids)) & (counts > BOOKING_TIMES * usual)
    return np.asarray(crowded[place], dtype=np.bool_)
