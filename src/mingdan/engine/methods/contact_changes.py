"""Who changed how a customer is reached, to what, and whom that value belongs to; who deleted it, and when."""

import functools
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import ibis
from ibis.expr.types import Table as Expression

from mingdan.engine.keys import kind_of_field
from mingdan.engine.methods.account_firms import firms_of_accounts
from mingdan.engine.trail import Tables, row_id

Row = dict[str, Any]

REACHING = ("phone", "email")


def contact_changes(tables: Tables) -> Expression:
    """Return changes of a customer's phone number or e-mail address to another value.

    Columns: row_id, account_id, changed_by, changed_at, new_key, replaced (there was another value before), contact_row
    (the row that changed).
    """
    fields = tables.records(tables.field_changes.select("field").distinct(), order_by=["field"])
    reaching = [row["field"] for row in fields if kind_of_field(row["field"]) in REACHING]
    changes = tables.field_changes.mutate(change=row_id("field_changes")).filter(
        ibis._.field.isin(reaching)
        & ibis._.table_name.isin(["contacts", "accounts"])
        & ibis._.new_key.notnull()
        & (ibis._.old_key.isnull() | (ibis._.old_key != ibis._.new_key))
    )
    contacts = tables.contacts.select("contact_id", of_account="account_id")
    joined = changes.left_join(contacts, [changes.table_name == "contacts", changes.row_id == contacts.contact_id])
    account = ibis.ifelse(joined.table_name == "accounts", joined.row_id, joined.of_account)
    joined = joined.mutate(replaced=joined.old_key.notnull())
    named = joined.select(
        "replaced",
        "changed_by",
        "changed_at",
        "new_key",
        row_id="change",
        account_id=account,
        contact_row=joined.row_id,
    )
    return named.filter(named.account_id.notnull())


def belonging(tables: Tables) -> Expression:
    """Return whom each number or e-mail address belongs to: key, whose, entity, table_name, row_id.

    `whose` is employee, firm or customer; `entity` the employee's id, the firm where the register knows it, else the
    customer. Our own switchboard is nobody's.
    """
    parts = [
        _part(tables, "employees", "phone_key", "employee", "employee_id"),
        _part(tables, "companies", "phone_key", "firm", "company_id"),
        _part(tables, "contacts", "phone_key", "customer", "account_id"),
        _part(tables, "contacts", "email_key", "customer", "account_id"),
        _part(tables, "accounts", "phone_key", "customer", "account_id"),
    ]
    rows = functools.reduce(lambda left, right: left.union(right), parts).filter(ibis._.key.notnull())
    switchboard = tables.company_profile.select(key="phone_key").filter(ibis._.key.notnull())
    firms = firms_of_accounts(tables).select(of_firm="company_id", entity="account_id")
    tied = rows.anti_join(switchboard, "key").left_join(firms, "entity").drop("entity_right")
    is_firm = (tied.whose == "customer") & tied.of_firm.notnull()
    return tied.mutate(entity=ibis.ifelse(is_firm, tied.of_firm, tied.entity)).drop("of_firm")


def _part(tables: Tables, table: str, key: str, whose: str, entity: str) -> Expression:
    rows = tables[table]
    return rows.select(
        key=rows[key],
        whose=ibis.literal(whose),
        entity=rows[entity],
        table_name=ibis.literal(table),
        row_id=row_id(table),
    )


def deletions(tables: Tables) -> Expression:
    """Return employee_id, account_id, deleted_at, table_name and row_id of customers' contacts that were deleted."""
    channel = tables.channel_events.filter(ibis._.kind == "contact_deleted").select(
        "employee_id",
        "account_id",
        deleted_at="happened_at",
        table_name=ibis.literal("channel_events"),
        row_id=row_id("channel_events"),
    )
    access = tables.access_events.filter(ibis._.action == "delete").select(
        "employee_id",
        "account_id",
        deleted_at="happened_at",
        table_name=ibis.literal("access_events"),
        row_id=row_id("access_events"),
    )
    return channel.union(access).filter(ibis._.account_id.notnull())


