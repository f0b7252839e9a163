"""Which machines a customer asks service for, and which of them we sold to it."""

from typing import Any

from mingdan.engine.detectors.service_without_sale import one_slip
from mingdan.engine.methods.service_claims import claims_of, surprises
from mingdan.engine.trail import Tables

SOLD: dict[str, list[dict[str, Any]]] = {
    "orders": [{"order_id": "O1", "account_id": "A", "ordered_at": "2023-01-01", "amount": 100}],
    "order_lines": [{"order_id": "O1", "product_id": "M", "quantity": 1, "unit_price": 100}],
    "shipments": [{"shipment_id": "S1", "order_id": "O1", "shipped_at": "2023-01-05", "serial_no": "sn-1 "}],
    "accounts": [{"account_id": "A", "name": "A", "phone_key": "TEL-A"}, {"account_id": "B", "name": "B"}],
}


def found(**ticket: object) -> list[str]:
    row: dict[str, Any] = {"ticket_id": "T", "opened_at": "2024-01-01", "kind": "repair", **ticket}
    tables = Tables.from_records({**SOLD, "tickets": [row]}, as_of="2024-12-31")
    return [claim["found"] for claim in tables.records(claims_of(tables), order_by=["asset"])]


def test_each_machine_is_ours_anothers_unknown_or_unsold() -> None:
    assert found(account_id="A", serial_no="SN-1") == ["ours"]
    assert found(account_id="B", serial_no="SN-1") == ["other"]
    assert found(account_id="A", serial_no="SN-2") == ["unknown"]
    assert found(account_id="A", product_id="M") == ["ours"]
    assert found(account_id="A", product_id="N") == ["unsold"]
    assert found(account_id="B") == ["unsold"]


def test_a_ticket_without_customer_belongs_to_whom_its_phone_names() -> None:
    assert found(phone_key="TEL-A", serial_no="SN-1") == ["ours"]
    assert found(phone_key="TEL-Z", serial_no="SN-1") == []


def test_questions_and_bare_tickets_say_nothing() -> None:
    assert found(account_id="B", kind="question") == []
    assert found(account_id="A") == []


def test_a_company_that_records_no_serial_numbers_surprises_nobody() -> None:
    tickets: list[dict[str, Any]] = [
        {"ticket_id": f"T{n}", "opened_at": "2024-01-01", "kind": "repair", "account_id": f"C{n}", "serial_no": f"X{n}"}
        for n in range(200)
    ]
    tables = Tables.from_records({**SOLD, "tickets": tickets}, as_of="2024-12-31")
    assert surprises(tables, claims_of(tables), 0.05) == []


def test_one_slip_of_the_keyboard_is_told_from_another_number() -> None:
    assert all(one_slip("SN-1234", other) for other in ("SN-1243", "SN-124", "SN-12345", "SN-1934"))
    assert not any(one_slip("SN-1234", other) for other in ("SN-1234", "SN-4321", "SN-12", "SN-1298"))
