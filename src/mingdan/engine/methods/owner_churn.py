"""Which regular customers each salesperson lost, what their chance to be lost was, and how far people differ in it."""

from dataclasses import dataclass

import ibis
import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from mingdan.engine.methods.hand_overs import hand_overs
from mingdan.engine.methods.purchases import one_purchase_each, read_purchases
from mingdan.engine.trail import Tables

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LEAST_PURCHASES = 5
LOST_GAPS, LOST_DAYS = 3.0, 90
"""A regular customer is lost after a silence of so many usual gaps, and so many days at least."""

HIGH_EFFECT = 1.645
"""The 95th percentile of the standard normal law: the effect that one salesperson in twenty exceeds."""

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(41)


@dataclass(frozen=True)
class OwnedCustomers:
    """One entry per regular customer with a known owner at its last purchase; `yearly` is its revenue a year before.

    `at_risk` says whether it came to its owner already later than usual (unknown and never moved: no).
    """

    account: NDArray[np.object_]
    owner: NDArray[np.object_]
    lost: Flags
    at_risk: Flags
    gap: Floats
    purchases: Floats
    last: NDArray[np.int64]
    yearly: Floats
    until: int

    def traits(self, segment: NDArray[np.object_], region: NDArray[np.object_]) -> list[NDArray[np.generic]]:
        """Return what the chance to be lost may depend on: segment, region, pace, number of purchases, size, risk."""
        return [segment, region, _fifths(self.gap), _fifths(self.purchases), _fifths(self.yearly), self.at_risk]


def owned_customers(tables: Tables) -> OwnedCustomers:
    """Return the regular customers of all salespeople."""
    purchases = one_purchase_each(tables.once(read_purchases))
    start = purchases.start
    regular = np.flatnonzero(np.diff(start) >= LEAST_PURCHASES)
    first, last = purchases.day[start[regular]], purchases.day[start[regular + 1] - 1]
    count = np.diff(start)[regular].astype(np.float64)
    gap = np.maximum(last - first, 1) / (count - 1)
    silence = purchases.until - last
    revenue = np.bincount(purchases.customer, np.nan_to_num(purchases.amount), minlength=len(start) - 1)[regular]
    names = [purchases.account_ids[who] for who in regular.tolist()]
    owner, since = _owners(tables, names, last.tolist())
    came = np.array([-1 if one is None else one for one in since], dtype=np.int64)
    at_risk = np.zeros(len(regular), dtype=np.bool_)
    for place in np.flatnonzero(came >= 0).tolist():
        own = purchases.day[start[regular[place]] : start[regular[place] + 1]]
        before = own[own <= came[place]]
        at_risk[place] = len(before) > 0 and came[place] - before[-1] > 1.5 * gap[place]
    known = np.array([one is not None for one in owner], dtype=np.bool_)
    lost = (silence > LOST_GAPS * gap) & (silence >= LOST_DAYS)
    yearly = revenue / np.maximum(last - first + gap, 1) * 365
    return OwnedCustomers(
        account=np.array(names, dtype=object)[known],
        owner=np.array(owner, dtype=object)[known],
        lost=lost[known],
        at_risk=at_risk[known],
        gap=gap[known],
        purchases=count[known],
        last=last[known],
        yearly=yearly[known],
        until=purchases.until,
    )


def _owners(tables: Tables, names: list[str], days: list[int]) -> tuple[list[str | None], list[int | None]]:
    """Return whose each account was on its day, and since when (None: always)."""
    rows = tables.columns(
        tables.accounts.filter(ibis._.owner_id.notnull()).select("account_id", "owner_id"), order_by=["account_id"]
    )
    current = dict(zip(rows["account_id"].tolist(), rows["owner_id"].tolist(), strict=True))
    overs = tables.once(hand_overs)
    moves: dict[str, list[tuple[int, str, str]]] = {}
    for account, day, giver, taker in zip(
        overs.account.tolist(), overs.day.tolist(), overs.giver.tolist(), overs.taker.tolist(), strict=True
    ):
        moves.setdefault(account, []).append((day, giver, taker))
    owners: list[str | None] = []
    since: list[int | None] = []
    for name, at in zip(names, days, strict=True):
        own = moves.get(name, [])
        earlier = [move for move in own if move[0] <= at]
        owners.append(earlier[-1][2] if earlier else own[0][1] if own else current.get(name))
        since.append(earlier[-1][0] if earlier else None)
    return owners, since


def high_effect_chance(chances: Floats, lost: Flags, spread: float) -> float:
    """Return P(the salesperson's effect exceeds what one in twenty exceeds | customers lost and kept).

    A random effect, normal with standard deviation `spread` in logits, on chances that the others' customers give; the
    posterior by quadrature.
    """
    shifted = expit(logit(np.clip(chances, 1e-6, 1 - 1e-6))[None, :] + spread * _NODES[:, None])
    seen = np.where(lost[None, :], np.log(shifted), np.log1p(-shifted)).sum(axis=1)
    posterior = _WEIGHTS * np.exp(seen - seen.max())
    return float(posterior[_NODES > HIGH_EFFECT].sum() / posterior.sum())


def gini(amounts: Floats) -> float:
    """Return how unequally amounts are spread: 0 all alike, towards 1 all on one."""
    ordered = np.sort(amounts)
    total = float(ordered.sum())
    if total <= 0:
        return 0.0
    return float(2 * (np.arange(1, len(ordered) + 1) * ordered).sum() / (len(ordered) * total) - 1 - 1 / len(ordered))


def _fifths(values: Floats) -> NDArray[np.int64]:
    return np.searchsorted(np.quantile(values, [0.2, 0.4, 0.6, 0.8]), values) if len(values) else np.zeros(0, int)
