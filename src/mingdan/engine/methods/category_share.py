"""Whether one category of goods has dropped out of customers' purchases while the others go on."""

from datetime import timedelta

import ibis
import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from scipy.stats import betabinom

from mingdan.engine.methods.installed_base import Hole
from mingdan.engine.methods.rate_change import deflated
from mingdan.engine.trail import Columns, Tables

Floats = NDArray[np.float64]

WINDOWS = (180, 365)
PAST_WORTH = 20.0
"""The own past is worth at most so many purchases: customers' tastes drift."""

LEAST_BEFORE, LEAST_NOW, LEAST_SHARE, MOST_KEPT = 6, 4, 0.25, 0.5


def category_holes(tables: Tables, most_p: float) -> list[Hole]:
    """Return the categories that fell out of a customer's purchases, with p below `most_p`.

    Counts days with purchases, and those of them with the category, before and in the last 180 or 365 days. The count
    in the window is beta-binomial given the own past, its odds changed as those of all other customers changed
    (difference in differences on the logit scale, falls only). p is multiplied by windows and categories.
    """
    holes: dict[tuple[str, str], Hole] = {}
    until = int(np.datetime64(tables.as_of, "D").astype(np.int64))
    for window in WINDOWS:
        for hole in _in_window(_counts(tables, window), until - window):
            key = hole.account_id, hole.goods
            if key not in holes or hole.p < holes[key].p:
                holes[key] = hole
    found = [holes[key] for key in sorted(holes)]
    p = deflated(np.array([hole.p for hole in found]))
    return [Hole(**{**hole.__dict__, "p": float(low)}) for hole, low in zip(found, p, strict=True) if low < most_p]


def _in_window(columns: Columns, since: int) -> list[Hole]:
    if len(columns["account_id"]) == 0:
        return []
    before, now, all_before, all_now, value = (
        columns[name].astype(np.float64) for name in ("before", "now", "all_before", "all_now", "value")
    )
    change = _peer_change(columns["category"], before, now, all_before, all_now)
    share = before / np.maximum(all_before, 1)
    kept = now / np.maximum(all_now, 1)
    tested = (before >= LEAST_BEFORE) & (all_now >= LEAST_NOW) & (share >= LEAST_SHARE) & (kept < MOST_KEPT * share)
    at = np.flatnonzero(tested)
    worth = all_before[at] * PAST_WORTH / (PAST_WORTH + all_before[at]) + 1
    mean = expit(logit((before[at] + 0.5) / (all_before[at] + 1)) + change[at])
    p = np.atleast_1d(betabinom.cdf(now[at], all_now[at], mean * worth, (1 - mean) * worth))
    questions = len(WINDOWS) * len(set(columns["category"]))
    expected = mean * all_now[at]
    amount = np.nan_to_num(np.maximum(expected - now[at], 0) * value[at] / np.maximum(before[at], 1))
    _, kind, sizes = np.unique(columns["category"].astype(str), return_inverse=True, return_counts=True)
    return [
        Hole(
            account_id=columns["account_id"][place],
            goods=columns["category"][place],
            by_machine=False,
            since=since,
            bought=float(now[place]),
            expected=float(expected[i]),
            amount=float(amount[i]),
            p=float(min(p[i] * questions, 1.0)),
            peers=int(sizes[kind[place]]) - 1,
        )
        for i, place in enumerate(at)
    ]


def _peer_change(
    category: NDArray[np.object_], before: Floats, now: Floats, all_before: Floats, all_now: Floats
) -> Floats:
    """Return the fall of the log odds among all other customers of the category, at most 0."""
    _, place = np.unique(category.astype(str), return_inverse=True)
    totals = [np.bincount(place, values)[place] - values for values in (before, now, all_before, all_now)]
    was = (totals[0] + 1) / (totals[2] + 2)
    is_now = (totals[1] + 1) / (totals[3] + 2)
    return np.minimum(logit(np.clip(is_now, 1e-6, 1 - 1e-6)) - logit(np.clip(was, 1e-6, 1 - 1e-6)), 0.0)


def _counts(tables: Tables, window: int) -> Columns:
    """Return purchase days by customer and category before and in the window, and the value bought before."""
    cut = ibis.literal(tables.as_of - timedelta(days=window))
    goods = tables.products.filter(ibis._.category.notnull()).select("product_id", "category")
    orders = tables.orders.filter(ibis._.account_id.notnull()).select("order_id", "account_id", "ordered_at")
    lines = (
        tables.order_lines.filter(ibis._.quantity > 0).inner_join(goods, "product_id").inner_join(orders, "order_id")
    )
    days = lines.mutate(
        day=lines.ordered_at.date(), late=lines.ordered_at > cut, worth=lines.quantity * lines.unit_price
    )
    own = days.group_by("account_id", "category").agg(
        before=days.day.nunique(where=~days.late),
        now=days.day.nunique(where=days.late),
        value=days.worth.sum(where=~days.late),
    )
    whole = days.group_by("account_id").agg(
        all_before=days.day.nunique(where=~days.late), all_now=days.day.nunique(where=days.late)
    )
    joined = own.inner_join(whole, "account_id").filter(ibis._.all_now > 0)
    return tables.columns(joined, order_by=["account_id", "category"])
