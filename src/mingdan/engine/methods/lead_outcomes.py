"""What became of leads, and which of those marked invalid were talked to at length all the same."""

from datetime import timedelta
from typing import Any

import ibis
import numpy as np
from ibis import _
from ibis.expr.types import Table as Expression
from numpy.typing import NDArray

from mingdan.engine.context import Scope
from mingdan.engine.findings import Status
from mingdan.engine.trail import Columns, Tables, moment, row_id

Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

MOST_SHARED = 3
"""A number that more leads carry is a switchboard, or typed to fill the field: calls to it tie to no single lead."""

UNREACHED = "空号|停机|关机|无人接|未接|打不通|无法接通|联系不上|错号|号码错|号码有误|无效号|no answer|unreach|not reach|wrong number|invalid number|bad number|disconnect"  # fmt: skip
"""What a reason contains that says nobody was reached, in lower case."""

REPEATED = "重复|撞单|duplicate|already"
"""What a reason contains that says the lead was there before."""


def judged_leads(tables: Tables, days: int) -> Columns:
    """Return the leads of the last `days` that their salesperson has judged, ordered by lead_id.

    lead_id, assigned_to, source, created_at, touched_at, and as 0 or 1 is_random (assigned at random), is_invalid, has_number
    and unreached (the reason says that nobody was reached). Duplicates are left out: they say nothing about the lead.
    """
    leads = tables.leads.filter(
        _.assigned_to.notnull()
        & _.status.isin(["working", "converted", "invalid"])
        & (_.created_at >= tables.as_of - timedelta(days=days))
    )
    reason = leads.invalid_reason.fill_null("").lower()
    leads = leads.mutate(reason=reason).filter(~((_.status == "invalid") & _.reason.re_search(REPEATED)))
    wanted = leads.select(
        "lead_id", "assigned_to", "source", "created_at",
        touched_at=_.first_touch_at.fill_null(_.created_at),
        is_random=_.random_pool.fill_null(False).ifelse(1, 0),
        is_invalid=(_.status == "invalid").ifelse(1, 0),
        has_number=_.phone_key.notnull().ifelse(1, 0),
        unreached=_.reason.re_search(UNREACHED).ifelse(1, 0),
    )  # fmt: skip
    return tables.columns(wanted, order_by=["lead_id"])


def talks(tables: Tables, *, days: int, least_seconds: int, within_days: int) -> list[dict[str, Any]]:
    """Return for each lead marked invalid the longest call of its own salesperson with its number that was long.

    lead_id, call_id, seconds, calls (how many were long). A call counts from a day before the lead was written (a caller
    becomes a lead after the call) to `within_days` after it was assigned.
    """
    leads = _invalid(tables, days)
    long = tables.calls.filter(_.seconds > least_seconds)
    calls = long.select("call_id", "employee_id", "phone_key", "started_at", "seconds")
    both = leads.inner_join(calls, ["employee_id", "phone_key"])
    near = both.filter(
        (both.started_at >= both.created_at - ibis.interval(days=1))
        & (both.started_at <= both.start + ibis.interval(days=within_days))
    )
    longest = ibis.window(group_by="lead_id", order_by=[ibis.desc("seconds"), "call_id"])  # type: ignore[no-untyped-call]
    every = ibis.window(group_by="lead_id")  # type: ignore[no-untyped-call]
    ranked = near.mutate(place=ibis.row_number().over(longest), calls=_.call_id.count().over(every))
    kept = ranked.filter(ranked.place == 0).select("lead_id", "call_id", "seconds", "calls")
    return tables.records(kept, order_by=["lead_id"])


