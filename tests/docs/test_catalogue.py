"""The committed catalogue is what the declarations say."""

from pathlib import Path
from typing import Any, get_args

import pytest

from mingdan.engine.detector import STRENGTH_CAPS, Detector
from mingdan.engine.detectors import DETECTORS
from mingdan.engine.documents import SUFFIX, Language, cards, catalogue, write_catalogue
from mingdan.engine.documents.tables_page import KINDS
from mingdan.engine.findings import Family
from mingdan.engine.report.words import FAMILIES, STRENGTHS
from mingdan.engine.schema import DUCKDB_TYPES
from mingdan.engine.tables import TABLES

COMMITTED = Path(__file__).parents[2] / "docs" / "catalogue"

each_language = pytest.mark.parametrize("language", list(SUFFIX))
each_detector = pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.code)


def section(page: str, heading: str) -> str:
    return page.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


@each_language
def test_the_committed_catalogue_is_what_the_code_generates(language: Language) -> None:
    for name, page in catalogue(language).items():
        assert (COMMITTED / name).read_text(encoding="utf-8") == page, f"{name} is stale: run `make documents`"


def test_the_committed_model_card_is_what_the_code_generates() -> None:
    for name, card in cards().items():
        assert (COMMITTED.parent / name).read_text(encoding="utf-8") == card, f"{name} is stale: run `make documents`"


def test_nothing_else_lies_in_the_catalogue() -> None:
    generated = {name for language in SUFFIX for name in catalogue(language)}
    assert {file.name for file in COMMITTED.iterdir()} == generated


def test_writing_it_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    first = {file.name: file.read_bytes() for file in write_catalogue(tmp_path)}
    assert {file.name: file.read_bytes() for file in write_catalogue(tmp_path)} == first


@each_detector
def test_each_detector_says_what_it_asks_rules_out_and_is_set_to(detector: Detector[Any]) -> None:
    said = section(catalogue("en")["detectors.md"], detector.code)
    assert detector.question.en in said
    assert detector.next_step.en in said
    for innocent in detector.innocent_explanations:
        assert innocent.text.en in said
    for name, value in vars(detector.parameters).items():
        assert f"| `{name}` | `{value!r}` |" in said
    for example in detector.examples:
        assert example.name in said


@each_detector
def test_the_chinese_page_says_it_in_chinese(detector: Detector[Any]) -> None:
    said = section(catalogue("zh")["detectors.zh.md"], detector.code)
    assert detector.question.zh in said
    assert detector.question.en not in said


def test_every_column_of_the_contract_is_listed() -> None:
    page = catalogue("en")["tables.md"]
    for table in TABLES.values():
        said = section(page, table.name)
        for column in table.columns:
            assert f"| `{column.name}`{'*' if column.required else ''} | " in said
            for label in column.labels:
                assert label in said


@each_language
def test_every_link_inside_the_catalogue_leads_somewhere(language: Language) -> None:
    pages = catalogue(language)
    for page in pages.values():
        for target in (part.split(")", 1)[0] for part in page.split("](")[1:]):
            name, _, heading = target.partition("#")
            if not name or name in pages:
                assert f"\n## {heading}\n" in pages.get(name, page), target
            else:
                assert (COMMITTED / name).resolve().is_file(), target


def test_every_family_strength_and_kind_has_a_name() -> None:
    assert set(FAMILIES) == set(get_args(Family))
    assert set(STRENGTHS) == set(STRENGTH_CAPS)
    assert set(KINDS) == set(DUCKDB_TYPES)
