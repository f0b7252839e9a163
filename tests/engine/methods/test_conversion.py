import numpy as np
import pytest

from mingdan.engine.methods.conversion import quoted_deals, still_without
from mingdan.engine.trail import Tables

Rows = list[dict[str, object]]
AS_OF = "2025-12-31"


def company(ordered_days: list[int | None], *, orders: Rows | None = None) -> Tables:
    """Return deals quoted on 1 March, each won so many days later (None: still open)."""
    quoted = np.datetime64("2025-03-01")
    deals: Rows = []
    quotes: Rows = []
    for number, days in enumerate(ordered_days):
        at: dict[str, object] = {"opportunity_id": f"O{number:03d}", "account_id": f"A{number}"}
        closed = None if days is None else str(quoted + np.timedelta64(days, "D"))
        outcome = "open" if days is None else "won"
        deals.append(
            {**at, "owner_id": f"E{number % 8}", "created_at": "2025-02-01", "outcome": outcome, "closed_at": closed}
        )
        quotes.append({**at, "quote_id": f"Q{number}", "employee_id": "E1", "sent_at": str(quoted), "net_amount": 1000})
    return Tables.from_records({"opportunities": deals, "quotes": quotes, "orders": orders or []}, as_of=AS_OF)


def chances(tables: Tables) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return still_without(quoted_deals(tables, 1000), np.datetime64(AS_OF))


def test_the_chance_falls_to_the_share_that_never_orders() -> None:
    days: list[int | None] = [20] * 60 + [None] * 60
    waiting = chances(company(days))[60:]
    assert waiting.mean() == pytest.approx(0.5, abs=0.1)


def test_it_is_small_where_nearly_everybody_orders() -> None:
    days: list[int | None] = [20] * 60 + [100] * 58 + [None]
    assert chances(company(days))[-1] < 0.05


def test_an_order_of_like_size_that_names_no_deal_is_this_deal_s() -> None:
    orders: Rows = [
        {"order_id": "R1", "account_id": "A0", "ordered_at": "2025-04-01", "amount": 600},
        {"order_id": "R2", "account_id": "A1", "ordered_at": "2025-04-01", "amount": 60},
        {"order_id": "R3", "account_id": "A2", "ordered_at": "2025-01-01", "amount": 600},
    ]
    ordered = quoted_deals(company([None, None, None], orders=orders), 1000)["ordered_at"]
    assert np.isnat(ordered).tolist() == [False, True, True]


def test_an_order_under_the_deal_s_contract_is_this_deal_s() -> None:
    tables = Tables.from_records(
        {
            "opportunities": [
                {"opportunity_id": "O1", "owner_id": "E1", "created_at": "2025-02-01", "outcome": "open"}
            ],
            "quotes": [
                {
                    "opportunity_id": "O1",
                    "quote_id": "Q1",
                    "account_id": "A",
                    "employee_id": "E1",
                    "sent_at": "2025-03-01",
                    "net_amount": 9,
                }
            ],
            "contracts": [{"contract_id": "K", "account_id": "A", "opportunity_id": "O1", "signed_at": "2025-03-20"}],
        },
        as_of=AS_OF,
    )
    assert str(quoted_deals(tables, 1000)["ordered_at"][0])[:10] == "2025-03-20"


def test_a_quote_without_floor_prices_has_no_closeness() -> None:
    assert np.isnan(quoted_deals(company([None]), 1000)["over_floor"].astype(float)).all()
