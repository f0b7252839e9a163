"""The figures by which a scan is judged, and how they are written."""

import json
import math
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Measure:
    """One figure with its 95 % interval; `value` is None where it cannot be had, and `note` then says why."""

    name: str
    value: float | None
    n: int
    low: float | None = None
    high: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Bin:
    """Matters given about the same probability, and how many of them are true."""

    n: int
    said: float
    true: float
    low: float
    high: float


@dataclass(frozen=True)
class Evaluation:
    """All figures of one scan. `by_twin` is innocents named per 100 rep-years, `by_scheme` and `by_family` margin recall."""

    as_of: str
    guilty: int
    innocent: int
    alerts: int
    matters: int
    diversions: int
    measures: tuple[Measure, ...]
    by_twin: tuple[Measure, ...]
    by_scheme: tuple[Measure, ...]
    by_family: tuple[Measure, ...]
    days_by_family: tuple[Measure, ...]
    reliability: tuple[Bin, ...]

    def to_json(self) -> str:
        """Return everything as JSON text; numbers have 6 significant digits."""
        return json.dumps(_rounded(asdict(self)), ensure_ascii=False, indent=1) + "\n"

    def sections(self) -> tuple[tuple[str, tuple[Measure, ...]], ...]:
        """Return the figures in groups with headings, as they are printed."""
        return (
            ("Figures", self.measures),
            ("Innocents named per 100 rep-years, by twin", self.by_twin),
            ("Margin recall, by scheme", self.by_scheme),
            ("Margin recall, by family of evidence", self.by_family),
            ("Days from first diversion to first signal, by family", self.days_by_family),
        )


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list | tuple) else value
