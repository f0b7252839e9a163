"""What is said of lost deals: whether a winner is named, and whether many were closed in one go."""

import ibis
import numpy as np
from ibis import _
from numpy.typing import NDArray

from mingdan.engine.methods.late_deals import late_deals
from mingdan.engine.trail import Columns, Tables

Flags = NDArray[np.bool_]

VAGUE = "价格|太贵|暂无|无需求|没需求|其他|其它|不详|未知|^$|price|expensive|no need|other|unknown|n/a"
"""What a reason contains that is given by default, in lower case; a reason left empty is one too."""

BATCH, WITHIN_SECONDS = 5, 600
"""So many deals of one person closed within so many seconds were closed in one go."""


def lost_late_deals(tables: Tables, days: int) -> Columns:
    """Return lost deals that had come far, with winner (1 if a competitor or winner is named) and vague (1 if the reason is)."""
    late = late_deals(tables, days)
    lost = late["is_lost"].astype(bool)
    reason = tables.opportunities.loss_reason.fill_null("").strip().lower()
    said = tables.opportunities.filter(_.outcome == "lost").select(
        "opportunity_id",
        winner=(_.competitor.fill_null("").strip() != "").ifelse(1, 0) + _.winner_company_id.notnull().ifelse(1, 0),
        vague=reason.re_search(VAGUE).ifelse(1, 0),
    )
    known = tables.columns(said, order_by=["opportunity_id"])
    place = np.searchsorted(known["opportunity_id"].astype(str), late["opportunity_id"][lost].astype(str))
    columns = {name: column[lost] for name, column in late.items()}
    named = known["winner"][place] > 0 if len(place) else np.zeros(0, dtype=bool)
    return {**columns, "opaque": ~named & (known["vague"][place] > 0) if len(place) else np.zeros(0, dtype=bool)}


def closed_in_one_go(deals: Columns) -> Flags:
    """Return which deals lie in a run of BATCH deals of one owner closed within WITHIN_SECONDS; the deals are in the order of owner and time.

    Dates without a time of day tell nothing.
    """
    owner = deals["owner_id"].astype(str)
    at = deals["closed_at"].astype("datetime64[s]").astype(np.int64)
    hit = np.zeros(len(at), dtype=bool)
    step = BATCH - 1
    if len(at) <= step:
        return hit
    near = (owner[step:] == owner[:-step]) & (at[step:] - at[:-step] <= WITHIN_SECONDS) & (at[step:] % 86_400 != 0)
    for shift in range(BATCH):
        hit[shift : len(hit) - step + shift] |= near
    return hit


def empty_is_usual(tables: Tables, least: float) -> bool:
    """Return whether so few lost deals say anything that the field is not asked for here."""
    lost = tables.opportunities.filter(_.outcome == "lost")
    said = (
        (lost.competitor.fill_null("") != "")
        | lost.winner_company_id.notnull()
        | (lost.loss_reason.fill_null("") != "")
    ).ifelse(1, 0)
    [row] = tables.records(lost.agg(n=ibis._.count(), said=said.sum()), order_by=["n"])
    return not row["n"] or (row["said"] or 0) < least * row["n"]
