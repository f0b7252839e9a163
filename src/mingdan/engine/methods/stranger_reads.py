"""Which customers people opened or took out that were never theirs to work on."""

import functools

import ibis
from ibis import _
from ibis.expr.types import Table as Expression

from mingdan.engine.methods.access_days import OPENING, TAKING
from mingdan.engine.methods.ownership import ownership
from mingdan.engine.trail import Tables

DEALT_WITH = (
    ("opportunities", "owner_id"),
    ("orders", "employee_id"),
    ("quotes", "employee_id"),
    ("activities", "employee_id"),
    ("calls", "employee_id"),
    ("emails", "employee_id"),
    ("samples", "employee_id"),
    ("expenses", "employee_id"),
    ("accounts", "created_by"),
    ("leads", "assigned_to"),
)
"""Tables, beside ownership, in which a record of a person with a customer gives a reason to look at it."""


def opened(tables: Tables) -> Expression:
    """Return every opening of a customer's records: event_id, employee_id, account_id, happened_at."""
    known = _.account_id.fill_null(ibis.ifelse(_.object_kind == "account", _.object_id, ibis.null("string")))
    views = tables.access_events.filter(_.action.isin(OPENING)).mutate(account_id=known)
    return views.filter(_.account_id.notnull()).select("event_id", "employee_id", "account_id", "happened_at")


def taken(tables: Tables) -> Expression:
    """Return every customer that an export, download or print held, in the same columns."""
    events = tables.access_events.filter(_.action.isin(TAKING)).select(
        "event_id", "employee_id", "happened_at", "account_id"
    )
    listed = tables.export_rows.inner_join(events.drop("account_id"), "event_id")
    named = events.filter(_.account_id.notnull())
    columns = ("event_id", "employee_id", "account_id", "happened_at")
    return listed.select(*columns).union(named.select(*columns))


def own_pairs(tables: Tables) -> Expression:
    """Return employee_id and account_id of everybody who ever owned the customer or has a record with it."""
    parts = [ownership(tables).select("employee_id", "account_id")]
    for table, person in DEALT_WITH:
        if tables.has(table, person, "account_id"):
            parts.append(tables[table].select("account_id", employee_id=tables[table][person]))
    joined = functools.reduce(lambda left, right: left.union(right.select("employee_id", "account_id")), parts)
    return joined.filter(_.employee_id.notnull() & _.account_id.notnull()).distinct()


def sellers_only(tables: Tables, rows: Expression) -> Expression:
    """Keep what salespeople did; managers, support and finance read many customers' records as their work."""
    if not tables.has("employees", "role"):
        return rows
    return rows.semi_join(tables.employees.filter(_.role == "rep"), "employee_id")


def strangers(tables: Tables, rows: Expression) -> Expression:
    """Keep the rows (employee_id, account_id) of salespeople whose customer it never was and who have no record with it.

    Aggregate first: whoever opens a customer daily is asked about once.
    """
    return sellers_only(tables, rows).anti_join(own_pairs(tables), ["employee_id", "account_id"])
