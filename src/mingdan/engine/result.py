"""What a scan found, before it is written for programs or people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from mingdan.engine.findings import Family, Finding, Status, Text


@dataclass(frozen=True)
class TableRead:
    """How many rows of a table were read, and how many were set aside."""

    name: str
    rows: int
    set_aside: int


@dataclass(frozen=True)
class SetAside:
    """One row that could not be used, with where it stands and why."""

    table: str
    file: str
    row: int
    column: str
    value: str
    reason: str
    reason_zh: str = field(default="", compare=False)


@dataclass(frozen=True)
class DetectorRun:
    """Whether a detector ran; `reason` says why one was skipped."""

    code: str
    version: int
    status: str
    findings: int = 0
    seconds: float = 0.0
    reason: str | None = None


@dataclass(frozen=True)
class Reason:
    """One finding as it speaks in an alert: its sentence and the weight it kept after fusion."""

    finding: Finding
    weight: float
    text: Text


@dataclass(frozen=True)
class Explanation:
    """One innocent explanation of an alert, with the detectors that checked it."""

    text: Text
    status: Status
    detectors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Matter:
    """A salesperson with the accounts, deals and firms that share evidence within 12 months.

    `employee_id` is None for a matter of an account without a salesperson; such a matter is never an alert.
    """

    matter_id: str
    employee_id: str | None
    account_ids: tuple[str, ...]
    opportunity_ids: tuple[str, ...]
    company_ids: tuple[str, ...]
    probability: float
    weight_of_evidence: float
    amount_at_risk: Decimal
    margin_at_risk: Decimal | None
    families: tuple[Family, ...]
    first_signal_at: datetime
    last_signal_at: datetime
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Alert:
    """A matter that passed the two-key rule, the probability and the budget: it may name a person.

    The next step is the check that tells most for its hours; `next_step_gain` is what it is expected to tell, in bits.
    """

    rank: int
    alert_id: str
    matter: Matter
    innocent_explanations: tuple[Explanation, ...]
    next_step: Text
    next_step_hours: float = 0.0
    next_step_gain: float = 0.0


@dataclass(frozen=True)
class Callback:
    """A customer to ask, with the known probability with which it was drawn."""

    account_id: str
    reason: Text
    inclusion_probability: float
    matter_id: str | None = None


@dataclass(frozen=True)
class Estimated:
    """A share of customers with its 95 % interval."""

    rate: float
    low: float
    high: float


@dataclass(frozen=True)
class DiversionRate:
    """What customers drawn by chance answered: of the company where `team_id` is None, else of one team.

    `elsewhere`: say they bought our kind of goods elsewhere. `through`: and named a salesperson of ours or a supplier tied
    to one. Both are None where nobody answered, or where they are `withheld` for privacy, with the reason.
    """

    team_id: str | None
    asked: int
    reached: int
    answered: int
    elsewhere: Estimated | None = None
    through: Estimated | None = None
    withheld: Text | None = None


@dataclass(frozen=True)
class CallbackEstimate:
    """The rates from `since` to `until`; `customers` is how many the company has, `caveat` how to read the figures."""

    since: date
    until: date
    customers: int
    company: DiversionRate
    teams: tuple[DiversionRate, ...]
    caveat: Text


@dataclass(frozen=True)
class ScanResult:
    """Everything a scan found. `names` gives what people and firms are called, by table and id."""

    version: str
    as_of: date
    seconds: float
    engine: str
    currency: str
    tables: tuple[TableRead, ...]
    detectors: tuple[DetectorRun, ...]
    findings: tuple[Finding, ...]
    matters: tuple[Matter, ...]
    alerts: tuple[Alert, ...]
    callbacks: tuple[Callback, ...]
    notices: tuple[Text, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    numbers: Mapping[str, int] = field(default_factory=dict)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    min_probability: float = 0.8
    moment: datetime = datetime.min  # noqa: DTZ901  # the trail is naive UTC throughout
    callback_estimate: CallbackEstimate | None = None