def contacts_added(tables: Tables, *, days: int, within_days: int) -> list[dict[str, Any]]:
    """Return for each lead marked invalid the chat contact that its own salesperson gained with it soon after.

    lead_id and row_id (of `channel_events`). The contact carries the lead's number.
    """
    leads = _invalid(tables, days)
    contacts = tables.contacts.filter(_.phone_key.notnull()).select("contact_id", "phone_key")
    added = tables.channel_events.filter((_.kind == "contact_added") & _.contact_id.notnull())
    added = added.select("employee_id", "contact_id", "happened_at", row_id=row_id("channel_events"))
    both = leads.inner_join(added.inner_join(contacts, "contact_id"), ["employee_id", "phone_key"])
    soon = both.filter(
        (both.happened_at >= both.created_at) & (both.happened_at <= both.touched_at + ibis.interval(days=within_days))
    )
    first = soon.group_by("lead_id").agg(row_id=soon.row_id.min())
    return tables.records(first, order_by=["lead_id"])


def asked_again(tables: Tables, days: int) -> list[dict[str, Any]]:
    """Return the call-backs about leads marked invalid that reached somebody, the first for each lead.

    lead_id, callback_id, employee_id (who had marked it), elsewhere (1 if the lead bought from somebody else).
    """
    calls = tables.callbacks.filter(_.lead_id.notnull() & _.reached.fill_null(False) & _.bought_elsewhere.notnull())
    calls = calls.select("callback_id", "lead_id", "called_at", elsewhere=_.bought_elsewhere.ifelse(1, 0))
    both = _invalid(tables, days, with_number=False).inner_join(calls, "lead_id")
    in_time = ibis.window(group_by="lead_id", order_by=["called_at", "callback_id"])  # type: ignore[no-untyped-call]
    first = both.mutate(place=ibis.row_number().over(in_time)).filter(_.place == 0)
    return tables.records(first.select("lead_id", "callback_id", "employee_id", "elsewhere"), order_by=["lead_id"])


def in_campaign(tables: Tables, employee: str, created: NDArray[np.datetime64]) -> Status:
    """Return whether most of these leads came in while a promotion or migration that touches the salesperson ran."""
    days = [moment(day) for day in created]
    statuses = [
        tables.context.status(["promotion", "migration"], day, day, Scope(employee_id=employee)) for day in days
    ]
    if "open" in statuses:
        return "open"
    return "supported" if 2 * statuses.count("supported") > len(statuses) else "ruled_out"


def _invalid(tables: Tables, days: int, *, with_number: bool = True) -> Expression:
    leads = tables.leads.filter(
        (_.status == "invalid") & _.assigned_to.notnull() & (_.created_at >= tables.as_of - timedelta(days=days))
    )
    if with_number:
        shared = tables.leads.group_by("phone_key").agg(n=_.count()).filter(_.n > MOST_SHARED)
        ours = tables.employees.filter(_.phone_key.notnull()).select("phone_key")
        leads = leads.filter(_.phone_key.notnull()).anti_join(shared, "phone_key").anti_join(ours, "phone_key")
    return leads.select(
        "lead_id", "phone_key", "created_at",
        employee_id="assigned_to",
        start=_.assigned_at.fill_null(_.created_at),
        touched_at=_.first_touch_at.fill_null(_.created_at),
    )  # fmt: skip


def cohorts(leads: Columns) -> tuple[Ints, Ints]:
    """Return each lead's cohort, broad and narrow: its quarter and pool; with source, weekend and third of the day besides.

    Within a random pool, leads of one source that came in the same quarter and at the same kind of hour were dealt like cards.
    """
    created = leads["created_at"].astype("datetime64[s]")
    quarter = created.astype("datetime64[M]").astype(np.int64) // 3
    hours = created.astype(np.int64) // 3600
    weekend = (hours // 24 + 3) % 7 >= 5
    _, source = np.unique(leads["source"].astype(str), return_inverse=True)
    broad = (quarter - int(quarter.min(initial=0))) * 2 + leads["is_random"].astype(np.int64)
    narrow = ((broad * (int(source.max(initial=0)) + 1) + source) * 2 + weekend) * 3 + hours % 24 // 8
    return broad.astype(np.int64), narrow.astype(np.int64)
