"""Recompute one alert from the trail and show the rows that it rests on."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import ibis

from mingdan.engine.detector import Detector
from mingdan.engine.findings import Evidence, Finding
from mingdan.engine.fuse import matters_of
from mingdan.engine.fuse.alerts import joined
from mingdan.engine.parameters import Setup
from mingdan.engine.reading import ReadTrail
from mingdan.engine.result import Matter, Reason
from mingdan.engine.scan import ask, salespeople_of
from mingdan.engine.trail import Tables, row_id

WITHHELD = frozenset({("messages", "text")})
"""Cells that count towards the SHA-256 and are not shown: talk is read in the archive, by those who may."""


class UnknownAlertError(Exception):
    """There is no such alert or no readable result; the message is one sentence."""


@dataclass(frozen=True)
class Explained:
    """One reason of an alert: who says it, from which rows (without what is withheld), and their content as one SHA-256."""

    detector: Detector[Any]
    reason: Reason
    rows: tuple[tuple[Evidence, dict[str, Any] | None], ...]
    content: str


@dataclass(frozen=True)
class Recomputed:
    """An alert computed anew; `differences` is empty if every number came out as it was written."""

    alert: dict[str, Any]
    matter: Matter | None
    reasons: tuple[Explained, ...]
    differences: tuple[str, ...]


@dataclass(frozen=True)
class Written:
    """An alert as a scan wrote it: the moment looked at, and every detector that spoke of the person."""

    alert: dict[str, Any]
    moment: datetime
    detectors: frozenset[str]


def alert_in(result: Path, name: str) -> Written:
    """Return an alert of a scan's folder by its id, its matter's id or its rank."""
    path = result / "scan.json"
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        alerts, moment = document["alerts"], datetime.fromisoformat(document["scan"]["moment"])
    except (OSError, ValueError, KeyError) as error:
        raise UnknownAlertError(f"{path} is not a readable scan.json of this version; scan again.") from error
    for alert in alerts:
        if name in (alert["alert_id"], alert["matter_id"], str(alert["rank"])):
            person = alert["employee_id"]
            spoke = frozenset(one["detector"] for one in document["findings"] if one["employee_id"] == person)
            return Written(alert, moment, spoke)
    known = ", ".join(alert["alert_id"] for alert in alerts) or "none"
    raise UnknownAlertError(f"There is no alert {name!r} in {path}; there are: {known}.")


def recompute(read: ReadTrail, written: Written, setup: Setup) -> Recomputed:
    """Ask again the detectors that spoke of the person, add up again, and compare every number with what was written.

    What other detectors or other people's evidence say does not enter an alert, so only these are asked.
    """
    tables = read.as_of(written.moment)
    part = Setup(tuple(one for one in setup.detectors if one.code in written.detectors), setup.off, setup.fusion)
    _, findings = ask(tables, part, lambda _what, _share: None)
    people = len(salespeople_of(tables))
    matters = matters_of(findings, part.detectors, people, as_of=written.moment, fusion=setup.fusion)
    leading = next((one for one in matters if one.matter_id == written.alert["matter_id"]), None)
    matter = joined(leading, matters) if leading else None
    reasons = explained(tables, matter.reasons, part) if matter else ()
    return Recomputed(written.alert, matter, reasons, tuple(_differences(written.alert, matter)))


def _differences(alert: dict[str, Any], matter: Matter | None) -> list[str]:
    if matter is None:
        return ["the matter is not found any more"]
    said = []
    for name in ("probability", "weight_of_evidence"):
        if alert[name] != getattr(matter, name):
            said.append(f"{name} was {alert[name]}, is {getattr(matter, name)}")
    before = {reason["finding_id"]: (reason["weight"], reason["evidence"]) for reason in alert["reasons"]}
    after = {reason.finding.finding_id: (reason.weight, _listed(reason.finding)) for reason in matter.reasons}
    for finding in sorted(before.keys() | after.keys()):
        if before.get(finding) != after.get(finding):
            said.append(f"finding {finding} is not the same")
    return said


def _listed(finding: Finding) -> list[dict[str, str]]:
    return [{"table": row.table, "row_id": row.row_id} for row in finding.evidence]


def explained(tables: Tables, reasons: Sequence[Reason], setup: Setup) -> tuple[Explained, ...]:
    """Return each reason with the rows that it cites, as they stood."""
    cells = _cells(tables, [row for reason in reasons for row in reason.finding.evidence])
    told = []
    for reason in reasons:
        rows = tuple((row, cells.get(row)) for row in reason.finding.evidence)
        written = json.dumps([[row.table, row.row_id, found] for row, found in rows], ensure_ascii=False, default=str)
        content = hashlib.sha256(written.encode()).hexdigest()
        told.append(Explained(setup.by_code[reason.finding.detector], reason, tuple(map(_shown, rows)), content))
    return tuple(told)


def _shown(cited: tuple[Evidence, dict[str, Any] | None]) -> tuple[Evidence, dict[str, Any] | None]:
    row, cells = cited
    if cells is None:
        return cited
    return row, {name: value for name, value in cells.items() if (row.table, name) not in WITHHELD}


def _cells(tables: Tables, wanted: Sequence[Evidence]) -> dict[Evidence, dict[str, Any]]:
    """Return the filled cells of the cited rows as they stood at the moment."""
    by_table: dict[str, set[str]] = defaultdict(set)
    for row in wanted:
        by_table[row.table].add(row.row_id)
    cells = {}
    for table, ids in sorted(by_table.items()):
        named = tables[table].mutate(cited_as=row_id(table))
        for record in tables.records(named.filter(ibis._.cited_as.isin(sorted(ids))), order_by=["cited_as"]):
            name = record.pop("cited_as")
            cells[Evidence(table, name)] = {key: value for key, value in record.items() if value is not None}
    return cells
