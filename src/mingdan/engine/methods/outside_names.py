"""Names and mail domains that our customers' papers show beside the customer's own: payers, contracting parties, addressees."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import reduce
from typing import Any

import ibis
from ibis.expr.types import Table as Expression

from mingdan.engine.methods.account_firms import firms_of_accounts, folded
from mingdan.engine.methods.firm_touches import FREE_MAIL, owned_rows
from mingdan.engine.trail import Tables, row_id


@dataclass(frozen=True)
class Shown:
    """A name or domain in one customer's papers; `row_id` is the first of `rows` rows of `table`."""

    written: str
    employee_id: str
    account_id: str
    table: str
    row_id: str
    rows: int
    amount: Decimal
    last_at: datetime


def names_shown(tables: Tables) -> tuple[Shown, ...]:
    """Return the payers, buyers, contracting parties, payees and suppliers that are not called like the customer itself."""
    parts = [
        _rows(tables, "payments", "payer_name", "received_at", "amount"),
        _rows(tables, "invoices", "buyer_name", "issued_at", "amount"),
        _rows(tables, "contracts", "counterparty_name", "signed_at", "amount"),
        _rows(tables, "contracts", "payee_name", "signed_at", "amount"),
        _rows(tables, "callbacks", "supplier_name", "called_at", None),
    ]
    rows = reduce(lambda left, right: left.union(right), parts)
    accounts = tables.accounts.select("account_id", called=folded(ibis._.name))
    firms = firms_of_accounts(tables).inner_join(tables.companies.select("company_id", called=folded(ibis._.name)), "company_id")  # fmt: skip
    own = accounts.union(firms.select("account_id", "called")).filter(ibis._.called.notnull())
    theirs = own.rename(own_account="account_id", own_name="called")
    strange = rows.anti_join(theirs, [rows.account_id == theirs.own_account, folded(rows.written) == theirs.own_name])
    return _fetched(tables, owned_rows(tables, strange))


def domains_shown(tables: Tables) -> tuple[Shown, ...]:
    """Return the mail domains, free mail left out, at which quotes and mails about a customer arrive or come from."""
    nothing = ibis.null("decimal(18,4)")
    quotes = tables.quotes.select(
        "account_id", "employee_id", written="recipient_domain", at="sent_at", amount=nothing,
        table=ibis.literal("quotes"), row_id=row_id("quotes"),
    )  # fmt: skip
    mails = tables.emails.select(
        "account_id", "employee_id", written="counterpart_domain", at="sent_at", amount=nothing,
        table=ibis.literal("emails"), row_id=row_id("emails"),
    )  # fmt: skip
    rows = quotes.union(mails).filter(ibis._.written.notnull() & ibis._.written.lower().notin(FREE_MAIL))
    return _fetched(tables, rows)


def _rows(tables: Tables, table: str, name: str, at: str, amount: str | None) -> Expression:
    rows = tables[table].filter(ibis._[name].notnull() & ibis._.account_id.notnull())
    value: Any = rows[amount] if amount else ibis.null("decimal(18,4)")
    return rows.select(
        "account_id", written=name, at=rows[at].cast("timestamp(6)"), amount=value.cast("decimal(18,4)"),
        table=ibis.literal(table), row_id=row_id(table),
    )  # fmt: skip


def _fetched(tables: Tables, rows: Expression) -> tuple[Shown, ...]:
    known = rows.filter(rows.employee_id.notnull() & rows.account_id.notnull() & rows["at"].notnull())
    grouped = known.group_by("written", "employee_id", "account_id", "table").agg(
        row_id=ibis._.row_id.min(), rows=ibis._.count(), amount=ibis._.amount.sum(), last_at=ibis._["at"].max()
    )
    order = ["written", "employee_id", "account_id", "table", "row_id"]
    return tuple(
        Shown(
            row["written"], row["employee_id"], row["account_id"], row["table"], row["row_id"], row["rows"],
            Decimal(row["amount"] or 0), row["last_at"],
        )
        for row in tables.records(grouped, order_by=order)
    )  # fmt: skip
