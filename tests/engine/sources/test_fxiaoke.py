"""Fxiaoke's JSON pages and customer export become tables of the contract."""

import random
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from mingdan.engine.reading.identifiers import quoted
from mingdan.engine.reading.raw import RawTable, SourceOptions, Translation, UnreadableTrailError
from mingdan.engine.sources.fxiaoke import FxiaokeSource
from mingdan.engine.tables import table
from tests.engine.sources.conftest import Loader, Rows

HERE = Path(__file__).parent / "data"


@pytest.fixture
def translation(con: duckdb.DuckDBPyConnection, load: Loader) -> Translation:
    return FxiaokeSource().translate(load(HERE / "fxiaoke"), con, SourceOptions())


def test_the_objects_fill_the_tables_of_the_contract(translation: Translation, con: duckdb.DuckDBPyConnection) -> None:
    counts = {
        made.table: con.execute(f"SELECT count(*) FROM {quoted(made.relation)}").fetchall()[0][0]
        for made in translation.tables
    }
    assert counts == {
        "employees": 4,
        "accounts": 6,
        "owner_changes": 5,
        "contacts": 6,
        "leads": 4,
        "access_events": 2,
        "opportunities": 14,
        "stage_changes": 14,
        "quotes": 7,
        "quote_lines": 7,
        "products": 2,
        "orders": 5,
        "order_lines": 6,
        "contracts": 6,
        "payments": 6,
        "activities": 14,
    }
    assert translation.notices == ()


def test_every_column_is_one_of_the_contract(translation: Translation) -> None:
    for made in translation.tables:
        known = {column.plain_name or column.name for column in table(made.table).columns}
        assert set(made.columns) - {"_rest"} <= known, made.table


def test_people_are_known_by_the_labels_beside_their_ids(translation: Translation, rows: Rows) -> None:
    people = {row["employee_id"]: row for row in rows(translation, "employees")}
    assert people["FSUID_A1"] == {
        "employee_id": "FSUID_A1",
        "name": "白晓",
        "role": "rep",
        "manager_id": "FSUID_M6",
        "phone": "13911110001",
    }
    assert people["FSUID_M6"]["role"] == "manager"


def test_a_customer_without_owner_is_in_the_pool(translation: Translation, rows: Rows) -> None:
    accounts = rows(translation, "accounts")
    assert [row.get("in_pool") for row in accounts] == ["false"] * 5 + ["true"]
    assert "owner_id" not in accounts[5]
    assert accounts[0]["region"] == "浙江省"
    assert accounts[0]["address"] == "浙江省 杭州市 余杭区良渚路20号1幢"
    assert accounts[0]["created_at"] == "2023-02-01T02:00:00Z"


def test_labels_tell_the_outcome_where_values_are_codes(translation: Translation, rows: Rows) -> None:
    deals = rows(translation, "opportunities")
    assert Counter(deal["outcome"] for deal in deals) == {"won": 6, "lost": 6, "open": 2}
    assert all(("closed_at" in deal) == (deal["outcome"] != "open") for deal in deals)
    assert deals[0]["amount"] == "12000.00"
    stages = {row["stage"] for row in rows(translation, "stage_changes")}
    assert stages == {"signing", "negotiation", "contact"}


def test_an_invalid_order_is_no_order_but_an_invalid_deal_is_a_lost_one(translation: Translation, rows: Rows) -> None:
    assert len(rows(translation, "orders")) == 5
    assert rows(translation, "opportunities")[11]["outcome"] == "lost"


def test_receipts_and_contracts_keep_their_dates_and_people(translation: Translation, rows: Rows) -> None:
    payment = rows(translation, "payments")[0]
    assert payment["channel"] == "转账"
    assert payment["posted_at"] > payment["received_at"]
    assert payment["collected_by"] == payment["posted_by"] == "FSUID_A1"
    contract = rows(translation, "contracts")[0]
    assert contract["signed_at"] < contract["recorded_at"]
    assert contract["counterparty_name"] == "安桥纸业有限公司"


