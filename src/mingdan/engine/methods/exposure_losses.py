"""Whether customers were lost after somebody took their data, more often than other customers with open deals."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import ibis
import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from mingdan.engine.trail import Tables, money


@dataclass(frozen=True)
class ExposureLosses:
    """Customers lost among those exposed that had an open deal, the tail probability, the deals and their amount."""

    lost: tuple[str, ...]
    opportunity_ids: tuple[str, ...]
    amount: Decimal
    p: float


@dataclass(frozen=True)
class Deals:
    """The deals that losses are counted among, one entry each, in the order of their ids; `account` indexes `accounts`."""

    ids: NDArray[np.object_]
    accounts: dict[str, int]
    account: NDArray[np.int64]
    created_at: NDArray[np.datetime64]
    closed_at: NDArray[np.datetime64]
    amount: NDArray[np.float64]
    is_lost: NDArray[np.bool_]


def deals_of(tables: Tables) -> Deals:
    """Read every deal of a known customer."""
    deals = tables.opportunities.filter(ibis._.account_id.notnull()).select(
        "opportunity_id",
        "account_id",
        "created_at",
        "closed_at",
        "amount",
        is_lost=(ibis._.outcome == "lost"),
    )
    columns = tables.columns(deals, order_by=["opportunity_id"])
    accounts = {account: index for index, account in enumerate(sorted(set(columns["account_id"].tolist())))}
    return Deals(
        ids=columns["opportunity_id"],
        accounts=accounts,
        account=np.array([accounts[account] for account in columns["account_id"].tolist()], dtype=np.int64),
        created_at=columns["created_at"],
        closed_at=columns["closed_at"],
        amount=columns["amount"].astype(np.float64),
        is_lost=columns["is_lost"].astype(bool),
    )


def losses_after(deals: Deals, accounts: Collection[str], at: datetime, days: int) -> ExposureLosses:
    """Compare losses of the exposed customers with everybody else's in the same days, among those with an open deal.

    Customers with an open deal are the ones that can be lost, and that a salesperson has a reason to look at. The tail
    is binomial at the others' rate, with one added on each side.
    """
    moment, end = np.datetime64(at), np.datetime64(at + timedelta(days=days))
    is_exposed = np.zeros(len(deals.accounts), dtype=bool)
    is_exposed[[deals.accounts[account] for account in accounts if account in deals.accounts]] = True
    exposed = is_exposed[deals.account]
    is_open = (deals.created_at <= moment) & ~(deals.closed_at <= moment)
    is_lost = is_open & deals.is_lost & (deals.closed_at <= end)
    open_others, lost_others, open_mine, lost_mine = (
        len(np.unique(deals.account[chosen]))
        for chosen in (is_open & ~exposed, is_lost & ~exposed, is_open & exposed, is_lost & exposed)
    )
    rate = (1 + lost_others) / (2 + open_others)
    hit = is_lost & exposed
    named = list(deals.accounts)
    return ExposureLosses(
        lost=tuple(named[index] for index in np.unique(deals.account[hit]).tolist()),
        opportunity_ids=tuple(deals.ids[hit].tolist()),
        amount=money(float(np.nansum(deals.amount[hit]))),
        p=float(binom.sf(lost_mine - 1, open_mine, rate)) if lost_mine else 1.0,
    )
