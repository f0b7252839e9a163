"""Which steps count as taken by one person alone."""

from typing import Any

from mingdan.engine.methods.role_overlaps import role_steps
from mingdan.engine.trail import Tables

DAY = "2025-03-03"


def broken(**records: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    """Return rule, person and row of every breach."""
    tables = Tables.from_records(records, as_of="2025-06-30")
    rows = tables.records(role_steps(tables), order_by=["rule", "employee_id", "row_id"])
    return {(row["rule"], row["employee_id"], row["row_id"]) for row in rows if row["breach"]}


def approval(name: str, by: str, decided_by: str) -> dict[str, Any]:
    asked = {"approval_id": name, "object_kind": "quote", "object_id": "Q", "requested_by": by}
    return {**asked, "requested_at": f"{DAY}T08:00:00", "decided_by": decided_by, "decided_at": f"{DAY}T09:00:00"}


def used(name: str, employee: str, device: str, day: str = DAY) -> dict[str, Any]:
    return {
        "event_id": name,
        "employee_id": employee,
        "happened_at": f"{day}T08:30:00",
        "action": "login",
        "device": device,
    }


def test_deciding_on_ones_own_request_and_on_each_others() -> None:
    found = broken(
        approvals=[
            approval("P1", "E1", "E1"),
            approval("P2", "E2", "E3"),
            approval("P3", "E3", "E2"),
            approval("P4", "E4", "M1"),
        ]
    )
    assert found == {("own-approval", "E1", "P1"), ("mutual-approval", "E2", "P2"), ("mutual-approval", "E3", "P3")}


def test_posting_the_receipt_of_an_own_customer() -> None:
    paid = {"account_id": "A1", "received_at": DAY, "amount": 5, "order_id": "O1"}
    found = broken(
        accounts=[{"account_id": "A1", "name": "A", "owner_id": "E9"}],
        orders=[{"order_id": "O1", "account_id": "A1", "ordered_at": DAY, "amount": 5, "employee_id": "E1"}],
        payments=[{**paid, "payment_id": "Y1", "posted_by": "E1"}, {**paid, "payment_id": "Y2", "posted_by": "F1"}],
    )
    assert found == {("own-receipt", "E1", "Y1")}


def test_a_device_counts_only_on_the_day_of_the_decision() -> None:
    asked = [approval("P1", "E1", "M1"), approval("P2", "E2", "M1")]
    events = [used("1", "E1", "D1"), used("2", "M1", "D1"), used("3", "E2", "D2"), used("4", "M1", "D2", "2025-03-04")]
    assert broken(approvals=asked, access_events=events) == {("shared-device", "E1", "P1")}
