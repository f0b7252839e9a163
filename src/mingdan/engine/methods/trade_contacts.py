"""What customers write about deals of ours, and whether our books know of any such deal."""

import functools
from dataclasses import dataclass
from typing import Any

import ibis
from ibis.expr.types import StringValue
from ibis.expr.types import Table as Expression

from mingdan.engine.methods.account_firms import folded
from mingdan.engine.methods.contact_words import (
    DEAL,
    HEARSAY,
    MISMATCH,
    OTHER_FIRM,
    PAID,
    PRIVATELY,
    QUOTED,
    REMINDED,
    speaks_of,
)
from mingdan.engine.trail import Tables, row_id

Row = dict[str, Any]

DAYS_BEFORE, DAYS_AFTER = 365, 60
"""A deal up to a year before a contact explains it, and one entered up to two months after."""

KINDS = ("question", "complaint")
"""Tickets of other kinds ask for service; service without a sale has its own detector."""


@dataclass(frozen=True)
class Counts:
    """How many contacts about deals there are, and how many have no deal, speak of a person's pocket, of another firm, of a debt paid."""

    contacts: int
    unknown: int
    privately: int
    other_firm: int
    dunned: int


def judged_contacts(tables: Tables) -> Expression:
    """Return one row per contact about a deal: table_name, row_id, account_id, at, about, said, and four flags (0, 1).

    `unknown`: neither the customer nor another account of its firm has an order, invoice, receipt, contract or won deal
    around that time (nor, where the contact only speaks of a price, a quote or deal). `privately` (no mere suspicion), `other_firm`, `dunned`: the words.
    A ticket that names one of our orders is never unknown; one that names an order we do not have is.
    """
    said = _said(tables)
    deal = speaks_of(said.said, DEAL)
    private = speaks_of(said.said, PRIVATELY) & ~speaks_of(said.said, HEARSAY)
    dunned = (speaks_of(said.said, PAID) & speaks_of(said.said, REMINDED)) | speaks_of(said.said, MISMATCH)
    asks = said.mutate(
        only_price=(speaks_of(said.said, QUOTED) & ~deal & ~private & ~dunned).ifelse(1, 0),
        privately=private.ifelse(1, 0),
        other_firm=speaks_of(said.said, OTHER_FIRM).ifelse(1, 0),
        dunned=dunned.ifelse(1, 0),
    ).filter(deal | private | dunned | speaks_of(said.said, QUOTED))
    known = _known(tables, asks)
    judged = asks.left_join(known, ["table_name", "row_id"]).drop("table_name_right", "row_id_right")
    unknown: Any = judged.found.isnull() & (judged.order_id.isnull() | judged.order_known.isnull())
    return judged.mutate(unknown=unknown.ifelse(1, 0)).drop("found", "only_price", "order_id", "order_known")


def counted(tables: Tables, contacts: Expression) -> tuple[Counts, dict[str, Counts]]:
    """Return the counts over all contacts, and by account for those with anything odd."""
    names = {name: ibis._[name].sum() for name in ("unknown", "privately", "other_firm", "dunned")}
    by_account = contacts.group_by("account_id").agg(contacts=ibis._.count(), **names)
    rows = tables.records(by_account, order_by=["account_id"])
    each = {row["account_id"]: Counts(*(int(row[name]) for name in ("contacts", *names))) for row in rows}
    every = Counts(*(sum(getattr(one, name) for one in each.values()) for name in ("contacts", *names)))
    return every, {account: one for account, one in each.items() if one.unknown or one.privately or one.dunned}


def _said(tables: Tables) -> Expression:
    """Return every complaint, question and survey comment with its text in lower case."""
    parts = [_complaints(tables), _tickets(tables), _surveys(tables)]
    said = functools.reduce(lambda left, right: left.union(right), parts)
    ours = tables.orders.select("order_id", order_known=ibis.literal(1)).distinct()
    known = said.left_join(ours, "order_id").drop("order_id_right")
    return known.filter(known.account_id.notnull() & (known.said.strip() != ""))


def _complaints(tables: Tables) -> Expression:
    rows = tables.complaints
    said = _lower(rows.category).concat(" ", _lower(rows.text))
    return _contact("complaints", rows, rows.opened_at, said, about=rows.about_employee_id)


def _tickets(tables: Tables) -> Expression:
    rows = tables.tickets.filter(tables.tickets.kind.isnull() | tables.tickets.kind.isin(KINDS))
    phones = tables.accounts.select("account_id", "phone_key").union(tables.contacts.select("account_id", "phone_key"))
    sole = phones.filter(phones.phone_key.notnull()).group_by("phone_key")
    callers = sole.agg(caller=ibis._.account_id.min(), n=ibis._.account_id.nunique()).filter(ibis._.n == 1).drop("n")
    called = rows.left_join(callers, "phone_key").drop("phone_key_right")
    owned = called.mutate(account_id=ibis.coalesce(called.account_id, called.caller))
    return _contact("tickets", owned, owned.opened_at, _lower(owned.text), order=owned.order_id)


def _surveys(tables: Tables) -> Expression:
    rows = tables.survey_responses
    return _contact("survey_responses", rows, rows.answered_at, _lower(rows.comment))


def _contact(
    table: str, rows: Expression, at: Any, said: StringValue, *, about: Any = None, order: Any = None
) -> Expression:
    nothing = ibis.null("string")
    return rows.select(
        table_name=ibis.literal(table),
        row_id=row_id(table),
        account_id=rows.account_id,
        at=at,
        about=nothing if about is None else about,
        order_id=nothing if order is None else order,
        said=said,
    )


