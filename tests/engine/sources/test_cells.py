"""What sources do to cells of text before the border types them."""

import duckdb
import pytest

from mingdan.engine.reading.identifiers import literal
from mingdan.engine.sources import cells


def value(expression: str) -> str | None:
    found: str | None = duckdb.sql(f"SELECT {expression}").fetchall()[0][0]
    return found


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1200", "1200"),
        ("1,200.50", "1200.50"),
        ("¥ 1,200.50", "1200.50"),
        ("￥１２", "１２"),
        ("$-3", "-3"),
        ("(12.5)", "-12.5"),
        ("1,200 元", "1200"),
        ("12.5万", "125000.000000"),
        ("about ten", "aboutten"),
        ("十万", "十万"),
    ],
)
def test_an_amount_loses_its_signs(written: str, meant: str) -> None:
    assert value(cells.number(literal(written))) == meant


def test_a_decimal_comma_is_read_where_it_is_announced() -> None:
    assert value(cells.number(literal("1.200,50 €"), decimal=",")) == "1200.50"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2024-03-05", "2024-03-05T00:00:00"),
        ("2024/3/5 9:07", "2024-03-05T09:07:00"),
        ("2024.3.5", "2024-03-05T00:00:00"),
        ("20240305", "2024-03-05T00:00:00"),
        ("2024年3月5日", "2024-03-05T00:00:00"),
        ("2024年3月5日 14:30:05", "2024-03-05T14:30:05"),
        ("2024-03-05T14:30:05", "2024-03-05T14:30:05"),
        ("2024-03-05T14:30:05.250", "2024-03-05T14:30:05.25"),
        ("2024-03-05T14:30:05+08:00", "2024-03-05T14:30:05+08:00"),
        ("2024-03-05T14:30:05Z", "2024-03-05T14:30:05Z"),
        ("2024-13-45", "2024-13-45"),
        ("soon", "soon"),
    ],
)
def test_a_time_without_zone_is_written_in_one_form(written: str, meant: str) -> None:
    assert value(cells.moment(literal(written))) == meant


def test_a_time_of_a_zone_is_written_in_utc() -> None:
    assert value(cells.moment("'2024-03-05 08:30'", "Asia/Shanghai")) == "2024-03-05T00:30:00Z"
    assert value(cells.moment("'2024-03-05T08:30:00+09:00'", "Asia/Shanghai")) == "2024-03-05T08:30:00+09:00"
    assert value(cells.moment("'05.03.2024'", "Europe/Berlin", "%d.%m.%Y")) == "2024-03-04T23:00:00Z"


def test_a_day_loses_its_time() -> None:
    assert value(cells.day("'2024年3月5日 14:30'")) == "2024-03-05"
    assert value(cells.day("'03/05/2024'", "%m/%d/%Y")) == "2024-03-05"
    assert value(cells.day("'unknown'")) == "unknown"


def test_milliseconds_are_a_moment_in_utc_and_a_day_in_a_zone() -> None:
    assert value(cells.from_milliseconds("'1700000000000'")) == "2023-11-14T22:13:20Z"
    assert value(cells.from_milliseconds("'2023-11-14 22:13'")) == "2023-11-14 22:13"
    assert value(cells.day_from_milliseconds("'1700000000000'", "Asia/Shanghai")) == "2023-11-15"


def test_a_percentage_becomes_a_fraction() -> None:
    assert float(value(cells.fraction("'15%'")) or 0) == 0.15
    assert value(cells.fraction("'0.15'")) == "0.15"


def test_a_choice_is_translated_whatever_its_case() -> None:
    won = {"Won": "won", "": "open"}
    assert value(cells.chosen("'WON'", won)) == "won"
    assert value(cells.chosen("'other'", won)) == "other"
    assert value(cells.chosen("'other'", won, "lost")) == "lost"
    assert value(cells.chosen(cells.NOTHING, won)) == "open"


@pytest.mark.parametrize(
    ("written", "domain"),
    [
        ("li@Lan.example", "lan.example"),
        ("https://www.lan.example/x?y", "lan.example"),
        ("lan.example", "lan.example"),
        ("nothing", None),
    ],
)
def test_a_domain_is_found_in_an_address(written: str, domain: str | None) -> None:
    assert value(cells.domain_of(literal(written))) == domain


def test_spaces_around_a_cell_go() -> None:
    assert value(cells.trimmed("' \u3000甲 '")) == "甲"
    assert value(cells.trimmed("' '")) is None
