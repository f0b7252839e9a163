"""How far a firm is from another over holders and shared people of the register, and how likely control reaches that far."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import ibis

from mingdan.engine.findings import Evidence
from mingdan.engine.methods.listed import among
from mingdan.engine.trail import Tables, row_id

HOLDS, HELD, SHARES_PERSON = 0.8, 0.3, 0.6
"""How likely control passes from a firm to one it holds, to its own holder, to one with the same holder or officer."""

MOST_NEIGHBOURS = 20
"""A holder or person of more firms than this is a fund, an agent or a common name: no path goes through."""

LEAST_SHARE = 0.05

Row = dict[str, Any]


@dataclass(frozen=True)
class Path:
    """The best way to a firm: the product of its edges' probabilities, and the rows it goes over."""

    probability: float
    rows: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class _Edge:
    other: str
    probability: float
    rows: tuple[Evidence, ...]


def hub_penalty(degree: int) -> float:
    """Return what is left of an edge through a node with so many neighbours: 1 / (1 + ln degree), 1 for a single one."""
    return 1 / (1 + math.log(max(1, degree)))


def firm_paths(tables: Tables, starts: Iterable[str], hops: int = 2) -> dict[str, dict[str, Path]]:
    """Return for each firm the firms that it reaches in at most so many steps (itself with probability 1)."""
    firms = sorted(set(starts))
    edges: dict[str, list[_Edge]] = {}
    frontier = firms
    for _ in range(hops):
        new = [firm for firm in frontier if firm not in edges]
        edges.update(_edges(tables, new) if new else {})
        frontier = sorted({edge.other for firm in new for edge in edges.get(firm, ())})
    return {firm: _reached(firm, edges, hops) for firm in firms}


def _reached(start: str, edges: Mapping[str, list[_Edge]], hops: int) -> dict[str, Path]:
    best = {start: Path(1.0)}
    last = best
    for _ in range(hops):
        found: dict[str, Path] = {}
        for firm in sorted(last):
            for edge in edges.get(firm, ()):
                path = Path(last[firm].probability * edge.probability, (*last[firm].rows, *edge.rows))
                known = max(best.get(edge.other, Path(0.0)).probability, found.get(edge.other, Path(0.0)).probability)
                if path.probability > known:
                    found[edge.other] = path
        best = {**best, **found}
        last = found
    return best


def _edges(tables: Tables, firms: list[str]) -> dict[str, list[_Edge]]:
    people = tables.company_people.filter(ibis._.to_date.isnull()).mutate(row_id=row_id("company_people"))
    held = people.filter(people.holder_company_id.notnull())
    columns = ("company_id", "holder_company_id", "share", "row_id")
    order = ["holder_company_id", "company_id", "row_id"]
    down = tables.records(among(held, "holder_company_id", firms).select(*columns), order_by=order)
    up = tables.records(among(held, "company_id", firms).select(*columns), order_by=order)
    found: dict[str, list[_Edge]] = defaultdict(list)
    for one, other, rows, likely in (("holder_company_id", "company_id", down, HOLDS), ("company_id", "holder_company_id", up, HELD)):  # fmt: skip
        degree = _degrees(rows, one)
        for row in rows:
            share = 1.0 if row["share"] is None else float(row["share"])
            if degree[row[one]] <= MOST_NEIGHBOURS and share >= LEAST_SHARE:
                chance = (likely if row["share"] is None else min(likely, max(share, 0.3))) * hub_penalty(degree[row[one]])  # fmt: skip
                found[row[one]].append(_Edge(row[other], chance, (Evidence("company_people", row["row_id"]),)))
    for firm, edges in _shared_people(tables, people, firms).items():
        found[firm] += edges
    return found


def _degrees(rows: Iterable[Row], by: str) -> dict[str, int]:
    counted: dict[str, int] = defaultdict(int)
    for row in rows:
        counted[row[by]] += 1
    return counted


def _shared_people(tables: Tables, people: Any, firms: list[str]) -> dict[str, list[_Edge]]:
    persons = people.filter(people.person_key.notnull() & people.holder_company_id.isnull())
    keys = among(persons, "company_id", firms).select("person_key").distinct()
    rows = persons.semi_join(keys, "person_key").select("person_key", "company_id", "row_id")
    by_person: dict[str, dict[str, Evidence]] = defaultdict(dict)
    for row in tables.records(rows, order_by=["person_key", "company_id", "row_id"]):
        by_person[row["person_key"]].setdefault(row["company_id"], Evidence("company_people", row["row_id"]))
    asked = set(firms)
    found: dict[str, list[_Edge]] = defaultdict(list)
    for person in sorted(by_person):
        theirs = by_person[person]
        if 2 <= len(theirs) <= MOST_NEIGHBOURS:
            chance = SHARES_PERSON * hub_penalty(len(theirs) - 1)
            for firm in theirs.keys() & asked:
                edges = [_Edge(other, chance, (theirs[firm], row)) for other, row in theirs.items() if other != firm]
                found[firm] += edges
    return {firm: sorted(found[firm], key=lambda edge: (edge.other, -edge.probability)) for firm in sorted(found)}
