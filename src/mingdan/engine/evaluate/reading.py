"""Read what a scan said and what is true, and say of each matter whether it is right."""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

DAYS_A_YEAR = 365.25


class UnreadableResultError(Exception):
    """The result or the truth cannot be read; the message is one sentence."""


@dataclass(frozen=True)
class Diversion:
    """One diverted demand; `account`, `deal` and `company` are None where the truth names none."""

    scheme: str
    employee: str
    account: str | None
    deal: str | None
    company: str | None
    day: date
    margin: float


@dataclass(frozen=True)
class Person:
    """One salesperson: the scheme or innocent twin played (or empty), and the years in the trail (None: unknown)."""

    employee: str
    scheme: str
    twin: str
    years: float | None


@dataclass(frozen=True)
class Judged:
    """One matter with the diversions that it points to: same salesperson, and a customer, deal or firm of them."""

    matter: dict[str, Any]
    diversions: tuple[Diversion, ...]

    @property
    def is_true(self) -> bool:
        return bool(self.diversions)

    @property
    def employee(self) -> str | None:
        employee: str | None = self.matter["employee_id"]
        return employee

    @property
    def probability(self) -> float:
        return float(self.matter["probability"])

    @property
    def families(self) -> frozenset[str]:
        return frozenset(self.matter["families"])

    @property
    def first_signal(self) -> date:
        return date.fromisoformat(self.matter["first_signal_at"])


@dataclass(frozen=True)
class Material:
    """A scan beside the truth, as of the scan's date; `matters` are in the order of the file."""

    as_of: date
    people: tuple[Person, ...]
    diversions: tuple[Diversion, ...]
    matters: tuple[Judged, ...]
    named: tuple[Judged, ...]
    callbacks: tuple[dict[str, Any], ...]
    guilty: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "guilty", frozenset(one.employee for one in self.diversions))

    @property
    def innocent(self) -> tuple[Person, ...]:
        """Those who take part in no scheme; an offender who has not begun yet is neither guilty nor innocent."""
        return tuple(person for person in self.people if not person.scheme and person.employee not in self.guilty)


def read(result: Path, truth: Path) -> Material:
    """Read `scan.json` of a scan's folder (or the file itself) and a truth folder (or the trail that holds it)."""
    scan = read_scan(result)
    as_of = date.fromisoformat(scan["scan"]["as_of"])
    diversions, people = read_truth(truth, as_of)
    try:
        judge = Judge(diversions)
        matters = tuple(judge(matter) for matter in scan["matters"])
        named = tuple(judge(alert) for alert in scan["alerts"])
    except KeyError as error:
        raise UnreadableResultError(f"{error.args[0]} is missing in the result.") from error
    return Material(as_of, people, diversions, matters, named, tuple(scan.get("callbacks", ())))


def read_truth(truth: Path, as_of: date) -> tuple[tuple[Diversion, ...], tuple[Person, ...]]:
    """Read the diversions up to a day and the people of a truth folder, or of the trail that holds it."""
    folder = truth / "truth" if (truth / "truth").is_dir() else truth
    try:
        diversions = tuple(one for one in map(_diversion, _rows(folder / "diversions.parquet")) if one.day <= as_of)
        people = tuple(_person(row, as_of) for row in _rows(folder / "employees.parquet"))
    except KeyError as error:
        raise UnreadableResultError(f"{error.args[0]} is missing in the truth.") from error
    return diversions, people


class Judge:
    """Finds the diversions that a matter points to."""

    def __init__(self, diversions: tuple[Diversion, ...]) -> None:
        self._of: dict[str, list[Diversion]] = defaultdict(list)
        self._at: dict[str, list[Diversion]] = defaultdict(list)
        for one in diversions:
            self._of[one.employee].append(one)
            if one.account:
                self._at[one.account].append(one)

    def __call__(self, matter: dict[str, Any]) -> Judged:
        """Judge a matter; one without a salesperson is right if a customer of it was diverted at all."""
        accounts, deals = frozenset(matter["account_ids"]), frozenset(matter["opportunity_ids"])
        companies = frozenset(matter["company_ids"])
        if matter["employee_id"] is None:
            return Judged(matter, tuple(one for account in sorted(accounts) for one in self._at[account]))
        found = (
            one
            for one in self._of[matter["employee_id"]]
            if one.account in accounts or one.deal in deals or one.company in companies
        )
        return Judged(matter, tuple(found))


def read_scan(result: Path) -> dict[str, Any]:
    """Read the `scan.json` of a scan's folder, or the file itself."""
    path = result / "scan.json" if result.is_dir() else result
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise UnreadableResultError(f"{path} is not a readable scan.json.") from error
    if not isinstance(document, dict) or not {"scan", "matters", "alerts"} <= document.keys():
        raise UnreadableResultError(f"{path} was not written by a scan.")
    return document


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise UnreadableResultError(f"{path} is not a readable truth file.") from error
    return rows


def _diversion(row: dict[str, Any]) -> Diversion:
    day = row["diverted_at"]
    return Diversion(
        scheme=row["scheme"],
        employee=row["employee_id"],
        account=row["account_id"],
        deal=row["opportunity_id"],
        company=row["company_id"],
        day=day if type(day) is date else day.date(),
        margin=float(row["margin"] or Decimal(0)),
    )


def _person(row: dict[str, Any], as_of: date) -> Person:
    since, until = row.get("from_date"), row.get("to_date")
    years = max(0.0, (min(until or as_of, as_of) - since).days / DAYS_A_YEAR) if since else None
    return Person(row["employee_id"], row["scheme"] or "", row["innocent_twin"] or "", years)
