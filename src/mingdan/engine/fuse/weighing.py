"""How the weights of one group of findings add up, and what probability they leave."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from mingdan.engine.findings import Evidence, Family, Finding
from mingdan.engine.fuse.fusion import Fusion
from mingdan.engine.fuse.grouping import about_the_person, nodes_of


@dataclass(frozen=True)
class Weighed:
    """A group's evidence: each finding with the weight it keeps, the sum by family, and the total (log10).

    `of_the_person` is the part of the total that speaks of the salesperson as such, `of_their_dealings` what of it cites
    customers, deals or firms; `on_customers` says whether any other part is there, `ties_a_firm` whether the salesperson
    as such is tied to an outside firm.
    """

    findings: tuple[tuple[Finding, float], ...]
    by_family: dict[Family, float]
    total: float
    of_the_person: float
    of_their_dealings: float
    on_customers: bool
    ties_a_firm: bool


def weigh(findings: Sequence[Finding], family_of: dict[str, Family], fusion: Fusion) -> Weighed:
    """Add up a group: rows cited twice in a family count once, a family's repeats count little, families add.

    Two families may see different things in one row (a contract's account and its party), but what makes the row odd for
    an innocent reason makes both: it counts `cited_again`. Findings that speak against (negative weight) count in full:
    what exculpates is never shrunk.
    """
    kept: dict[Family, list[tuple[Finding, float]]] = defaultdict(list)
    cited: dict[Evidence, set[Family]] = defaultdict(set)
    for finding in sorted(findings, key=lambda finding: (-finding.weight, finding.finding_id)):
        family = family_of[finding.detector]
        share = _new_share(finding, family, cited, fusion.cited_again) if finding.weight > 0 else 1.0
        kept[family].append((finding, _after_repeats(finding.weight * share, kept[family], fusion.repeat)))
        for row in finding.evidence:
            cited[row].add(family)
    capped = {family: _capped(kept[family], fusion.family_cap) for family in sorted(kept)}
    by_family = {family: sum(weight for _, weight in entries) for family, entries in capped.items()}
    listed = tuple(entry for entries in capped.values() for entry in entries)
    personal = [(finding, weight) for finding, weight in listed if about_the_person(finding)]
    return Weighed(
        listed,
        by_family,
        total=sum(by_family.values()),
        of_the_person=sum(weight for _, weight in personal),
        of_their_dealings=sum(weight for finding, weight in personal if weight > 0 and nodes_of(finding)),
        on_customers=len(personal) < len(listed),
        ties_a_firm=any(finding.company_ids and weight > 0 for finding, weight in personal),
    )


def _new_share(finding: Finding, family: Family, cited: dict[Evidence, set[Family]], again: float) -> float:
    """Return how much of a finding rests on rows not cited yet."""
    if not finding.evidence:
        return 1.0
    worth = [1.0 if not cited.get(row) else 0.0 if family in cited[row] else again for row in finding.evidence]
    return sum(worth) / len(worth)


def _capped(entries: list[tuple[Finding, float]], most: float) -> list[tuple[Finding, float]]:
    """Scale what speaks for a family down to the cap; what speaks against it stays."""
    total = sum(weight for _, weight in entries if weight > 0)
    scale = min(1.0, most / total) if total else 1.0
    return [(finding, weight * scale if weight > 0 else weight) for finding, weight in entries]


def _after_repeats(weight: float, before: Sequence[tuple[Finding, float]], repeat: float) -> float:
    positive = sum(1 for _, kept in before if kept > 0)
    return weight * repeat**positive if weight > 0 else weight


def spill_over(weighed: Sequence[Weighed], fusion: Fusion) -> list[float]:
    """Return for each matter of one salesperson what the others say of the person (log10 likelihood ratio)."""
    said = [_of_the_person(one, fusion.customers_touched) for one in weighed]
    return [_repeats_shrunk(said[:index] + said[index + 1 :], fusion.repeat) for index in range(len(said))]


def _of_the_person(one: Weighed, touched: float) -> float:
    """Return what a matter says of the person.

    Under the claim that the person diverts, each customer is touched with probability s, so evidence on one customer
    with likelihood ratio L says (1 - s) + s L of the person: many weak signs say little, one strong sign says most of
    what it can. Evidence on the person as such says it in full.
    """
    on_customers = 10 ** (one.total - one.of_the_person)
    return one.of_the_person + math.log10(1 - touched + touched * on_customers)


def _repeats_shrunk(said: Sequence[float], repeat: float) -> float:
    """Count the strongest in full and each further one less: a habit of the person looks the same at every customer."""
    return sum(weight * repeat**rank for rank, weight in enumerate(sorted(said, reverse=True)))


def probability(one: Weighed, elsewhere: float, fusion: Fusion) -> float:
    """Return P(the matter is a side deal): that the salesperson diverts, and these customers are touched; to 6 digits.

    What is said elsewhere may at most make diverting as likely as not. A matter whose evidence ties the person as such
    to an outside firm stands for the person: its customers are then only where it shows most. Evidence on the person that
    cites customers or deals, with likelihood ratio L, comes from diverting with probability 1 - 1/L if the person
    diverts, and then the matter is true whatever a single customer shows. At the end the figure is moved to what came
    true on invented companies.
    """
    prior = min(10**elsewhere * fusion.salespeople_diverting / (1 - fusion.salespeople_diverting), 1.0)
    odds = prior * 10 ** _of_the_person(one, fusion.customers_touched)
    diverts = odds / (1 + odds)
    touched = fusion.customers_touched * 10 ** (one.total - one.of_the_person)
    stands = one.ties_a_firm or not one.on_customers
    missed = 0.0 if stands else 10**-one.of_their_dealings * (1 - fusion.customers_touched)
    said = diverts * (1 - missed / (1 - fusion.customers_touched + touched))
    return float(f"{fusion.calibrated(said):.6g}")
