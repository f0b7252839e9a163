"""What each detector found in invented companies: figures written by `benchmarks/side_deal_bench.py`."""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources


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
def measured() -> dict[str, Measured]:
    """Return the figures by detector; a detector that is newer than the last measurement has none."""
    written = json.loads(resources.files(__package__).joinpath("measured.json").read_text(encoding="utf-8"))
    return {
        code: Measured(written["companies"], row["findings"], row["true"], written["guilty"], row["found"])
        for code, row in written["detectors"].items()
    }
