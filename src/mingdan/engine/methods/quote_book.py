"""The quotes of the last two years, one for each deal, as numbers."""

from dataclasses import dataclass
from datetime import timedelta

import ibis
import numpy as np
from numpy.typing import NDArray

from mingdan.engine.methods.account_firms import firms_of_accounts
from mingdan.engine.methods.authority import learnt_limit
from mingdan.engine.trail import Tables

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DAYS = 730


@dataclass(frozen=True)
class QuoteBook:
    """One entry per quote in the order of ids: the last version of each deal's quote.

    `limit` is the discount that the sender may give alone (NaN unknown), `firm` the customer's firm or the customer as a
    number, `day` days since 1970, `approved` whether somebody approved it.
    """

    quote: NDArray[np.object_]
    account: NDArray[np.object_]
    employee: NDArray[np.object_]
    firm: Ints
    day: Ints
    net: Floats
    listed: Floats
    discount: Floats
    limit: Floats
    approved: NDArray[np.bool_]


def quote_book(tables: Tables) -> QuoteBook:
    """Read the quotes in the trail's currency; a limit that is not written down is learnt from what was approved."""
    recent = tables.quotes.filter(
        (ibis._.sent_at >= tables.as_of - timedelta(days=DAYS))
        & ibis._.discount.notnull()
        & (ibis._.currency.isnull() | (ibis._.currency == tables.currency))
    )
    deal = ibis.coalesce(recent.opportunity_id, ibis.literal("quote ") + recent.quote_id)
    latest = ibis.window(group_by="deal", order_by=[ibis.desc("sent_at"), ibis.desc("version"), "quote_id"])  # type: ignore[no-untyped-call]
    last = recent.mutate(deal=deal).mutate(place=ibis.row_number().over(latest)).filter(ibis._.place == 0)
    firms = firms_of_accounts(tables)
    known = last.left_join(firms, "account_id").drop("account_id_right")
    columns = tables.columns(
        known.select(
            "quote_id",
            "account_id",
            "employee_id",
            "sent_at",
            "net_amount",
            "list_amount",
            "discount",
            "approval_limit",
            approved=known.approved_by.notnull(),
            firm=ibis.coalesce(known.company_id, known.account_id),
        ),
        order_by=["quote_id"],
    )
    discount, approved = columns["discount"].astype(np.float64), columns["approved"].astype(bool)
    net = columns["net_amount"].astype(np.float64)
    listed = columns["list_amount"].astype(np.float64)
    return QuoteBook(
        quote=columns["quote_id"],
        account=columns["account_id"],
        employee=columns["employee_id"],
        firm=np.unique(columns["firm"].astype(str), return_inverse=True)[1].astype(np.int64),
        day=columns["sent_at"].astype("datetime64[D]").astype(np.int64),
        net=net,
        listed=np.where(np.isnan(listed), net / np.maximum(1 - discount, 0.01), listed),
        discount=discount,
        limit=_limits(columns["approval_limit"].astype(np.float64), discount, approved),
        approved=approved,
    )


def _limits(written: Floats, discount: Floats, approved: NDArray[np.bool_]) -> Floats:
    """Fill unwritten limits with the one that approvals show: quotes from it on were approved, so it lies just below."""
    if not np.isnan(written).all():
        return written
    learnt = learnt_limit(discount, approved)
    below = discount[discount < learnt] if learnt is not None else np.array([])
    return np.full(len(discount), float(below.max()) if len(below) else np.nan)


def amount_limit(book: QuoteBook) -> float | None:
    """Return the amount from which quotes were approved although their discount needed nobody, or None."""
    own = np.isnan(book.limit) | (book.discount <= book.limit + 1e-9)
    return learnt_limit(book.net[own], book.approved[own])
