"""A proposed mapping says what a person would have written, and can be used as it stands."""

import tomllib
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingdan.engine.reading.identifiers import free_name, literal, quoted
from mingdan.engine.reading.raw import RawTable, SourceOptions, Translation
from mingdan.engine.sources.mapping import MappingSource
from mingdan.engine.sources.propose import propose_for_folder, propose_mapping
from tests.engine.sources.conftest import SHARED, Loader, Rows

HERE = Path(__file__).parent / "data"


def used(text: str, raw: list[RawTable], con: duckdb.DuckDBPyConnection, folder: Path) -> Translation:
    """Use a proposal as a mapping file."""
    mapping = folder / "proposed.toml"
    mapping.write_text(text, encoding="utf-8")
    return MappingSource().translate(raw, con, SourceOptions(mapping=mapping))


def columns(text: str, table: str) -> dict[str, Any]:
    found = tomllib.loads(text)["tables"][table]
    picked: dict[str, Any] = (found[0] if isinstance(found, list) else found)["columns"]
    return picked


def test_a_pipeline_is_understood(con: duckdb.DuckDBPyConnection, load: Loader, rows: Rows, tmp_path: Path) -> None:
    raw = load(HERE / "maven_crm")
    text = propose_mapping(raw, con)
    assert columns(text, "opportunities") == {
        "opportunity_id": "opportunity_id",
        "created_at": "engage_date",
        "outcome": {
            "column": "deal_stage",
            "values": {"Won": "won", "Lost": "lost", "Engaging": "open", "Prospecting": "open"},
        },
        "account_id": "account",
        "owner_id": "sales_agent",
        "closed_at": "close_date",
        "amount": "close_value",
        "product_line": {"column": "product", "values": {"GTXPro": "GTX Pro"}},
    }
    assert columns(text, "accounts") == {
        "account_id": "account",
        "name": "account",
        "industry": "sector",
        "region": "office_location",
    }
    assert columns(text, "products")["list_price"] == "sales_price"
    made = used(text, raw, con, tmp_path)
    assert [row["role"] for row in rows(made, "employees")].count("manager") == 2
    assert "rows without it will be set aside" in text
    assert "# order_id" in text


def test_a_purchase_history_is_understood(
    con: duckdb.DuckDBPyConnection, load: Loader, rows: Rows, tmp_path: Path
) -> None:
    raw = load(HERE / "cdnow")
    text = propose_mapping(raw, con)
    assert columns(text, "orders") == {
        "order_id": {"template": "O{_row}"},
        "account_id": "customer_id",
        "ordered_at": "date",
        "amount": "dollar_value",
    }
    made = used(text, raw, con, tmp_path)
    assert len(rows(made, "accounts")) == 15
    assert rows(made, "orders")[0]["currency"] == "USD"


def test_chinese_exports_are_understood_and_joined_by_name(
    con: duckdb.DuckDBPyConnection, load: Loader, rows: Rows, tmp_path: Path
) -> None:
    raw = load(HERE / "chinese_exports")
    text = propose_mapping(raw, con)
    assert tomllib.loads(text)["time_zone"] == "Asia/Shanghai"
    assert set(tomllib.loads(text)["tables"]) == {
        "employees",
        "accounts",
        "opportunities",
        "orders",
        "payments",
        "activities",
    }
    assert columns(text, "payments") == {
        "payment_id": "流水号",
        "account_id": {"first_of": ["accounts.客户编号", "客户名称"]},
        "received_at": "到账日期",
        "amount": "回款金额",
        "payer": "付款人",
        "payee_bank": "收款账号",
    }
    made = used(text, raw, con, tmp_path)
    accounts = {row["account_id"] for row in rows(made, "accounts")}
    people = {row["employee_id"] for row in rows(made, "employees")}
    for table, owner in (("opportunities", "owner_id"), ("orders", "employee_id"), ("activities", "employee_id")):
        assert {row["account_id"] for row in rows(made, table)} <= accounts
        assert {row[owner] for row in rows(made, table)} <= people
    assert {row["outcome"] for row in rows(made, "opportunities")} == {"won", "lost", "open"}
    assert rows(made, "orders")[0]["ordered_at"] == "2023-02-28T16:00:00Z"
    assert {row["kind"] for row in rows(made, "activities")} == {"call", "visit", "chat"}


def test_dates_that_begin_with_the_day_get_their_form(
    con: duckdb.DuckDBPyConnection, load: Loader, tmp_path: Path
) -> None:
    (tmp_path / "orders.csv").write_text("order_no,customer,order_date,amount\n1,a,31/01/2024,5\n2,b,02/02/2024,6\n")
    text = propose_mapping(load(tmp_path), con)
    assert columns(text, "orders")["ordered_at"] == {"column": "order_date", "format": "%d/%m/%Y"}


def test_what_means_nothing_is_said_to_be_unused(con: duckdb.DuckDBPyConnection, load: Loader, tmp_path: Path) -> None:
    (tmp_path / "weather.csv").write_text("station,rain\nnorth,3\n")
    text = propose_mapping(load(tmp_path), con)
    assert "Not used: weather.csv" in text
    assert "mingdan tables" in text
    assert tomllib.loads(text) == {}


def test_a_folder_is_read_by_the_real_reader(tmp_path: Path) -> None:
    text = propose_for_folder(HERE / "cdnow", workspace=tmp_path)
    assert columns(text, "orders")["account_id"] == "customer_id"


@pytest.mark.skipif(not SHARED.exists(), reason="the full files lie in ../shared, which is not here")
def test_the_full_files_are_understood(tmp_path: Path) -> None:
    text = propose_for_folder(SHARED / "maven_crm", workspace=tmp_path)
    assert columns(text, "opportunities")["account_id"] == "account"
    assert "Not used: data_dictionary.csv" in text


headings = st.lists(st.text(min_size=1, max_size=12).filter(str.strip), min_size=1, max_size=5, unique_by=str.lower)
cells = st.one_of(st.none(), st.text(max_size=10), st.dates().map(str), st.integers().map(str))


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=headings, values=st.lists(cells, max_size=4), known=st.booleans())
def test_a_proposal_can_always_be_used(tmp_path: Path, names: list[str], values: list[str | None], known: bool) -> None:
    with duckdb.connect() as con:
        names = [name.replace("\x00", "") or "x" for name in names] + (["客户", "日期", "订单金额"] if known else [])
        names = list(
            {name.lower(): name for name in names if not any("\ud800" <= sign <= "\udfff" for sign in name)}.values()
        )
        listed = ", ".join(f"{quoted(name)} VARCHAR" for name in names)
        relation = free_name(con, "raw orders")
        con.execute(f"CREATE TABLE {quoted(relation)} (_row BIGINT, _file VARCHAR, {listed})")
        for at, value in enumerate(values):
            clean = None if value is None else value.replace("\x00", "")
            cell = "NULL" if clean is None else literal(clean)
            con.execute(f"INSERT INTO {quoted(relation)} VALUES ({at}, 'orders.csv', {', '.join([cell] * len(names))})")
        raw = [RawTable("orders", relation, tuple(names), "orders.csv")]
        text = propose_mapping(raw, con)
        if "tables" in tomllib.loads(text):
            for made in used(text, raw, con, tmp_path).tables:
                con.execute(f"SELECT * FROM {quoted(made.relation)}").fetchall()