def _lower(text: Any) -> StringValue:
    lowered: StringValue = text.fill_null("").lower()
    return lowered


def _known(tables: Tables, asks: Expression) -> Expression:
    """Return the contacts (table_name, row_id) that a deal of ours explains, with found = 1."""
    twins = _same_firm(tables, asks)
    wanted = asks.select("table_name", "row_id", "account_id", "at", "only_price").inner_join(twins, "account_id")
    wanted = wanted.drop("account_id").rename(account_id="twin")
    deals, prices = _dealings(tables)
    events = deals.mutate(of_price=ibis.literal(0)).union(prices.mutate(of_price=ibis.literal(1)))
    joined = wanted.inner_join(events.rename(dealt_at="at"), "account_id")
    near = joined.filter(
        (joined.of_price <= joined.only_price)
        & (joined.dealt_at >= joined["at"] - ibis.interval(days=DAYS_BEFORE))
        & (joined.dealt_at <= joined["at"] + ibis.interval(days=DAYS_AFTER))
    )
    return near.select("table_name", "row_id").distinct().mutate(found=ibis.literal(1))


def _same_firm(tables: Tables, asks: Expression) -> Expression:
    """Return account_id and twin: the account itself, and others with its registration number or name."""
    accounts = tables.accounts.select(
        "account_id",
        number=ibis._.registration_no.strip().upper().nullif(""),
        called=folded(ibis._.name).nullif(ibis.literal("")),
    )
    own = accounts.semi_join(asks, "account_id")
    other = accounts.select(twin="account_id", number="number", called="called")
    by_number = own.inner_join(other, "number").select("account_id", "twin")
    by_name = own.inner_join(other, "called").select("account_id", "twin")
    itself = asks.select("account_id").distinct().mutate(twin=ibis._.account_id)
    return itself.union(by_number).union(by_name).distinct()


def _dealings(tables: Tables) -> tuple[Expression, Expression]:
    """Return account_id and at of what shows a deal, and of what shows that a price was named."""
    deals = [
        tables.orders.select("account_id", at="ordered_at"),
        tables.invoices.select("account_id", at="issued_at"),
        tables.payments.select("account_id", at="received_at"),
        tables.contracts.select("account_id", at="signed_at"),
        tables.opportunities.filter(ibis._.outcome == "won").select("account_id", at="closed_at"),
    ]
    prices = tables.quotes.select("account_id", at="sent_at").union(
        tables.opportunities.select("account_id", at="created_at")
    )
    together = functools.reduce(lambda left, right: left.union(right), deals)
    return together.filter(ibis._.account_id.notnull()), prices.filter(ibis._.account_id.notnull())


def odd_contacts(tables: Tables, contacts: Expression, accounts: list[str]) -> dict[str, list[Row]]:
    """Return these customers' odd contacts, oldest first, each with `firms` and `people`: who is named in its text.

    Firms of the register other than the customer's own and ours; people of ours whose full name nobody else of ours bears.
    """
    odd = contacts.filter((contacts.unknown == 1) | (contacts.privately == 1) | (contacts.dunned == 1))
    wanted = odd.filter(odd.account_id.isin(accounts))
    rows = tables.records(wanted, order_by=["account_id", "at", "table_name", "row_id"])
    firms = _named(tables, rows, _firm_names(tables))
    people = _named(tables, rows, _people_names(tables))
    found: dict[str, list[Row]] = {}
    for row in rows:
        key = row["table_name"], row["row_id"]
        told = {**row, "firms": firms.get(key, []), "people": people.get(key, [])}
        found.setdefault(row["account_id"], []).append(told)
    return found


def _firm_names(tables: Tables) -> Expression:
    """Return name and id of the firms of the register: in full, and without the legal form where that leaves enough."""
    called = tables.companies.name.fill_null("").lower()
    ours = tables.company_profile.select(name=ibis._.name.lower())
    full = tables.companies.select(id="company_id", name=called)
    bare = full.mutate(name=full.name.re_replace(_LEGAL_FORM, "").strip())
    return full.union(bare).filter(ibis._.name.length() >= 4).anti_join(ours, "name").distinct()


_LEGAL_FORM = "((股份)?有限(责任)?公司|公司|,? *(co\\.?,? *)?(ltd|limited|inc|llc|gmbh)\\.?)$"


def _people_names(tables: Tables) -> Expression:
    people = tables.employees.filter(ibis._.name.length() >= 2)
    grouped = people.mutate(name=people.name.lower()).group_by("name")
    sole = grouped.agg(id=ibis._.employee_id.min(), n=ibis._.employee_id.nunique())
    return sole.filter(sole.n == 1).select("id", "name")


def _named(tables: Tables, contacts: list[Row], names: Expression) -> dict[tuple[str, str], list[str]]:
    """Return whose names stand in the text of each of a few contacts; a customer's own name is not told of it."""
    kept = ("table_name", "row_id", "account_id", "said")
    texts = ibis.memtable(
        [{name: row[name] for name in kept} for row in contacts], schema=ibis.schema(dict.fromkeys(kept, "string"))
    )
    own = tables.accounts.select("account_id", own_name=ibis._.name.fill_null("").lower())
    said = texts.left_join(own, "account_id").drop("account_id_right")
    joined = said.join(names, said.said.contains(names.name))
    others = joined.filter(~joined.own_name.fill_null("").contains(joined.name))
    rows = others.select("table_name", "row_id", "id").distinct()
    found: dict[tuple[str, str], list[str]] = {}
    for row in tables.records(rows, order_by=["table_name", "row_id", "id"]):
        found.setdefault((row["table_name"], row["row_id"]), []).append(row["id"])
    return found
