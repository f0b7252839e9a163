"""Losses after an exposure: who could be lost, who was, and against whom that is compared."""

from datetime import date, timedelta

import numpy as np

from mingdan.engine.methods.exposed_customers import exposed_customers, exposures
from mingdan.engine.methods.loss_grid import STEP, LossGrid, loss_grid
from mingdan.engine.trail import Tables


def _orders(account: str, until: date) -> list[dict[str, object]]:
    days = [date(2023, 1, 1) + timedelta(days=30 * n) for n in range(40)]
    return [
        {"order_id": f"{account}-{day}", "account_id": account, "ordered_at": str(day), "amount": "100"}
        for day in days
        if day <= until
    ]


def _column(grid: LossGrid, day: str) -> int:
    return int(grid.column(np.array([np.datetime64(day).astype(np.int64)]))[0])


def test_a_customer_is_lost_where_it_falls_silent_and_cannot_be_lost_twice() -> None:
    orders = [*_orders("A", date(2026, 1, 1)), *_orders("B", date(2024, 6, 1))]
    grid = loss_grid(Tables.from_records({"orders": orders}, as_of="2025-12-31"))
    before, just_before, after = (_column(grid, day) for day in ("2024-01-10", "2024-05-01", "2024-12-01"))
    assert not grid.lost[grid.place["A"]].any()
    stays = grid.lost[grid.place["B"]]
    assert not stays[before]
    assert stays[just_before]
    assert grid.stratum[grid.place["B"], after] == -1
    assert grid.first + STEP * grid.stratum.shape[1] == np.datetime64("2025-12-31").astype(np.int64)


def test_an_open_deal_that_is_lost_counts_in_the_ninety_days_before() -> None:
    deals = [
        {"opportunity_id": "D1", "account_id": "A", "created_at": "2024-01-01", "closed_at": "2024-09-01", "outcome": "lost"},
        {"opportunity_id": "D2", "account_id": "B", "created_at": "2024-01-01", "closed_at": "2024-09-01", "outcome": "won"},
    ]  # fmt: skip
    grid = loss_grid(Tables.from_records({"opportunities": deals}, as_of="2025-06-30"))
    early, late = _column(grid, "2024-03-01"), _column(grid, "2024-07-01")
    assert grid.stratum[grid.place["A"], early] >= 0
    assert [bool(grid.lost[grid.place["A"], column]) for column in (early, late)] == [False, True]
    assert not grid.lost[grid.place["B"]].any()


def test_ones_own_customers_count_only_where_they_were_taken_out() -> None:
    tables = Tables.from_records(
        {
            "accounts": [{"account_id": "A", "name": "A", "owner_id": "E"}, {"account_id": "B", "name": "B"}],
            "activities": [
                {"activity_id": "X", "kind": "call", "employee_id": "F", "happened_at": "2024-01-01", "account_id": "B"}
            ],
            "access_events": [
                {"event_id": "1", "employee_id": "E", "happened_at": "2024-05-01", "action": "view", "account_id": "A"},
                {"event_id": "2", "employee_id": "E", "happened_at": "2024-05-02", "action": "view", "account_id": "B"},
                {"event_id": "3", "employee_id": "F", "happened_at": "2024-05-02", "action": "view", "account_id": "B"},
                {"event_id": "4", "employee_id": "E", "happened_at": "2024-05-03", "action": "export"},
            ],
            "export_rows": [{"event_id": "4", "account_id": "A"}],
        },
        as_of="2025-01-01",
    )
    seen = exposures(tables)
    assert list(zip(seen["employee_id"], seen["account_id"], seen["own"], strict=True)) == [
        ("E", "A", 1),
        ("E", "B", 0),
    ]


def test_like_losses_of_others_are_no_surprise() -> None:
    orders = [row for n in range(30) for row in _orders(f"A{n:02d}", date(2024, 6, 1) if n % 2 else date(2026, 1, 1))]
    views = [
        {
            "event_id": f"V{n}",
            "employee_id": "E",
            "happened_at": "2024-05-01",
            "action": "view",
            "account_id": f"A{n:02d}",
        }
        for n in range(10)
    ]
    tables = Tables.from_records({"orders": orders, "access_events": views}, as_of="2025-12-31")
    exposed = exposed_customers(tables, loss_grid(tables), exposures(tables), usual=0.3, worth=5.0)
    assert (len(exposed.at), int(exposed.lost.sum())) == (10, 5)
    assert exposed.p_value(0) > 0.2
