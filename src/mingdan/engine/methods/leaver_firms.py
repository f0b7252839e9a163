"""Firms that were founded around the day somebody left us, and what they won from this person's former customers."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import ibis

from mingdan.engine.findings import Evidence
from mingdan.engine.methods.firm_wins import Win, firm_wins
from mingdan.engine.methods.listed import among
from mingdan.engine.methods.ownership import ownership
from mingdan.engine.methods.people_outside import by_employee, people_outside
from mingdan.engine.methods.winner_share import tail
from mingdan.engine.trail import Tables, moment

Row = dict[str, Any]


@dataclass(frozen=True)
class Window:
    """How long before and after somebody left a firm counts as founded around it, and which losses count (days)."""

    founded_before: int = 180
    founded_after: int = 365
    lost_before: int = 120
    owned_within: int = 180


WINDOW = Window()

TAKEN_ROWS = 20
"""An export of fewer rows is everyday work."""


@dataclass(frozen=True)
class LeaverFirm:
    """One firm, one leaver: `wins` among the `lost` former customers whose winner is known, and the tie to the leaver.

    `share` is what the firm wins from everybody else's customers. `tie` are the rows that name the leaver at the firm:
    none where only the coincidence speaks. `is_certain` unless a name alone ties them.
    """

    employee_id: str
    company_id: str
    called: str
    left: datetime
    founded: date
    wins: tuple[Win, ...]
    lost: int
    share: float
    tie: tuple[Evidence, ...]
    is_certain: bool

    @property
    def customers(self) -> int:
        return len({win.account_id for win in self.wins})

    def surprise(self, spread: float) -> float:
        """Return P(so many of the former customers by chance), beta-binomial."""
        return tail(self.customers, self.lost, self.share, spread)


def leaver_firms(tables: Tables, window: Window) -> list[LeaverFirm]:
    """Return each leaver and firm founded around the leaving that won a former customer."""
    leavers = _leavers(tables)
    wins = tables.once(firm_wins) if leavers else ()
    if not wins:
        return []
    former = _former(tables, leavers, window)
    firms = _firms(tables, sorted({win.firm for win in wins if win.company_id}))
    ties = _ties(tables, leavers, firms)
    found = []
    for person in sorted(leavers):
        left = leavers[person]["left"]
        since = left - timedelta(days=window.lost_before)
        mine = [win for win in wins if win.account_id in former[person] and win.at >= since]
        by_firm: dict[str, list[Win]] = defaultdict(list)
        for win in mine:
            by_firm[win.firm].append(win)
        others = [win for win in wins if win.account_id not in former[person]]
        for firm in sorted(by_firm):
            if _around(firms.get(firm), left, window):
                tie, certain = ties.get((person, firm), ((), False))
                founded = firms[firm]["established_date"]
                share = (len({win.account_id for win in others if win.firm == firm}) + 0.5) / (
                    len({(win.account_id, win.firm) for win in others}) + 1
                )
                lost = len({win.account_id for win in mine})
                called = by_firm[firm][0].called
                found.append(LeaverFirm(person, firm, called, left, founded, tuple(by_firm[firm]), lost, share, tie, certain))  # fmt: skip
    return found


def _leavers(tables: Tables) -> dict[str, Row]:
    people = tables.employees.mutate(left=ibis.coalesce(ibis._.left_date, ibis._.resigned_at.cast("date")))
    gone = people.filter(people.left.notnull()).select("employee_id", "left", "phone_key", "address_key")
    rows = tables.records(gone, order_by=["employee_id"])
    return {row["employee_id"]: {**row, "left": moment(row["left"])} for row in rows if row["left"]}


def _former(tables: Tables, leavers: Mapping[str, Row], window: Window) -> dict[str, set[str]]:
    """Return the customers whom each leaver owned in the last months."""
    former: dict[str, set[str]] = {person: set() for person in leavers}
    spans = among(ownership(tables), "employee_id", leavers).select("employee_id", "account_id", "until")
    for row in tables.records(spans, order_by=["employee_id", "account_id", "until"]):
        last = leavers[row["employee_id"]]["left"] - timedelta(days=window.owned_within)
        if row["until"] is None or row["until"] >= last:
            former[row["employee_id"]].add(row["account_id"])
    return former


def _firms(tables: Tables, firms: Sequence[str]) -> dict[str, Row]:
    wanted = among(tables.companies, "company_id", firms).select(
        "company_id", "established_date", "phone_key", "address_key"
    )
    return {row["company_id"]: row for row in tables.records(wanted, order_by=["company_id"])}


def _around(firm: Row | None, left: datetime, window: Window) -> bool:
    if firm is None or firm["established_date"] is None:
        return False
    days: int = (firm["established_date"] - left.date()).days
    return -window.founded_before <= days <= window.founded_after


def _ties(
    tables: Tables, leavers: Mapping[str, Row], firms: Mapping[str, Row]
) -> dict[tuple[str, str], tuple[tuple[Evidence, ...], bool]]:
    """Return the rows that tie a leaver to a firm: a person of the firm, else a phone or address that few have."""
    known = tables.once(people_outside)
    found: dict[tuple[str, str], tuple[tuple[Evidence, ...], bool]] = {}
    for person, links in sorted(by_employee(known).items()):
        for link in sorted(links, key=lambda link: link.weight):
            theirs = known.theirs[link.theirs]
            if person in leavers and theirs.company_id in firms and {"name", "key"} & set(link.agree):
                rows = (known.ours[link.ours].row, theirs.row)
                found[person, theirs.company_id] = rows, not set(link.agree) <= {"name", "reading"}
    for column in ("phone_key", "address_key"):
        by_key: dict[str, list[str]] = defaultdict(list)
        for firm, row in firms.items():
            by_key[row[column] or ""].append(firm)
        for person, row in sorted(leavers.items()):
            for firm in by_key.get(row[column], ()) if row[column] and len(by_key[row[column]]) <= 2 else ():
                found[person, firm] = (
                    (Evidence("employees", person), Evidence("companies", firm)),
                    column == "phone_key",
                )
    return found


def took_lists(tables: Tables, employee_id: str, left: datetime, days: int = 90) -> bool:
    """Return whether the person exported or printed lists in the last months before leaving."""
    events = tables.access_events.filter(
        (ibis._.employee_id == employee_id)
        & ibis._.action.isin(["export", "print", "download"])
        & (ibis._.row_count >= TAKEN_ROWS)
        & ibis._.happened_at.between(left - timedelta(days=days), left + timedelta(days=1))
    )
    [row] = tables.records(events.agg(n=events.count()), order_by=["n"])
    return bool(row["n"])
