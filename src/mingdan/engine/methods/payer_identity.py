"""Who a payer is: an employee, a relative, the customer's owner, a firm of its group, a firm of the register."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
from ibis.expr.types import Table as Expression

from mingdan.engine.findings import Evidence, Status
from mingdan.engine.methods.account_firms import firms_of_accounts
from mingdan.engine.methods.listed import among
from mingdan.engine.methods.payers import Paying, share_a_stem
from mingdan.engine.trail import Tables, row_id

HARD = 1e-3
"""How often an account or identity number meets another person's by chance: it does not, but records can be wrong."""

Row = dict[str, Any]


@dataclass(frozen=True)
class PayerIdentities:
    """What the registers know of the payers and of the customers they paid for."""

    employee_names: Mapping[str, str]
    relatives: Mapping[tuple[str, str], str]
    customer_names: Mapping[str, str]
    firm_of: Mapping[str, str]
    people_of: Mapping[str, frozenset[str]]
    holders_of: Mapping[str, frozenset[str]]
    contacts_of: Mapping[str, frozenset[str]]
    companies: Mapping[str, str]
    known_names: Counter[str]
    has_register: bool

    def employee(self, one: Paying, seller: str | None) -> str | None:
        """Return the employee whose money it is: by account or number anybody, by name or relative the salesperson."""
        if one.holder or seller is None:
            return one.holder
        is_relative = one.payer_key is not None and (seller, one.payer_key) in self.relatives
        is_namesake = one.name is not None and one.name == self.employee_names.get(seller)
        return seller if is_relative or is_namesake else None

    def name_frequency(self, one: Paying, seller: str | None) -> float:
        """Return how often somebody else would pass for this person: by name, as often as the name occurs."""
        if one.holder:
            return HARD
        return (1 + self.known_names[one.name or ""]) / (2 + self.known_names.total())

    def evidence(self, one: Paying, seller: str | None) -> tuple[Evidence, ...]:
        """Return the row that says who the payer is, if he is one of us or a relative."""
        employee = self.employee(one, seller)
        if employee is None:
            return ()
        declared = self.relatives.get((employee, one.payer_key or ""))
        if declared and not one.holder:
            return (Evidence("declared_interests", declared),)
        return (Evidence("employees", employee),) if employee in self.employee_names else ()

    def firms(self, ones: Sequence[Paying]) -> int:
        """Return how many unrelated firms these customers are: one registration or one beginning of the name is one."""
        kept: list[tuple[str, str]] = []
        for one in ones:
            firm, name = self.firm_of.get(one.account_id, one.account_id), self.customer_names.get(one.account_id, "")
            if not any(firm == other or share_a_stem(name, called) for other, called in kept):
                kept.append((firm, name))
        return len(kept)

    def company(self, one: Paying) -> str | None:
        """Return the firm of the register that has the payer's name."""
        return self.companies.get(one.name or "")

    def group(self, ones: Sequence[Paying]) -> Status:
        """Return whether the payer belongs to the group of every customer: holds it, or is called alike."""
        if all(self._of_group(one) for one in ones):
            return "supported"
        return "ruled_out" if self.has_register and all(one.account_id in self.firm_of for one in ones) else "open"

    def _of_group(self, one: Paying) -> bool:
        holders = self.holders_of.get(self.firm_of.get(one.account_id, ""), frozenset())
        return self.company(one) in holders or share_a_stem(one.name, self.customer_names.get(one.account_id))

    def owner_pays(self, ones: Sequence[Paying]) -> Status:
        """Return whether the payer is an owner, officer or contact of every customer."""
        if all(self._is_of_the_house(one) for one in ones):
            return "supported"
        known = all(self.people_of.get(self.firm_of.get(one.account_id, "")) for one in ones)
        return "ruled_out" if known else "open"

    def _is_of_the_house(self, one: Paying) -> bool:
        people = self.people_of.get(self.firm_of.get(one.account_id, ""), frozenset())
        contacts = self.contacts_of.get(one.account_id, frozenset())
        return bool({one.name, one.payer_key} & (people | contacts) - {None})


def payer_identities(tables: Tables, strange: Sequence[Paying]) -> PayerIdentities:
    """Read what is known of these payers and their customers."""
    accounts = sorted({one.account_id for one in strange})
    firms = among(firms_of_accounts(tables), "account_id", accounts)
    firm_of = {row["account_id"]: row["company_id"] for row in tables.records(firms, order_by=["account_id"])}
    people = _people(tables, sorted(set(firm_of.values())))
    held = tables.company_people.filter(ibis._.holder_company_id.notnull() & ibis._.to_date.isnull())
    called = among(tables.accounts, "account_id", accounts).select("account_id", "name")
    contacts = among(tables.contacts, "account_id", accounts).filter(ibis._.name.notnull())
    return PayerIdentities(
        employee_names=_mapping(tables, tables.employees.select("employee_id", "name")),
        relatives=_relatives(tables),
        customer_names=_mapping(tables, called),
        firm_of=firm_of,
        people_of=people,
        holders_of=_sets(tables, held.select("company_id", "holder_company_id").distinct()),
        contacts_of=_sets(tables, contacts.select("account_id", "name").distinct()),
        companies=_companies(tables, sorted({one.name for one in strange if one.name})),
        known_names=_known_names(tables),
        has_register=tables.has("companies"),
    )


def _mapping(tables: Tables, two: Expression) -> dict[str, str]:
    one, other = two.columns
    return {row[one]: row[other] for row in tables.records(two, order_by=[one, other])}


def _sets(tables: Tables, two: Expression) -> dict[str, frozenset[str]]:
    one, other = two.columns
    grouped: dict[str, set[str]] = defaultdict(set)
    for row in tables.records(two, order_by=[one, other]):
        grouped[row[one]].add(row[other])
    return {key: frozenset(values) for key, values in grouped.items()}


def _people(tables: Tables, firms: Sequence[str]) -> dict[str, frozenset[str]]:
    """Return names and keys of the owners and officers of these firms."""
    companies = tables.companies.select("company_id", person="legal_representative")
    rows = tables.company_people
    people = companies.union(rows.select("company_id", person="person_name"))
    people = people.union(rows.select("company_id", person="person_key"))
    wanted = among(people.filter(people.person.notnull()), "company_id", firms).distinct()
    return _sets(tables, wanted)


def _relatives(tables: Tables) -> dict[tuple[str, str], str]:
    rows = tables.declared_interests.mutate(row_id=row_id("declared_interests")).filter(ibis._.person_key.notnull())
    return {(row["employee_id"], row["person_key"]): row["row_id"] for row in tables.records(rows, order_by=["row_id"])}


def _companies(tables: Tables, names: Sequence[str]) -> dict[str, str]:
    rows = among(tables.companies, "name", names).group_by("name")
    unique = rows.agg(company_id=ibis._.company_id.min(), n=ibis._.count()).filter(ibis._.n == 1)
    return _mapping(tables, unique.select("name", "company_id"))


def _known_names(tables: Tables) -> Counter[str]:
    """Return how often each person's name occurs among contacts, people of firms and employees."""
    names = tables.contacts.select("name").union(tables.company_people.select(name="person_name"))
    names = names.union(tables.employees.select("name"))
    counted = names.filter(names.name.notnull()).group_by("name").agg(n=ibis._.count())
    return Counter({row["name"]: row["n"] for row in tables.records(counted, order_by=["name"])})
