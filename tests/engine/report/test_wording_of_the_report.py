"""Amounts, chances, names and Chinese punctuation, each on its own."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingdan.engine.findings import Evidence, Text
from mingdan.engine.report.amounts import BANDS, amount, band, chance, short_amount
from mingdan.engine.report.coverage import set_aside_rows
from mingdan.engine.report.masking import pattern_of
from mingdan.engine.report.people import People
from mingdan.engine.report.typography import chinese
from mingdan.engine.report.words import skip_reason, weight_word
from mingdan.engine.result import SetAside
from tests.engine.report.samples import rich


@pytest.mark.parametrize(
    ("value", "currency", "written"),
    [
        ("1264000", "CNY", "¥1,264,000"),
        ("999.5", "CNY", "¥999.50"),
        ("1234.56", "EUR", "€1,235"),
        ("0", "USD", "$0"),
        ("-52", "CNY", "−¥52"),
        ("10", "CHF", "CHF 10"),
    ],
)
def test_amounts_have_separators_and_a_currency(value: str, currency: str, written: str) -> None:
    assert amount(Decimal(value), currency) == written


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [
        ("1873100", "¥1.9 M", "¥187 万"),
        ("74200", "¥74.2 k", "¥7.4 万"),
        ("9400", "¥9,400", "¥9,400"),
        ("230000000", "¥230 M", "¥2.3 亿"),
    ],
)
def test_short_amounts_use_thousands_and_wan(value: str, en: str, zh: str) -> None:
    assert short_amount(Decimal(value), "CNY") == Text(en, zh)


@given(st.floats(0, 1))
def test_every_probability_falls_into_one_band(probability: float) -> None:
    found = band(probability)
    assert found.low <= probability <= found.high
    assert found in BANDS


def test_bands_meet_without_a_gap() -> None:
    assert [one.low for one in BANDS[:-1]] == [one.high for one in BANDS[1:]]


def test_chances_keep_two_figures() -> None:
    assert [chance(1.0), chance(0.335), chance(0.0342), chance(0.0001)] == ["100 %", "34 %", "3.4 %", "0.01 %"]


def test_weights_are_named_by_the_strength_they_reach() -> None:
    assert [weight_word(weight).en for weight in (2.7, 1.8, 1.0, 0.6, 0.2, -0.5)] == [
        "near-direct",
        "strong",
        "moderate",
        "weak",
        "context",
        "speaks against",
    ]


def test_skip_reasons_are_said_in_both_languages() -> None:
    assert skip_reason("payments.payer_key is missing").zh == "「回款」缺少列 payer_key"
    assert skip_reason("payments is missing") == Text("Receipts are missing", "缺少「回款」")
    assert skip_reason("something new").en == "something new"


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("合同 K1(2025-03-01),金额 1,200 元", "合同 K1\uff082025-03-01\uff09\uff0c金额 1,200 元"),
        ("谁?何时?", "谁\uff1f何时\uff1f"),
        ("Fenwick & Sons (Tooling), Ltd", "Fenwick & Sons (Tooling), Ltd"),
        ("恒达 与 正泰", "恒达与正泰"),
        ("9:30 到 10:45", "9:30 到 10:45"),
    ],
)
def test_chinese_is_set_as_it_is_printed(written: str, printed: str) -> None:
    assert chinese(written) == printed


@given(st.text(alphabet="恒达a1 ,;:?()。\uff0c\uff08"))
def test_setting_chinese_twice_changes_nothing_more(text: str) -> None:
    once = chinese(text)
    assert chinese(once) == once


@given(st.lists(st.text(alphabet="ab1周国-.", min_size=1, max_size=5), min_size=1, max_size=12), st.data())
def test_the_pattern_finds_what_trying_every_word_would_find(words: list[str], data: st.DataObject) -> None:
    text = "".join(data.draw(st.lists(st.sampled_from([*words, " ", "a", "周"]), max_size=6)))
    edge = [("(?<![A-Za-z0-9])" if w[0].isascii() and w[0].isalnum() else "") for w in words]
    ends = [("(?![A-Za-z0-9])" if w[-1].isascii() and w[-1].isalnum() else "") for w in words]
    tried = any(re.search(a + re.escape(w) + b, text) for a, w, b in zip(edge, words, ends, strict=True))
    pattern = pattern_of(words)
    assert pattern is not None
    assert bool(pattern.search(text)) == tried


def test_no_words_make_no_pattern() -> None:
    assert pattern_of([]) is None


def people(*, with_names: bool = False) -> People:
    return People(rich(), with_names=with_names)


def test_a_row_of_employees_shows_the_number_only() -> None:
    assert people().row(Evidence("employees", "E017")) == Text("salesperson 17", "销售员 17")
    assert people(with_names=True).row(Evidence("employees", "E017")).en == "E017"


def test_the_part_of_a_key_that_means_a_person_is_replaced_even_if_nobody_knows_the_id() -> None:
    assert people().row(Evidence("leaves", "M900|2025-01-01|2025-01-05")).en == "an employee | 2025-01-01 | 2025-01-05"
    assert people().row(Evidence("company_people", "C1|holder|王小明")).en == "C1 | holder | a person"
    assert people().row(Evidence("leaves", "odd")).en == "an employee"


def test_a_short_number_as_id_does_not_spoil_other_numbers() -> None:
    result = rich(numbers={"17": 3}, names={"employees": {"17": "Ann"}})
    unnamed = People(result, with_names=False)
    assert unnamed.masked("order 17 of 2017").en == "order 17 of 2017"
    assert unnamed.row(Evidence("employees", "17")).en == "salesperson 3"
    assert unnamed.masked("paid by Ann, not by Annabel").en == "paid by salesperson 3, not by Annabel"


@pytest.mark.parametrize(
    ("column", "shown"),
    [
        ("orders.employee_id", False),
        ("employees.employee_id", False),
        ("accounts.name", False),
        ("orders.order_id", True),
    ],
)
def test_a_notice_gives_an_example_only_where_it_cannot_name_anybody(column: str, shown: bool) -> None:
    notice = Text(f"{column}: 1 row, such as 'M900'.", f"{column}:1 行,例如 'M900'。")
    assert ("M900" in people().notice(notice).en) == shown
    assert ("M900" in people().notice(notice).zh) == shown
    assert "M900" in people(with_names=True).notice(notice).en


def test_values_set_aside_are_shown_only_where_they_cannot_name_anybody() -> None:
    rows = (
        SetAside("payments", "r.csv", 4, "received_at", "31/02/2025", "no date"),
        SetAside("payments", "r.csv", 5, "received_at", "张伟", "no date"),
        SetAside("payments", "r.csv", 6, "payer_name", "12", "no name"),
    )
    shown = set_aside_rows(rich(set_aside=rows), people())
    assert [row.value.en for row in shown] == ["31/02/2025", "not shown", "not shown"]


def test_why_a_row_is_set_aside_is_said_in_chinese_or_points_to_the_file_that_has_it() -> None:
    rows = (
        SetAside("orders", "o.csv", 9, "", "x", "not a date", "不是有效的日期"),
        SetAside("orders", "o.csv", 10, "", "x", "not JSON: nested too deeply", "not JSON: nested too deeply"),
    )
    first, second = (row.reason for row in set_aside_rows(rich(set_aside=rows), people()))
    assert first == Text("not a date", "不是有效的日期")
    assert "set_aside.csv" in second.zh
