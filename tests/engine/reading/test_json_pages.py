"""JSON pages and lines become raw tables of text, and what is broken is set aside."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingdan.engine.reading.json_pages import UNREADABLE, read_json, unreadable_rows
from mingdan.engine.reading.raw import RawTable, UnreadableTrailError

Row = dict[str, Any]


def read(
    folder: Path, text: str | bytes, name: str = "Deals.json"
) -> tuple[dict[str, list[Row]], list[tuple[Any, ...]]]:
    """Return the rows by table, and what was set aside."""
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    con = duckdb.connect()
    tables = read_json(path, con, path.stem)
    return {table.name: rows_of(con, table) for table in tables}, set_aside(con)


def rows_of(con: duckdb.DuckDBPyConnection, table: RawTable) -> list[Row]:
    found = con.execute(f'SELECT * FROM "{table.relation}" ORDER BY _row')
    names = [column[0] for column in found.description]
    assert set(names) == {"_row", "_file", *table.columns}
    return [{name: cell for name, cell in zip(names, row, strict=True) if cell is not None} for row in found.fetchall()]


def set_aside(con: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    if not con.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = ?", [UNREADABLE]).fetchall()[0][0]:
        return []
    return con.execute(f"SELECT _row, _file, reason, value FROM {UNREADABLE}").fetchall()


def test_nested_objects_become_columns_joined_with_dots(tmp_path: Path) -> None:
    page = '{"data":[{"id":"900719925474099312","Amount":1200.10,"Account_Name":{"name":"Lan","id":"77"},"Tag":[{"name":"a","id":"1"}],"Multi":["x","y"],"Locked__s":false,"Empty":""}],"info":{"count":1,"more_records":false}}'
    tables, broken = read(tmp_path, page)
    assert tables["Deals"] == [
        {
            "_row": 1,
            "_file": "Deals.json",
            "id": "900719925474099312",
            "Amount": "1200.10",
            "Account_Name.name": "Lan",
            "Account_Name.id": "77",
            "Multi": '["x", "y"]',
            "Locked__s": "false",
        }
    ]
    assert tables["Deals.Tag"][0]["Parent_Id"] == "900719925474099312"
    assert broken == []


def test_numbers_keep_the_digits_that_were_written(tmp_path: Path) -> None:
    tables, _ = read(tmp_path, '[{"id": 9007199254740993, "a": 1.50, "b": 1e3, "c": -0.0, "d": NaN}]')
    row = tables["Deals"][0]
    assert (row["id"], row["a"], row["b"], row["c"]) == ("9007199254740993", "1.50", "1e3", "-0.0")
    assert "d" not in row


def test_a_fxiaoke_page_is_opened_and_absent_fields_are_null(tmp_path: Path) -> None:
    page = '{"traceId":"t","errorCode":0,"errorMessage":"OK","data":{"dataList":[{"_id":"5f1","owner":["1001"],"name":"甲"},{"_id":"5f2"}],"offset":0,"limit":100,"total":2}}'
    tables, broken = read(tmp_path, page, "AccountObj.json")
    assert [row["_id"] for row in tables["AccountObj"]] == ["5f1", "5f2"]
    assert tables["AccountObj"][0]["owner"] == '["1001"]'
    assert broken == []


def test_an_error_answer_is_set_aside_with_its_code(tmp_path: Path) -> None:
    tables, broken = read(tmp_path, '{"errorCode": 20016, "errorMessage": "token expired"}')
    assert tables == {}
    assert "error answer" in broken[0][2]
    assert "20016" in broken[0][3]


@pytest.mark.parametrize(
    "page", ['{"errorCode":0,"data":{"dataList":[]}}', '{"data":[],"info":{"count":0}}', "[]", "", " \n", "{}"]
)
def test_an_empty_page_gives_nothing_and_no_complaint(tmp_path: Path, page: str) -> None:
    assert read(tmp_path, page) == ({}, [])


def test_a_timeline_has_its_field_history_as_a_child(tmp_path: Path) -> None:
    entry = {
        "id": "e1",
        "record": {"id": "d1", "module": {"api_name": "Deals"}},
        "field_history": [{"api_name": "Stage", "value": {"old": "A", "new": "B"}}],
    }
    tables, _ = read(tmp_path, json.dumps({"__timeline": [entry], "info": {}}))
    assert tables["Deals.__timeline"][0]["record.module.api_name"] == "Deals"
    child = tables["Deals.__timeline.field_history"][0]
    assert (child["Parent_Id"], child["api_name"], child["value.new"]) == ("e1", "Stage", "B")


def test_a_bad_line_is_set_aside_and_the_others_are_read(tmp_path: Path) -> None:
    tables, broken = read(tmp_path, '{"id":"1"}\n{"id":\n\n[1]\n{"id":"2"}\n', "Deals.jsonl")
    assert [row["id"] for row in tables["Deals"]] == ["1", "2"]
    assert [(place, file) for place, file, _, _ in broken] == [(2, "Deals.jsonl"), (0, "Deals.jsonl")]


def test_json_lines_under_another_name_survive_a_bad_line(tmp_path: Path) -> None:
    tables, broken = read(tmp_path, '{"id":"1"}\n{"id":oops}\n{"id":"2"}\n')
    assert [row["id"] for row in tables["Deals"]] == ["1", "2"]
    assert len(broken) == 1


@pytest.mark.parametrize(
    "page", ['[{"id":"1"},{"id":"2"},{"id":"3","na', '{"data":[{"id":"1"},{"id":"2"},{"id":"3","na']
)
def test_a_page_that_breaks_off_keeps_its_whole_records(tmp_path: Path, page: str) -> None:
    tables, broken = read(tmp_path, page)
    assert [row["id"] for row in tables["Deals"]] == ["1", "2"]
    assert len(broken) == 1


def test_a_list_longer_than_the_window_is_read_whole(tmp_path: Path) -> None:
    rows = [{"id": str(number), "text": "x" * 100} for number in range(12000)]
    tables, broken = read(tmp_path, json.dumps(rows))
    assert [row["id"] for row in tables["Deals"]] == [row["id"] for row in rows]
    assert broken == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_other_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    tables, _ = read(tmp_path, '[{"id":"1","name":"明单"}]'.encode(encoding))
    assert tables["Deals"][0]["name"] == "明单"


def test_columns_that_differ_only_in_case_stay_apart(tmp_path: Path) -> None:
    tables, _ = read(tmp_path, '[{"id":"1","Name":"a","name":"b","_row":"c","":"d","\\u0000":"e","\\u0000_2":"f"}]')
    assert set(tables["Deals"][0].values()) >= {"1", "a", "b", "c", "d", "e", "f"}


def test_half_a_surrogate_pair_and_a_null_sign_do_no_harm(tmp_path: Path) -> None:
    tables, _ = read(tmp_path, '[{"id":"1","a":"\\ud83d","b":"x\\u0000y"}]')
    assert tables["Deals"][0]["id"] == "1"


def test_nesting_without_end_is_set_aside(tmp_path: Path) -> None:
    tables, broken = read(tmp_path, '{"id":"1","a":' + "[" * 100_000)
    assert tables == {}
    assert len(broken) == 1


def test_a_binary_file_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTrailError, match=r"Deals\.json"):
        read(tmp_path, bytes(range(128, 256)) * 8)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.dictionaries(st.text(max_size=4), st.none() | st.text(max_size=6) | st.integers(), min_size=1), max_size=4
    ),
    st.integers(0, 400),
)
def test_cutting_a_page_anywhere_never_breaks_the_reading(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row], cut: int
) -> None:
    text = json.dumps([{"id": str(number), "x": row} for number, row in enumerate(rows)])[:cut]
    tables, _ = read(tmp_path_factory.mktemp("cut"), text)
    assert len(tables.get("Deals", [])) <= len(rows)


def test_what_was_set_aside_is_taken_out_once(tmp_path: Path) -> None:
    (tmp_path / "Deals.jsonl").write_text('{"id":"1"}\n{"id":\n')
    con = duckdb.connect()
    read_json(tmp_path / "Deals.jsonl", con, "Deals")
    assert unreadable_rows(con) == [(2, '{"id":\n', "not JSON")]
    assert unreadable_rows(con) == []
