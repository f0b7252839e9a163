"""docs/how-it-works/scan-output.md names what scan.json and findings.parquet really hold."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from mingdan.engine.findings import Text
from mingdan.engine.fuse import Policy, alerts_of, draw_callbacks, matters_of
from mingdan.engine.output import FINDINGS_SCHEMA, scan_json
from mingdan.engine.result import DetectorRun, ScanResult, TableRead
from tests.docs.pages import DOCS
from tests.engine.fuse.cases import DETECTORS, f
from tests.engine.report.samples import ESTIMATE

PAGE = (DOCS / "how-it-works" / "scan-output.md").read_text(encoding="utf-8")
BY_ID = ("tables", "explanations")
"""Fields whose own keys are names of tables or codes, not fields."""


def a_scan() -> dict[str, Any]:
    """Return the scan.json of a company with one alert, a margin at risk, and a detector that ran and one that did not."""
    findings = (
        replace(f("payer", weight=2.0), margin_at_risk=Decimal(300)),
        f("rhythm", weight=2.0),
        f("phone", weight=0.6, employee="E2", companies=("C1",)),
    )
    matters = matters_of(findings, DETECTORS)
    alerts = alerts_of(matters, DETECTORS, Policy())
    assert len(alerts) == 1
    result = ScanResult(
        version="0",
        as_of=date(2025, 6, 30),
        seconds=1.0,
        engine="duckdb",
        currency="CNY",
        tables=(TableRead("orders", 9, 1),),
        detectors=(DetectorRun("payer", 1, "ran", 1, 0.1), DetectorRun("said", 1, "skipped", reason="missing")),
        findings=findings,
        matters=matters,
        alerts=alerts,
        callbacks=draw_callbacks(["A1", "A2"], matters, size=2, seed="x"),
        notices=(Text("a notice", "提示"),),
        numbers={"E1": 1, "E2": 2},
        callback_estimate=ESTIMATE,
    )
    document: dict[str, Any] = json.loads(scan_json(result, {one.code: one for one in DETECTORS}))
    return document


def fields_of(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from fields_of(one, name)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if name not in BY_ID:
                yield key
            yield from fields_of(inner, key)


def section(heading: str) -> set[str]:
    said = PAGE.split(f"\n### {heading}\n", 1)[1].split("\n## ", 1)[0].split("\n### ", 1)[0]
    return set(re.findall(r"`(\w+)`", said))


def test_every_field_of_scan_json_is_told_in_its_section() -> None:
    written = a_scan()
    for heading, parts in {
        "scan": ["scan"],
        "alerts and matters": ["alerts", "matters"],
        "callbacks": ["callbacks"],
        "callback_estimate": ["callback_estimate"],
        "findings": ["findings"],
    }.items():
        told = section(heading) | {"table", "row_id"}
        assert {field for part in parts for field in fields_of(written[part], part)} <= told, heading


def test_every_field_that_a_table_of_the_page_tells_is_written() -> None:
    told = {
        name
        for line in PAGE.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`(\w+)`", line.split("|")[1])
    }
    assert told <= set(fields_of(a_scan()))


def test_every_column_of_the_findings_file_is_told() -> None:
    said = PAGE.split("\n## findings.parquet\n", 1)[1]
    assert set(re.findall(r"`(\w+)`", said)) == {*FINDINGS_SCHEMA.names, "table", "row_id"}
