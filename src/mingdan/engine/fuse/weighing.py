"""How the weights of one group of findings add up, and what probability they leave."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from mingdan.engine.findings import Evidence, Family, Finding

REPEAT = 0.3
"""What a further finding of the same family counts, each after the first: they mostly see the same thing again."""

FAMILY_CAP = 2.7
"""The most that one family may carry, however much it sees."""

SALESPEOPLE_DIVERTING = 0.03
"""Share of salespeople taken to divert orders before any evidence (detection.md §3); no source gives a prevalence."""

CUSTOMERS_TOUCHED = 0.10
"""Share of such a salesperson's customers that are touched: the price of looking at every customer for a sign."""


@dataclass(frozen=True)
class Weighed:
    """A group's evidence: each finding with the weight it keeps, the sum by family, and the total (log10)."""

    findings: tuple[tuple[Finding, float], ...]
    by_family: dict[Family, float]
    total: float


def weigh(findings: Sequence[Finding], family_of: dict[str, Family]) -> Weighed:
    """Add up a group: rows cited twice count once, a family's repeats count little, families add.

    Findings that speak against (negative weight) count in full: what exculpates is never shrunk.
    """
    kept: dict[Family, list[tuple[Finding, float]]] = defaultdict(list)
    cited: set[Evidence] = set()
    for finding in sorted(findings, key=lambda finding: (-finding.weight, finding.finding_id)):
        new = [row for row in finding.evidence if row not in cited]
        share = len(new) / len(finding.evidence) if finding.evidence and finding.weight > 0 else 1.0
        family = family_of[finding.detector]
        kept[family].append((finding, _after_repeats(finding.weight * share, kept[family])))
        cited.update(finding.evidence)
    by_family = {family: min(FAMILY_CAP, sum(weight for _, weight in kept[family])) for family in sorted(kept)}
    listed = tuple(entry for family in sorted(kept) for entry in kept[family])
    return Weighed(listed, by_family, sum(by_family.values()))


def _after_repeats(weight: float, before: Sequence[tuple[Finding, float]]) -> float:
    positive = sum(1 for _, kept in before if kept > 0)
    return weight * REPEAT**positive if weight > 0 else weight


def spill_over(totals: Sequence[float]) -> list[float]:
    """Return for each matter of one salesperson what the others say of the person (log10 likelihood ratio).

    Under the claim that the person diverts, each customer is touched with probability s, so a matter with likelihood
    ratio L says (1 - s) + s L of the person: many weak signs say little, one strong sign says most of what it can.
    """
    said = [math.log10(1 - CUSTOMERS_TOUCHED + CUSTOMERS_TOUCHED * 10**total) for total in totals]
    return [_repeats_shrunk(said[:index] + said[index + 1 :]) for index in range(len(said))]


def _repeats_shrunk(said: Sequence[float]) -> float:
    """Count the strongest in full and each further one less: a habit of the person looks the same at every customer."""
    return sum(weight * REPEAT**rank for rank, weight in enumerate(sorted(said, reverse=True)))


def probability(total: float, of_the_person: float) -> float:
    """Return P(the matter is a side deal) from its weight and what else is known of the person, to 6 digits."""
    person_odds = min(10**of_the_person * SALESPEOPLE_DIVERTING / (1 - SALESPEOPLE_DIVERTING), 1.0)
    person = person_odds / (1 + person_odds)
    prior = person * CUSTOMERS_TOUCHED
    odds = 10**total * prior / (1 - prior)
    return float(f"{odds / (1 + odds):.6g}")
