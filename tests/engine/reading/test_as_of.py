"""The trail as it was known on a day: what came later does not exist yet."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from mingdan.engine.reading import ReadTrail
from mingdan.engine.tables import TABLES
from tests.engine.reading.clean_trail import opened

_FILES = {
    "orders": """order_id,account_id,ordered_at,amount,recorded_at
O1,A1,2024-01-10,100,
O2,A1,2024-02-10,100,2024-04-01
O3,A2,2024-05-10,100,""",
    "order_lines": """order_id,product_id,quantity,unit_price
O1,P1,1,100
O2,P1,1,100
O3,P1,1,100
O9,P1,1,100""",
    "opportunities": """opportunity_id,created_at,outcome,closed_at,loss_reason,account_id
D1,2024-01-01,won,2024-03-01,,A1
D2,2024-01-01,lost,2024-05-01,price,A1
D3,2024-01-01,lost,,no answer,A1
D4,2024-06-01,open,,,A2""",
    "leads": """lead_id,created_at,status,first_touch_at,account_id,assigned_to,assigned_at
L1,2024-01-01,converted,2024-02-01,A1,E1,2024-01-05
L2,2024-01-01,working,2024-04-01,,E1,2024-01-05
L3,2024-01-01,converted,2024-02-01,A2,E2,2024-03-20""",
    "accounts": """account_id,name,owner_id,in_pool,created_at
A1,晨光机械,E3,0,2023-01-01
A2,Nordlicht,E1,0,
A3,南方电气,E2,0,2024-05-01
A4,海蓝,,1,2023-01-01""",
    "owner_changes": """account_id,changed_at,from_employee_id,to_employee_id
A1,2024-02-01,E1,E2
A1,2024-04-01,E2,E3
A2,2024-05-01,,E1
A4,2024-05-15,E2,""",
    "field_changes": """table_name,row_id,field,changed_at,changed_by,old,new
leads,L1,status,2024-02-01,E1,new,working
leads,L1,status,2024-04-15,E1,working,converted""",
    "employees": """employee_id,name,role,hired_date,resigned_at,left_date
