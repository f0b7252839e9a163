"""Which firm of the register a customer is."""

import ibis
from ibis.expr.types import StringValue
from ibis.expr.types import Table as Expression

from mingdan.engine.trail import Tables


def firms_of_accounts(tables: Tables) -> Expression:
    """Return account_id and company_id: tied by registration number, by name where the customer has none.

    A number or name that two firms carry ties nothing.
    """
    firms = tables.companies.mutate(number=ibis._.registration_no.strip().upper(), called=folded(ibis._.name))
    accounts = tables.accounts.mutate(number=ibis._.registration_no.strip().upper(), called=folded(ibis._.name))
    numbered = _unambiguous(firms, "number")
    by_number = accounts.inner_join(numbered, "number").select("account_id", "company_id")
    unnumbered = accounts.filter(accounts.number.isnull() | (accounts.number == ""))
    by_name = unnumbered.inner_join(_unambiguous(firms, "called"), "called").select("account_id", "company_id")
    return by_number.union(by_name).distinct()


def folded(name: StringValue) -> StringValue:
    """Return a name without spaces, case and the two writings of brackets, as an expression."""
    bare: StringValue = name.re_replace(r"\s+", "").replace("\uff08", "(").replace("\uff09", ")").upper()
    return bare


def _unambiguous(firms: Expression, by: str) -> Expression:
    named = firms.filter(firms[by].notnull() & (firms[by] != ""))
    grouped = named.group_by(by).agg(company_id=ibis._.company_id.min(), firms=ibis._.company_id.nunique())
    return grouped.filter(grouped.firms == 1).drop("firms")
