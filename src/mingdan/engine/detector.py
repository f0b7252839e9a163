"""The contract of a detector: one file that asks one question of the trail."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from mingdan.engine.findings import Family, Finding, Status, Text
from mingdan.engine.trail import Tables

Parameters = TypeVar("Parameters")

STRENGTH_CAPS: dict[str, float] = {"W1": 0.2, "W2": 0.6, "W3": 1.0, "W4": 1.8, "W5": 2.7}
"""The most weight of evidence (log10) that one finding of a detector of this strength may carry."""

OPEN_SHARE = 0.25
"""How much of an explanation's discount is taken off while nobody could check it: the unknown lowers the level."""


@dataclass(frozen=True)
class Innocent:
    """An innocent explanation; `discount` is taken off the weight where the registers support it."""

    code: str
    text: Text
    discount: float = 1.0


@dataclass(frozen=True)
class Example:
    """A tiny trail on which the detector must speak (`fires`) or stay silent.

    `records` gives rows by table; values are written as in a CSV or as plain Python values. `as_of` is an ISO date or time.
    """

    name: str
    fires: bool
    records: Mapping[str, Sequence[Mapping[str, object]]]
    as_of: str


@dataclass(frozen=True)
class Detector(Generic[Parameters]):
    """One question, and how the trail answers it.

    `reads` names the columns without which the question cannot be asked; a trail that lacks one skips the detector with
    the reason. `uses` names columns that sharpen the answer where they are present. `find` returns findings in any
    order; it must be deterministic and stay silent on empty tables. `sentence` is filled with a finding's facts
    (see `wording.py`). `wakes_on` names the tables whose new rows make it worth asking again. What a `modifier` finds
    steers whom to ask and in which order to look, and never counts towards naming anybody.
    """

    code: str
    version: int
    design: str
    family: Family
    strength: str
    title: Text
    question: Text
    sentence: Text
    next_step: Text
    method: Text
    reads: Mapping[str, tuple[str, ...]]
    parameters: Parameters
    find: Callable[[Tables, Parameters], list[Finding]]
    innocent_explanations: tuple[Innocent, ...]
    wakes_on: tuple[str, ...]
    examples: tuple[Example, ...]
    uses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    modifier: bool = False

    def missing(self, tables: Tables) -> str | None:
        """Return what keeps the question from being asked, as a reason for people, or None."""
        for table, columns in self.reads.items():
            if not tables.has(table):
                return f"{table} is missing"
            for column in columns:
                if not tables.has(table, column):
                    return f"{table}.{column} is missing"
        return None

    def run(self, tables: Tables) -> list[Finding]:
        """Ask, take off what innocent explanations account for, and return what is left in a fixed order."""
        judged = (judge(self, finding) for finding in self.find(tables, self.parameters))
        kept = [finding for finding in judged if finding.weight != 0]
        return sorted(kept, key=lambda finding: (finding.subject_kind, finding.subject_id, finding.finding_id))


def judge(detector: Detector[Any], finding: Finding) -> Finding:
    """Cap the weight by the detector's strength and lower it by each explanation that is supported or unchecked."""
    statuses: dict[str, Status] = {
        innocent.code: finding.explanations.get(innocent.code, "open") for innocent in detector.innocent_explanations
    }
    unknown = set(finding.explanations) - set(statuses)
    if unknown:
        raise ValueError(f"{detector.code} does not declare the explanation {', '.join(sorted(unknown))}")
    weight = min(finding.weight, STRENGTH_CAPS[detector.strength])
    if weight > 0:
        weight = max(0.0, _discounted(weight, detector, statuses))
    return replace(finding, detector=detector.code, weight=round(weight, 6), explanations=statuses)


def _discounted(weight: float, detector: Detector[Any], statuses: Mapping[str, Status]) -> float:
    """Take off the supported discounts, and for the unchecked ones a share of the largest only (they overlap)."""
    supported = sum(i.discount for i in detector.innocent_explanations if statuses[i.code] == "supported")
    unchecked = [i.discount for i in detector.innocent_explanations if statuses[i.code] == "open"]
    return weight - supported - OPEN_SHARE * min(max(unchecked, default=0.0), weight)
