"""Closed deals that had come far, as columns."""

from datetime import timedelta

import ibis
import numpy as np
from ibis.expr.types import Table as Expression

from mingdan.engine.methods.last_quotes import last_quotes
from mingdan.engine.trail import Columns, Tables

LATE_STAGES = ("quotation", "negotiation")
"""A deal that reached one of these was nearly sold. Signing is left out: many CRMs enter it together with the win."""

MOST_UNEQUAL = 0.1
"""A trait filled in for won and for lost deals with shares further apart than this tells the outcome and is not used."""


def knows_stages(tables: Tables) -> bool:
    """Return whether the trail can tell how far a deal had come."""
    return tables.has("stage_changes") or tables.has("quotes", "opportunity_id")


def late_deals(tables: Tables, days: int) -> Columns:
    """Return the deals closed in the last `days`, that had come far, ordered by owner, closing time and id.

    opportunity_id, account_id, owner_id, closed_at, is_lost, amount (the last quote's where the deal has none; NaN if
    unknown), and the traits `stage` (where it entered the late part), segment, product_line, region (of the owner). Without stages and quotes, deals
    count that were open at least as long as half of the won ones: what is lost later than that had come far too.
    """
    closed = tables.opportunities.filter(
        ibis._.outcome.isin(["won", "lost"])
        & ibis._.owner_id.notnull()
        & (ibis._.closed_at >= tables.as_of - timedelta(days=days))
        & (ibis._.closed_at > ibis._.created_at)
    )
    late = _by_stage(tables, closed) if knows_stages(tables) else _by_age(closed)
    accounts = tables.accounts.select("account_id", "segment")
    people = tables.employees.select("region", owner_id="employee_id")
    quoted = last_quotes(tables).select("opportunity_id", quoted="net_amount")
    wide = late.left_join(accounts, "account_id").left_join(people, "owner_id").left_join(quoted, "opportunity_id")
    wanted = wide.select(
        "opportunity_id", "account_id", "owner_id", "closed_at", "stage", "segment", "product_line", "region",
        is_lost=ibis._.outcome == "lost",
        amount=_amount(tables, wide),
    )  # fmt: skip
    return tables.columns(wanted, order_by=["owner_id", "closed_at", "opportunity_id"])


def _by_stage(tables: Tables, closed: Expression) -> Expression:
    """Keep deals that were in a late stage, or quoted, before they closed, with where they entered it."""
    changes = tables.stage_changes.filter(ibis._.stage.isin(LATE_STAGES))
    entered = changes.select("opportunity_id", "stage", at="entered_at")
    quoted = tables.quotes.filter(ibis._.opportunity_id.notnull())
    first = entered.union(quoted.select("opportunity_id", stage=ibis.literal("quotation"), at="sent_at"))
    reached = first.group_by("opportunity_id").agg(at=ibis._.at.min(), stage=ibis._.stage.max())
    deals = closed.inner_join(reached, "opportunity_id")
    return deals.filter(deals.at < deals.closed_at)


def _by_age(closed: Expression) -> Expression:
    open_for = closed.closed_at.truncate("s").epoch_seconds() - closed.created_at.truncate("s").epoch_seconds()
    aged = closed.mutate(open_for=open_for)
    usual = aged.filter(aged.outcome == "won").agg(usual=ibis._.open_for.median())
    kept = aged.cross_join(usual)
    return kept.filter(kept.open_for >= kept.usual).mutate(stage=ibis.literal("unknown"))


def _amount(tables: Tables, deals: Expression) -> ibis.Value:
    in_currency = ibis._.currency.isnull() | (ibis._.currency == tables.currency)
    own = ibis.ifelse(ibis._.amount > 0, ibis._.amount, ibis.null(deals.amount.type()))
    return ibis.ifelse(in_currency, own.fill_null(ibis._.quoted), ibis.null(deals.amount.type()))


def traits_of(deals: Columns) -> list[np.ndarray[tuple[int], np.dtype[np.object_]]]:
    """Return what deals are compared on: stage, segment, product line, region, quarter and size, as categories.

    A trait that is filled in for won and lost deals unequally is left out (an export that writes 0 as the amount of
    every lost deal would else foretell them all).
    """
    lost = deals["is_lost"].astype(bool)
    named = [deals[name] for name in ("stage", "segment", "product_line", "region")]
    quarter = deals["closed_at"].astype("datetime64[M]").astype(np.int64) // 3
    traits = [*named, quarter.astype(object), _size(deals["amount"])]
    return [trait for trait in traits if _equally_filled(trait, lost)]


def _size(amounts: np.ndarray[tuple[int], np.dtype[np.float64]]) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """Return the fifth of all amounts in which each lies, None where it is unknown."""
    known = amounts[~np.isnan(amounts)]
    bounds = np.quantile(known, [0.2, 0.4, 0.6, 0.8]) if len(known) else np.empty(0)
    band = np.searchsorted(bounds, amounts).astype(object)
    band[np.isnan(amounts)] = None
    return band


def _equally_filled(
    trait: np.ndarray[tuple[int], np.dtype[np.object_]], lost: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> bool:
    filled = np.array([value is not None for value in trait])
    if lost.all() or not lost.any():
        return False
    return bool(abs(filled[lost].mean() - filled[~lost].mean()) <= MOST_UNEQUAL)
