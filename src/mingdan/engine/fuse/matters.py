"""Score every group of findings as a matter."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from mingdan.engine.detector import Detector
from mingdan.engine.findings import Family, Finding
from mingdan.engine.fuse.common_signs import lowered
from mingdan.engine.fuse.fusion import Fusion
from mingdan.engine.fuse.grouping import about_the_person, groups_of
from mingdan.engine.fuse.weighing import Weighed, probability, spill_over, weigh
from mingdan.engine.result import Matter, Reason
from mingdan.engine.wording import sentence

SECONDS_A_DAY = 86_400
TELLING = 0.3
"""From this weight on, what is said of the person lends the matter the customers and deals that it cites."""


def matters_of(
    findings: Sequence[Finding],
    detectors: Sequence[Detector[Any]],
    salespeople: int = 0,
    *,
    as_of: datetime | None = None,
    fusion: Fusion = Fusion(),  # noqa: B008  # frozen
) -> tuple[Matter, ...]:
    """Group the findings into matters, most probable first (then by amount at risk, then by id).

    `salespeople` is how many the company has, so that what many of them show counts little; 0 if it is not known.
    Evidence ages until `as_of`; None ages nothing.
    """
    by_code = {detector.code: detector for detector in detectors}
    family_of: dict[str, Family] = {detector.code: detector.family for detector in detectors}
    by_person: dict[str | None, list[Weighed]] = defaultdict(list)
    for group in groups_of(lowered(counted_of(findings, by_code, as_of, fusion), salespeople, fusion)):
        by_person[group[0].employee_id].append(weigh(group, family_of, fusion))
    matters: list[Matter] = []
    for person, weighed in by_person.items():
        others = spill_over(weighed, fusion) if person else [0.0] * len(weighed)
        matters.extend(
            _matter(one, probability(one, other, fusion), by_code) for one, other in zip(weighed, others, strict=True)
        )
    return tuple(sorted(matters, key=lambda one: (-one.probability, -one.amount_at_risk, one.matter_id)))


def counted_of(
    findings: Sequence[Finding], by_code: dict[str, Detector[Any]], as_of: datetime | None, fusion: Fusion
) -> list[Finding]:
    """Return what counts towards naming, with the weight that was learnt and that time has left; too old a sign is gone."""
    counted = []
    for finding in findings:
        kept = fusion.kept_after((as_of - finding.at).total_seconds() / SECONDS_A_DAY) if as_of else 1.0
        if by_code[finding.detector].modifier or finding.weight == 0 or kept == 0:
            continue
        worth = fusion.worth(finding.detector, finding.weight)
        counted.append(replace(finding, weight=round(worth * kept, 6) if worth > 0 else worth))
    return counted


def _matter(weighed: Weighed, chance: float, by_code: dict[str, Detector[Any]]) -> Matter:
    findings = sorted((finding for finding, _ in weighed.findings), key=lambda one: (one.at, one.finding_id))
    specific = [one for one in findings if not about_the_person(one)] or findings
    strong = {finding.finding_id for finding, weight in weighed.findings if weight >= TELLING}
    cited = [one for one in findings if one in specific or one.finding_id in strong]
    return Matter(
        matter_id=matter_id(specific[0]),
        employee_id=findings[0].employee_id,
        account_ids=_together(one.account_ids for one in cited),
        opportunity_ids=_together(one.opportunity_ids for one in cited),
        company_ids=_together(one.company_ids for one in findings),
        probability=chance,
        weight_of_evidence=float(f"{weighed.total:.6g}"),
        amount_at_risk=_at_risk(cited, by_code) or Decimal(0),
        margin_at_risk=_at_risk(cited, by_code, margin=True),
        families=tuple(family for family, weight in weighed.by_family.items() if weight > 0),
        first_signal_at=findings[0].at,
        last_signal_at=findings[-1].at,
        reasons=tuple(
            Reason(finding, float(f"{weight:.6g}"), sentence(by_code[finding.detector].sentence, finding.facts))
            for finding, weight in sorted(weighed.findings, key=lambda entry: (-entry[1], entry[0].finding_id))
        ),
    )


def matter_id(first: Finding) -> str:
    """Name a matter by its salesperson and the customers and firms of its first evidence: it keeps its name as it grows."""
    said = [first.employee_id or "", sorted(first.account_ids), sorted(first.company_ids)]
    if not first.account_ids and not first.company_ids:
        said.append([first.subject_kind, first.subject_id])
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:16]


def _together(lists: Any) -> tuple[str, ...]:
    return tuple(sorted({one for some in lists for one in some}))


def _at_risk(findings: Sequence[Finding], by_code: dict[str, Detector[Any]], *, margin: bool = False) -> Decimal | None:
    """Return the largest family's sum over its subjects: two families that see one loss must not count it twice."""
    by_family: dict[Family, dict[str, Decimal]] = defaultdict(dict)
    for finding in findings:
        amount = finding.margin_at_risk if margin else finding.amount_at_risk
        if amount is not None:
            seen = by_family[by_code[finding.detector].family]
            seen[finding.subject_id] = max(seen.get(finding.subject_id, Decimal(0)), amount)
    return max((sum(seen.values(), Decimal(0)) for seen in by_family.values()), default=None)
