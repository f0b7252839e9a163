"""The registers of innocent causes that a detector consults before it speaks."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mingdan.engine.findings import Evidence, Status
from mingdan.engine.trail import Tables, row_id


@dataclass(frozen=True)
class Scope:
    """What a cause may apply to; a field left None is not known, and then only causes that do not name one match."""

    account_id: str | None = None
    employee_id: str | None = None
    region: str | None = None
    segment: str | None = None
    product_id: str | None = None


class Context:
    """Context events, leaves, approved distributors and declared interests of one trail."""

    def __init__(self, tables: Tables) -> None:
        self._has_events = tables.has("context_events")
        self._has_leaves = tables.has("leaves")
        self._has_distributors = tables.has("distributors")
        self._has_interests = tables.has("declared_interests")
        self._events = _by(tables, "context_events", "kind")
        self._leaves = _by(tables, "leaves", "employee_id")
        self._distributors = _by(tables, "distributors", "company_id")
        self._interests = _by(tables, "declared_interests", "employee_id")

    def status(self, kinds: Collection[str], start: date, end: date, scope: Scope = Scope()) -> Status:
        """Return whether an event of one of these kinds overlaps the days and touches the scope; open without a register."""
        if not self._has_events:
            return "open"
        return "supported" if self.events(kinds, start, end, scope) else "ruled_out"

    def events(self, kinds: Collection[str], start: date, end: date, scope: Scope = Scope()) -> list[Evidence]:
        """Return the registered events of these kinds that overlap the days and touch the scope."""
        found = []
        for kind in sorted(kinds):
            for event in self._events[kind]:
                if _overlaps(event["from_date"], event["to_date"], start, end) and _touches(event, scope):
                    found.append(Evidence("context_events", event["row_id"]))
        return found

    def days_covered(self, kinds: Collection[str], start: date, end: date, scope: Scope = Scope()) -> int | None:
        """Return how many of the days from start to end lie in such events (one without an end runs on); None without a register."""
        if not self._has_events:
            return None
        first, last = _day(start), _day(end)
        days: set[int] = set()
        for event in (event for kind in kinds for event in self._events[kind] if _touches(event, scope)):
            until = min(event["to_date"] or last, last)
            days.update(range(max(event["from_date"], first).toordinal(), until.toordinal() + 1))
        return len(days)

    def on_leave(self, employee_id: str | None, start: date, end: date) -> Status:
        """Return whether the salesperson was away on one of these days."""
        if not self._has_leaves:
            return "open"
        away = self._leaves[employee_id or ""]
        return (
            "supported" if any(_overlaps(row["from_date"], row["to_date"], start, end) for row in away) else "ruled_out"
        )

    def is_distributor(self, company_id: str | None, day: date) -> Status:
        """Return whether the firm was an approved distributor on that day."""
        if not self._has_distributors:
            return "open"
        rows = self._distributors[company_id or ""]
        covered = any(_overlaps(row["approved_from_date"], row["approved_to_date"], day, day) for row in rows)
        return "supported" if covered else "ruled_out"

    def declared(
        self, employee_id: str | None, day: date, *, company_id: str | None = None, person_key: str | None = None
    ) -> Status:
        """Return whether the salesperson had declared an approved interest in the firm or person by that day."""
        if not self._has_interests:
            return "open"
        for row in self._interests[employee_id or ""]:
            names_it = (company_id and row["company_id"] == company_id) or (
                person_key and row["person_key"] == person_key
            )
            if names_it and row["declared_at"].date() <= day and row["approved"] is not False:
                return "supported"
        return "ruled_out"


def _by(tables: Tables, name: str, column: str) -> dict[str, list[dict[str, Any]]]:
    grouped: dict[str, list[dict[str, Any]]] = defaultdict(list)
    if tables.has(name):
        for row in tables.records(tables[name].mutate(row_id=row_id(name)), order_by=["row_id"]):
            grouped[row[column]].append(row)
    return grouped


def _overlaps(row_start: date, row_end: date | None, start: date, end: date) -> bool:
    return row_start <= _day(end) and (row_end is None or row_end >= _day(start))


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _touches(event: dict[str, Any], scope: Scope) -> bool:
    """A cause touches the scope if everything it names agrees with what is known of the scope."""
    named = ("account_id", "employee_id", "region", "segment", "product_id")
    return all(event[name] is None or event[name] == getattr(scope, name) for name in named)
