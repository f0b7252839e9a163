"""The report as a document: whole, in two languages, closed to the network, and silent about names unless asked."""

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mingdan.engine.findings import Text
from mingdan.engine.report import render
from mingdan.engine.result import ScanResult, SetAside
from tests.engine.report.pages import Page, in_language, unpaired
from tests.engine.report.sample_detectors import SAMPLE_DETECTORS
from tests.engine.report.samples import ACCOUNTS, COMPANIES, EMPLOYEES, empty, orders_only, rich

SOURCE = Path(__file__).parents[3] / "src" / "mingdan" / "engine" / "report"
SAMPLES = {"rich": rich, "empty": empty, "orders only": orders_only}


def html_of(result: ScanResult, **options: Any) -> str:
    return render(result, **{"with_names": False, "detectors": SAMPLE_DETECTORS, **options})


@pytest.fixture(scope="module")
def html() -> str:
    return html_of(rich())


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_tag_is_closed_every_id_is_unique_and_every_reference_leads_somewhere(sample: str) -> None:
    page = Page(html_of(SAMPLES[sample]()))
    assert page.faults == []
    ids = [one.attributes["id"] for one in page.all if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    wanted = {
        reference.removeprefix("#")
        for one in page.all
        for name in ("href", "aria-labelledby", "for")
        for reference in one.attributes.get(name, "").split()
    }
    assert wanted <= set(ids)


def test_the_check_of_tags_sees_a_tag_left_open() -> None:
    assert Page("<div><p>one</div>").faults != []


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_english_text_has_a_chinese_twin(sample: str) -> None:
    assert unpaired(Page(html_of(SAMPLES[sample]()))) == []


def test_the_check_of_twins_sees_a_missing_one() -> None:
    assert unpaired(Page('<p><span class="l" lang="en">Only English</span></p>')) == ["Only English"]


NOT_WORDS = re.compile(
    r"Mingdan|scan\.json|set_aside\.csv|duckdb|CNY|EUR|IBAN|an unknown firm|R\. Okafor|Kestrel Treasury|\b[A-Z]{2,4}-[\w-]+"
    r"|receipts\.csv|orders\.csv|payee_bank_key|payments|amount|received_at|employee_id"
)


def english_words_on_the_chinese_page(html: str) -> list[str]:
    data = sorted([*ACCOUNTS.values(), *COMPANIES.values(), *EMPLOYEES.values()], key=len, reverse=True)
    shown = " ".join(in_language(Page(html).root, "zh"))
    for known in data:
        shown = shown.replace(known, "")
    shown = re.sub(r"[A-Z][\w&<> ]+…", "", shown)
    return re.findall(r"[A-Za-z]{3,}", NOT_WORDS.sub("", shown))


@pytest.mark.parametrize("sample", SAMPLES)
def test_no_english_word_is_left_on_the_chinese_page(sample: str) -> None:
    assert english_words_on_the_chinese_page(html_of(SAMPLES[sample]())) == []


def test_the_check_of_english_words_sees_an_untranslated_notice() -> None:
    planted = rich(notices=(Text("The clock was wrong.", "The clock was wrong."),))
    assert "clock" in english_words_on_the_chinese_page(html_of(planted))


@pytest.mark.parametrize("sample", SAMPLES)
def test_no_chinese_is_left_on_the_english_page_but_names(sample: str) -> None:
    shown = " ".join(in_language(Page(html_of(SAMPLES[sample]())).root, "en"))
    for known in [*ACCOUNTS.values(), *COMPANIES.values(), "明单"]:
        shown = shown.replace(known, "")
    shown = re.sub(r"[\u4e00-\u9fff]+…", "", shown)
    assert re.findall(r"[\u4e00-\u9fff]+", shown) == []


def test_chinese_prose_has_full_width_punctuation() -> None:
    shown = " ".join(in_language(Page(html_of(rich())).root, "zh"))
    assert re.findall(r"[\u4e00-\u9fff][,;:?!][^\d]{0,5}", shown) == []


def test_without_names_no_employee_id_or_name_is_in_the_document(html: str) -> None:
    for said in (*EMPLOYEES, *EMPLOYEES.values()):
        assert said not in html
    assert "salesperson 17" in html
    assert "销售员 17" in html


def test_with_names_they_are_which_shows_that_the_check_looks_at_the_right_thing() -> None:
    named = html_of(rich(), with_names=True)
    alerted = {alert.matter.employee_id for alert in rich().alerts}
    for employee in alerted:
        assert EMPLOYEES[employee or ""] in named
    assert "E017" in named


def test_names_hidden_in_data_are_replaced_too() -> None:
    planted = rich()
    hidden = replace(
        planted,
        names={**planted.names, "companies": {"C1": "周建国贸易商行"}, "accounts": {"A1": "Nora Lindqvist AB"}},
        notices=(Text("The file of E033 was empty.", "E033 的文件为空。"),),
        set_aside=(
            SetAside("employees", "周建国.csv", 3, "name", "周建国", "no name"),
            SetAside("orders", "E017.csv", 3, "amount", "Nora Lindqvist", "no number"),
        ),
    )
    html = html_of(hidden)
    for said in (*EMPLOYEES, *EMPLOYEES.values()):
        assert said not in html
    assert "周建国贸易商行" in html_of(hidden, with_names=True)


def test_what_the_data_say_is_escaped_everywhere() -> None:
    evil = "<script>alert('x')</script>"
    planted = rich()
    accounts = dict.fromkeys(ACCOUNTS, evil)
    names = {
        "employees": dict.fromkeys(EMPLOYEES, evil),
        "accounts": accounts,
        "companies": dict.fromkeys(COMPANIES, evil),
    }
    html = html_of(
        replace(
            planted,
            names=names,
            notices=(Text(evil, evil),),
            set_aside=(SetAside(evil, evil, 1, evil, evil, evil),),
            version=evil,
            engine=evil,
            currency=evil,
            alerts=tuple(replace(alert, alert_id=evil, next_step=Text(evil, evil)) for alert in planted.alerts),
        ),
        with_names=True,
    )
    assert evil not in html
    assert "&lt;script&gt;" in html
    assert html.count("<script>") == 1


def test_braces_in_the_data_stay_as_they_are() -> None:
    planted = rich(notices=(Text("{0} and {name}", "{0} 和 {name}"),), engine="{engine}")
    assert "{0} and {name}" in html_of(planted)


def test_the_same_result_gives_the_same_bytes() -> None:
    assert html_of(rich()) == html_of(rich())


def test_the_document_asks_for_nothing_from_outside(html: str) -> None:
    assert re.search(r"https?:|//\w+\.|@import|url\(|\bsrc=|srcset|<link|<iframe|<form", html) is None
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy is not None
    assert policy[1].startswith("default-src &#39;none&#39;")
    assert "unsafe" not in policy[1]
    assert " style=" not in html
    assert re.search(r'\son\w+="', html) is None


def test_a_quiet_period_names_nobody() -> None:
    texts = " ".join(in_language(Page(html_of(empty())).root, "en"))
    assert "A quiet period names nobody" in texts
    assert "No table was read." in texts
    assert "Nobody to call back" in texts


def test_a_scan_of_orders_only_says_what_it_could_not_see() -> None:
    page = Page(html_of(orders_only()))
    texts = " ".join(" ".join(in_language(page.root, "en")).split())
    assert "cannot be asked:" in texts
    assert "skipped: Receipts are missing" in texts
    assert "No salesperson is tied to it" in texts


def test_every_alert_tells_its_story_in_three_lines(html: str) -> None:
    stories = [one for one in Page(html).all if "story" in one.classes]
    assert len(stories) == 4
    for story in stories:
        assert len(story.elements) == 3
    first = " ".join(" ".join(in_language(stories[1], "en")).split())
    assert "Salesperson 17" in first
    assert "¥386,000" in first
    assert "came from 昆山捷顺贸易商行" in first
    assert "Ask finance for the bank receipts" in first


def test_a_customer_under_its_registered_name_is_no_outside_firm() -> None:
    planted = rich()
    names = {**planted.names, "companies": {**COMPANIES, "C1": "苏州恒达精密机械"}}
    html = html_of(replace(planted, names=names))
    assert "outside firm <b>昆山" in html_of(planted)
    assert "outside firm <b>苏州恒达精密机械" not in html


def test_an_alert_without_an_amount_says_so() -> None:
    planted = rich()
    first = planted.alerts[0]
    unknown = replace(first, matter=replace(first.matter, amount_at_risk=Decimal(0)))
    texts = " ".join(in_language(Page(html_of(replace(planted, alerts=(unknown,)))).root, "en"))
    assert "no amount could be tied to it yet" in texts


def test_many_reasons_are_folded_after_the_sixth() -> None:
    planted = rich()
    first = planted.alerts[0]
    many = replace(first, matter=replace(first.matter, reasons=first.matter.reasons * 3))
    html = html_of(replace(planted, alerts=(many,)))
    assert "6 weaker reasons" in html
    assert Page(html).faults == []


def test_a_detector_that_is_no_longer_registered_still_reads_well() -> None:
    without = tuple(one for one in SAMPLE_DETECTORS if one.code != "third-party-payer")
    html = html_of(rich(), detectors=without)
    assert "E017" not in html
    assert Page(html).faults == []


def test_the_templates_are_where_the_wheel_takes_them_from() -> None:
    assert (SOURCE / "templates" / "report.html.j2").is_file()
