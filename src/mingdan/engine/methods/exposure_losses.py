"""Whether customers were lost after somebody took their data, more often than other customers with open deals."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import ibis
import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from mingdan.engine.trail import Columns, Tables, money


@dataclass(frozen=True)
class ExposureLosses:
    """Customers lost among those exposed that had an open deal, the tail probability, the deals and their amount."""

    lost: tuple[str, ...]
    opportunity_ids: tuple[str, ...]
    amount: Decimal
    p: float


def deals_of(tables: Tables) -> Columns:
    """Return the deals that losses are counted among, one entry per deal, in the order of their ids."""
    deals = tables.opportunities.filter(ibis._.account_id.notnull()).select(
        "opportunity_id",
        "account_id",
        "created_at",
        "closed_at",
        "amount",
        is_lost=(ibis._.outcome == "lost"),
    )
    return tables.columns(deals, order_by=["opportunity_id"])


def losses_after(deals: Columns, accounts: Collection[str], at: datetime, days: int) -> ExposureLosses:
    """Compare losses of the exposed customers with everybody else's in the same days, among those with an open deal.

    Customers with an open deal are the ones that can be lost, and that a salesperson has a reason to look at. The tail
    is binomial at the others' rate, with one added on each side.
    """
    moment, end = np.datetime64(at), np.datetime64(at + timedelta(days=days))
    closed = deals["closed_at"]
    is_open = (deals["created_at"] <= moment) & ~(closed <= moment)
    is_lost = is_open & deals["is_lost"].astype(bool) & (closed <= end)
    exposed = np.isin(deals["account_id"].astype(str), sorted(accounts))
    others, mine = _customers(deals, is_open & ~exposed), _customers(deals, is_open & exposed)
    others_lost, mine_lost = _customers(deals, is_lost & ~exposed), _customers(deals, is_lost & exposed)
    rate = (1 + len(others_lost)) / (2 + len(others))
    hit = is_lost & exposed
    return ExposureLosses(
        lost=tuple(mine_lost),
        opportunity_ids=tuple(deals["opportunity_id"][hit].tolist()),
        amount=money(float(np.nansum(deals["amount"][hit]))),
        p=float(binom.sf(len(mine_lost) - 1, len(mine), rate)) if mine_lost else 1.0,
    )


def _customers(deals: Columns, chosen: NDArray[np.bool_]) -> list[str]:
    return sorted(set(deals["account_id"][chosen].tolist()))
