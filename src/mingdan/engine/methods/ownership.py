"""Whose customer an account was, and when."""

import ibis
from ibis.expr.types import Table as Expression

from mingdan.engine.trail import Tables


def ownership(tables: Tables) -> Expression:
    """Return account_id, employee_id, since and until: who owned it in [since, until); a null end is open.

    Rebuilt from the changes of owner; an account without changes belongs to its owner throughout.
    """
    changes = tables.owner_changes
    in_time = ibis.window(group_by="account_id", order_by=["changed_at", "to_employee_id"])  # type: ignore[no-untyped-call]
    ordered = changes.mutate(next_at=ibis._.changed_at.lead().over(in_time), place=ibis.row_number().over(in_time))
    after = ordered.select("account_id", employee_id="to_employee_id", since="changed_at", until="next_at")
    never = ibis.null("timestamp(6)")
    before = ordered.filter(ordered.place == 0).select(
        "account_id", employee_id="from_employee_id", since=never, until="changed_at"
    )
    unchanged = tables.accounts.anti_join(changes, "account_id").select(
        "account_id", employee_id="owner_id", since=never, until=never
    )
    spans = after.union(before).union(unchanged)
    return spans.filter(spans.employee_id.notnull())
