"""How long open deals have stood in their stage, and how long other people's deals stood there."""

import ibis
import numpy as np
from ibis import _
from ibis.expr.types import Table as Expression
from numpy.typing import NDArray

from mingdan.engine.methods.survival import survival_at
from mingdan.engine.trail import Columns, Tables

Floats = NDArray[np.float64]

FOLDS = 10
LEAST_DWELLS = 50
"""With fewer stays of others in a stage, those of all stages are taken."""


def dwells(tables: Tables) -> Columns:
    """Return every stay of a deal in a stage: opportunity_id, owner_id, stage, days, ended (else it still lasts).

    A deal without stage changes has one stay, of stage "", from its creation. Imported and bulk-changed deals are left out.
    """
    typed = _.written_via.isnull() | ~_.written_via.isin(["import", "mass"])
    deals = tables.opportunities.filter(typed & _.owner_id.notnull())
    deals = deals.select("opportunity_id", "owner_id", "created_at", "outcome", "closed_at")
    changes = tables.stage_changes.select("opportunity_id", "stage", "entered_at")
    staged = deals.inner_join(changes, "opportunity_id").drop("created_at")
    plain = deals.anti_join(changes, "opportunity_id").mutate(stage=ibis.literal(""), entered_at=_.created_at)
    stays = staged.union(plain.select(*staged.columns))
    in_time = ibis.window(group_by="opportunity_id", order_by=["entered_at", "stage"])  # type: ignore[no-untyped-call]
    left_at = (
        _.entered_at.lead()
        .over(in_time)
        .fill_null(ibis.ifelse(_.outcome == "open", ibis.null("timestamp(6)"), _.closed_at))
    )
    spans = stays.mutate(left_at=left_at, place=ibis.row_number().over(in_time))
    until = spans.left_at.fill_null(ibis.literal(tables.as_of)).truncate("s").epoch_seconds()
    wanted = spans.select(
        "opportunity_id", "owner_id", "stage", "place",
        seconds=until - spans.entered_at.truncate("s").epoch_seconds(),
        ended=spans.left_at.notnull(),
        is_open=(spans.outcome == "open") & spans.left_at.isnull(),
    )  # fmt: skip
    return tables.columns(wanted, order_by=["opportunity_id", "place"])


def still_there(stays: Columns) -> dict[str, tuple[float, float]]:
    """Return for each open deal the days in its stage, and P(a stay at least so long) by the stays of others.

    Kaplan-Meier by stage; an owner falls into one of ten folds, and each fold is judged by the others.
    """
    days = np.maximum(stays["seconds"].astype(np.float64), 0.0) / 86_400
    ended, is_open = stays["ended"].astype(bool), stays["is_open"].astype(bool)
    _, owners = np.unique(stays["owner_id"].astype(str), return_inverse=True)
    stage, fold = stays["stage"].astype(str), owners % FOLDS
    chance = np.ones(len(days))
    for name in np.unique(stage[is_open]):
        for one in np.unique(fold[is_open & (stage == name)]):
            asked = is_open & (stage == name) & (fold == one)
            like = (stage == name) & (fold != one)
            if int((like & ended).sum()) < LEAST_DWELLS:
                like = fold != one
            chance[asked] = survival_at(days[like], ended[like], days[asked])
    return {str(stays["opportunity_id"][at]): (float(days[at]), float(chance[at])) for at in np.flatnonzero(is_open)}


def last_touches(tables: Tables) -> Expression:
    """Return the open deals with touched_at: the last time somebody wrote anything about the deal into the CRM.

    An activity on the customer that names no deal counts for all of its deals.
    """
    deals = tables.opportunities.filter((_.outcome == "open") & _.owner_id.notnull())
    ids = deals.select("opportunity_id", "account_id")
    activities = tables.activities.select("opportunity_id", "account_id", at=_.happened_at)
    loose = activities.filter(_.opportunity_id.isnull()).drop("opportunity_id")
    by_account = loose.group_by("account_id").agg(at=_.at.max())
    touches = (
        activities.select("opportunity_id", "at")
        .union(tables.stage_changes.select("opportunity_id", at="entered_at"))
        .union(tables.quotes.select("opportunity_id", at="sent_at"))
    )
    by_deal = touches.semi_join(ids, "opportunity_id").union(
        ids.inner_join(by_account, "account_id").select("opportunity_id", "at")
    )
    latest = by_deal.group_by("opportunity_id").agg(at=_.at.max())
    touched = deals.left_join(latest, "opportunity_id").drop("opportunity_id_right")
    return touched.mutate(touched_at=ibis.greatest(_.created_at, _.at)).drop("at")
