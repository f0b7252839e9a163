"""A sign that many salespeople of a company show says little about one of them."""

import bisect
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from mingdan.engine.findings import Finding
from mingdan.engine.fuse.fusion import Fusion
from mingdan.engine.fuse.grouping import about_the_person

TRUSTED = 20
"""How many salespeople's worth of experience a detector's own claim of rarity counts for, against what is seen here."""


def lowered(findings: Sequence[Finding], salespeople: int, fusion: Fusion) -> list[Finding]:
    """Return the findings, each with no more weight than its rarity among the other salespeople allows.

    Of those who divert the share `shown_by` shows a sign, so its likelihood ratio on the person is at most shown_by / q, q
    being how often the others show as much. q is the share seen among the other salespeople, mixed with what the detector's
    weight w claims (shown_by 10^-w on the person). A finding at one customer speaks of the person through the share `customers_touched` of
    customers (`weighing.py`), and its weight is lowered until it says no more than that.
    """
    strongest: dict[str, dict[str, float]] = defaultdict(dict)
    for finding in findings:
        if finding.employee_id is not None:
            seen = strongest[finding.detector]
            seen[finding.employee_id] = max(seen.get(finding.employee_id, 0.0), finding.weight)
    ordered = {detector: sorted(seen.values()) for detector, seen in strongest.items()}
    return [
        finding
        if finding.employee_id is None or finding.weight <= 0
        else replace(finding, weight=_allowed(finding, ordered[finding.detector], salespeople, fusion))
        for finding in findings
    ]


def _allowed(finding: Finding, strongest: Sequence[float], salespeople: int, fusion: Fusion) -> float:
    share = 1.0 if about_the_person(finding) else fusion.customers_touched
    claimed = fusion.shown_by / (1 - share + share * 10**finding.weight)
    as_strong = len(strongest) - bisect.bisect_left(strongest, finding.weight) - 1
    others = max(salespeople - 1, as_strong, 1)
    seen = (as_strong + TRUSTED * claimed) / (others + TRUSTED)
    if seen <= claimed:
        return finding.weight
    return round(max(0.0, math.log10(max(1.0, (fusion.shown_by / seen - 1 + share) / share))), 6)
