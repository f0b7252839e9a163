"""Signs in a deal's record that it was written after the deal was done."""

from dataclasses import dataclass

import ibis
import numpy as np
from ibis import _
from ibis.expr.types import Table as Expression
from numpy.typing import NDArray

from mingdan.engine.methods.conformal import upper_p_values
from mingdan.engine.methods.rarity import peer_rates
from mingdan.engine.trail import Columns, Tables

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LATE, CONTRACT_FIRST, AT_ONCE, CLOSED_FIRST = "late", "contract-first", "at-once", "closed-first"

A_DAY = 86_400


@dataclass(frozen=True)
class Signs:
    """Deals as columns, and by sign how much of it each shows (seconds; NaN where it does not) and its rate among others.

    `others` is how many deals of other owners could have shown it.
    """

    deals: Columns
    size: dict[str, Floats]
    rate: dict[str, Floats]
    others: dict[str, Ints]


def record_signs(tables: Tables, *, least_lag_days: int, most_minutes: int) -> Signs:
    """Measure each sign on every deal that a person wrote (not imported, not changed in bulk)."""
    deals = tables.columns(_measured(tables), order_by=["opportunity_id"])
    _, owners = np.unique(deals["owner_id"].astype(str), return_inverse=True)
    year = np.nan_to_num(deals["year"].astype(np.float64)).astype(np.int64) * 2 + (deals["written_via"] == "api")
    _, region = np.unique(deals["region"].astype(str), return_inverse=True)
    year = year - int(year.min(initial=0)) if len(year) else year
    groups = [year, year * (int(region.max(initial=0)) + 1) + region]
    shown = _shown(deals, least_lag_days, most_minutes)
    size, rate, others = {}, {}, {}
    for sign, (possible, value) in shown.items():
        at = np.flatnonzero(possible)
        seen = ~np.isnan(value[at])
        own, rates = owners[at], np.ones(len(deals["owner_id"]))
        if sign == LATE:
            rates[at] = upper_p_values(deals["lag"][at], np.zeros(len(at), dtype=np.int64), own)
        elif len(at):
            rates[at] = peer_rates(seen, own, [group[at] for group in groups])
        count = np.zeros(len(rates), dtype=np.int64)
        count[at] = len(at) - np.bincount(own, minlength=1)[own]
        size[sign], rate[sign], others[sign] = np.where(possible, value, np.nan), rates, count
    return Signs(deals, size, rate, others)


def _shown(deals: Columns, least_lag_days: int, most_minutes: int) -> dict[str, tuple[NDArray[np.bool_], Floats]]:
    """Return for each sign where it could be seen, and its size where it was."""
    lag, before, spell, life = (deals[name].astype(np.float64) for name in ("lag", "before_quote", "spell", "life"))
    won, stages = deals["outcome"] == "won", deals["stages"].astype(np.float64)
    clocked = deals["clocked"].astype(np.float64) > 0
    soon = most_minutes * 60
    return {
        LATE: (~np.isnan(lag), np.where(lag >= least_lag_days * A_DAY, lag, np.nan)),
        CONTRACT_FIRST: (~np.isnan(before), np.where(before > A_DAY, before, np.nan)),
        AT_ONCE: (stages >= 3, np.where((spell <= soon) & clocked, spell, np.nan)),
        CLOSED_FIRST: (
            won & ~np.isnan(life),
            np.where((life < -A_DAY) | ((life > 0) & (life <= soon)), life, np.nan),
        ),
    }


def _measured(tables: Tables) -> Expression:
    """Return the deals with lag (the longest from a document's day to its record), before_quote (contract to first quote),
    spell (first to last stage), stages, clocked (stages written with a time of day) and life (creation to closing), in seconds.
    """
    typed = _.written_via.isnull() | ~_.written_via.isin(["import", "mass"])
    deals = tables.opportunities.filter(typed & _.owner_id.notnull())
    quotes = tables.quotes.filter(typed & _.opportunity_id.notnull())
    quoted = quotes.group_by("opportunity_id").agg(quoted_at=_.sent_at.min(), quote_lag=_lag("sent_at").max())
    contracts = tables.contracts.filter(_.opportunity_id.notnull()).group_by("opportunity_id")
    signed = contracts.agg(signed_at=_.signed_at.min(), contract_lag=_lag("signed_at").max())
    recorded = tables.stage_changes.recorded_at.fill_null(tables.stage_changes.entered_at)
    stamped = tables.stage_changes.mutate(at=recorded.truncate("s").epoch_seconds())
    staged = stamped.group_by("opportunity_id").agg(
        stages=_.stage.nunique(), spell=_.at.max() - _.at.min(), clocked=(_.at % A_DAY != 0).ifelse(1, 0).max()
    )
    people = tables.employees.select("region", owner_id="employee_id")
    wide = deals.left_join(people, "owner_id")
    for part in (quoted, signed, staged):
        wide = wide.left_join(part, "opportunity_id").drop("opportunity_id_right")
    return wide.select(
        "opportunity_id", "account_id", "owner_id", "outcome", "region", "written_via", "created_at", "closed_at", "amount",
        "currency", "spell", "stages", "clocked",
        year=_.created_at.year(),
        lag=ibis.greatest(_lag("created_at"), _.quote_lag, _.contract_lag),
        before_quote=_.quoted_at.truncate("s").epoch_seconds() - _.signed_at.truncate("s").epoch_seconds(),
        life=_.closed_at.truncate("s").epoch_seconds() - _.created_at.truncate("s").epoch_seconds(),
    )  # fmt: skip


def _lag(at: str) -> ibis.Deferred:
    """Seconds from what happened to when it was recorded; null where the record's time is unknown."""
    lag: ibis.Deferred = _.recorded_at.truncate("s").epoch_seconds() - _[at].truncate("s").epoch_seconds()
    return lag