E1,林晓,rep,2020-01-01,2024-04-10,2024-05-31
E2,周航,rep,2024-04-20,,
E3,何静,rep,2020-01-01,,""",
}
_MARCH = datetime.fromisoformat("2024-03-15")


@pytest.fixture
def trail(folder: Path) -> ReadTrail:
    for name, text in _FILES.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return opened(folder)


def _column(trail: ReadTrail, table: str, column: str, moment: datetime) -> dict[str, Any]:
    tables = trail.as_of(moment)
    key = TABLES[table].key[0]
    return {row[key]: row[column] for row in tables.records(tables[table], order_by=[key])}


def test_the_trail_ends_with_its_newest_time(trail: ReadTrail) -> None:
    assert trail.latest == datetime.fromisoformat("2024-06-01")


def test_rows_that_became_visible_later_do_not_exist(trail: ReadTrail) -> None:
    assert set(_column(trail, "orders", "amount", _MARCH)) == {"O1"}  # O2 happened, but nobody had written it down
    assert set(_column(trail, "orders", "amount", trail.latest)) == {"O1", "O2", "O3"}
    assert set(_column(trail, "employees", "name", _MARCH)) == {"E1", "E3"}


def test_an_undated_row_always_existed(trail: ReadTrail) -> None:
    assert set(_column(trail, "accounts", "name", _MARCH)) == {"A1", "A2", "A4"}


def test_a_line_is_there_as_long_as_its_order_is(trail: ReadTrail) -> None:
    assert set(_column(trail, "order_lines", "quantity", _MARCH)) == {
        "O1",
        "O9",
    }  # O9 is in no list of orders: it stays


def test_an_outcome_is_open_until_the_deal_was_closed(trail: ReadTrail) -> None:
    assert _column(trail, "opportunities", "outcome", _MARCH) == {"D1": "won", "D2": "open", "D3": "open"}
    assert _column(trail, "opportunities", "loss_reason", _MARCH) == {"D1": None, "D2": None, "D3": None}
    assert _column(trail, "opportunities", "closed_at", _MARCH)["D2"] is None
    assert _column(trail, "opportunities", "outcome", trail.latest) == {
        "D1": "won",
        "D2": "lost",
        "D3": "lost",
        "D4": "open",
    }


def test_people_are_told_of_outcomes_without_a_day(trail: ReadTrail) -> None:
    assert any("1 closed deals have no closed_at" in text.en for text in trail.notices)


def test_a_notice_given_later_is_not_known_yet(trail: ReadTrail) -> None:
    april = datetime.fromisoformat("2024-04-30")
    assert _column(trail, "employees", "resigned_at", _MARCH)["E1"] is None
    assert _column(trail, "employees", "resigned_at", april)["E1"] is not None
    assert _column(trail, "employees", "left_date", april)["E1"] is None


def test_owners_are_rebuilt_from_what_changed_since(trail: ReadTrail) -> None:
    assert _column(trail, "accounts", "owner_id", _MARCH) == {"A1": "E2", "A2": None, "A4": "E2"}
    assert _column(trail, "accounts", "in_pool", _MARCH) == {"A1": False, "A2": True, "A4": False}
    january = datetime.fromisoformat("2024-01-15")
    assert _column(trail, "accounts", "owner_id", january)["A1"] == "E1"
    assert _column(trail, "accounts", "owner_id", trail.latest) == {"A1": "E3", "A2": "E1", "A3": "E2", "A4": None}


def test_a_lead_goes_back_through_its_recorded_changes(trail: ReadTrail) -> None:
    assert _column(trail, "leads", "status", _MARCH) == {"L1": "working", "L2": "new", "L3": None}
    assert _column(trail, "leads", "account_id", datetime.fromisoformat("2024-01-15"))["L1"] is None
    assert _column(trail, "leads", "assigned_to", _MARCH) == {"L1": "E1", "L2": "E1", "L3": None}


def test_owners_are_rebuilt_from_field_changes_too(folder: Path) -> None:
    for name in ("orders", "accounts"):
        (folder / f"{name}.csv").write_text(_FILES[name], encoding="utf-8")
    (folder / "field_changes.csv").write_text(
        "table_name,row_id,field,changed_at,changed_by,old,new\n客户,A1,负责人,2024-04-01,E9,E2,E3\n", encoding="utf-8"
    )
    assert _column(opened(folder), "accounts", "owner_id", _MARCH) == {"A1": "E2", "A2": "E1", "A4": None}


def test_owners_are_unknown_where_no_change_is_recorded(folder: Path) -> None:
    for name in ("orders", "accounts"):
        (folder / f"{name}.csv").write_text(_FILES[name], encoding="utf-8")
    trail = opened(folder)
    assert set(_column(trail, "accounts", "owner_id", _MARCH).values()) == {None}
    assert _column(trail, "accounts", "owner_id", trail.latest)["A1"] == "E3"


def test_two_moments_can_be_looked_at_side_by_side(trail: ReadTrail) -> None:
    march, june = trail.as_of(_MARCH), trail.as_of(trail.latest)
    assert len(march.records(march.orders, order_by=["order_id"])) == 1
    assert len(june.records(june.orders, order_by=["order_id"])) == 3
    assert len(march.records(march.orders, order_by=["order_id"])) == 1


def test_one_slip_of_the_pen_does_not_move_the_end(folder: Path) -> None:
    rows = "".join(f"O{at},A1,2024-{1 + at % 12:02}-15,1\n" for at in range(600))
    (folder / "orders.csv").write_text(f"order_id,account_id,ordered_at,amount\n{rows}O9999,A1,2042-01-01,1\n")
    trail = opened(folder)
    assert trail.latest == datetime.fromisoformat("2024-12-15")
    assert any("1 times lie more than 90 days after" in text.en for text in trail.notices)


def test_a_short_trail_with_gaps_ends_with_its_last_row(folder: Path) -> None:
    (folder / "orders.csv").write_text(
        "order_id,account_id,ordered_at,amount\nO1,A1,2024-01-15,1\nO2,A1,2024-12-15,1\n"
    )
    assert opened(folder).latest == datetime.fromisoformat("2024-12-15")
