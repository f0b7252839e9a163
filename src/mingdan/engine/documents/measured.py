"""What each detector found in invented companies: figures written by `benchmarks/side_deal_bench.py`."""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True)
class Measured:
    """Over all reporting companies with side deals: findings that named a salesperson, how many of them pointed to a
    diversion, and how many of those who divert at least one true finding reached.
    """

    companies: int
    findings: int
    true: int
    guilty: int
    found: int


@cache
def _written() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("measured.json").read_text(encoding="utf-8")
    written: dict[str, Any] = json.loads(text)
    return written


def fairness() -> dict[str, tuple[int, int]]:
    """Return by group of honest salespeople how many had a matter of 0.3 and more at the end, and how many there were."""
    return {name: (hits, n) for name, (hits, n) in _written().get("fairness", {}).items()}


def measured() -> dict[str, Measured]:
    """Return the figures by detector; a detector that is newer than the last measurement has none."""
    written = _written()
    return {
        code: Measured(written["companies"], row["findings"], row["true"], written["guilty"], row["found"])
        for code, row in written["detectors"].items()
    }
