"""Which deals the company put engineers or samples into, and what that leads one to expect."""

import ibis
import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from mingdan.engine.trail import Tables

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

PRIOR_DEALS = 5.0
"""How many deals' worth of information holds a salesperson's own level near that of the peers."""


def supported_deals(tables: Tables) -> dict[str, tuple[str, str]]:
    """Return for each closed deal that was supported before it closed the table and id of the first supporting row.

    Supported means a sample sent to the customer, or a demonstration or technical visit, between the deal's start and end.
    """
    deals = tables.opportunities.filter(ibis._.closed_at.notnull() & ibis._.account_id.notnull())
    deals = deals.select("opportunity_id", "account_id", "created_at", "closed_at")
    visits = tables.activities.filter(ibis._.kind.isin(["demo", "technical"]) & ibis._.account_id.notnull())
    rows = [
        tables.samples.select("account_id", at="sent_at", row="sample_id").mutate(kind=ibis.literal("samples")),
        visits.select("account_id", at="happened_at", row="activity_id").mutate(kind=ibis.literal("activities")),
    ]
    given = rows[0].union(rows[1])
    together = deals.inner_join(given, "account_id")
    within = together.filter((together.at >= together.created_at) & (together.at <= together.closed_at))
    wanted = within.group_by("opportunity_id", "kind").agg(row=ibis._.row.min())
    found: dict[str, tuple[str, str]] = {}
    for record in tables.records(wanted, order_by=["opportunity_id", "kind"]):
        found.setdefault(record["opportunity_id"], (record["kind"], record["row"]))
    return found


def at_own_level(chances: Floats, lost: Flags, supported: Flags) -> Floats:
    """Return the chances of loss of the supported deals, raised to how the same person does with the others.

    The person's own level is a shift in logits, one shrunk Newton step from the deals without support; it is never
    lowered, so that somebody who sells well otherwise is not measured by that.
    """
    others = ~supported
    surplus = float((lost[others] - chances[others]).sum())
    known = float((chances[others] * (1 - chances[others])).sum())
    shift = max(0.0, surplus / (known + PRIOR_DEALS * 0.25))
    raised: Floats = expit(logit(np.clip(chances[supported], 1e-6, 1 - 1e-6)) + shift)
    return raised
