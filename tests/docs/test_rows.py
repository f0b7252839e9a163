"""docs/rows.toml holds every row of every pillar, in both languages."""

import re
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

ROWS: list[dict[str, str]] = tomllib.loads(
    (Path(__file__).parents[2] / "docs" / "rows.toml").read_text(encoding="utf-8")
)["row"]
PILLARS = {
    "P1": 21,
    "P2": 24,
    "P3": 13,
    "P4": 14,
    "P5": 14,
    "P6": 12,
    "P7": 16,
    "P8": 10,
    "P9": 12,
    "P10": 12,
    "P0": 22,
}

CHINESE = re.compile(r"[\u4e00-\u9fff]")
HALF_WIDTH_AFTER_CHINESE = re.compile(r"[\u4e00-\u9fff][,;:?!()]|[(,;:?!][\u4e00-\u9fff]")

each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])


def test_every_pillar_has_all_its_rows_numbered_without_a_gap() -> None:
    numbers: dict[str, list[int]] = defaultdict(list)
    for row in ROWS:
        pillar, _, number = row["id"].partition(".")
        numbers[pillar].append(int(number))
    assert list(numbers) == list(PILLARS)
    assert numbers == {pillar: list(range(1, count + 1)) for pillar, count in PILLARS.items()}


def test_no_two_rows_say_the_same() -> None:
    for language in ("en", "zh"):
        sentences = [row[language] for row in ROWS]
        assert len(sentences) == len(set(sentences))


@each_row
def test_a_row_is_a_sentence_in_each_language(row: dict[str, str]) -> None:
    assert set(row) == {"id", "en", "zh"}
    assert not row["en"][0].islower() or row["en"].startswith("xAPI")
    assert row["en"].endswith((".", '"'))
    assert CHINESE.search(row["zh"])
    assert row["zh"].endswith("。")
    assert not HALF_WIDTH_AFTER_CHINESE.search(row["zh"])
