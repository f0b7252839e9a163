"""Places of delivery that a record ties to a salesperson: the own home, a declared relative, a tied firm."""

import functools
from dataclasses import dataclass
from datetime import datetime, timedelta

import ibis
from ibis.expr.types import Table as Expression

from mingdan.engine.findings import Evidence
from mingdan.engine.methods.identifier_rows import employee_identifiers
from mingdan.engine.trail import Tables, moment, row_id

SLACK_DAYS = 30


@dataclass(frozen=True)
class Tie:
    """A place (`kind`, `key`) tied to an employee by these rows; `how` is home, relative, firm or winner.

    `until` is when the person left, and a month; `company_id` is the firm at the place.
    """

    kind: str
    key: str
    employee_id: str
    how: str
    company_id: str | None
    until: datetime | None
    evidence: tuple[Evidence, ...]


STRONGEST = ("home", "firm", "relative", "winner")


def ties(tables: Tables, most_firms: int) -> list[Tie]:
    """Return every tied place; an address that more than `most_firms` firms of the register share ties nobody."""
    crowded = tables.companies.group_by(key="address_key").agg(n=ibis._.company_id.nunique())
    crowded = crowded.filter(crowded.n > most_firms)
    parts = [_homes(tables), _relatives(tables), _by_phone(tables), _by_person(tables), _winners(tables)]
    rows = functools.reduce(lambda one, other: one.union(other), parts)
    rows = rows.filter(rows.key.notnull()).anti_join(crowded, "key").distinct()
    people = tables.employees.group_by("employee_id").agg(left_date=ibis._.left_date.max())
    named = rows.left_join(people, "employee_id").drop("employee_id_right")
    order = ["kind", "key", "employee_id", "how", "table_name", "row_id", "company_id"]
    return [
        Tie(
            row["kind"],
            row["key"],
            row["employee_id"],
            row["how"],
            row["company_id"],
            moment(row["left_date"]) + timedelta(days=SLACK_DAYS) if row["left_date"] else None,
            (Evidence(row["table_name"], row["row_id"]),),
        )
        for row in tables.records(named, order_by=order)
    ]


def _homes(tables: Tables) -> Expression:
    own = employee_identifiers(tables).filter(ibis._.kind == "address")
    return _shaped(own.mutate(how=ibis.literal("home"), company_id=ibis.null("string")))


def _relatives(tables: Tables) -> Expression:
    named = employee_identifiers(tables).filter(ibis._.kind == "person")
    return _shaped(
        named.mutate(kind=ibis.literal("consignee"), how=ibis.literal("relative"), company_id=ibis.null("string"))
    )


def _by_phone(tables: Tables) -> Expression:
    """Firms of the register with an employee's phone number."""
    own = employee_identifiers(tables).filter(ibis._.kind == "phone").select("employee_id", phone_key="key")
    return _firms(tables, tables.companies.inner_join(own, "phone_key"), "firm")


def _by_person(tables: Tables) -> Expression:
    """Firms held or led by somebody whom an employee named as a relative, or with the employee's identity number."""
    own = employee_identifiers(tables).filter(ibis._.kind.isin(["person", "id"]))
    held = tables.company_people.filter(ibis._.person_key.notnull()).select("company_id", key="person_key")
    pairs = held.inner_join(own.select("employee_id", "key"), "key").select("company_id", "employee_id").distinct()
    return _firms(tables, tables.companies.inner_join(pairs, "company_id"), "firm")


def _winners(tables: Tables) -> Expression:
    """Firms that won deals which the salesperson lost."""
    lost = tables.opportunities.filter(ibis._.winner_company_id.notnull() & (ibis._.outcome == "lost"))
    pairs = lost.select(company_id="winner_company_id", employee_id="owner_id").distinct()
    pairs = pairs.filter(pairs.employee_id.notnull())
    return _firms(tables, tables.companies.inner_join(pairs, "company_id"), "winner")


def _firms(tables: Tables, tied: Expression, how: str) -> Expression:
    ours = tables.company_profile.filter(ibis._.address_key.notnull()).select("address_key")
    rows = tied.anti_join(ours, "address_key")
    return _shaped(
        rows.mutate(
            kind=ibis.literal("address"),
            key=rows.address_key,
            how=ibis.literal(how),
            table_name=ibis.literal("companies"),
            row_id=row_id("companies"),
        )
    )


def _shaped(rows: Expression) -> Expression:
    return rows.select("kind", "key", "employee_id", "how", "company_id", "table_name", "row_id")
