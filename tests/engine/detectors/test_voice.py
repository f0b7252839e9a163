"""What customers say: the figures on docs/how-it-works/voice.md, and what keeps the three detectors silent."""

import math
from datetime import date
from typing import Any

import pytest

from mingdan.engine.detectors.callback_disproof import DETECTOR as CALLBACK
from mingdan.engine.detectors.tip_with_corroboration import DETECTOR as TIP
from mingdan.engine.detectors.unknown_order_contact import DETECTOR as CONTACT
from mingdan.engine.findings import Finding
from mingdan.engine.methods.contact_words import (
    DEAL,
    HEARSAY,
    MISMATCH,
    NOT_A_DEAL,
    OTHER_FIRM,
    PAID,
    PRIVATELY,
    REMINDED,
)
from mingdan.engine.methods.notices import notice_weight, sources_of
from mingdan.engine.trail import Tables, moment

Rows = list[dict[str, Any]]


def found(detector: Any, as_of: str = "2025-06-30", **records: Rows) -> list[Finding]:
    findings: list[Finding] = detector.find(Tables.from_records(records, as_of=as_of), detector.parameters)
    return findings


def call(number: int, account: str, elsewhere: bool, **more: object) -> dict[str, Any]:
    said = {"reached": True, "bought_elsewhere": elsewhere, "called_at": f"2025-03-{1 + number % 28:02d}T08:00:00"}
    return {"callback_id": f"B{number:03d}", "account_id": account, **said, **more}


OTHERS = [call(number, f"A{number}", elsewhere=False) for number in range(1, 39)]


def test_naming_the_salesperson_weighs_what_the_page_says() -> None:
    [one] = found(CALLBACK, callbacks=[*OTHERS, call(0, "A0", elsewhere=True, mentions_employee_id="E1")])
    assert 0.2 + math.log10(0.2 / (1 / 40)) == pytest.approx(1.103, abs=5e-4)
    assert (one.weight, one.employee_id) == (1.0, "E1")


def test_buying_elsewhere_alone_says_little_and_a_denial_takes_it_back() -> None:
    elsewhere = call(0, "A0", elsewhere=True)
    denied = call(27, "A0", elsewhere=False)
    [one] = found(CALLBACK, callbacks=[*OTHERS, elsewhere])
    assert one.weight == pytest.approx(0.2)
    assert found(CALLBACK, callbacks=[*OTHERS, elsewhere, denied]) == []


def test_several_calls_carry_more_only_where_they_name_the_same_salesperson() -> None:
    named = [call(number, "A0", elsewhere=True, mentions_employee_id="E1") for number in (40, 50)]
    unnamed = [call(number, "A0", elsewhere=True) for number in (40, 50)]
    [one], [other] = (found(CALLBACK, callbacks=[*OTHERS, *calls]) for calls in (named, unnamed))
    assert 1.0 < one.weight <= 1.8
    assert other.weight == pytest.approx(0.2)


def test_a_contact_about_an_unknown_order_weighs_what_the_page_says() -> None:
    example = next(one for one in CONTACT.examples if one.fires)
    [one] = CONTACT.find(Tables.from_records(example.records, as_of=example.as_of), CONTACT.parameters)
    assert math.log10(0.3 * 32) == pytest.approx(0.982, abs=5e-4)
    assert one.weight == pytest.approx(0.4 + 0.4 + math.log10(0.3 * 32))


@pytest.mark.parametrize("record", ["account of the same firm", "ticket naming our order"])
def test_a_deal_under_another_account_or_named_on_the_ticket_explains_a_contact(record: str) -> None:
    accounts = [{"account_id": f"A{n}", "name": f"Firm {n}", "registration_no": f"R{n // 2}"} for n in range(60)]
    orders = [{"order_id": f"O{n}", "account_id": f"A{n}", "ordered_at": "2025-05-01", "amount": 9} for n in range(59)]
    orders = [one for one in orders if one["account_id"] != "A59"]
    if record == "account of the same firm":
        odd = {
            "ticket_id": "T",
            "opened_at": "2025-05-20",
            "kind": "question",
            "account_id": "A59",
            "text": "Where is our order?",
        }
        assert found(CONTACT, accounts=accounts, orders=orders, tickets=[odd]) == []
        return
    complaints = [
        {"complaint_id": f"P{n}", "opened_at": "2025-05-20", "account_id": f"A{n}", "text": "货还没到"}
        for n in range(50)
    ]
    odd = {"ticket_id": "T", "opened_at": "2025-05-20", "kind": "question", "account_id": "X1", "text": "货还没到"}
    assert (
        found(CONTACT, accounts=accounts, orders=orders, complaints=complaints, tickets=[{**odd, "order_id": "O1"}])
        == []
    )
    [one] = found(
        CONTACT, accounts=accounts, orders=orders, complaints=complaints, tickets=[{**odd, "order_id": "O9999"}]
    )
    assert one.subject_id == "X1"


