"""No detector looks at anybody who has not received the notice in force; a control scans without the gate and names them."""

import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from mingdan.engine.result import ScanResult
from mingdan.engine.scan import ScanOptions, scan
from mingdan.engine.tables import TABLES
from mingdan.pillars.policy.actions import acknowledge
from mingdan.pillars.policy.gate import let_through, people_who_may_be_looked_at, write_gated
from mingdan.platform.people.actions import add_employee
from mingdan.platform.people.models import Employee, User
from tests.engine.companies import small_company
from tests.pillars.policy.adopting import in_force

pq: Any = parquet  # has no types


def scanned(folder: Path, workspace: Path) -> ScanResult:
    workspace.mkdir()
    result, read = scan(folder, ScanOptions(), workspace=workspace, on_progress=lambda _doing, _share: None)
    read.close()
    return result


def named(result: ScanResult) -> set[str]:
    """Return every employee that a finding, matter or the list of names speaks of."""
    found = {one.employee_id for one in result.findings} | {one.employee_id for one in result.matters}
    return {one for one in found if one} | set(result.names["employees"]) | set(result.numbers)


def staff_of(trail: Path) -> list[str]:
    return sorted(pq.read_table(trail / "employees.parquet")["employee_id"].to_pylist())


@pytest.mark.row("P0.15")
def test_no_detector_looks_at_who_has_no_receipt(cast: dict[str, User], tmp_path: Path, now: datetime.datetime) -> None:
    trail = small_company()
    at = now + datetime.timedelta(days=1)
    for number in staff_of(trail):
        add_employee(number=number, name=number, hired_date=now.date(), by=cast["fay"], at=now)
    # Control: the same detectors, asked without the gate, do find something about people who have received nothing.
    without_gate = scanned(trail, tmp_path / "control")
    spoken_of = sorted({one.employee_id for one in without_gate.findings if one.employee_id})
    assert len(spoken_of) > 3
    receivers = spoken_of[::2]
    notice = in_force(cast, now)
    for number in receivers:
        employee = Employee.objects.get(number=number)
        employee.user = User.objects.create(username=f"u{number}", name=number)
        employee.save(update_fields=["user"])
        acknowledge(notice, sha256=notice.sha256, language="zh-hans", by=employee.user, at=now)

    assert people_who_may_be_looked_at(at) == set(receivers)
    assert write_gated(trail, tmp_path / "gated", at=at) == len(receivers)
    gated = scanned(tmp_path / "gated", tmp_path / "space")
    assert named(gated) <= set(receivers)
    assert {one.employee_id for one in gated.findings if one.employee_id}
    refused = set(staff_of(trail)) - set(receivers)
    assert named(without_gate) & refused


def test_without_a_notice_in_force_nobody_is_in_a_snapshot(
    cast: dict[str, User], tmp_path: Path, now: datetime.datetime
) -> None:
    assert write_gated(small_company(), tmp_path / "gated", at=now) == 0
    for file in (tmp_path / "gated").glob("*.parquet"):
        table = TABLES[file.stem]
        rows = pq.read_table(file)
        for column in table.columns:
            if (column.refers_to == "employees" or column.name == "employee_id") and column.name in rows.column_names:
                assert rows[column.name].null_count == len(rows), f"{file.stem}.{column.name}"


def test_the_books_keep_their_rows_when_nobody_is_named(
    tmp_path: Path, cast: dict[str, User], now: datetime.datetime
) -> None:
    # A customer must not look silent because the colleague who served it has not received the notice.
    trail = small_company()
    write_gated(trail, tmp_path / "gated", at=now)
    for table in ("accounts", "opportunities", "orders", "payments", "owner_changes", "contracts"):
        whole, gated = (len(pq.read_table(folder / f"{table}.parquet")) for folder in (trail, tmp_path / "gated"))
        assert whole == gated > 0, table
    for table in ("employees", "calls", "emails", "messages", "activities", "access_events"):
        assert len(pq.read_table(tmp_path / "gated" / f"{table}.parquet")) == 0, table


def test_what_the_gate_cannot_read_is_not_taken_along(
    tmp_path: Path, cast: dict[str, User], now: datetime.datetime
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "notes.csv").write_text("employee_id\nE1\n", encoding="utf-8")
    pq.write_table(pa.table({"employee_id": ["E1"]}), source / "secrets.parquet")
    write_gated(source, tmp_path / "gated", at=now)
    assert list((tmp_path / "gated").iterdir()) == []


PEOPLE = st.sampled_from(["E1", "E2", "E3", None])


@given(st.sampled_from(sorted(TABLES)), st.data(), st.frozensets(st.sampled_from(["E1", "E2", "E3"])))
def test_no_row_that_comes_through_names_who_is_refused(
    table: str, data: st.DataObject, allowed: frozenset[str]
) -> None:
    declared = TABLES[table]
    people = [
        c.name
        for c in declared.columns
        if c.refers_to == "employees" or (table, c.name) == ("employees", "employee_id")
    ]
    rows = data.draw(st.lists(st.fixed_dictionaries(dict.fromkeys(people, PEOPLE)), max_size=6))
    columns = {name: pa.array([row[name] for row in rows], pa.string()) for name in people}
    columns["number"] = pa.array(range(len(rows)), pa.int64())
    through = let_through(declared, pa.table(columns), allowed)
    for name in people:
        assert set(through[name].to_pylist()) <= allowed | {None}
    untouched = [row for row in rows if all(value is None or value in allowed for value in row.values())]
    required = {c.name for c in declared.columns if c.required and c.name in people}
    assert len(through) >= sum(all(row[name] for name in required) for row in untouched)


def test_a_change_of_the_record_of_somebody_who_is_refused_is_left_out() -> None:
    rows = pa.table(
        {
            "changed_by": ["E1", "E1", "E1"],
            "table_name": ["employees", "employees", "accounts"],
            "row_id": ["E1", "E2", "E2"],
        }
    )
    through = let_through(TABLES["field_changes"], rows, frozenset({"E1"}))
    assert through["row_id"].to_pylist() == ["E1", "E2"]
    assert through["table_name"].to_pylist() == ["employees", "accounts"]


def test_a_cause_that_held_for_one_person_does_not_become_everybodys() -> None:
    rows = pa.table({"kind": ["leave", "migration"], "employee_id": ["E2", None]})
    through = let_through(TABLES["context_events"], rows, frozenset({"E1"}))
    assert through["kind"].to_pylist() == ["migration"]
