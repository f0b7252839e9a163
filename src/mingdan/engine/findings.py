"""What a detector says: a finding, with the rows it rests on and the innocent explanations it checked."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

Family = Literal[
    "pipeline",
    "repurchase",
    "price",
    "chain",
    "entity",
    "access",
    "communication",
    "money",
    "service",
    "voice",
    "process",
]
SubjectKind = Literal["deal", "account", "employee", "company"]
Status = Literal["ruled_out", "open", "supported"]

FIRST_KEY_FAMILIES: frozenset[Family] = frozenset({"money", "chain", "entity", "service", "voice"})
"""The families of which at least one must speak before an alert may name a person (the two-key rule)."""


@dataclass(frozen=True)
class Text:
    """One text in English and Chinese."""

    en: str
    zh: str


Fact = str | int | float | Decimal | datetime | date | Text
"""What may fill a sentence; a Text gives each language its own words."""


@dataclass(frozen=True, order=True)
class Evidence:
    """One row of the trail; `row_id` is the table's key columns joined with '|'."""

    table: str
    row_id: str


@dataclass(frozen=True)
class Figure:
    """Points behind a finding's chart, oldest first.

    `kind` "rhythm": (day, amount) purchases, `expected` the days between two, `until` the day the silence is counted to.
    `kind` "price": (day, unit price or discount), `reference` what peers pay.
    """

    kind: Literal["rhythm", "price"]
    points: tuple[tuple[date, float], ...]
    expected: float | None = None
    reference: float | None = None
    until: date | None = None


@dataclass(frozen=True)
class Finding:
    """A deviation that one detector found on one subject.

    `weight` is log10 P(evidence | side deal) / P(evidence | innocent), before it is capped by the detector's strength;
    a negative weight is exculpatory. `at` is when the deviation happened, naive UTC. `facts` fill the detector's
    sentence. `explanations` gives each innocent explanation of the detector, by code, its status; one that is left out
    counts as open. `company_ids` are outside firms linked to it; `employee_id` is None where nobody is tied to it.
    """

    subject_kind: SubjectKind
    subject_id: str
    at: datetime
    weight: float
    evidence: tuple[Evidence, ...]
    facts: Mapping[str, Fact] = field(default_factory=dict)
    employee_id: str | None = None
    account_ids: tuple[str, ...] = ()
    opportunity_ids: tuple[str, ...] = ()
    company_ids: tuple[str, ...] = ()
    amount_at_risk: Decimal = Decimal(0)
    margin_at_risk: Decimal | None = None
    explanations: Mapping[str, Status] = field(default_factory=dict)
    figure: Figure | None = None
    detector: str = ""

    @property
    def finding_id(self) -> str:
        """A name that stays the same for the same detector, subject and rows: 16 hex digits."""
        rows = sorted(f"{row.table}:{row.row_id}" for row in self.evidence)
        said = [self.detector, self.subject_kind, self.subject_id, self.employee_id or "", *rows]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:16]
