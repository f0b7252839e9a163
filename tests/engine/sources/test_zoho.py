"""Zoho's exports become tables of the contract: bulk-read CSV, web-page CSV, JSON pages and timelines."""

import random
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from mingdan.engine.reading.identifiers import quoted
from mingdan.engine.reading.raw import RawTable, SourceOptions, Translation, UnreadableTrailError
from mingdan.engine.sources.zoho import ZohoSource
from mingdan.engine.tables import STAGES, table
from tests.engine.sources.conftest import Loader, Row, Rows, said

HERE = Path(__file__).parent / "data"


@pytest.fixture
def translation(con: duckdb.DuckDBPyConnection, load: Loader) -> Translation:
    return ZohoSource().translate(load(HERE / "zoho"), con, SourceOptions())


def translated(con: duckdb.DuckDBPyConnection, load: Loader, folder: Path, **files: str) -> Translation:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return ZohoSource().translate(load(folder), con, SourceOptions())


def test_the_export_fills_the_tables_of_the_contract(translation: Translation, con: duckdb.DuckDBPyConnection) -> None:
    counts = {
        made.table: con.execute(f"SELECT count(*) FROM {quoted(made.relation)}").fetchall()[0][0]
        for made in translation.tables
    }
    assert counts == {
        "employees": 8,
        "accounts": 12,
        "contacts": 12,
        "leads": 8,
        "owner_changes": 1,
        "field_changes": 5,
        "opportunities": 42,
        "stage_changes": counts["stage_changes"],
        "quotes": counts["quotes"],
        "quote_lines": 2 * counts["quotes"],
        "products": 4,
        "bypasses": 3,
        "orders": counts["orders"],
        "order_lines": counts["order_lines"],
        "invoices": counts["orders"],
        "activities": counts["activities"],
        "calls": counts["calls"],
        "tickets": 11,
    }
    assert translation.notices == ()


def test_every_column_is_one_of_the_contract(translation: Translation) -> None:
    for made in translation.tables:
        known = {column.plain_name or column.name for column in table(made.table).columns}
        assert set(made.columns) - {"_rest"} <= known, made.table
        required = {column.plain_name or column.name for column in table(made.table).columns if column.required}
        assert required <= set(made.columns), made.table


def test_references_meet_their_rows(translation: Translation, rows: Rows) -> None:
    accounts = {row["account_id"] for row in rows(translation, "accounts")}
    people = {row["employee_id"] for row in rows(translation, "employees")}
    deals = {row["opportunity_id"] for row in rows(translation, "opportunities")}
    for name in ("opportunities", "quotes", "orders", "invoices", "activities", "calls", "tickets", "contacts"):
        assert {row["account_id"] for row in rows(translation, name)} <= accounts, name
    for name in ("orders", "quotes", "activities", "calls"):
        assert {row["employee_id"] for row in rows(translation, name)} <= people, name
    assert {row["opportunity_id"] for row in rows(translation, "stage_changes")} == deals
    quotes = {row["quote_id"] for row in rows(translation, "quotes")}
    assert {row["quote_id"] for row in rows(translation, "quote_lines")} == quotes


def test_a_deal_closes_when_its_stage_changed_and_an_open_deal_has_no_close(
    translation: Translation, rows: Rows
) -> None:
    deals = rows(translation, "opportunities")
    assert Counter(deal["outcome"] for deal in deals).keys() == {"won", "lost", "open"}
    assert all(("closed_at" in deal) == (deal["outcome"] != "open") for deal in deals)
    assert all(len(deal["closed_at"]) > len("2023-07-03T00:00:00") for deal in deals if deal["outcome"] != "open")
    assert {deal["written_via"] for deal in deals} == {"ui"}
    assert all(deal["recorded_at"] == deal["created_at"] for deal in deals)


def test_stages_follow_the_timeline_from_creation_to_signing(translation: Translation, rows: Rows) -> None:
    deals = rows(translation, "opportunities")
    stages: dict[str, list[Row]] = {}
    for change in rows(translation, "stage_changes"):
        stages.setdefault(change["opportunity_id"], []).append(change)
    for deal in deals:
        path = sorted(stages[deal["opportunity_id"]], key=lambda change: change["entered_at"])
        assert path[0]["stage"] == "identification"
        assert path[0]["entered_at"] == deal["created_at"]
        assert [STAGES.index(step["stage"]) for step in path] == sorted(STAGES.index(step["stage"]) for step in path)
        assert (path[-1]["stage"] == "signing") == (deal["outcome"] == "won")


def test_ways_round_the_process_are_kept_with_their_kind(translation: Translation, rows: Rows) -> None:
    found = rows(translation, "bypasses")
    assert sorted((row["kind"], row["reason"]) for row in found) == [
        ("api", "abrupt_exit_api"),
        ("mass_update", "updated"),
        ("override", "process_exit_on_edit"),
    ]


def test_a_changed_contact_comes_with_its_old_and_new_number(translation: Translation, rows: Rows) -> None:
    changes = rows(translation, "field_changes")
    assert {(row["table_name"], row["field"]) for row in changes} == {("contacts", "phone")}
    phones = {row["phone"] for row in rows(translation, "employees")}
    assert sum(row["new"] in phones for row in changes) == 1


def test_a_new_owner_is_found_by_name(translation: Translation, rows: Rows) -> None:
    (change,) = rows(translation, "owner_changes")
    names = {row["employee_id"]: row["name"] for row in rows(translation, "employees")}
    assert (names[change["from_employee_id"]], names[change["to_employee_id"]]) == ("Cen Yu", "Duan Fei")
    assert names[change["changed_by"]] == "Guan Lei"


