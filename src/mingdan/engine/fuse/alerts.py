"""Which matters may name a person."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mingdan.engine.detector import Detector
from mingdan.engine.findings import FIRST_KEY_FAMILIES, Status, Text
from mingdan.engine.result import Alert, Explanation, Matter

KEY_WEIGHT = 0.2
"""What a family must carry, after fusion, to count as a key."""

ALERTS_FOR_100_REPS = 4


@dataclass(frozen=True)
class Policy:
    """When an alert may name a person: at least this probability, and at most this many (a cap, never a quota)."""

    min_probability: float = 0.8
    budget: int = ALERTS_FOR_100_REPS

    @classmethod
    def for_company(cls, reps: int, *, budget: int | None = None, min_probability: float = 0.8) -> "Policy":
        """Return the default budget of 4 for each 100 salespeople, at least 1, unless one is given."""
        if budget is None:
            budget = max(1, math.ceil(ALERTS_FOR_100_REPS * reps / 100))
        return cls(min_probability=min_probability, budget=budget)


def turns_two_keys(matter: Matter, detectors: Sequence[Detector[Any]]) -> bool:
    """Return whether two families speak, one of them money, chain, entity, service or voice."""
    family_of = {detector.code: detector.family for detector in detectors}
    by_family: dict[str, float] = {}
    for reason in matter.reasons:
        family = family_of[reason.finding.detector]
        by_family[family] = by_family.get(family, 0.0) + reason.weight
    keys = {family for family, weight in by_family.items() if weight >= KEY_WEIGHT}
    return len(keys) >= 2 and bool(keys & FIRST_KEY_FAMILIES)


def alerts_of(matters: Sequence[Matter], detectors: Sequence[Detector[Any]], policy: Policy) -> tuple[Alert, ...]:
    """Return the alerts, ranked by probability times amount at risk; one for a person, the most pressing matter."""
    allowed = [
        matter
        for matter in matters
        if matter.employee_id and matter.probability >= policy.min_probability and turns_two_keys(matter, detectors)
    ]
    allowed.sort(key=lambda one: (-one.probability * float(one.amount_at_risk), -one.probability, one.matter_id))
    first_of_each: dict[str | None, Matter] = {}
    for matter in allowed:
        first_of_each.setdefault(matter.employee_id, matter)
    chosen = list(first_of_each.values())[: policy.budget]
    return tuple(_alert(rank, matter, detectors) for rank, matter in enumerate(chosen, start=1))


def _alert(rank: int, matter: Matter, detectors: Sequence[Detector[Any]]) -> Alert:
    by_code = {detector.code: detector for detector in detectors}
    return Alert(
        rank=rank,
        alert_id=f"{matter.matter_id}-{matter.last_signal_at:%Y%m%d}",
        matter=matter,
        innocent_explanations=explanations_of(matter, by_code),
        next_step=by_code[matter.reasons[0].finding.detector].next_step,
    )


def explanations_of(matter: Matter, by_code: dict[str, Detector[Any]]) -> tuple[Explanation, ...]:
    """Gather the innocent explanations of all reasons; of two statuses the one that favours the person stands."""
    order: dict[Status, int] = {"supported": 0, "open": 1, "ruled_out": 2}
    gathered: dict[Text, tuple[Status, set[str]]] = {}
    for reason in matter.reasons:
        detector = by_code[reason.finding.detector]
        for innocent in detector.innocent_explanations:
            status = reason.finding.explanations.get(innocent.code, "open")
            before, by = gathered.get(innocent.text, (status, set()))
            by.add(detector.code)
            gathered[innocent.text] = (min(status, before, key=order.__getitem__), by)
    listed = [Explanation(text, status, tuple(sorted(by))) for text, (status, by) in gathered.items()]
    return tuple(sorted(listed, key=lambda one: (order[one.status], one.text.en)))
