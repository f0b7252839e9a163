"""What to look at next: the check that tells most for an hour's work."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from mingdan.engine.findings import Family


@dataclass(frozen=True)
class Check:
    """How long a check takes, and how often it comes out right: `sensitivity` where there is a side deal, else `specificity`."""

    hours: float
    sensitivity: float
    specificity: float


CHECKS: dict[Family, Check] = {
    "money": Check(hours=0.5, sensitivity=0.7, specificity=0.97),
    "voice": Check(hours=0.5, sensitivity=0.5, specificity=0.97),
    "entity": Check(hours=1.0, sensitivity=0.6, specificity=0.95),
    "service": Check(hours=1.0, sensitivity=0.6, specificity=0.95),
    "chain": Check(hours=1.5, sensitivity=0.7, specificity=0.9),
    "repurchase": Check(hours=0.5, sensitivity=0.4, specificity=0.9),
    "pipeline": Check(hours=0.5, sensitivity=0.4, specificity=0.9),
    "price": Check(hours=1.0, sensitivity=0.4, specificity=0.85),
    "communication": Check(hours=1.0, sensitivity=0.5, specificity=0.9),
    "access": Check(hours=1.5, sensitivity=0.4, specificity=0.85),
    "process": Check(hours=1.0, sensitivity=0.3, specificity=0.8),
}
"""Judgement, not measurement: a bank receipt or a second voice settles more, and sooner, than a look at procedure."""


def gain(check: Check, probability: float) -> float:
    """Return the bits by which a check is expected to lower what is unknown about a matter (its mutual information)."""
    positive = probability * check.sensitivity + (1 - probability) * (1 - check.specificity)
    after_positive = probability * check.sensitivity / positive if positive else 0.0
    after_negative = probability * (1 - check.sensitivity) / (1 - positive) if positive < 1 else 0.0
    left = positive * _entropy(after_positive) + (1 - positive) * _entropy(after_negative)
    return max(0.0, _entropy(probability) - left)


def most_telling(families: Iterable[Family], probability: float) -> Family:
    """Return the family whose check gains most bits an hour; of equals the first in alphabetical order."""
    ordered = sorted(set(families))
    return max(ordered, key=lambda family: round(gain(CHECKS[family], probability) / CHECKS[family].hours, 12))


def _entropy(probability: float) -> float:
    return -sum(share * math.log2(share) for share in (probability, 1 - probability) if share > 0)
