"""What every registered detector promises, checked for each of them: a new detector needs no test file of its own."""

import string
from typing import Any

import pytest

from mingdan.engine.detector import STRENGTH_CAPS, Detector, Example
from mingdan.engine.detectors import DETECTORS
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
def test_its_examples_hold(detector: Detector[Any], example: Example) -> None:
    tables = trail_of(example)
    assert detector.missing(tables) is None
    assert bool(detector.run(tables)) == example.fires


@each_example
def test_its_evidence_exists_and_its_sentence_can_be_filled(detector: Detector[Any], example: Example) -> None:
    tables = trail_of(example)
    for finding in detector.run(tables):
        assert finding.evidence
        for row in finding.evidence:
            rows = tables[row.table].mutate(row_id=row_id(row.table))
            assert tables.records(rows.filter(rows.row_id == row.row_id), order_by=["row_id"]), row
        filled = sentence(detector.sentence, finding.facts)
        assert "{" not in filled.en + filled.zh
        assert finding.at <= tables.as_of
        assert finding.weight <= STRENGTH_CAPS[detector.strength]


@each_detector
def test_both_languages_use_the_same_facts(detector: Detector[Any]) -> None:
    names = [
        {name for _, name, _, _ in string.Formatter().parse(text) if name}
        for text in (detector.sentence.en, detector.sentence.zh)
    ]
    assert names[0] == names[1]


@each_example
def test_the_same_trail_gives_the_same_findings(detector: Detector[Any], example: Example) -> None:
    assert detector.run(trail_of(example)) == detector.run(trail_of(example))


def test_no_code_is_used_twice() -> None:
    codes = [detector.code for detector in DETECTORS]
    assert len(codes) == len(set(codes))
