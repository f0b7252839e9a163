"""What the registered detectors really say, as the report shows it: two languages, and nobody's id or name."""

import re
from dataclasses import replace
from typing import Any

import pytest

from mingdan.engine.detector import Detector, Example
from mingdan.engine.detectors import DETECTORS
from mingdan.engine.fuse import matters_of
from mingdan.engine.fuse.alerts import explanations_of
from mingdan.engine.report import render
from mingdan.engine.result import Alert, ScanResult
from mingdan.engine.trail import Tables
from tests.engine.report.pages import Page, in_language, unpaired
from tests.engine.report.samples import empty

FIRING = [
    pytest.param(detector, example, id=f"{detector.code}: {example.name}")
    for detector in DETECTORS
    for example in [one for one in detector.examples if one.fires][:1]
]
HAN = re.compile(r"[\u4e00-\u9fff]")


def result_of(detector: Detector[Any], example: Example) -> ScanResult:
    """Make every matter of the example an alert, named or not, so that the report shows all that was said."""
    findings = tuple(detector.run(Tables.from_records(example.records, as_of=example.as_of)))
    matters = matters_of(findings, DETECTORS)
    people = sorted({str(row["employee_id"]) for row in example.records.get("employees", ())})
    known = sorted({*people, *(finding.employee_id for finding in findings if finding.employee_id)})
    by_code = {one.code: one for one in DETECTORS}
    alerts = tuple(
        Alert(rank, f"alert {rank}", matter, explanations_of(matter, by_code), detector.next_step)
        for rank, matter in enumerate(matters, start=1)
    )
    names = {str(row["employee_id"]): str(row["name"]) for row in example.records.get("employees", ()) if "name" in row}
    return replace(
        empty(),
        findings=findings,
        matters=matters,
        alerts=alerts,
        numbers={one: 900 + place for place, one in enumerate(known)},
        names={"employees": names},
    )


def texts(html: str, language: str) -> str:
    return " ".join(in_language(Page(html).root, language))


@pytest.mark.parametrize(("detector", "example"), FIRING)
def test_its_reasons_read_in_both_languages_without_names(detector: Detector[Any], example: Example) -> None:
    result = result_of(detector, example)
    html = render(result, with_names=False)
    assert unpaired(Page(html)) == []
    for known in {*result.numbers, *result.names["employees"].values()}:
        if not known.isdigit():
            assert re.findall(rf"(?<![A-Za-z0-9]){re.escape(known)}(?![A-Za-z0-9])", html) == []
    assert "{" not in texts(html, "en").replace("{}", "")
    assert len(texts(html, "zh")) > 500


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda one: one.code)
def test_its_chinese_is_chinese_and_its_english_english(detector: Detector[Any]) -> None:
    for text in (detector.title, detector.question, detector.sentence, detector.next_step, detector.method):
        assert HAN.search(text.zh)
        assert not HAN.search(text.en)
    for innocent in detector.innocent_explanations:
        assert HAN.search(innocent.text.zh)
