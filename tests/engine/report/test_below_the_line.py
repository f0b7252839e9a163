"""Why a matter names nobody: the key, the probability or the budget that is missing."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import pytest

from mingdan.engine.findings import Fact
from mingdan.engine.fuse import Policy, alerts_of, matters_of
from mingdan.engine.report.listing import why_not
from mingdan.engine.report.story import Detectors
from mingdan.engine.result import Matter, ScanResult
from tests.engine.report.sample_detectors import SAMPLE_DETECTORS
from tests.engine.report.sample_findings import found
from tests.engine.report.samples import rich

Facts = Mapping[str, Fact]
DETECTORS: Detectors = {detector.code: detector for detector in SAMPLE_DETECTORS}
CYCLE: Facts = {"customer": "A1", "cycle": 30, "silent": 90, "times": 3.0}
SAID: Facts = {"callback": "CB-1", "day": datetime(2025, 3, 1), "customer": "A1", "company": "C1"}  # noqa: DTZ001


def matter(*codes: str, employee: str | None = "E017", weight: float = 1.0) -> Matter:
    facts: dict[str, Facts] = {"broken-purchase-cycle": CYCLE, "customer-names-supplier": SAID}
    findings = [
        found(code, employee, "2025-03-01", weight, facts[code], accounts=("A1",), rows=(("orders", code),))
        for code in codes
    ]
    return matters_of(findings, SAMPLE_DETECTORS)[0]


def reason(one: Matter, result: ScanResult, named: dict[str | None, int] | None = None) -> str:
    return why_not(one, result, named or {}, DETECTORS).en


@pytest.mark.parametrize(
    ("one", "named", "said"),
    [
        (matter("broken-purchase-cycle"), {}, "First key missing"),
        (matter("customer-names-supplier"), {}, "Second key missing"),
        (matter("broken-purchase-cycle", "customer-names-supplier"), {}, "Probability below 80 %"),
        (matter("broken-purchase-cycle", employee=None), {}, "No salesperson is tied to it"),
        (
            replace(matter("broken-purchase-cycle", "customer-names-supplier"), probability=0.9),
            {},
            "Beyond the budget of alerts",
        ),
        (
            replace(matter("broken-purchase-cycle", "customer-names-supplier"), probability=0.9),
            {"E017": 2},
            "Same salesperson as alert 2",
        ),
    ],
)
def test_the_reason_is_the_first_thing_that_is_missing(one: Matter, named: dict[str | None, int], said: str) -> None:
    assert reason(one, rich(), named) == said


def test_the_threshold_said_is_the_one_of_the_scan() -> None:
    one = matter("broken-purchase-cycle", "customer-names-supplier")
    assert reason(one, rich(min_probability=0.95)) == "Probability below 95 %"


def test_what_the_list_says_agrees_with_what_fusion_decided() -> None:
    result = rich()
    wider = alerts_of(result.matters, SAMPLE_DETECTORS, Policy(min_probability=0.0, budget=99))
    could = {alert.matter.matter_id for alert in wider}
    for one in result.matters:
        missing = reason(one, result) in {"First key missing", "Second key missing", "No salesperson is tied to it"}
        if one.matter_id in could:
            assert not missing
