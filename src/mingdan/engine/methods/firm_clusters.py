"""Firms that are one business under several names: the same people, phone, address or parent."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import ibis
from ibis.expr.types import Table as Expression
from ibis.expr.types import Value

from mingdan.engine.methods.listed import among
from mingdan.engine.trail import Tables

MOST_SHARERS = 3
"""A phone, address or person that more firms of the register share is an agent's, a shared office's or a common name."""


def clusters_of(tables: Tables, firms: Iterable[str]) -> dict[str, str]:
    """Return for each firm the name of its cluster: the first id of the firms that belong together.

    Two firms belong together where they share a holder, officer or legal representative, a phone number, an address or
    a parent, or one holds the other, and at most `MOST_SHARERS` firms of the whole register share it.
    """
    listed = sorted(set(firms))
    traits = _traits(tables, listed)
    return joined(listed, traits)


def joined(members: Sequence[str], traits: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Join members that share a trait (union-find); each cluster is named after its first member."""
    parent = {member: member for member in members}

    def root(member: str) -> str:
        while parent[member] != member:
            parent[member] = parent[parent[member]]
            member = parent[member]
        return member

    for trait in sorted(traits):
        roots = sorted({root(member) for member in traits[trait] if member in parent})
        for other in roots[1:]:
            parent[other] = roots[0]
    return {member: root(member) for member in members}


def _traits(tables: Tables, listed: Sequence[str]) -> dict[str, list[str]]:
    """Return the firms of the list by what they share with few others."""
    every = _every_trait(tables)
    theirs = among(every, "company_id", listed).select("trait").distinct()
    near = every.semi_join(theirs, "trait")
    rare = near.group_by("trait").agg(n=ibis._.company_id.nunique()).filter(ibis._.n.between(2, MOST_SHARERS))
    shared = among(near.semi_join(rare, "trait"), "company_id", listed)
    grouped: dict[str, list[str]] = defaultdict(list)
    for row in tables.records(shared.distinct(), order_by=["trait", "company_id"]):
        grouped[row["trait"]].append(row["company_id"])
    return grouped


def _named(kind: str, value: Value) -> Value:
    named: Value = cast("Any", ibis.literal(f"{kind}:")).concat(value)
    return named


def _every_trait(tables: Tables) -> Expression:
    firms, people = tables.companies, tables.company_people.filter(ibis._.to_date.isnull())
    parts = [
        firms.filter(firms.phone_key.notnull()).select("company_id", trait=_named("phone", firms.phone_key)),
        firms.filter(firms.address_key.notnull()).select(
            "company_id", trait=_named("address", firms.address_key)
        ),
        people.filter(people.person_key.notnull() & people.holder_company_id.isnull()).select(
            "company_id", trait=_named("person", people.person_key)
        ),
        people.filter(people.holder_company_id.notnull()).select(
            "company_id", trait=_named("firm", people.holder_company_id)
        ),
        firms.select("company_id", trait=_named("firm", firms.company_id)),
    ]  # fmt: skip
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.union(part)
    return whole.distinct()