def first_calls_after_changes(tables: Tables, days: int) -> Expression:
    """Return for each customer and changer the first call-back in so many days after the last change before it.

    Columns: employee_id, account_id, callback_id, called_at, reached, row_id (the change), changed_at.
    """
    changes = contact_changes(tables)
    calls = tables.callbacks.filter(ibis._.reached.notnull() & ibis._.account_id.notnull())
    both = calls.inner_join(changes.drop("contact_row", "new_key"), "account_id")
    after = both.filter(
        (both.called_at > both.changed_at) & (both.called_at <= both.changed_at + ibis.interval(days=days))
    )
    in_time = ibis.window(  # type: ignore[no-untyped-call]
        group_by=["changed_by", "account_id"],
        order_by=["called_at", "callback_id", ibis.desc("changed_at"), "row_id"],
    )
    first = after.mutate(place=ibis.row_number().over(in_time)).filter(ibis._.place == 0)
    columns = ("account_id", "callback_id", "called_at", "reached", "row_id", "changed_at")
    return first.select(*columns, employee_id="changed_by")


def losses_with_deletions(tables: Tables, days: int) -> Expression:
    """Return each lost deal with what its owner deleted at the customer in so many days before the loss.

    Columns: employee_id, account_id, opportunity_id, closed_at, amount, table_name and row_id of the first deletion (null
    without one).
    """
    lost = tables.opportunities.filter(
        (ibis._.outcome == "lost")
        & ibis._.closed_at.notnull()
        & ibis._.account_id.notnull()
        & ibis._.owner_id.notnull()
    ).select("account_id", "opportunity_id", "closed_at", "amount", employee_id="owner_id")
    both = lost.inner_join(deletions(tables), ["employee_id", "account_id"])
    before = timedelta(days=days)
    near = both.filter(both.deleted_at.between(both.closed_at - before, both.closed_at))
    in_time = ibis.window(  # type: ignore[no-untyped-call]
        group_by="opportunity_id", order_by=["deleted_at", "table_name", "row_id"]
    )
    first = near.mutate(place=ibis.row_number().over(in_time)).filter(ibis._.place == 0)
    deleted = first.select("opportunity_id", "table_name", "row_id")
    return lost.left_join(deleted, "opportunity_id").drop("opportunity_id_right")


def collisions(tables: Tables, hub: int) -> list[Row]:
    """Return changes whose new value belongs to somebody who is not the customer, in a fixed order.

    `kind` is own (the changer's number), firm (another firm's or a colleague's) or customer; values that more than `hub`
    firms carry are left out.
    """
    known = belonging(tables)
    changes = contact_changes(tables)
    own_firm = known.filter(known.whose == "customer").select(own_entity="entity", contact_row="row_id").distinct()
    hubs = known.filter(known.whose != "employee").group_by("key").agg(spread=ibis._.entity.nunique())
    named = changes.rename(change="row_id").inner_join(known, changes.new_key == known.key)
    joined = named.left_join(hubs.filter(hubs.spread > hub), "key").drop("key_right")
    joined = joined.filter(joined.spread.isnull()).left_join(own_firm, "contact_row").drop("contact_row_right")
    is_self = (joined.entity == joined.account_id) | (joined.entity == joined.own_entity).fill_null(False)
    order = ["changed_by", "account_id", "change", "whose", "entity", "table_name", "row_id", "own_entity"]
    rows = tables.records(joined.filter(~is_self).distinct(), order_by=order)
    for row in rows:
        mine = row["whose"] == "employee" and row["entity"] == row["changed_by"]
        row["kind"] = "own" if mine else "customer" if row["whose"] == "customer" else "firm"
    return rows


def busy_days(tables: Tables, least: int) -> set[tuple[str, date]]:
    """Return who changed so many contacts on which day that it was a clean-up."""
    daily = contact_changes(tables).mutate(day=ibis._.changed_at.date()).group_by("changed_by", "day")
    busy = daily.agg(n=ibis._.account_id.nunique()).filter(ibis._.n >= least)
    return {(row["changed_by"], row["day"]) for row in tables.records(busy, order_by=["changed_by", "day"])}


def renamed_at(tables: Tables, contacts: Sequence[str]) -> list[datetime]:
    """Return when name or title of one of these contacts changed."""
    renamed = tables.field_changes.filter(
        ibis._.row_id.isin(list(contacts)) & ibis._.field.lower().isin(["name", "title", "姓名", "职务"])
    )
    return [row["changed_at"] for row in tables.records(renamed, order_by=["row_id", "field", "changed_at"])]
