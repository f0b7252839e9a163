"""Which events made up a person's day, which customers they held, and which of those were somebody else's."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import ibis

from mingdan.engine.methods.listed import among
from mingdan.engine.methods.ownership import ownership
from mingdan.engine.trail import Tables

Row = dict[str, Any]
Day = tuple[str, date]


def events_of_days(tables: Tables, days: Sequence[Day], actions: Sequence[str]) -> dict[Day, list[Row]]:
    """Return the events of these kinds on each person's day, the largest first."""
    if not days:
        return {}
    wanted = ibis.memtable(
        {"employee_id": [one for one, _ in days], "day": [day for _, day in days]},
        schema={"employee_id": "string", "day": "date"},
    )
    events = tables.access_events.filter(ibis._.action.isin(list(actions))).mutate(day=ibis._.happened_at.date())
    kept = events.semi_join(wanted, ["employee_id", "day"]).select(
        "event_id", "employee_id", "day", "happened_at", "account_id", "row_count"
    )
    grouped: dict[Day, list[Row]] = defaultdict(list)
    for row in tables.records(kept, order_by=["event_id"]):
        grouped[row["employee_id"], row["day"]].append(row)
    return {
        day: sorted(rows, key=lambda row: (-(row["row_count"] or 0), row["event_id"])) for day, rows in grouped.items()
    }


def customers_of_events(tables: Tables, events: Sequence[Row]) -> dict[str, set[str]]:
    """Return the customers that each event held: those listed for it, and the one it was about."""
    held: dict[str, set[str]] = defaultdict(set)
    for event in events:
        if event["account_id"]:
            held[event["event_id"]].add(event["account_id"])
    listed = among(tables.export_rows, "event_id", (event["event_id"] for event in events)).distinct()
    for row in tables.records(listed.select("event_id", "account_id"), order_by=["event_id", "account_id"]):
        held[row["event_id"]].add(row["account_id"])
    return held


def hand_overs(tables: Tables, people: Sequence[str]) -> dict[str, list[tuple[datetime, str]]]:
    """Return when each of these people received which customer."""
    received: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    changes = among(tables.owner_changes, "to_employee_id", people)
    for row in tables.records(changes, order_by=["to_employee_id", "changed_at", "account_id"]):
        received[row["to_employee_id"]].append((row["changed_at"], row["account_id"]))
    return received


class Owned:
    """Whose customers were whose at a time, for a few people."""

    def __init__(self, tables: Tables, people: Sequence[str]) -> None:
        spans = among(ownership(tables), "employee_id", people)
        self._spans: dict[str, list[tuple[str, datetime | None, datetime | None]]] = defaultdict(list)
        for row in tables.records(spans, order_by=["employee_id", "account_id", "since"]):
            self._spans[row["employee_id"]].append((row["account_id"], row["since"], row["until"]))

    def at(self, employee: str, when: datetime) -> set[str]:
        """Return the customers that the person owned then."""
        return {
            account
            for account, since, until in self._spans[employee]
            if (since is None or since <= when) and (until is None or until > when)
        }
