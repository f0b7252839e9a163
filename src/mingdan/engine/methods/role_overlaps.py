"""Steps that two people ought to take, and whether one took both: whose approvals, receipts and devices."""

import functools
from typing import Any

import ibis
from ibis.expr.types import Table as Expression

from mingdan.engine.trail import Tables, row_id

RULES = ("own-approval", "mutual-approval", "own-receipt", "shared-device")


def role_steps(tables: Tables) -> Expression:
    """Return one row per step: rule, employee_id (who asked or sold), other_id, table_name, row_id, at, breach (0, 1).

    `own-approval`: who asked also decided. `mutual-approval`: who decided had a request decided by the asker. `own-receipt`:
    the salesperson posted the customer's receipt. `shared-device`: asker and decider used one device that day.
    """
    asked = _decisions(tables)
    parts = [_own(asked), _mutual(asked), _receipts(tables), _devices(tables, asked)]
    return functools.reduce(lambda left, right: left.union(right), parts)


def _decisions(tables: Tables) -> Expression:
    """Return who asked and who decided, of approvals and of quotes that name their approver."""
    approvals = tables.approvals.select(
        table_name=ibis.literal("approvals"),
        row_id=row_id("approvals"),
        employee_id=tables.approvals.requested_by,
        other_id=tables.approvals.decided_by,
        at=ibis.coalesce(tables.approvals.decided_at, tables.approvals.requested_at),
    )
    quotes = tables.quotes.select(
        table_name=ibis.literal("quotes"),
        row_id=row_id("quotes"),
        employee_id=tables.quotes.employee_id,
        other_id=tables.quotes.approved_by,
        at=ibis.coalesce(tables.quotes.approved_at, tables.quotes.sent_at),
    )
    together = approvals.union(quotes)
    return together.filter(together.employee_id.notnull() & together.other_id.notnull() & together["at"].notnull())


def _own(asked: Expression) -> Expression:
    return _steps(asked, "own-approval", asked.employee_id == asked.other_id)


def _mutual(asked: Expression) -> Expression:
    pairs = asked.filter(asked.employee_id != asked.other_id)
    back = pairs.select(employee_id="other_id", other_id="employee_id").distinct().mutate(back=ibis.literal(1))
    joined = pairs.left_join(back, ["employee_id", "other_id"])
    return _steps(joined, "mutual-approval", joined.back.notnull())


def _receipts(tables: Tables) -> Expression:
    """Return receipts with whose customer it is; who may post receipts is for finance to do."""
    sold = tables.orders.select("order_id", seller="employee_id")
    owned = tables.accounts.select("account_id", owner="owner_id")
    paid = tables.payments.filter(tables.payments.posted_by.notnull())
    joined = paid.left_join(sold, "order_id").drop("order_id_right").left_join(owned, "account_id")
    seller = ibis.coalesce(joined.seller, joined.owner)
    rows = joined.select(
        table_name=ibis.literal("payments"),
        row_id=joined.payment_id,
        employee_id=seller,
        other_id=joined.posted_by,
        at=ibis.coalesce(joined.posted_at, joined.received_at),
    )
    known = rows.filter(rows.employee_id.notnull())
    return _steps(known, "own-receipt", known.employee_id == known.other_id)


def _devices(tables: Tables, asked: Expression) -> Expression:
    """Return the decisions on days on which both used a device that the logs name."""
    pairs = asked.filter(asked.employee_id != asked.other_id).mutate(day=asked["at"].date())
    events = tables.access_events.filter(tables.access_events.device.notnull())
    used = events.select("employee_id", "device", day=events.happened_at.date()).distinct()
    first = pairs.inner_join(used, ["employee_id", "day"])
    second = used.select(other_id="employee_id", other_device="device", day="day")
    both = first.inner_join(second, ["other_id", "day"])
    same = both.mutate(same=(both.device == both.other_device).ifelse(1, 0))
    grouped = same.group_by("table_name", "row_id", "employee_id", "other_id", "at").agg(same=ibis._.same.max())
    return _steps(grouped, "shared-device", grouped.same == 1)


def _steps(rows: Expression, rule: str, breach: Any) -> Expression:
    return rows.select(
        "employee_id", "other_id", "table_name", "row_id", "at", rule=ibis.literal(rule), breach=breach.ifelse(1, 0)
    )
