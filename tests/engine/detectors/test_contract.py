"""What every registered detector promises, checked for each of them: a new detector needs no test file of its own."""

import string
from typing import Any

import pytest

from mingdan.engine.detector import STRENGTH_CAPS, Detector, Example
from mingdan.engine.detectors import DETECTORS
from mingdan.engine.findings import Evidence
from mingdan.engine.tables import TABLES
from mingdan.engine.trail import Tables, row_id
from mingdan.engine.wording import sentence

each_detector = pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.code)
each_example = pytest.mark.parametrize(
    ("detector", "example"),
    [
        pytest.param(detector, example, id=f"{detector.code}: {example.name}")
        for detector in DETECTORS
        for example in detector.examples
    ],
)


def trail_of(example: Example) -> Tables:
    return Tables.from_records(example.records, as_of=example.as_of)


@each_detector
def test_it_is_well_described(detector: Detector[Any]) -> None:
    for text in (detector.title, detector.question, detector.sentence, detector.next_step, detector.method):
        assert text.en
        assert any("一" <= letter <= "鿿" for letter in text.zh)
    assert detector.question.en.endswith("?")
    assert detector.question.zh.endswith(("?", "\uff1f"))
    assert detector.strength in STRENGTH_CAPS
    assert detector.innocent_explanations
    assert "suspect" not in (detector.sentence.en + detector.question.en + detector.next_step.en).lower()


@each_detector
def test_it_reads_only_declared_columns(detector: Detector[Any]) -> None:
    for reads in (detector.reads, detector.uses):
        for table, columns in reads.items():
            for column in columns:
                TABLES[table].column(column)
    assert set(detector.wakes_on) <= set(TABLES)


@each_detector
def test_it_has_a_firing_and_a_silent_example(detector: Detector[Any]) -> None:
    assert {example.fires for example in detector.examples} == {True, False}


@each_detector
def test_it_stays_silent_on_empty_tables(detector: Detector[Any]) -> None:
    assert detector.find(Tables.from_records({}, as_of="2025-01-01"), detector.parameters) == []


@each_example
def test_its_examples_hold_and_rest_on_rows_that_exist(detector: Detector[Any], example: Example) -> None:
    tables = trail_of(example)
    assert detector.missing(tables) is None
    found = detector.run(tables)
    assert bool(found) == example.fires
    for finding in found:
        assert finding.evidence
        filled = sentence(detector.sentence, finding.facts)
        assert "{" not in filled.en + filled.zh
        assert finding.at <= tables.as_of
        assert finding.weight <= STRENGTH_CAPS[detector.strength]
    cited = {row for finding in found for row in finding.evidence}
    assert (
        cited
        == {Evidence(table, name) for table in {row.table for row in cited} for name in names_in(tables, table)} & cited
    )


def names_in(tables: Tables, table: str) -> set[str]:
    rows = tables[table].select(name=row_id(table))
    return {record["name"] for record in tables.records(rows.distinct(), order_by=["name"])}


@each_detector
def test_both_languages_use_the_same_facts(detector: Detector[Any]) -> None:
    names = [
        {name for _, name, _, _ in string.Formatter().parse(text) if name}
        for text in (detector.sentence.en, detector.sentence.zh)
    ]
    assert names[0] == names[1]


@each_detector
def test_the_same_trail_gives_the_same_findings(detector: Detector[Any]) -> None:
    example = next(one for one in detector.examples if one.fires)
    assert detector.run(trail_of(example)) == detector.run(trail_of(example))


def test_no_code_is_used_twice() -> None:
    codes = [detector.code for detector in DETECTORS]
    assert len(codes) == len(set(codes))
