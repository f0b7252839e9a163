"""Where outside firms meet our business: as winner or supplier, new customer, payer, contracting party, or addressee."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import reduce
from typing import Literal

import ibis
from ibis.expr.types import Table as Expression

from mingdan.engine.methods.account_firms import firms_of_accounts, folded
from mingdan.engine.methods.firm_wins import firm_wins
from mingdan.engine.methods.ownership import ownership
from mingdan.engine.trail import Tables, row_id

Role = Literal["winner", "customer", "payer", "party", "addressee"]

YOUNG = timedelta(days=1095)
"""A customer counts as new where its firm was founded at most so long before its account, or that is not known."""

FREE_MAIL = (
    "qq.com", "163.com", "126.com", "yeah.net", "sina.com", "sina.cn", "sohu.com", "foxmail.com", "139.com", "189.cn",
    "aliyun.com", "tom.com", "vip.qq.com", "vip.163.com", "gmail.com", "outlook.com", "hotmail.com", "live.com",
    "yahoo.com", "icloud.com",
)  # fmt: skip


@dataclass(frozen=True)
class Touch:
    """One firm in one part: `rows` that say so, when, and what money was moved; with which customer and deal of whom."""

    employee_id: str
    company_id: str
    role: Role
    account_id: str | None
    opportunity_id: str | None
    first_at: datetime
    last_at: datetime
    amount: Decimal
    table: str
    row_id: str


def firm_touches(tables: Tables) -> Mapping[str, tuple[Touch, ...]]:
    """Return the touches by salesperson, each salesperson's sorted."""
    found = [*_wins(tables), *_from_rows(tables)]
    by_person: dict[str, list[Touch]] = defaultdict(list)
    for touch in sorted(found, key=lambda one: (one.last_at, one.table, one.row_id, one.company_id, one.role)):
        by_person[touch.employee_id].append(touch)
    return {person: tuple(by_person[person]) for person in sorted(by_person)}


def _wins(tables: Tables) -> Iterable[Touch]:
    for win in tables.once(firm_wins):
        if win.company_id:
            amount = Decimal(win.amount or 0)
            yield Touch(
                win.employee_id, win.company_id, "winner", win.account_id, win.opportunity_id,
                win.at, win.at, amount, win.table, win.row_id,
            )  # fmt: skip


def _from_rows(tables: Tables) -> Iterable[Touch]:
    parts = [_customers(tables), _payers(tables), *_parties(tables), *_addressees(tables)]
    grouped = reduce(lambda left, right: left.union(right), parts)
    order = ["employee_id", "company_id", "role", "account_id", "table", "row_id"]
    for row in tables.records(grouped, order_by=order):
        yield Touch(
            row["employee_id"], row["company_id"], row["role"], row["account_id"], None,
            row["first_at"], row["last_at"], Decimal(row["amount"] or 0), row["table"], row["row_id"],
        )  # fmt: skip


def _grouped(rows: Expression, role: Role, table: str) -> Expression:
    """One row for each salesperson, firm and customer: the first row stands for the others."""
    rows = rows.filter(rows.employee_id.notnull() & rows.company_id.notnull() & rows.at.notnull())
    grouped = rows.group_by("employee_id", "company_id", "account_id").agg(
        first_at=ibis._.at.min(), last_at=ibis._.at.max(), amount=ibis._.amount.sum(), row_id=ibis._.row_id.min()
    )
    return grouped.select(
        "employee_id", "company_id", "account_id", "first_at", "last_at", "row_id",
        amount=grouped.amount.cast("decimal(38,4)"), role=ibis.literal(role), table=ibis.literal(table),
    )  # fmt: skip


def owned_rows(tables: Tables, rows: Expression) -> Expression:
    """Add `employee_id`: who owned the row's account at `at`."""
    spans = ownership(tables).rename(owner="employee_id", owned_account="account_id")
    joined = rows.join(
        spans,
        [
            rows.account_id == spans.owned_account,
            spans.since.isnull() | (spans.since <= rows.at),
            spans.until.isnull() | (spans.until > rows.at),
        ],
    )
    return joined.rename(employee_id="owner").drop("owned_account", "since", "until")


def _customers(tables: Tables) -> Expression:
    """Customers that are new firms, of whoever opened the account or owned it first, with what they bought."""
    firms = tables.companies.select("company_id", "established_date")
    rows = tables.accounts.inner_join(firms_of_accounts(tables), "account_id").inner_join(firms, "company_id")
    founded = rows.established_date.cast("timestamp(6)")
    new = rows.filter(founded.isnull() | (founded >= rows.created_at - ibis.interval(days=YOUNG.days)))
    first = ownership(tables).filter(ibis._.since.isnull()).select("account_id", owner="employee_id").distinct()
    held = new.left_join(first, "account_id").drop("account_id_right")
    orders = tables.orders.group_by("account_id").agg(amount=ibis._.amount.sum(), last_at=ibis._.ordered_at.max())
    bought = held.left_join(orders, "account_id").drop("account_id_right")
    opened = bought.select(
        "account_id", "company_id", "amount", at="created_at", row_id=row_id("accounts"), employee_id="created_by"
    )
    owned = bought.select(
        "account_id", "company_id", "amount", at="created_at", row_id=row_id("accounts"), employee_id="owner"
    )
    both = opened.union(owned).distinct()
    return _grouped(both, "customer", "accounts")


