"""The figures by which evidence is added up: what is assumed, and what was learnt on invented companies."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType

NOTHING: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True)
class Fusion:
    """How findings are weighed.

    `salespeople_diverting` is the share of salespeople taken to divert orders before any evidence (detection.md §3; no
    source gives a prevalence), `customers_touched` the share of such a salesperson's customers that are touched: the price
    of looking at every customer for a sign. `shown_by` is the share of those who divert that show a sign at all: what
    colleagues show too cannot count for more than that share over theirs. A further finding of a family counts `repeat` of
    the one before; a row that another family cited already counts `cited_again`; a family carries at most `family_cap`.
    Signs weaker than `full_weight` fade: a weight w counts w (w / full_weight) ^ `fading`. `scales` multiplies each
    detector's weights, `slope` and `intercept` stretch and move the log odds at the end: these are learnt
    (`benchmarks/learn_weights.py`). Evidence counts in full for `fresh_days`, then loses half its weight every
    `half_life_days`, and is gone after `expiry_days`.
    """

    salespeople_diverting: float = 0.03
    customers_touched: float = 0.2
    shown_by: float = 0.3
    repeat: float = 0.3
    cited_again: float = 0.5
    full_weight: float = 1.8
    fading: float = 0.6
    family_cap: float = 2.7
    fresh_days: float = 730.0
    half_life_days: float = 730.0
    expiry_days: float = 1461.0
    scales: Mapping[str, float] = field(default_factory=lambda: NOTHING)
    slope: float = 1.0
    intercept: float = 0.0

    def scale(self, detector: str) -> float:
        """Return by how much a detector's weights are multiplied; 1 for one that nothing was learnt about."""
        return self.scales.get(detector, 1.0)

    def worth(self, detector: str, weight: float) -> float:
        """Return what a detector's weight counts for; what speaks against the claim counts in full."""
        if weight <= 0:
            return weight
        return float(self.scale(detector) * weight * min(1.0, weight / self.full_weight) ** self.fading)

    def kept_after(self, days: float) -> float:
        """Return the share of its weight that evidence of an age keeps."""
        if days > self.expiry_days:
            return 0.0
        return float(0.5 ** (max(0.0, days - self.fresh_days) / self.half_life_days))

    def calibrated(self, probability: float) -> float:
        """Return a probability moved on the log odds scale to what came true on invented companies."""
        if not 0 < probability < 1:
            return probability
        odds = self.intercept + self.slope * math.log(probability / (1 - probability))
        return 1 / (1 + math.exp(-odds)) if odds > -700 else 0.0


@cache
def learnt() -> Fusion:
    """Return the figures that ship with this version (`learnt.toml`, which says what they were learnt from)."""
    given = tomllib.loads(resources.files(__package__).joinpath("learnt.toml").read_text(encoding="utf-8"))
    return Fusion(**given["fusion"], scales=MappingProxyType(given["scales"]))