def test_sales_records_find_their_customer_and_deal_among_related_records(translation: Translation, rows: Rows) -> None:
    activities = rows(translation, "activities")
    assert Counter(row["kind"] for row in activities) == {"call": 4, "visit": 4, "chat": 3, "email": 3}
    deals = {row["opportunity_id"]: row["account_id"] for row in rows(translation, "opportunities")}
    assert all(deals[row["opportunity_id"]] == row["account_id"] for row in activities)


def test_exports_and_edits_in_the_log_are_access_events(translation: Translation, rows: Rows) -> None:
    assert [row["action"] for row in rows(translation, "access_events")] == ["edit", "export"]
    assert rows(translation, "access_events")[0]["happened_at"] == "2023-11-04T14:00:00Z"


def test_the_excel_export_of_customers_is_read_by_its_labels(
    con: duckdb.DuckDBPyConnection, load: Loader, rows: Rows, tmp_path: Path
) -> None:
    (tmp_path / "客户.csv").write_text(
        "客户编号,客户名称,负责人,生命状态,创建时间,统一社会信用代码,电话,未知列\n"
        "KH1,安桥纸业有限公司,白晓,正常,2023-02-01 10:00:00,91330100MA27000X0,0571-88112200,x\n",
        encoding="utf-8",
    )
    raw = load(tmp_path)
    assert FxiaokeSource().recognises(raw)
    made = FxiaokeSource().translate(raw, con, SourceOptions())
    assert rows(made, "accounts") == [
        {
            "account_id": "KH1",
            "name": "安桥纸业有限公司",
            "owner_id": "白晓",
            "registration_no": "91330100MA27000X0",
            "created_at": "2023-02-01T02:00:00Z",
            "phone": "0571-88112200",
        }
    ]
    assert rows(made, "employees") == [{"employee_id": "白晓", "name": "白晓", "role": "rep"}]


def test_visits_come_from_the_attendance_list(
    con: duckdb.DuckDBPyConnection, load: Loader, rows: Rows, tmp_path: Path
) -> None:
    (tmp_path / "attendance.json").write_text(
        '{"errorCode":0,"data":[{"openUserId":"FSUID_A1","userName":"白晓","checkinsTimeStamp":1690000000000,'
        '"checkoutTimeStamp":1690003600000,"customerId":"5f1","contentText":"拜访","cheatRisk":0}]}'
    )
    made = FxiaokeSource().translate(load(tmp_path), con, SourceOptions())
    (visit,) = rows(made, "activities")
    assert (visit["kind"], visit["duration_seconds"], visit["account_id"]) == ("visit", "3600", "5f1")


def test_other_exports_are_not_taken_for_fxiaokes(con: duckdb.DuckDBPyConnection, load: Loader) -> None:
    source = FxiaokeSource()
    raw = load(HERE / "maven_crm")
    assert source.recognises(load(HERE / "fxiaoke"))
    assert not source.recognises(raw)
    with pytest.raises(UnreadableTrailError, match="AccountObj"):
        source.translate(raw, con, SourceOptions())


@pytest.mark.parametrize("seed", range(4))
def test_an_export_with_any_fields_absent_is_still_read(
    con: duckdb.DuckDBPyConnection, load: Loader, seed: int
) -> None:
    chosen = random.Random(seed)  # noqa: S311  # a seed names a case
    raw = [
        RawTable(one.name, one.relation, tuple(n for n in one.columns if n == "_id" or chosen.random() < 0.6), one.file)
        for one in load(HERE / "fxiaoke")
    ]
    made = FxiaokeSource().translate(raw, con, SourceOptions())
    for one in made.tables:
        con.execute(f"SELECT count(COLUMNS(*)) FROM {quoted(one.relation)}").fetchall()