def _strangers(tables: Tables, rows: Expression) -> Expression:
    """Leave out the firm that the customer itself is."""
    own = firms_of_accounts(tables).rename(own_account="account_id", own_firm="company_id")
    return rows.anti_join(own, [rows.account_id == own.own_account, rows.company_id == own.own_firm])


def _payers(tables: Tables) -> Expression:
    paid = tables.payments.filter(ibis._.payer_name.notnull())
    rows = paid.select(
        "account_id", "amount", at="received_at", row_id=row_id("payments"), called=folded(ibis._.payer_name)
    )
    named = rows.inner_join(_called(tables), "called")
    return _grouped(owned_rows(tables, _strangers(tables, named)), "payer", "payments")


def _parties(tables: Tables) -> list[Expression]:
    """Firms that a contract names beside the customer: as the other side or as the payee."""
    contracts = tables.contracts.mutate(row_id=row_id("contracts"), at=ibis._.signed_at)
    parts = []
    for column in ("counterparty_name", "payee_name"):
        rows = contracts.filter(contracts[column].notnull()).mutate(called=folded(contracts[column]))
        named = rows.inner_join(_called(tables), "called")
        parts.append(named.select("account_id", "employee_id", "company_id", "amount", "at", "row_id"))
    numbers = tables.companies.filter(ibis._.registration_no.notnull()).select(
        "company_id", number=ibis._.registration_no.strip().upper()
    )
    rows = contracts.mutate(number=contracts.counterparty_registration_no.strip().upper())
    numbered = rows.inner_join(numbers, "number")
    parts.append(numbered.select("account_id", "employee_id", "company_id", "amount", "at", "row_id"))
    every = _strangers(tables, reduce(lambda left, right: left.union(right), parts).distinct())
    owned = owned_rows(tables, every.filter(every.employee_id.isnull()).drop("employee_id"))
    signed = every.filter(every.employee_id.notnull())
    return [_grouped(signed, "party", "contracts"), _grouped(owned.select(*signed.columns), "party", "contracts")]


def _addressees(tables: Tables) -> list[Expression]:
    """Firms at whose mail domain quotes or mails about other customers arrive."""
    nothing = ibis.null("decimal(18,4)")
    quotes = tables.quotes.select(
        "account_id", "employee_id", domain="recipient_domain", at="sent_at", row_id=row_id("quotes"), amount=nothing
    )
    mails = tables.emails.filter(ibis._.direction.fill_null("out") == "out").select(
        "account_id", "employee_id", domain="counterpart_domain", at="sent_at", row_id=row_id("emails"), amount=nothing
    )
    return [
        _grouped(_strangers(tables, _at_domain(tables, quotes)), "addressee", "quotes"),
        _grouped(_strangers(tables, _at_domain(tables, mails)), "addressee", "emails"),
    ]


def _at_domain(tables: Tables, rows: Expression) -> Expression:
    """Join with the only firm of the domain, where the domain is not the customer's own."""
    domains = _unique(tables.companies.select("company_id", domain=ibis._.email_domain.strip().lower()), "domain")
    domains = domains.filter(domains.domain.notin(FREE_MAIL))
    asked = rows.mutate(domain=rows.domain.strip().lower())
    joined = asked.inner_join(domains, "domain")
    own = tables.accounts.select(own_account="account_id", own_domain=ibis._.email_domain.strip().lower())
    strange = joined.anti_join(own, [joined.account_id == own.own_account, joined.domain == own.own_domain])
    # A mail that names no customer goes to a customer more often than not: only firms that are none count there.
    known = firms_of_accounts(tables).select("company_id").distinct()
    unnamed = strange.filter(strange.account_id.isnull()).anti_join(known, "company_id")
    return strange.filter(strange.account_id.notnull()).union(unnamed).drop("domain")


def _called(tables: Tables) -> Expression:
    return _unique(tables.companies.select("company_id", called=folded(ibis._.name)), "called")


def _unique(firms: Expression, by: str) -> Expression:
    """Keep what only one firm has."""
    grouped = firms.filter(firms[by].notnull() & (firms[by] != "")).group_by(by)
    counted = grouped.agg(company_id=ibis._.company_id.min(), firms=ibis._.company_id.nunique())
    return counted.filter(counted.firms == 1).drop("firms")


def of_firms(touches: Sequence[Touch], firms: Iterable[str]) -> list[Touch]:
    """Return the touches of these firms."""
    wanted = set(firms)
    return [touch for touch in touches if touch.company_id in wanted]
