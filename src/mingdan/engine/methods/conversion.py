"""How likely a quoted deal is still without an order, for deals like it in other hands."""

from datetime import timedelta

import ibis
import numpy as np
from ibis import _
from ibis.expr.types import Table as Expression
from numpy.typing import NDArray

from mingdan.engine.methods.last_quotes import last_quotes
from mingdan.engine.methods.peer_logit import expected_chances
from mingdan.engine.trail import Columns, Tables

Floats = NDArray[np.float64]

PERIODS = np.array([0, 14, 30, 60, 90, 180, 365])
"""Days after the last quote that bound the periods in which the hazard of an order is taken as even."""

LIKE_AMOUNT = 0.5
"""An order that names no deal counts as this deal's if it is at least so much of the last quote."""

NEAR_FLOOR = 0.02


def quoted_deals(tables: Tables, days: int) -> Columns:
    """Return deals whose first quote was sent in the last `days`, ordered by id.

    opportunity_id, account_id, owner_id, outcome, amount (last quote; NaN in other currencies), versions, last_at, ordered_at (the deal won,
    contracted or ordered, or an order of like size of the same customer; NaT if none), over_floor (last quote above the
    floor prices, as a fraction; NaN unknown), and the traits segment and product_line.
    """
    typed = _.written_via.isnull() | ~_.written_via.isin(["import", "mass"])
    deals = tables.opportunities.filter(typed & _.owner_id.notnull())
    deals = deals.select(
        "opportunity_id", "owner_id", "outcome", "product_line", deal_account="account_id", deal_closed_at="closed_at"
    )
    quotes = last_quotes(tables).filter(_.first_sent_at >= tables.as_of - timedelta(days=days))
    in_currency = _.currency.isnull() | (_.currency == tables.currency)
    quoted = quotes.select(
        "opportunity_id", "quote_id", "account_id", "first_sent_at", "net_amount",
        versions=ibis.greatest(_.versions, _.highest_version.fill_null(0)),
        last_at="sent_at",
        amount=ibis.ifelse(in_currency, _.net_amount, ibis.null(quotes.net_amount.type())),
    )  # fmt: skip
    rows = quoted.inner_join(deals, "opportunity_id")
    wide = rows.left_join(_linked(tables), "opportunity_id").drop("opportunity_id_right")
    wide = wide.left_join(_alike(tables, quoted), "opportunity_id").drop("opportunity_id_right")
    wide = wide.left_join(_floors(tables, quoted), "quote_id").drop("quote_id_right")
    segments = tables.accounts.select("segment", account_id="account_id")
    wide = wide.left_join(segments, "account_id").drop("account_id_right")
    won_at = ibis.ifelse(_.outcome == "won", _.deal_closed_at.fill_null(_.last_at), ibis.null("timestamp(6)"))
    wanted = wide.select(
        "opportunity_id", "account_id", "owner_id", "outcome", "amount", "versions", "last_at", "segment",
        "product_line", "over_floor",
        ordered_at=ibis.least(won_at, _.linked_at, _.alike_at),
    )  # fmt: skip
    return tables.columns(wanted, order_by=["opportunity_id"])


def _linked(tables: Tables) -> Expression:
    """Return when each deal was first contracted or ordered."""
    signed = tables.contracts.select("opportunity_id", at="signed_at")
    of_contract = tables.contracts.select("contract_id", of_contract="opportunity_id")
    orders = tables.orders.left_join(of_contract, "contract_id")
    ordered = orders.select(opportunity_id=ibis.coalesce(_.opportunity_id, _.of_contract), at=_.ordered_at)
    both = signed.union(ordered).filter(_.opportunity_id.notnull())
    return both.group_by("opportunity_id").agg(linked_at=_.at.min())


def _alike(tables: Tables, quoted: Expression) -> Expression:
    """Return when the customer first placed an order of like size, that names no deal, after the deal's first quote."""
    loose = tables.orders.filter(_.opportunity_id.isnull() & _.contract_id.isnull())
    orders = loose.select("account_id", "ordered_at", ordered="amount")
    asked = quoted.select("opportunity_id", "account_id", "first_sent_at", "net_amount")
    near = asked.inner_join(orders, "account_id")
    fits = near.filter((near.ordered_at >= near.first_sent_at) & (near.ordered >= LIKE_AMOUNT * near.net_amount))
    return fits.group_by("opportunity_id").agg(alike_at=_.ordered_at.min())


def _floors(tables: Tables, quoted: Expression) -> Expression:
    """Return by how much of the floor each quote's lines lie above it, where every line has both prices."""
    floors = tables.products.select("product_id", "floor_price")
    lines = tables.quote_lines.semi_join(quoted, "quote_id").left_join(floors, "product_id")
    sums = lines.group_by("quote_id").agg(
        net=(_.net_price * _.quantity).sum(),
        floor=(_.floor_price * _.quantity).sum(),
        unknown=(_.net_price.isnull() | _.floor_price.isnull()).ifelse(1, 0).sum(),
    )
    known = sums.filter((sums.unknown == 0) & (sums.floor > 0))
    return known.select("quote_id", over_floor=(_.net / _.floor - 1).cast("float64"))


def still_without(deals: Columns, as_of: np.datetime64) -> Floats:
    """Return for each deal P(no order by now), by a discrete-time hazard fitted without its owner's deals.

    Cox's (1972, J. R. Stat. Soc. B 34:187-220) discrete model: a shrunk logistic regression of ordering in each period
    after the last quote, given none before, on the number of versions, the closeness to the floor price, segment and product
    line. Deals that never order stay in the sum, so that the chance does not fall below the share that never do.
    """
    waited = -_days(deals["last_at"] - as_of)
    taken = _days(deals["ordered_at"] - deals["last_at"])
    ended = ~np.isnan(taken)
    until = np.where(ended, np.maximum(taken, 0.0), waited)
    last = np.clip(np.searchsorted(PERIODS, until, side="right") - 1, 0, len(PERIODS) - 2)
    # a period counts for a deal if it was lived through to its end, or ended in an order
    lived = np.where(
        ended & (until <= PERIODS[-1]),
        last + 1,
        np.searchsorted(PERIODS, np.minimum(until, PERIODS[-1]), side="right") - 1,
    )
    place = np.repeat(np.arange(len(lived)), lived)
    period = np.arange(len(place)) - (np.cumsum(lived) - lived)[place]
    happened = ended[place] & (until[place] <= PERIODS[-1]) & (period == lived[place] - 1)
    _, owners = np.unique(deals["owner_id"].astype(str), return_inverse=True)
    traits = [period, *(trait[place] for trait in _traits(deals))]
    chance = expected_chances(happened, traits, owners[place])
    return np.exp(np.bincount(place, weights=np.log1p(-np.clip(chance, 0, 1 - 1e-9)), minlength=len(lived)))


def _traits(deals: Columns) -> list[NDArray[np.int64]]:
    over = deals["over_floor"].astype(np.float64)
    floor = np.where(np.isnan(over), 0, np.where(over < NEAR_FLOOR, 1, 2))
    named = (np.unique(deals[name].astype(str), return_inverse=True)[1] for name in ("segment", "product_line"))
    return [np.minimum(deals["versions"].astype(np.int64), 4), floor, *named]


def _days(spans: NDArray[np.timedelta64]) -> Floats:
    days: Floats = spans / np.timedelta64(1, "D")
    return days
