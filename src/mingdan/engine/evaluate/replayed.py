"""Judge a replay by the truth: what was raised, how soon after the order was diverted, and how much of it."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from mingdan.engine.evaluate.reading import (
    Diversion,
    Judge,
    Judged,
    Person,
    UnreadableResultError,
    read_scan,
    read_truth,
)
from mingdan.engine.findings import FIRST_KEY_FAMILIES
from mingdan.engine.fuse import Policy

IN_TIME = timedelta(days=90)
"""How soon after an order was diverted its matter must be raised to count as raised in time (detection.md §8.3)."""


@dataclass(frozen=True)
class Look:
    """One day of a replay: what it newly named, and every matter it scored."""

    day: date
    named: tuple[Judged, ...]
    matters: tuple[Judged, ...]


@dataclass(frozen=True)
class Run:
    """A replay beside the truth; `diversions` are all of the truth, whenever they happened."""

    looks: tuple[Look, ...]
    people: tuple[Person, ...]
    diversions: tuple[Diversion, ...]

    @property
    def start(self) -> date:
        """The first day looked at."""
        return self.looks[0].day

    @property
    def end(self) -> date:
        """The last day looked at."""
        return self.looks[-1].day

    @property
    def ripe(self) -> tuple[Diversion, ...]:
        """The diversions that some look could have raised in time: none earlier than 90 days before the first."""
        return tuple(one for one in self.diversions if self.start - IN_TIME <= one.day <= self.end)


@dataclass(frozen=True)
class Raising:
    """A matter that was raised, with the day; `judged` says what it points to."""

    day: date
    judged: Judged


def is_replay(result: Path) -> bool:
    """Return whether a folder was written by a replay."""
    return (result / "alerts.parquet").is_file()


def read_run(result: Path, truth: Path) -> Run:
    """Read a replay's folder and a truth folder; raise UnreadableResultError if either cannot be read."""
    folders = sorted(path for path in result.iterdir() if (path / "scan.json").is_file())
    if not folders:
        raise UnreadableResultError(f"{result} holds no scan of any day.")
    scans = [read_scan(folder) for folder in folders]
    diversions, people = read_truth(truth, date.fromisoformat(scans[-1]["scan"]["as_of"]))
    return Run(tuple(_look(scan, diversions) for scan in scans), people, diversions)


def _look(scan: dict[str, Any], diversions: tuple[Diversion, ...]) -> Look:
    day = date.fromisoformat(scan["scan"]["as_of"])
    judge = Judge(tuple(one for one in diversions if one.day <= day))
    return Look(day, tuple(map(judge, scan["alerts"])), tuple(map(judge, scan["matters"])))


def named_in(run: Run) -> tuple[Raising, ...]:
    """Return every alert of the run with its day."""
    return tuple(Raising(look.day, one) for look in run.looks for one in look.named)


def raised_in(run: Run, least: float) -> tuple[Raising, ...]:
    """Return what the same budget would raise, look by look, if the probability asked for were `least`: never twice."""
    budget = Policy.for_company(len(run.people)).budget
    raised: list[Raising] = []
    for look in run.looks:
        open_ones = [
            one
            for one in look.matters
            if one.employee and one.probability >= least and _two_keys(one) and not _is_known(one, raised)
        ]
        open_ones.sort(
            key=lambda one: (-one.probability * float(one.matter["amount_at_risk"]), one.matter["matter_id"])
        )
        raised += [Raising(look.day, one) for one in open_ones[:budget]]
    return tuple(raised)


def _two_keys(one: Judged) -> bool:
    return len(one.families) >= 2 and bool(one.families & FIRST_KEY_FAMILIES)


def _is_known(one: Judged, raised: Iterable[Raising]) -> bool:
    nodes = _nodes(one)
    return any(before.judged.employee == one.employee and nodes & _nodes(before.judged) for before in raised)


def _nodes(one: Judged) -> set[str]:
    return {f"{kind} {name}" for kind in ("account_ids", "opportunity_ids", "company_ids") for name in one.matter[kind]}


def margin_in_time(run: Run, raised: Sequence[Raising], scheme: str | None = None) -> float | None:
    """Return the share of the ripe diverted margin whose customer, deal or firm was raised within 90 days, or before."""
    days = _days_raised(raised)
    wanted = [one for one in run.ripe if scheme in (None, one.scheme)]
    whole = math.fsum(one.margin for one in wanted)
    reached = math.fsum(one.margin for one in wanted if any(day <= one.day + IN_TIME for day in _days_of(one, days)))
    return reached / whole if whole > 0 else None


def _days_raised(raised: Sequence[Raising]) -> dict[tuple[str | None, str], list[date]]:
    days = defaultdict(list)
    for one in raised:
        for node in _nodes(one.judged):
            days[one.judged.employee, node].append(one.day)
    return days


def _days_of(one: Diversion, days: dict[tuple[str | None, str], list[date]]) -> list[date]:
    nodes = (f"account_ids {one.account}", f"opportunity_ids {one.deal}", f"company_ids {one.company}")
    return [day for node in nodes for day in days.get((one.employee, node), ())]


def days_to_raise(run: Run, raised: Sequence[Raising]) -> tuple[dict[str, float], dict[str, float]]:
    """Return for each guilty person detected the days from the first diversion to the alert, and for the rest the wait.

    Only people whose first diversion is ripe are counted: of the others nobody knows when they could have been raised.
    """
    first: dict[str, date] = {}
    for one in run.diversions:
        first[one.employee] = min(one.day, first.get(one.employee, one.day))
    first = {person: day for person, day in first.items() if run.start - IN_TIME <= day <= run.end}
    seen: dict[str, float] = {}
    for raising in raised:
        person = raising.judged.employee
        if raising.judged.is_true and person in first:
            waited = float((raising.day - first[person]).days)
            seen[person] = min(waited, seen.get(person, waited))
    waiting = {person: float((run.end - day).days) for person, day in first.items() if person not in seen}
    return seen, waiting