def test_captured_calls_and_typed_ones_are_kept_apart(translation: Translation, rows: Rows) -> None:
    calls, activities = rows(translation, "calls"), rows(translation, "activities")
    assert not {row["call_id"] for row in calls} & {row["activity_id"] for row in activities}
    assert {row["kind"] for row in activities} == {"call", "meeting", "visit", "email", "demo", "note"}
    assert all(row["recorded_at"] > row["happened_at"] for row in activities if row["kind"] == "call")
    assert {row["direction"] for row in calls} == {"out"}
    assert {row["duration_seconds"] for row in activities if row["kind"] == "visit"} == {"3000"}


def test_quotes_know_their_list_price_and_discount(translation: Translation, rows: Rows) -> None:
    for quote in rows(translation, "quotes"):
        assert float(quote["discount"]) == pytest.approx(
            1 - float(quote["net_amount"]) / float(quote["list_amount"]), abs=1e-5
        )
    assert {round(float(quote["discount"]), 2) for quote in rows(translation, "quotes")} == {0.05, 0.18}


def test_labels_of_the_web_pages_are_understood(
    con: duckdb.DuckDBPyConnection, load: Loader, rows: Rows, tmp_path: Path
) -> None:
    made = translated(
        con,
        load,
        tmp_path,
        Potentials="Record Id,Potential Name,Deal Owner.id,Deal Owner,Account Name,Stage,Closing Date,Amount,Created Time\n"
        'zcrm_11,Press,zcrm_5,Ann Lee,Lan Works,Closed Lost,2024-03-09,"$ 1,200.50",2024-01-02 10:00:00\n'
        "zcrm_12,Pump,zcrm_5,Ann Lee,Lan Works,Qualification,2024-09-09,800,2024-01-03 10:00:00\n",
        Accounts="Record Id,Account Name,Account Owner,Phone\nzcrm_21,Lan Works,Ann Lee,010-62345671\n",
    )
    lost, running = rows(made, "opportunities")
    assert (lost["opportunity_id"], lost["account_id"], lost["owner_id"]) == ("11", "21", "5")
    assert (lost["outcome"], lost["amount"], lost["closed_at"]) == ("lost", "1200.50", "2024-03-09T00:00:00")
    assert "closed_at" not in running
    assert {row["name"] for row in rows(made, "employees")} == {"Ann Lee"}
    assert any("No timelines" in notice for notice in said(made))


def test_bulk_reads_called_after_their_job_are_known_by_their_columns(
    con: duckdb.DuckDBPyConnection, load: Loader, rows: Rows, tmp_path: Path
) -> None:
    header = "id,Deal_Name,Account_Name,Owner,Stage,Closing_Date,Created_Time\n"
    made = translated(
        con,
        load,
        tmp_path,
        **{
            "554023000000568002": f"{header}1,A,21,5,Closed Won,2024-03-09,2024-01-02T10:00:00+08:00\n",
            "554023000000568003": f"{header}2,B,21,5,Closed Won,2024-03-09,2024-01-02T10:00:00+08:00\n",
        },
    )
    assert [row["opportunity_id"] for row in rows(made, "opportunities")] == ["1", "2"]


def test_a_companys_own_stage_names_come_from_a_file(
    con: duckdb.DuckDBPyConnection, load: Loader, rows: Rows, tmp_path: Path
) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "Deals.csv").write_text(
        "id,Deal_Name,Stage,Closing_Date,Created_Time\n1,A,Parked,2024-03-09,2024-01-02\n2,B,Shaking hands,2024-03-09,2024-01-02\n"
    )
    raw = load(folder)
    plain = ZohoSource().translate(raw, con, SourceOptions())
    assert any("Parked, Shaking hands" in notice for notice in said(plain))
    stages = tmp_path / "stages.toml"
    stages.write_text('[stages]\n"Shaking hands" = "signing"\n[outcomes]\n"parked" = "lost"\n')
    made = ZohoSource().translate(raw, con, SourceOptions(mapping=stages))
    assert [row["outcome"] for row in rows(made, "opportunities")] == ["lost", "open"]
    assert not any("without a meaning" in notice for notice in said(made))


@pytest.mark.parametrize("text", ['[stages]\nx = "singing"', "[stagse]", "[", '[outcomes]\nx = "gone"'])
def test_a_mistake_in_the_stage_file_is_a_sentence(
    con: duckdb.DuckDBPyConnection, load: Loader, tmp_path: Path, text: str
) -> None:
    stages = tmp_path / "stages.toml"
    stages.write_text(text)
    with pytest.raises(UnreadableTrailError, match=r"stages\.toml"):
        ZohoSource().translate([], con, SourceOptions(mapping=stages))


def test_other_exports_are_not_taken_for_zohos(con: duckdb.DuckDBPyConnection, load: Loader) -> None:
    assert ZohoSource().recognises(load(HERE / "zoho"))
    assert not ZohoSource().recognises(load(HERE / "maven_crm"))


@pytest.mark.parametrize("seed", range(4))
def test_an_export_with_any_columns_missing_is_still_read(
    con: duckdb.DuckDBPyConnection, load: Loader, seed: int
) -> None:
    chosen = random.Random(seed)  # noqa: S311  # a seed names a case
    raw = [
        RawTable(one.name, one.relation, tuple(name for name in one.columns if chosen.random() < 0.6), one.file)
        for one in load(HERE / "zoho")
    ]
    made = ZohoSource().translate(raw, con, SourceOptions())
    for one in made.tables:
        con.execute(f"SELECT count(COLUMNS(*)) FROM {quoted(one.relation)}").fetchall()
