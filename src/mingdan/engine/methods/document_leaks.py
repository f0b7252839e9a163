"""Our documents in mails to addresses that are not the customer's, a partner's or ours."""

from collections import Counter
from collections.abc import Iterable

import ibis
import numpy as np
from ibis.expr.types import Table as Expression
from ibis.expr.types import Value
from numpy.typing import NDArray

from mingdan.engine.methods.listed import among
from mingdan.engine.methods.talk_text import is_free_mail
from mingdan.engine.trail import Columns, Tables

HUB = 4
"""An address to which so many salespeople send customers' documents is a platform's or a forwarder's."""


def documents(tables: Tables) -> Expression:
    """Return our quotes' and contracts' files: hash, account_id, written_at, table_name, row_id and amount.

    A file that belongs to several customers (a price list, a template) is nobody's and left out.
    """
    quotes = tables.quotes.select(
        hash="document_hash",
        account_id="account_id",
        written_at="sent_at",
        table_name=ibis.literal("quotes"),
        row_id="quote_id",
        amount="net_amount",
    )
    contracts = tables.contracts.select(
        hash="document_hash",
        account_id="account_id",
        written_at="signed_at",
        table_name=ibis.literal("contracts"),
        row_id="contract_id",
        amount="amount",
    )
    both = quotes.union(contracts).filter(ibis._.hash.notnull() & (ibis._.hash != "") & ibis._.account_id.notnull())
    own = both.group_by("hash").agg(customers=ibis._.account_id.nunique()).filter(ibis._.customers == 1)
    first = ibis.window(group_by="hash", order_by=["written_at", "table_name", "row_id"])  # type: ignore[no-untyped-call]
    placed = both.semi_join(own, "hash").mutate(place=ibis.row_number().over(first))
    return placed.filter(placed.place == 0).drop("place")


def mailed_documents(tables: Tables) -> Columns:
    """Return each mail out that carries a document of a customer, ordered by id, with whether the address is `known`.

    Columns: email_id, employee_id, account_id (the document's), domain, sent_at, table_name, row_id, amount, known,
    tied (the gateway knows the address as the customer's), senders (how many salespeople mailed documents there).
    Known is an address of the customer's own: at its domain, a contact's, or one that wrote to us about this customer or to
    which several salespeople wrote about it; and any of ours or of a distributor's, or one that many salespeople send to.
    """
    mails = tables.emails.filter(
        ibis._.attachment_hash.notnull()
        & ibis._.counterpart_domain.notnull()
        & (ibis._.direction.isnull() | (ibis._.direction == "out"))
    ).select(
        "email_id",
        "employee_id",
        "sent_at",
        domain=_plain(tables.emails.counterpart_domain),
        hash="attachment_hash",
        tied_to="account_id",
    )
    carried = mails.inner_join(documents(tables), "hash")
    tied = (carried.tied_to == carried.account_id).fill_null(False)
    files = carried.select(
        *("email_id", "employee_id", "account_id", "domain", "sent_at", "table_name", "row_id", "amount"),
        tied=ibis.ifelse(tied, 1, 0),
    )
    theirs = _addresses_of_customers(tables).mutate(is_theirs=True)
    partners = _partners(tables).mutate(is_partner=True)
    named = files.left_join(theirs, ["account_id", "domain"]).drop("account_id_right", "domain_right")
    named = named.left_join(partners, "domain").drop("domain_right")
    known = named.is_theirs.notnull() | named.is_partner.notnull()
    marked = named.mutate(known=ibis.ifelse(known, 1, 0)).drop("is_theirs", "is_partner")
    seen = tables.columns(marked, order_by=["email_id"])
    ours = our_domains(tables)
    for place, domain in enumerate(seen["domain"].tolist()):
        if any(domain == one or domain.endswith("." + one) for one in ours):
            seen["known"][place] = 1
    senders: dict[str, set[str]] = {}
    for employee, domain in zip(seen["employee_id"].tolist(), seen["domain"].tolist(), strict=True):
        senders.setdefault(domain, set()).add(employee)
    hubs = np.array([len(senders[domain]) >= HUB for domain in seen["domain"].tolist()], dtype=bool)
    seen["senders"] = np.array([len(senders[domain]) for domain in seen["domain"].tolist()])
    seen["known"] = (seen["known"] > 0) | (hubs & ~_free(seen["domain"]))
    return seen


