"""Our people and their declared relatives beside the people of outside firms: who may be the same person."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import ibis

from mingdan.engine.findings import Evidence
from mingdan.engine.methods.listed import among
from mingdan.engine.methods.name_frequency import name_frequency
from mingdan.engine.methods.person_links import Link, Person, links
from mingdan.engine.trail import Tables, row_id

HUB = 5
"""A phone or address of more firms than this is a registration agent's or a shared office's."""

CONTROL: Mapping[str, float] = {"legal_representative": 0.9, "holder": 0.8, "officer": 0.6}
SMALL_SHARE = 0.25

Row = dict[str, Any]


@dataclass(frozen=True)
class OurPerson:
    """One of our people, or a relative whom one declared; `row` says so."""

    employee_id: str
    is_relative: bool
    person_key: str | None
    row: Evidence


@dataclass(frozen=True)
class FirmPerson:
    """Somebody's part in a firm, and how likely that is control; `ended` is when the part was given up."""

    company_id: str
    role: str
    control: float
    ended: date | None
    row: Evidence


@dataclass(frozen=True)
class Known:
    """Who of ours is perhaps who of theirs."""

    links: tuple[Link, ...]
    ours: Mapping[str, OurPerson]
    theirs: Mapping[str, FirmPerson]


def people_outside(tables: Tables) -> Known:
    """Return the links between our people or their declared relatives and the people of all firms of the register."""
    ours, of_ours = _ours(tables)
    names = sorted({one.name for one in ours if one.name})
    keys = sorted({one.key for one in ours if one.key})
    theirs, of_theirs = _theirs(tables, names, keys)
    if not ours or not theirs:
        return Known((), {}, {})
    if not _keys_tell_namesakes_apart(tables):
        # Where a key is made from nothing but the name it says what the name says, and no more.
        theirs = [replace(one, key=None) if one.name else one for one in theirs]
    shared = {one.key for one in theirs if one.key}
    ours = [replace(one, key=one.key if one.key in shared else None) for one in ours]
    return Known(tuple(links(ours, theirs, name_frequency(tables, names))), of_ours, of_theirs)


def _ours(tables: Tables) -> tuple[list[Person], dict[str, OurPerson]]:
    people: list[Person] = []
    known: dict[str, OurPerson] = {}
    columns = ("employee_id", "name", "id_key", "phone_key", "address_key")
    for row in tables.records(tables.employees.select(*columns), order_by=["employee_id"]):
        one = f"employee:{row['employee_id']}"
        people.append(Person(one, _clean(row["name"]), row["id_key"], row["phone_key"], row["address_key"]))
        known[one] = OurPerson(row["employee_id"], False, None, Evidence("employees", row["employee_id"]))
    declared = tables.declared_interests.mutate(row_id=row_id("declared_interests"))
    named = declared.filter(declared.person_name.notnull() | declared.person_key.notnull())
    for row in tables.records(named, order_by=["row_id"]):
        one = f"relative:{row['row_id']}"
        people.append(Person(one, _clean(row["person_name"]), row["person_key"]))
        row_of = Evidence("declared_interests", row["row_id"])
        known[one] = OurPerson(row["employee_id"], True, row["person_key"], row_of)
    return people, known


def _clean(name: str | None) -> str | None:
    """Return a name without spaces where it is Chinese; one sign or letter says nothing."""
    text = (name or "").strip()
    joined = "".join(text.split()) if text and text[0] >= "\u4e00" else text
    return joined if len(joined) >= 2 else None


def _theirs(
    tables: Tables, names: Collection[str], keys: Collection[str]
) -> tuple[list[Person], dict[str, FirmPerson]]:
    rows = tables.company_people.filter(ibis._.holder_company_id.isnull()).mutate(row_id=row_id("company_people"))
    parts = rows.select("company_id", "role", "person_name", "person_key", "share", "to_date", "row_id")
    found = [("company_people", row) for row in _named_or_keyed(tables, parts, names, keys)]
    listed = {(row["company_id"], row["person_name"]) for _, row in found}
    heads = tables.companies.filter(ibis._.legal_representative.notnull())
    alone = among(heads, "legal_representative", names).select("company_id", person_name="legal_representative")
    for row in tables.records(alone, order_by=["company_id"]) if names else ():
        if (row["company_id"], row["person_name"]) not in listed:
            nothing = {"role": "legal_representative", "person_key": None, "share": None, "to_date": None}
            found.append(("companies", {**row, **nothing, "row_id": row["company_id"]}))
    firms = _firms(tables, sorted({row["company_id"] for _, row in found}))
    people, known = [], {}
    for table, row in found:
        one = f"{table}:{row['row_id']}"
        firm = firms.get(row["company_id"], {})
        people.append(
            Person(one, _clean(row["person_name"]), row["person_key"], firm.get("phone_key"), firm.get("address_key"))
        )
        known[one] = FirmPerson(
            row["company_id"], row["role"], _control(row), row["to_date"], Evidence(table, row["row_id"])
        )
    return people, known


def _named_or_keyed(tables: Tables, parts: Any, names: Collection[str], keys: Collection[str]) -> Sequence[Row]:
    asked = [
        among(parts, column, values) for column, values in (("person_name", names), ("person_key", keys)) if values
    ]
    if not asked:
        return ()
    both = asked[0] if len(asked) == 1 else asked[0].union(asked[1]).distinct()
    rows = tables.records(both, order_by=["row_id", "company_id", "person_name", "person_key"])
    return list({row["row_id"]: row for row in rows}.values())


def _control(row: Row) -> float:
    if row["role"] == "holder" and row["share"] is not None and float(row["share"]) < SMALL_SHARE:
        return 0.4 if float(row["share"]) >= 0.05 else 0.0
    return CONTROL.get(row["role"], 0.6)


def _firms(tables: Tables, firms: Sequence[str]) -> dict[str, Row]:
    """Return phone and address of these firms, without those that many firms or our own share."""
    if not firms:
        return {}
    rows = {
        row["company_id"]: row
        for row in tables.records(
            among(tables.companies, "company_id", firms).select("company_id", "phone_key", "address_key"),
            order_by=["company_id"],
        )
    }
    for column in ("phone_key", "address_key"):
        keys = {row[column] for row in rows.values() if row[column]}
        counted = among(tables.companies, column, keys).group_by(column).agg(n=ibis._.count()) if keys else None
        hubs = {row[column] for row in tables.records(counted, order_by=[column]) if row["n"] > HUB} if keys else set()
        ours = {row[column] for row in tables.records(tables.company_profile.select(column), order_by=[column])}
        for row in rows.values():
            row[column] = None if row[column] in hubs | ours else row[column]
    return rows


def _keys_tell_namesakes_apart(tables: Tables) -> bool:
    """Return whether people of one name in several firms often have different keys: then a key is more than the name."""
    rows = tables.company_people.filter(ibis._.person_name.notnull() & ibis._.person_key.notnull())
    by_name = rows.group_by("person_name").agg(firms=ibis._.company_id.nunique(), keys=ibis._.person_key.nunique())
    several = by_name.filter(by_name.firms > 1)
    counted = several.agg(n=several.count(), apart=(several.keys > 1).ifelse(1, 0).sum())
    [row] = tables.records(counted, order_by=["n"])
    return bool(row["n"]) and 10 * (row["apart"] or 0) >= row["n"]


def by_employee(known: Known) -> dict[str, list[Link]]:
    grouped: dict[str, list[Link]] = defaultdict(list)
    for link in known.links:
        grouped[known.ours[link.ours].employee_id].append(link)
    return grouped
