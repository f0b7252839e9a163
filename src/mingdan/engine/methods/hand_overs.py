"""Hand-overs of customers, and how often each customer bought before and after."""

from dataclasses import dataclass

import ibis
import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

from mingdan.engine.methods.purchases import Purchases, read_purchases
from mingdan.engine.trail import Tables, row_id

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

YEAR = 365
PRIOR_ORDERS = 20.0
"""How many purchases after hand-overs the belief that nothing changes is worth."""


@dataclass(frozen=True)
class HandOvers:
    """One entry per hand-over, by account and time; `day` counts from 1970-01-01.

    `before` and `after` are days with purchases in `days_before` and `days_after` days around it: at most a year, no longer
    than the former and the new salesperson had the customer, and not before its first purchase (which does not count).
    """

    row_ids: NDArray[np.object_]
    account: NDArray[np.object_]
    giver: NDArray[np.object_]
    taker: NDArray[np.object_]
    day: Ints
    before: Floats
    after: Floats
    days_before: Floats
    days_after: Floats


def hand_overs(tables: Tables) -> HandOvers:
    """Return every change from one salesperson to another of a customer that had bought, with its purchases around it."""
    changes = tables.owner_changes.mutate(row_id=row_id("owner_changes"))
    wanted = changes.filter(ibis._.account_id.notnull() & ibis._.changed_at.notnull()).select(
        "row_id", "account_id", "changed_at", "from_employee_id", "to_employee_id"
    )
    rows = tables.columns(wanted, order_by=["account_id", "changed_at", "row_id"])
    purchases = tables.once(read_purchases)
    day = rows["changed_at"].astype("datetime64[D]").astype(np.int64)
    account = rows["account_id"]
    same = account[1:] == account[:-1] if len(account) else np.zeros(0, dtype=bool)
    previous = np.where(np.r_[False, same], np.r_[0, day[:-1]], 0) if len(day) else day
    following = np.where(np.r_[same, False], np.r_[day[1:], 0], purchases.until) if len(day) else day
    start = np.maximum(np.maximum(day - YEAR, previous), _first_bought(purchases, account))
    end = np.minimum(day + YEAR, following)
    before, after = _bought(purchases, account, start, day), _bought(purchases, account, day, end)
    giver, taker = rows["from_employee_id"], rows["to_employee_id"]
    kept = np.array([bool(one) and bool(two) and one != two for one, two in zip(giver, taker, strict=True)], dtype=bool)
    kept &= start < day
    columns = (rows["row_id"], account, giver, taker, day, before, after, day - start, np.maximum(end - day, 0))
    return HandOvers(*(column[kept] for column in columns))


def _first_bought(purchases: Purchases, accounts: NDArray[np.object_]) -> Ints:
    """Return the day of each account's first purchase: before it there was no customer to hand over; the end where none."""
    first = dict(zip(purchases.account_ids, purchases.day[purchases.start[:-1]].tolist(), strict=True))
    return np.array([first.get(account, purchases.until) for account in accounts], dtype=np.int64)


def _bought(purchases: Purchases, accounts: NDArray[np.object_], start: Ints, end: Ints) -> Floats:
    """Count days with purchases after `start` up to `end`; an account without purchases has none."""
    place = {account: index for index, account in enumerate(purchases.account_ids)}
    who = np.array([place.get(account, -1) for account in accounts], dtype=np.int64)
    width = 1_000_000
    keys = purchases.customer * width + purchases.day
    counted = np.searchsorted(keys, who * width + end, side="right") - np.searchsorted(
        keys, who * width + start, side="right"
    )
    return np.where(who >= 0, counted, 0).astype(np.float64)


def usual_ratio(overs: HandOvers, others: NDArray[np.bool_]) -> float:
    """Return how many times as often customers buy after these hand-overs, drawn towards 1."""
    expected = (overs.before[others] * overs.days_after[others] / np.maximum(overs.days_before[others], 1)).sum()
    return float((overs.after[others].sum() + PRIOR_ORDERS) / (expected + PRIOR_ORDERS))


def dispersion(overs: HandOvers, others: NDArray[np.bool_], ratio: float) -> float:
    """Return how many times as much counts after hand-overs vary as a binomial law lets them (at least 1).

    The mean of Pearson's squared residuals of each customer's share of purchases after its hand-over, given their number.
    """
    total = overs.before + overs.after
    used = others & (total > 0) & (overs.days_before > 0) & (overs.days_after > 0)
    share = shares_after(overs, ratio)[used]
    residuals = (overs.after[used] - total[used] * share) ** 2 / np.maximum(total[used] * share * (1 - share), 1e-9)
    return max(1.0, float((residuals.sum() + 10) / (len(residuals) + 10)))


def shares_after(overs: HandOvers, ratio: float) -> Floats:
    """Return the share of each customer's purchases that is expected after the hand-over."""
    later = ratio * overs.days_after
    return np.asarray(later / np.maximum(later + overs.days_before, 1e-9), dtype=np.float64)


def revival_p(after: float, before: float, share: float, spread: float) -> float:
    """Return P(at least `after` of all purchases fall after the hand-overs): exact binomial, counts over `spread`."""
    if after <= 0:
        return 1.0
    return float(betainc(after / spread, before / spread + 1, share))
