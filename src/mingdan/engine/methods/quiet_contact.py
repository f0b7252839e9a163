"""Contact that machines recorded while the CRM was silent about a deal."""

from datetime import timedelta

import ibis
import numpy as np
from ibis import _
from ibis.expr.types import Table as Expression
from numpy.typing import NDArray

from mingdan.engine.methods.negative_binomial import size_by_moments, tail
from mingdan.engine.methods.stage_dwell import last_touches
from mingdan.engine.trail import Columns, Tables

Floats = NDArray[np.float64]

LEAST_QUIET_DAYS = 30
LEAST_PEERS = 20


def knows_contact(tables: Tables) -> bool:
    """Return whether machine-recorded contact can be tied to customers."""
    return any(tables.has(table, "account_id") for table in ("calls", "emails", "messages"))


def contacts(tables: Tables) -> Expression:
    """Return calls, e-mails and messages: account_id, employee_id, contact_at, source, row_id."""
    parts = [
        tables[table].filter(_.account_id.notnull()).select(
            "account_id", "employee_id", contact_at=at, source=ibis.literal(table), row_id=key
        )
        for table, at, key in (
            ("calls", "started_at", "call_id"), ("emails", "sent_at", "email_id"), ("messages", "sent_at", "message_id")
        )
    ]  # fmt: skip
    return parts[0].union(parts[1]).union(parts[2])


def quiet_deals(tables: Tables) -> Columns:
    """Return open deals that the CRM has been silent about for a month or more, ordered by id.

    opportunity_id, account_id, owner_id, touched_at, amount, currency, region, segment, contacts (of the owner with the customer since) and busy
    (the customer ordered, or another deal of his was opened or closed, since: contact then has another reason).
    """
    quiet = last_touches(tables).filter(_.account_id.notnull())
    quiet = quiet.filter(_.touched_at <= tables.as_of - timedelta(days=LEAST_QUIET_DAYS))
    base = quiet.select("opportunity_id", "account_id", "owner_id", "touched_at", "amount", "currency")
    spoken = base.inner_join(contacts(tables).rename(owner_id="employee_id"), ["account_id", "owner_id"])
    since = spoken.filter(spoken.contact_at > spoken.touched_at)
    counted = since.group_by("opportunity_id").agg(contacts=_.count())
    ordered = tables.orders.select("account_id", at="ordered_at", deal=_.opportunity_id)
    opened = tables.opportunities.select("account_id", at="created_at", deal="opportunity_id")
    closed = tables.opportunities.select("account_id", at="closed_at", deal="opportunity_id")
    business = base.inner_join(ordered.union(opened).union(closed), "account_id")
    other = business.filter(
        (business.at > business.touched_at) & (business.deal.isnull() | (business.deal != business.opportunity_id))
    )
    busy = other.select("opportunity_id").distinct().mutate(busy=True)
    people = tables.employees.select("region", owner_id="employee_id")
    segments = tables.accounts.select("account_id", "segment")
    wide = base.left_join(counted, "opportunity_id").drop("opportunity_id_right")
    wide = wide.left_join(busy, "opportunity_id").drop("opportunity_id_right")
    wide = wide.left_join(people, "owner_id").drop("owner_id_right").left_join(segments, "account_id")
    return tables.columns(
        wide.drop("account_id_right").mutate(contacts=_.contacts.fill_null(0), busy=_.busy.fill_null(False)),
        order_by=["opportunity_id"],
    )


def contact_tail(deals: Columns, as_of: np.datetime64) -> Floats:
    """Return P(at least so many contacts) for each quiet deal, by the quiet deals of others; 1 where they are too few.

    Negative binomial: contacts a day as among others' quiet deals of customers without other business, and their spread.
    """
    days: Floats = -((deals["touched_at"] - as_of) / np.timedelta64(1, "D"))
    counts, idle = deals["contacts"].astype(np.float64), ~deals["busy"].astype(bool)
    owner = deals["owner_id"].astype(str)
    p = np.ones(len(days))
    for one in np.unique(owner[idle & (counts > 0)]):
        own, others = idle & (owner == one), idle & (owner != one)
        if int(others.sum()) >= LEAST_PEERS:
            rate = (counts[others].sum() + 0.5) / (days[others].sum() + 1.0)
            p[own] = tail(counts[own], rate * days[own], size_by_moments(counts[others], rate * days[others]))
    return p