def test_the_firm_and_the_salesperson_that_a_text_names_are_kept() -> None:
    accounts = [{"account_id": f"A{n}", "name": f"客户{n}有限公司", "owner_id": "E1"} for n in range(40)]
    orders = [
        {"order_id": f"O{n}", "account_id": f"A{n}", "ordered_at": "2025-05-01", "amount": 9} for n in range(1, 40)
    ]
    said = [
        {"complaint_id": f"P{n}", "opened_at": "2025-05-20", "account_id": f"A{n}", "text": "发票还没收到"}
        for n in range(1, 40)
    ]
    text = "货款按李晓雯说的打到昆山捷顺商贸了，一直不发货"
    [one] = found(
        CONTACT,
        accounts=accounts,
        orders=orders,
        complaints=[*said, {"complaint_id": "P0", "opened_at": "2025-05-20", "account_id": "A0", "text": text}],
        employees=[{"employee_id": "E7", "name": "李晓雯", "role": "rep"}],
        companies=[{"company_id": "C3", "name": "昆山捷顺商贸有限公司"}, {"company_id": "C0", "name": "客户0有限公司"}],
    )
    assert (one.employee_id, one.company_ids) == ("E7", ("C3",))


def test_words_are_plain_alternatives_that_every_engine_reads_alike() -> None:
    for words in (DEAL, PRIVATELY, OTHER_FIRM, NOT_A_DEAL, PAID, REMINDED, MISMATCH, HEARSAY):
        assert words == words.lower()
        assert not set(words) & set("\\()[]{}^$*+?.")


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("We already paid and got another reminder", True),
        ("对账单余额不对", True),
        ("货款已付给业务员", True),
        ("怀疑业务员吃回扣，没有证据", False),
        ("请尽快发货，已付款", False),
    ],
)
def test_paid_and_dunned_speaks_although_the_order_is_known(text: str, fires: bool) -> None:
    order = {"order_id": "O", "ordered_at": "2025-05-01", "amount": "900"}
    said = [
        {"complaint_id": f"P{n}", "account_id": f"A{n}", "opened_at": "2025-05-20", "text": "发货慢"} for n in range(30)
    ]
    told = found(
        CONTACT,
        accounts=[{"account_id": f"A{n}", "name": f"Firm {n}", "owner_id": "E1"} for n in range(31)],
        orders=[{**order, "order_id": f"O{n}", "account_id": f"A{n}"} for n in range(31)],
        complaints=[*said, {"complaint_id": "P", "account_id": "A30", "opened_at": "2025-05-21", "text": text}],
    )
    assert [one.account_ids for one in told] == ([("A30",)] if fires else [])


def test_two_sources_weigh_what_the_page_says() -> None:
    weight = notice_weight(2, 3.0, 0, 57.0, after_side_deal=0.12)
    assert weight == pytest.approx(1.86, abs=5e-3)
    assert notice_weight(0, 3.0, 5, 57.0, after_side_deal=0.12) < 0


def test_one_source_that_tells_twice_counts_once() -> None:
    told = {"table_name": "tips", "channel": "hotline", "account_id": None}
    rows = [{**told, "row_id": str(n), "at": moment(date(2025, 1, n))} for n in (1, 5, 9)]
    assert len(sources_of(rows)) == 1
    assert len(sources_of([*rows, {**rows[0], "channel": "letter"}])) == 2


def test_complaints_count_as_notices_only_where_they_speak_of_private_dealings() -> None:
    staff = [{"employee_id": f"E{n}", "name": f"N{n}", "role": "rep", "hired_date": "2020-01-01"} for n in range(20)]
    slow = [
        {
            "complaint_id": f"P{n}",
            "opened_at": "2025-05-01",
            "about_employee_id": "E1",
            "account_id": f"A{n}",
            "text": "回复太慢",
        }
        for n in range(5)
    ]
    assert found(TIP, employees=staff, complaints=slow) == []
    [one] = found(TIP, employees=staff, complaints=[{**slow[0], "text": "让我把钱转给他个人账户"}])
    assert one.employee_id == "E1"
