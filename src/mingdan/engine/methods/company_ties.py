"""The best way from each of our people to each firm that meets this person's business."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mingdan.engine.methods.firm_paths import Path, firm_paths
from mingdan.engine.methods.firm_touches import Touch, firm_touches, of_firms
from mingdan.engine.methods.people_outside import FirmPerson, Known, OurPerson, by_employee, people_outside
from mingdan.engine.methods.person_links import Link
from mingdan.engine.trail import Tables

Weighed = Callable[[float, float, int, int], float]
"""From match weight, probability of control, number of firms looked at and steps to a weight of evidence."""


@dataclass(frozen=True)
class CompanyTie:
    """The best way from one of our people to one firm, and what the firm has to do with us through this person."""

    employee_id: str
    company_id: str
    link: Link
    ours: OurPerson
    theirs: FirmPerson
    path: Path
    touches: tuple[Touch, ...]
    weight: float


def company_ties(tables: Tables, least: float, hops: int, weighed: Weighed) -> list[CompanyTie]:
    """Return the ties with a positive weight; matches lighter than `least` are not followed."""
    known = tables.once(people_outside)
    strong = {
        person: [link for link in links if link.weight >= least and known.theirs[link.theirs].control > 0]
        for person, links in by_employee(known).items()
    }
    if not any(strong.values()):
        return []
    touches = tables.once(firm_touches)
    starts = {known.theirs[link.theirs].company_id for links in strong.values() for link in links}
    paths = firm_paths(tables, starts, hops)
    return [
        tie
        for person in sorted(strong)
        for tie in _ties(person, strong[person], known, paths, touches.get(person, ()), weighed)
    ]


def _ties(
    person: str,
    links: Sequence[Link],
    known: Known,
    paths: Mapping[str, Mapping[str, Path]],
    touches: Sequence[Touch],
    weighed: Weighed,
) -> list[CompanyTie]:
    firms = {touch.company_id for touch in touches}
    best: dict[str, CompanyTie] = {}
    for link in links:
        theirs = known.theirs[link.theirs]
        for firm in sorted(firms & paths[theirs.company_id].keys()):
            path = paths[theirs.company_id][firm]
            mine = tuple(of_firms(touches, [firm]))
            if theirs.ended and all(touch.first_at.date() > theirs.ended for touch in mine):
                continue
            weight = weighed(link.weight, theirs.control * path.probability, len(firms), len(path.rows))
            if weight > 0 and (firm not in best or weight > best[firm].weight):
                best[firm] = CompanyTie(person, firm, link, known.ours[link.ours], theirs, path, mine, weight)
    return [best[firm] for firm in sorted(best)]
