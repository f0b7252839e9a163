"""Which matters may name a person."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeVar

from mingdan.engine.detector import Detector
from mingdan.engine.findings import FIRST_KEY_FAMILIES, Evidence, Status, Text
from mingdan.engine.fuse.checks import CHECKS, gain, most_telling
from mingdan.engine.fuse.fusion import Fusion
from mingdan.engine.result import Alert, Explanation, Matter

KEY_WEIGHT = 0.15
"""What a family must carry, after fusion, to count as a key."""

JOINS = 0.5
"""From which probability on another matter of a person who is named stands in the same alert."""

ALERTS_FOR_100_REPS = 4

Name = TypeVar("Name", bound=str)


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
    """Return whether two families speak, one of them money, chain, entity, service or voice, each of rows of its own."""
    family_of = {detector.code: detector.family for detector in detectors}
    by_family: dict[str, float] = defaultdict(float)
    rows: dict[str, set[Evidence]] = defaultdict(set)
    for reason in matter.reasons:
        family = family_of[reason.finding.detector]
        by_family[family] += reason.weight
        rows[family].update(reason.finding.evidence)
    keys = [family for family, weight in by_family.items() if weight >= KEY_WEIGHT]
    first = [family for family in keys if family in FIRST_KEY_FAMILIES]
    return any(rows[one] != rows[other] for one in first for other in keys if other != one)


def alerts_of(
    matters: Sequence[Matter], detectors: Sequence[Detector[Any]], policy: Policy, raised: Sequence[Alert] = ()
) -> tuple[Alert, ...]:
    """Return the alerts, ranked by probability times amount at risk; one for a person, about all that is likely.

    The person's most pressing matter leads; other matters of the same person join it from a probability of `JOINS` on.
    What shares a customer, deal or firm with an alert already `raised` about the person is not raised again.
    """
    allowed = [
        matter
        for matter in matters
        if matter.employee_id
        and matter.probability >= policy.min_probability
        and turns_two_keys(matter, detectors)
        and not any(_is_known(matter, alert.matter) for alert in raised)
    ]
    allowed.sort(key=lambda one: (-one.probability * float(one.amount_at_risk), -one.probability, one.matter_id))
    first_of_each: dict[str | None, Matter] = {}
    for matter in allowed:
        first_of_each.setdefault(matter.employee_id, matter)
    chosen = list(first_of_each.values())[: policy.budget]
    return tuple(_alert(rank, joined(one, matters), detectors) for rank, one in enumerate(chosen, start=1))


def _is_known(matter: Matter, before: Matter) -> bool:
    """Return whether an alert about the same person already spoke of this, under whatever name."""
    if matter.employee_id != before.employee_id:
        return False
    return matter.matter_id == before.matter_id or bool(_nodes(matter) & _nodes(before))


def _nodes(matter: Matter) -> set[tuple[str, str]]:
    return {
        *(("account", one) for one in matter.account_ids),
        *(("deal", one) for one in matter.opportunity_ids),
        *(("company", one) for one in matter.company_ids),
    }


def joined(leading: Matter, matters: Sequence[Matter]) -> Matter:
    """Return the leading matter with what else is likely about the person, so that one letter speaks of everything.

    What the others add counts less each time, as it does for the person's probability, and their reasons show it.
    """
    others = [
        one
        for one in matters
        if one.employee_id == leading.employee_id and one is not leading and one.probability >= JOINS
    ]
    every = [leading, *(_lessened(one, Fusion.repeat**place) for place, one in enumerate(others, start=1))]
    margins = [one.margin_at_risk for one in every if one.margin_at_risk is not None]
    return replace(
        leading,
        account_ids=_union(one.account_ids for one in every),
        opportunity_ids=_union(one.opportunity_ids for one in every),
        company_ids=_union(one.company_ids for one in every),
        amount_at_risk=sum((one.amount_at_risk for one in every), Decimal(0)),
        margin_at_risk=sum(margins, Decimal(0)) if margins else None,
        families=_union(one.families for one in every),
        weight_of_evidence=float(f"{sum(one.weight_of_evidence for one in every):.6g}"),
        first_signal_at=min(one.first_signal_at for one in every),
        last_signal_at=max(one.last_signal_at for one in every),
        reasons=tuple(reason for one in every for reason in one.reasons),
    )


def _lessened(matter: Matter, share: float) -> Matter:
    reasons = tuple(replace(one, weight=float(f"{one.weight * share:.6g}")) for one in matter.reasons)
    return replace(matter, reasons=reasons, weight_of_evidence=matter.weight_of_evidence * share)


def _union(lists: Iterable[Iterable[Name]]) -> tuple[Name, ...]:
    return tuple(sorted({one for some in lists for one in some}))


def _alert(rank: int, matter: Matter, detectors: Sequence[Detector[Any]]) -> Alert:
    by_code = {detector.code: detector for detector in detectors}
    check = most_telling(matter.families, matter.probability)
    asking = next((one for one in matter.reasons if by_code[one.finding.detector].family == check), matter.reasons[0])
    return Alert(
        rank=rank,
        alert_id=f"{matter.matter_id}-{matter.last_signal_at:%Y%m%d}",
        matter=matter,
        innocent_explanations=explanations_of(matter, by_code),
        next_step=by_code[asking.finding.detector].next_step,
        next_step_hours=CHECKS[check].hours,
        next_step_gain=float(f"{gain(CHECKS[check], matter.probability):.6g}"),
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
