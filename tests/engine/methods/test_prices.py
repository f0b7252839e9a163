"""What is left of a price, and whose prices stay low."""

import numpy as np
import pytest

from mingdan.engine.methods.pair_means import pair_means
from mingdan.engine.methods.price_residual import price_residuals
from mingdan.engine.trail import Tables


def trail(*, quantity_slope: float = 0.0, low: float = 1.0) -> Tables:
    """Forty customers of four people buy three products in four quarters; the last pays `low` times the usual."""
    dice = np.random.default_rng(9)
    orders: list[dict[str, object]] = []
    lines: list[dict[str, object]] = []
    for customer in range(40):
        for quarter in range(4):
            order = f"O{customer:02d}-{quarter}"
            quantity = int(dice.integers(1, 200))
            base = 100 * (1 + customer % 3) * 1.05**quarter * quantity**quantity_slope
            price = base * float(dice.normal(1, 0.01)) * (low if customer == 39 else 1)
            day = f"2024-{3 * quarter + 2:02d}-{customer % 28 + 1:02d}"
            at = {"account_id": f"A{customer:02d}", "employee_id": f"E{customer % 4}", "ordered_at": day}
            orders.append({"order_id": order, "amount": 1, **at})
            lines.append(
                {
                    "order_id": order,
                    "product_id": f"G{customer % 3}",
                    "quantity": quantity,
                    "unit_price": round(price, 4),
                }
            )
    accounts = [{"account_id": f"A{n:02d}", "name": f"Customer {n}", "region": "East"} for n in range(40)]
    return Tables.from_records({"accounts": accounts, "orders": orders, "order_lines": lines}, as_of="2025-01-31")


def test_product_and_quarter_explain_usual_prices() -> None:
    prices = price_residuals(trail())
    assert np.isfinite(prices.residual).all()
    assert float(np.median(np.abs(prices.residual))) < 0.03


def test_a_quantity_discount_is_no_low_price() -> None:
    prices = price_residuals(trail(quantity_slope=-0.05))
    assert float(np.median(np.abs(prices.residual))) < 0.03


def test_the_one_who_pays_less_has_the_lowest_mean_and_p_value() -> None:
    prices = price_residuals(trail(low=0.8))
    pairs = pair_means(prices, np.zeros(len(prices.sellers), dtype=np.int64), least_rows=3)
    assert prices.accounts[pairs.account[pairs.shrunk.argmin()]] == "A39"
    assert pairs.p.min() == pytest.approx(1 / 40)
    mine = prices.account == prices.accounts.index("A39")
    assert float(np.median(prices.residual[mine])) == pytest.approx(np.log(0.8), abs=0.04)


def test_a_product_with_one_buyer_says_nothing() -> None:
    records = {
        "orders": [
            {"order_id": f"O{n}", "account_id": f"A{n}", "ordered_at": "2024-05-01", "amount": 10} for n in range(6)
        ],
        "order_lines": [
            {"order_id": f"O{n}", "product_id": f"G{n}", "quantity": 1, "unit_price": 10 + n} for n in range(6)
        ],
    }
    prices = price_residuals(Tables.from_records(records, as_of="2025-01-01"))
    assert np.isnan(prices.residual).all()
