"""Owners over time, peers, firms behind customers, payers and shared keys."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pytest

from mingdan.engine.methods.account_firms import firms_of_accounts
from mingdan.engine.methods.identifier_rows import employee_identifiers, outside_identifiers
from mingdan.engine.methods.ownership import ownership
from mingdan.engine.methods.payers import is_financier, share_a_stem, strange_payers
from mingdan.engine.methods.peer_group import peer_groups, peers_by_group
from mingdan.engine.trail import Tables


def test_an_account_belongs_to_each_owner_in_turn() -> None:
    changes = [
        {"account_id": "A1", "changed_at": "2024-03-01", "from_employee_id": "E1", "to_employee_id": "E2"},
        {"account_id": "A1", "changed_at": "2024-06-01", "from_employee_id": "E2", "to_employee_id": "E3"},
    ]
    accounts = [
        {"account_id": "A1", "name": "a", "owner_id": "E3"},
        {"account_id": "A2", "name": "b", "owner_id": "E1"},
    ]
    tables = Tables.from_records({"accounts": accounts, "owner_changes": changes}, as_of="2025-01-01")
    rows = tables.records(ownership(tables), order_by=["account_id", "employee_id"])
    march, june = (datetime(2024, month, 1, tzinfo=UTC).replace(tzinfo=None) for month in (3, 6))
    assert [(row["account_id"], row["employee_id"], row["since"], row["until"]) for row in rows] == [
        ("A1", "E1", None, march),
        ("A1", "E2", march, june),
        ("A1", "E3", june, None),
        ("A2", "E1", None, None),
    ]


def staff(east: int, west: int) -> Tables:
    employees = [
        {"employee_id": f"E{n:02d}", "name": "x", "role": "rep", "region": "East" if n < east else "West"}
        for n in range(east + west)
    ]
    return Tables.from_records({"employees": employees}, as_of="2025-01-01")


def test_a_small_region_is_compared_with_the_whole_role() -> None:
    tables = staff(25, 5)
    people = [f"E{n:02d}" for n in range(30)]
    groups = peer_groups(tables, people)
    assert groups["E00"][:2] == ("rep", "East")
    assert groups["E29"] == ("rep",)
    assert len(peers_by_group(tables, people)["E29"]) == 30
    assert len(peers_by_group(tables, people)["E00"]) == 25


def test_a_small_team_is_compared_with_everybody() -> None:
    assert set(peer_groups(staff(3, 3), [f"E{n:02d}" for n in range(6)]).values()) == {()}


def test_a_customer_is_its_firm_by_number_else_by_a_name_that_one_firm_has() -> None:
    records = {
        "companies": [
            {"company_id": "F1", "name": "甲乙(上海)有限公司", "registration_no": "91AB"},
            {"company_id": "F2", "name": "丙丁公司"},
            {"company_id": "F3", "name": "戊己公司"},
            {"company_id": "F4", "name": "戊己公司"},
        ],
        "accounts": [
            {"account_id": "A1", "name": "another name", "registration_no": " 91ab "},
            {"account_id": "A2", "name": "甲乙(上海) 有限公司"},
            {"account_id": "A3", "name": "丙丁公司", "registration_no": "unknown to the register"},
            {"account_id": "A4", "name": "戊己公司"},
        ],
    }
    tables = Tables.from_records(records, as_of="2025-01-01")
    rows = tables.records(firms_of_accounts(tables), order_by=["account_id"])
    assert [(row["account_id"], row["company_id"]) for row in rows] == [("A1", "F1"), ("A2", "F1")]


def test_our_own_switchboard_and_accounts_are_nobodys_identifier() -> None:
    records: dict[str, Sequence[Mapping[str, object]]] = {
        "company_profile": [{"name": "us", "phone_key": "P0"}],
        "company_bank_accounts": [{"bank_key": "B0"}],
        "employees": [{"employee_id": "E1", "name": "x", "role": "rep", "phone_key": "P0", "bank_key": "B1"}],
        "contacts": [{"contact_id": "C1", "account_id": "A1", "phone_key": "P0"}],
        "payments": [
            {
                "payment_id": "M1",
                "account_id": "A1",
                "received_at": "2024-01-01",
                "amount": 1,
                "payer_bank_key": "B1",
                "payee_bank_key": "B0",
            }
        ],
    }
    tables = Tables.from_records(records, as_of="2025-01-01")
    own = tables.records(employee_identifiers(tables), order_by=["key"])
    outside = tables.records(outside_identifiers(tables), order_by=["table_name", "key"])
    assert [(row["kind"], row["key"]) for row in own] == [("bank", "B1")]
    assert [(row["kind"], row["key"], row["entity"]) for row in outside] == [("bank", "B1", "A1")]


def paid(*payments: Mapping[str, object]) -> Tables:
    rows = [
        {"payment_id": f"M{n}", "account_id": "A1", "received_at": f"2024-01-{n + 1:02d}", "amount": 100, **payment}
        for n, payment in enumerate(payments)
    ]
    accounts = [{"account_id": "A1", "name": "上海明远机电有限公司"}, {"account_id": "A2", "name": "苏州海川"}]
    employees = [{"employee_id": "E1", "name": "李伟", "role": "rep", "bank_key": "B1"}]
    return Tables.from_records({"payments": rows, "accounts": accounts, "employees": employees}, as_of="2025-01-01")


def test_a_customer_with_another_legal_form_is_no_stranger() -> None:
    tables = paid({"payer_name": "上海明远机电", "payer_key": "K1"}, {"payer_name": "王五", "payer_key": "K2"})
    assert [(one.payer, one.share) for one in strange_payers(tables)] == [("K2", 0.5)]


def test_an_employees_account_is_strange_whatever_name_it_bears() -> None:
    own = {"payer_name": "上海明远机电有限公司", "payer_key": "K1"}
    strange = strange_payers(paid(own, {**own, "payer_bank_key": "B1"}))
    assert [(one.holder, one.payments) for one in strange] == [("E1", 1)]


def test_a_nameless_payer_is_the_customer_where_he_pays_most_and_for_nobody_else() -> None:
    tables = paid(
        {"payer_key": "K1"}, {"payer_key": "K1"}, {"payer_key": "K2"}, {"payer_key": "K3", "account_id": "A2"}
    )
    assert [one.payer for one in strange_payers(tables)] == ["K2"]


def test_it_is_told_how_much_of_a_customers_money_a_payer_brings_and_whether_he_pays_for_himself() -> None:
    other = {"payer_name": "Other works", "payer_key": "K9"}
    (one,) = strange_payers(paid(other, other, {"payer_name": "上海明远机电有限公司", "payer_key": "K1"}))
    assert (one.of_name, one.of_all, one.own) == (2, 3, 0)
    neighbour = {"payer_name": "苏州海川", "payer_key": "K2"}
    (one,) = strange_payers(paid(neighbour, {**neighbour, "account_id": "A2"}))
    assert (one.account_id, one.own) == ("A1", 1)


@pytest.mark.parametrize("name", ["中国工商银行", "某某商业保理有限公司", "Alpha Leasing Ltd", "支付宝(中国)"])
def test_who_pays_for_others_by_trade_is_known_by_name(name: str) -> None:
    assert is_financier(name)


def test_firms_of_a_group_begin_alike() -> None:
    assert share_a_stem("华东明远科技有限公司", "华东明远贸易有限公司")
    assert not share_a_stem("上海明远科技", "上海海川科技")
    assert not share_a_stem(None, "上海海川科技")