def _free(domains: NDArray[np.object_]) -> NDArray[np.bool_]:
    return np.array([is_free_mail(domain) for domain in domains.tolist()], dtype=bool)


def resembles(domain: str, own: Iterable[str]) -> bool:
    """Return whether a domain could be taken for one of ours: the same once look-alike signs are one, or one sign off."""
    label = _skeleton(domain)
    return any(
        domain != one and len(_skeleton(one)) >= 5 and (label == _skeleton(one) or _one_off(label, _skeleton(one)))
        for one in own
    )


def _skeleton(domain: str) -> str:
    text = domain.split(".")[0].replace("rn", "m").replace("vv", "w").replace("-", "").replace("_", "")
    return text.translate(str.maketrans("01358", "olesb"))


def _one_off(one: str, other: str) -> bool:
    """Return whether one sign put in, left out or exchanged makes the two equal."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    short, long = sorted((one, other), key=len)
    same = next((place for place in range(len(short)) if short[place] != long[place]), len(short))
    return short[same + (len(short) == len(long)) :] == long[same + 1 :]


def _plain(value: Value) -> Value:
    text: Value = value.cast("string").lower().strip()
    return text


def _addresses_of_customers(tables: Tables) -> Expression:
    """Return account_id and domain of every address that is plainly the customer's."""
    accounts = tables.accounts.select("account_id", domain=_plain(tables.accounts.email_domain))
    contacts = tables.contacts.select("account_id", domain=_plain(tables.contacts.email_domain))
    wrote = tables.emails.filter(ibis._.direction == "in").select(
        "account_id", domain=_plain(tables.emails.counterpart_domain)
    )
    usual = tables.emails.group_by(["account_id", "counterpart_domain"]).agg(people=ibis._.employee_id.nunique())
    shared = usual.filter(usual.people >= 2).select("account_id", domain=_plain(usual.counterpart_domain))
    every = accounts.union(contacts).union(wrote).union(shared)
    return every.filter(every.account_id.notnull() & every.domain.notnull() & (every.domain != "")).distinct()


def _partners(tables: Tables) -> Expression:
    firms = tables.distributors.select("company_id").distinct()
    approved = tables.companies.semi_join(firms, "company_id").select(domain=_plain(tables.companies.email_domain))
    return approved.filter(approved.domain.notnull()).distinct()


def our_domains(tables: Tables) -> set[str]:
    """Return the e-mail domains of our profile, and those that three or more of our people have, free mail left out."""
    rows = tables.records(tables.company_profile.select("email_domains"), order_by=["email_domains"])
    declared = {str(domain).strip().lower() for row in rows for domain in row["email_domains"] or () if domain}
    people = tables.employees.filter(ibis._.email.contains("@")).select("employee_id", "email")
    counted = Counter(
        row["email"].rpartition("@")[2].strip().lower() for row in tables.records(people, order_by=["employee_id"])
    )
    return declared | {domain for domain, n in counted.items() if n >= 3 and domain and not is_free_mail(domain)}


def firms_at(tables: Tables, domains: set[str]) -> dict[str, list[str]]:
    """Return the firms of the outside register by e-mail domain."""
    if not domains:
        return {}
    firms = tables.companies.select("company_id", domain=_plain(tables.companies.email_domain))
    found: dict[str, list[str]] = {}
    for row in tables.records(among(firms, "domain", domains), order_by=["company_id"]):
        found.setdefault(row["domain"], []).append(row["company_id"])
    return found
