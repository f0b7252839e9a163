"""D1: a new customer, or one that is no end user, pays one salesperson less than its orders explain."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from scipy.stats import t as student

from mingdan.engine.context import Scope
from mingdan.engine.detector import STRENGTH_CAPS, Detector, Example, Innocent
from mingdan.engine.findings import Figure, Finding, Status, Text
from mingdan.engine.methods.buyer_kind import Buyer, buyers_of
from mingdan.engine.methods.count_surprise import group_numbers
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.pair_means import PairMeans, pair_means
from mingdan.engine.methods.peer_group import peer_groups
from mingdan.engine.methods.price_permits import PricePermits
from mingdan.engine.methods.price_residual import Prices, price_residuals
from mingdan.engine.trail import Tables, moment, money


@dataclass(frozen=True)
class Parameters:
    """A pair of customer and salesperson speaks if its shrunk price lies in the lowest `lowest` of the peers' pairs,
    `deviates` robust deviations below and at least `gap` (log) under what is expected, over `least_rows` months.

    Fewer than `least_others` pairs to compare with say nothing.
    """

    lowest: float = 0.01
    deviates: float = 2.33
    gap: float = 0.03
    least_rows: int = 3
    least_others: int = 15
    evidence_rows: int = 30


TAIL_FREEDOM = 4


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding for each customer and salesperson whose prices stay low without a reason in the orders."""
    prices = price_residuals(tables)
    groups = group_numbers(prices.sellers, peer_groups(tables, prices.sellers))
    pairs = pair_means(prices, groups, parameters.least_rows)
    reach = np.maximum(parameters.lowest, 1 / (1 + pairs.others))
    stand_out = (pairs.p <= reach) & (pairs.deviate <= -parameters.deviates) & (pairs.shrunk <= -parameters.gap)
    chosen = np.flatnonzero(stand_out & (pairs.others >= parameters.least_others))
    if not len(chosen):
        return []
    buyers = buyers_of(tables, {prices.accounts[pairs.account[one]] for one in chosen})
    questions = np.bincount(pairs.seller, minlength=len(prices.sellers))
    asked = {account: buyer for account, buyer in buyers.items() if buyer.is_new or buyer.is_no_end_user}
    if not asked:
        return []
    permits = PricePermits(tables, asked)
    return [
        _finding(
            tables, prices, pairs, int(one), asked[prices.accounts[pairs.account[one]]], permits, weight, parameters
        )
        for one in chosen
        if prices.accounts[pairs.account[one]] in asked
        and (weight := _weight(pairs, int(one), int(questions[pairs.seller[one]]))) > 0
    ]


def _weight(pairs: PairMeans, one: int, questions: int) -> float:
    """Weigh the lesser of rank and distance: somebody is always the lowest, and each salesperson has many customers.

    The distance's tail is Student's with four degrees of freedom, as prices stray further than a normal law says, times
    the number of the salesperson's pairs.
    """
    far = min(1.0, float(student.sf(-pairs.deviate[one], TAIL_FREEDOM)) * max(1, questions))
    return min(STRENGTH_CAPS["W3"], weight_from_p(float(pairs.p[one])), weight_from_p(far))


def _finding(
    tables: Tables,
    prices: Prices,
    pairs: PairMeans,
    one: int,
    buyer: Buyer,
    permits: PricePermits,
    weight: float,
    parameters: Parameters,
) -> Finding:
    rows = np.flatnonzero(
        (prices.account == pairs.account[one]) & (prices.seller == pairs.seller[one]) & np.isfinite(prices.residual)
    )
    seller = prices.sellers[pairs.seller[one]] or None
    short = money(float(np.sum(prices.amount[rows] * np.expm1(-prices.residual[rows]))))
    start, end = moment(prices.day[rows].min()), moment(prices.day[rows].max())
    products = [prices.products[index] for index in np.unique(prices.product[rows])]
    return Finding(
        subject_kind="account",
        subject_id=buyer.account_id,
        at=end,
        weight=weight,
        evidence=permits.evidence(buyer.account_id, seller, parameters.evidence_rows),
        facts={
            "customer": buyer.name,
            "below": float(f"{-np.expm1(np.median(prices.residual[rows])):.6g}"),
            "months": int(pairs.rows[one]),
            "others": int(pairs.others[one]),
            "short": max(short, money(0.0)),
        },
        employee_id=seller,
        account_ids=(buyer.account_id,),
        company_ids=(buyer.company_id,) if buyer.company_id else (),
        amount_at_risk=max(short, money(0.0)),
        margin_at_risk=max(short, money(0.0)),
        explanations=_explanations(tables, permits, buyer, seller, products, start, end),
        figure=_figure(prices, rows),
    )


def _figure(prices: Prices, rows: np.ndarray[Any, np.dtype[np.int64]]) -> Figure:
    """Show the product of most money: what was paid, and what is usually paid."""
    totals = np.bincount(prices.product[rows], weights=prices.amount[rows])
    shown = rows[prices.product[rows] == int(totals.argmax())]
    shown = shown[np.argsort(prices.day[shown], kind="stable")]
    points = tuple((prices.day[one].item(), float(f"{prices.price[one]:.6g}")) for one in shown)
    usual = float(np.median(prices.price[shown] * np.exp(-prices.residual[shown])))
    return Figure(kind="price", points=points, reference=float(f"{usual:.6g}"))


