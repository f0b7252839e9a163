"""Which customers could be lost, and were, from each half month on: the yardstick for losses after an exposure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mingdan.engine.methods.exposure_losses import Deals, deals_of
from mingdan.engine.methods.purchases import Purchases, read_purchases
from mingdan.engine.trail import Tables

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

STEP = 15
AHEAD = 6
"""A loss counts within AHEAD steps of STEP days: 90 days."""

YEAR_STEPS = 24
LEAST_PURCHASES = 3
LATE, GONE, LEAST_SILENCE = 1.0, 3.0, 90
"""In usual gaps: a customer later than LATE is at more risk; one silent for GONE of them, and LEAST_SILENCE days, is lost."""


@dataclass(frozen=True)
class LossGrid:
    """Customers by half month: `stratum` is -1 where the customer could not be lost, else what it is compared with.

    `lost` tells whether it was lost in the 90 days after. `first` is the day number of the first column. `accounts` names
    the rows and `place` finds them.
    """

    accounts: tuple[str, ...]
    place: dict[str, int]
    first: int
    stratum: Ints
    lost: Flags

    def column(self, days: Ints) -> Ints:
        """Return the first column that begins on or after each day."""
        return -((self.first - days) // STEP)


def loss_grid(tables: Tables, years: int = 5) -> LossGrid:
    """Return the grid of the last years.

    A customer could be lost where it bought three times in the year before and is not yet gone, or has an open deal. It was lost where
    it then fell silent for three of its usual gaps, or lost such a deal. It is compared with customers of the same
    quarter, segment, size, lateness and state of deals.
    """
    purchases, deals = read_purchases(tables), deals_of(tables)
    accounts = tuple(sorted({*purchases.account_ids, *deals.accounts}))
    place = {account: index for index, account in enumerate(accounts)}
    until = int(np.datetime64(tables.as_of, "D").astype(np.int64))
    start = _first_day(purchases, deals, until)
    columns = max(1, (min(until - start, years * 365) // STEP))
    first = until - columns * STEP
    state, stopped, size = _buying(purchases, place, first, columns)
    is_open, lost_deal = _dealing(deals, place, first, columns)
    at_risk = (state > 0) | is_open
    at_risk[:, columns - AHEAD :] = False
    segment = _segments(tables, accounts)
    quarter = np.arange(columns) // 6
    code = ((quarter[None, :] * (segment.max(initial=0) + 1) + segment[:, None]) * 3 + size[:, None]) * 6
    stratum = np.where(at_risk, code + state * 2 + is_open, -1)
    lost = (stopped & (state > 0)) | lost_deal
    return LossGrid(accounts, place, first, stratum.astype(np.int64), lost & at_risk)


def _first_day(purchases: Purchases, deals: Deals, until: int) -> int:
    created = deals.created_at.astype("datetime64[D]").astype(np.int64)
    return int(min(purchases.day.min(initial=until), created.min(initial=until)))


def _buying(purchases: Purchases, place: dict[str, int], first: int, columns: int) -> tuple[Ints, Flags, Ints]:
    """Return each cell's state (0 no regular buyer, 1 in time, 2 late), whether it then stopped, and the customer's third by amount."""
    row = np.array([place[account] for account in purchases.account_ids], dtype=np.int64)[purchases.customer]
    shape = (len(place), columns + 1)
    at = np.clip(-((first - purchases.day) // STEP), 0, columns)  # the first column on or after the day
    count, last = np.zeros(shape, dtype=np.int32), np.full(shape, -(10**6), dtype=np.int32)
    np.add.at(count, (row, at), 1)
    np.maximum.at(last, (row, at), purchases.day)
    following = np.full(shape, purchases.until, dtype=np.int32)
    after = np.clip((purchases.day - first - 1) // STEP, -1, columns)  # the last column that begins before the day
    inside = after >= 0
    np.minimum.at(following, (row[inside], after[inside]), purchases.day[inside])
    count, last = np.cumsum(count, axis=1), np.maximum.accumulate(last, axis=1)
    following = np.minimum.accumulate(following[:, ::-1], axis=1)[:, ::-1]
    before = np.zeros_like(count)
    before[:, YEAR_STEPS:] = count[:, :-YEAR_STEPS] if count.shape[1] > YEAR_STEPS else 0
    bought = (count - before)[:, :columns]
    gap = 365.0 / np.maximum(bought, 1)
    silence = first + STEP * np.arange(columns)[None, :] - last[:, :columns]
    regular = (bought >= LEAST_PURCHASES) & (silence < GONE * gap)
    ahead = np.minimum(np.arange(columns) + AHEAD, columns)
    quiet = following[:, ahead] - last[:, ahead]
    stopped = regular & (quiet >= np.maximum(GONE * gap, LEAST_SILENCE))
    total = np.bincount(row, weights=np.nan_to_num(purchases.amount), minlength=len(place)).astype(np.float64)
    return np.where(regular, 1 + (silence > LATE * gap), 0), stopped, _thirds(total)


def _dealing(deals: Deals, place: dict[str, int], first: int, columns: int) -> tuple[Flags, Flags]:
    """Return where a deal was open, and where such a deal was lost within the days ahead."""
    rows = np.array([place[account] for account in deals.accounts], dtype=np.int64)
    row = rows[deals.account] if len(deals.account) else deals.account
    end = first + STEP * columns
    created = deals.created_at.astype("datetime64[D]").astype(np.int64)
    closed = np.where(np.isnat(deals.closed_at), end + 1, deals.closed_at.astype("datetime64[D]").astype(np.int64))
    start, stop = (np.clip(-((first - days) // STEP), 0, columns) for days in (created, closed))
    is_open, lost = (np.zeros((len(place), columns + 1), dtype=np.int32) for _ in range(2))
    held = stop > start
    np.add.at(is_open, (row[held], start[held]), 1)
    np.add.at(is_open, (row[held], stop[held]), -1)
    gone = held & deals.is_lost & (closed <= end)
    np.add.at(lost, (row[gone], np.maximum(start, stop - AHEAD)[gone]), 1)
    np.add.at(lost, (row[gone], stop[gone]), -1)
    return (np.cumsum(part, axis=1)[:, :columns] > 0 for part in (is_open, lost))  # type: ignore[return-value]


def _segments(tables: Tables, accounts: tuple[str, ...]) -> Ints:
    known = tables.columns(tables.accounts.select("account_id", "segment"), order_by=["account_id"])
    of = dict(zip(known["account_id"].tolist(), known["segment"].tolist(), strict=True))
    named = np.array([str(of.get(account) or "") for account in accounts], dtype=str)
    return np.unique(named, return_inverse=True)[1].astype(np.int64) if len(named) else np.zeros(0, dtype=np.int64)


def _thirds(amounts: Floats) -> Ints:
    """Return the third of all customers that bought in which each lies; one that bought nothing is in the first."""
    known = amounts[amounts > 0]
    bounds = np.quantile(known, [1 / 3, 2 / 3]) if len(known) else np.empty(0)
    return np.searchsorted(bounds, amounts).astype(np.int64)