def _explanations(
    tables: Tables,
    permits: PricePermits,
    buyer: Buyer,
    seller: str | None,
    products: Sequence[str],
    start: datetime,
    end: datetime,
) -> dict[str, Status]:
    scopes = [Scope(account_id=buyer.account_id, employee_id=seller, product_id=product) for product in products]
    campaign = {tables.context.status(["promotion", "end_of_life"], start, end, scope) for scope in scopes}
    return {
        "frame": permits.frame(buyer.account_id),
        "promotion": "supported" if "supported" in campaign else min(campaign, default="open"),
        "distributor": tables.context.is_distributor(buyer.company_id, end.date()),
        "approved": permits.approved(buyer.account_id, seller, start, end),
        "terms": "ruled_out" if tables.has("orders", "payment_days") else "open",
    }


def _orders(low: float) -> dict[str, list[dict[str, object]]]:
    """Return 24 customers of three salespeople who buy two products four times; the last, a newcomer, at this price."""
    orders: list[dict[str, object]] = []
    lines: list[dict[str, object]] = []
    for customer in range(24):
        year = 2025 if customer == 23 else 2024
        for number, month in enumerate(("01", "03", "04", "06")):
            order = f"O{customer}-{number}"
            usual = 100 + (customer * 7 + number * 5) % 5
            orders.append(
                {
                    "order_id": order,
                    "account_id": f"A{customer}",
                    "employee_id": f"E{customer % 3}",
                    "ordered_at": f"{year}-{month}-{customer + 1:02d}",
                    "amount": "1000",
                }
            )
            price = low if customer == 23 else usual
            lines.append({"order_id": order, "product_id": f"G{number % 2}", "quantity": 10, "unit_price": price})
    return {
        "accounts": [{"account_id": f"A{n}", "name": f"Customer {n}", "owner_id": f"E{n % 3}"} for n in range(24)],
        "orders": orders,
        "order_lines": lines,
    }


DETECTOR = Detector(
    code="residual-low-price",
    version=2,
    design="D1",
    family="price",
    strength="W3",
    title=Text(en="Unexplained low price", zh="残差低价"),
    question=Text(
        en="Does a new customer or reseller pay one salesperson less than product, quantity, terms and season explain?",
        zh="新客户或转售商从某销售员处拿到的价格，是否低于产品、数量、账期和时段所能解释的水平？",
    ),
    sentence=Text(
        en="{customer} pays {below:percent} less than comparable orders explain, over {months:count} product-months; of "
        "{others:count} other customers compared, hardly any pays so little. Against usual prices {short:money} is missing.",
        zh="{customer} 的成交价比同类订单应有水平低 {below:percent}（共 {months:count} 个产品月）；与 {others:count} 家"
        "可比客户相比极为少见。按通常价格计算少收 {short:money}。",
    ),
    next_step=Text(
        en="Look for the approval of the price, compare prices of the same week, and ask to whom the customer resells.",
        zh="查阅价格审批，比对同周成交价，并了解该客户的下游去向。",
    ),
    method=Text(
        en="Log net unit price less product median, product's quarter, log quantity, payment days, region and segment, each "
        "fifth of the customers fitted on the others; mean by customer and salesperson shrunk by empirical Bayes; conformal "
        "p-value among peers' pairs at or below 1 % (or the lowest of fewer), and 2.33 robust deviations and 3 % low. "
        "Weight by Sellke's bound, of the rank or of the distance times the salesperson's pairs (Student, 4), whichever is less; at most 1.0.",
        zh="净单价取对数，扣除产品中位数、产品季度、数量、账期、区域和客户类别的影响（五折，按客户交叉拟合）；按客户与销售员取"
        "经验贝叶斯收缩均值；在同侪中共形 p 值不高于 1%（样本少时取最低者），且低于中位 2.33 个稳健标准差和 3%。"
        "按 Sellke 界换算权重，取名次与距离（学生分布，自由度 4，乘以该销售员的客户数）两者中较小者，最多 1.0。",
    ),
    reads={"orders": ("account_id",), "order_lines": ("unit_price", "quantity")},
    uses={
        "orders": ("employee_id", "payment_days", "pricing_program", "ship_to_key"),
        "accounts": ("owner_id", "region", "segment", "created_at", "registration_no"),
        "companies": ("scope", "registration_no"),
        "quotes": ("approved_by",),
        "distributors": ("company_id",),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("frame", Text(en="a price programme that others buy under too", zh="其他客户同样适用的价格方案"), 1.0),
        Innocent("promotion", Text(en="a promotion or clearance", zh="促销或清仓"), 0.8),
        Innocent("distributor", Text(en="an approved distributor", zh="授权经销商"), 1.0),
        Innocent("approved", Text(en="somebody else approved the price", zh="价格经他人审批"), 0.4),
        Innocent("terms", Text(en="price traded for payment terms", zh="以账期换取价格"), 0.3),
    ),
    wakes_on=("orders", "order_lines"),
    examples=(
        Example("a newcomer pays a third less", True, _orders(67), "2025-06-30"),
        Example("a newcomer pays what others pay", False, _orders(102), "2025-06-30"),
    ),
)
