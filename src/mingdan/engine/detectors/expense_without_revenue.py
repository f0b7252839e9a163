"""M5: money, samples and engineers go on being spent on a customer whose last deal was lost."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from mingdan.engine.context import Scope
from mingdan.engine.detector import STRENGTH_CAPS, Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Text
from mingdan.engine.methods.cost_after_loss import PRE_DAYS, Spent, costs_after_loss, costs_of, total
from mingdan.engine.trail import Tables, moment, money


@dataclass(frozen=True)
class Parameters:
    """Costs count from `pause_days` after the loss (what was under way ends) for at most `most_days`, seen at least `least_days`.

    `least_costs` of them, at `least_ratio` of the pace before or more, from p = `most_p` on. `expected` is how often a side
    deal's salesperson books so many costs on the lost customer that p is as small.
    """

    pause_days: int = 30
    most_days: int = 365
    least_days: int = 90
    least_costs: int = 4
    least_ratio: float = 0.7
    most_p: float = 0.003
    expected: float = 0.005
    cited: int = 20


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding per lost customer on which spending goes on."""
    told = [
        one
        for one in costs_after_loss(tables, parameters.pause_days, parameters.most_days, parameters.least_days)
        if one.after >= parameters.least_costs
        and one.p <= parameters.most_p
        and one.after / one.days >= parameters.least_ratio * max(one.before, 1) / PRE_DAYS
    ]
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in costs_of(tables, [one.account_id for one in told]):
        rows[row["account_id"]].append(row)
    return [_finding(tables, one, rows[one.account_id], parameters) for one in told]


def _finding(tables: Tables, one: Spent, rows: Sequence[dict[str, Any]], parameters: Parameters) -> Finding:
    start = one.lost_at + timedelta(days=parameters.pause_days)
    end = start + timedelta(days=parameters.most_days)
    after = [row for row in rows if start < row["at"] <= end]
    last_at = moment(max(row["at"] for row in after))
    scope = Scope(account_id=one.account_id, employee_id=one.seller)
    cited = (Evidence(row["table_name"], row["row_id"]) for row in after[: parameters.cited])
    return Finding(
        subject_kind="account",
        subject_id=one.account_id,
        at=last_at,
        weight=min(STRENGTH_CAPS["W2"], math.log10(parameters.expected / max(one.p, 1e-6))),
        evidence=(Evidence("opportunities", one.opportunity_id), *cited),
        facts={
            "lost": one.lost_at,
            "after": one.after,
            "before": one.before,
            "expected": round(one.expected, 1),
            "amount": money(total(after)),
            "last": last_at,
        },
        employee_id=one.seller,
        account_ids=(one.account_id,),
        opportunity_ids=(one.opportunity_id,),
        amount_at_risk=money(total(after)),
        explanations={
            "win-back": tables.context.status(["waiver", "tender"], one.lost_at, last_at, scope),
            "long-cycle": "open",
            "shared-trip": "open",
        },
    )


def _trail(after: int) -> dict[str, Any]:
    """Return thirty lost customers of three salespeople with three costs before; after the loss one has so many."""
    costs = [(n, f"2024-0{3 + m}-10") for n in range(30) for m in range(3)]
    costs += [(n, "2024-08-20") for n in range(0, 30, 4) if n]
    costs += [(0, f"2024-{8 + m // 3:02d}-{5 + 8 * (m % 3):02d}") for m in range(after)]
    return {
        "accounts": [{"account_id": f"A{n}", "name": f"Customer {n}", "owner_id": f"E{n % 3}"} for n in range(30)],
        "opportunities": [
            {
                "opportunity_id": f"D{n}",
                "account_id": f"A{n}",
                "owner_id": f"E{n % 3}",
                "created_at": "2024-02-01",
                "closed_at": "2024-06-30",
                "outcome": "lost",
            }
            for n in range(30)
        ],
        "expenses": [
            {
                "expense_id": f"X{place}",
                "employee_id": f"E{n % 3}",
                "account_id": f"A{n}",
                "spent_at": day,
                "amount": "600",
            }
            for place, (n, day) in enumerate(costs)
        ],
    }


DETECTOR = Detector(
    code="expense-without-revenue",
    version=2,
    design="M5",
    family="money",
    strength="W2",
    title=Text(en="Spending goes on after the loss", zh="丢单后费用不减"),
    question=Text(
        en="Does spending on a customer go on after its last deal was lost, where others stop?",
        zh="客户丢单之后，花在该客户身上的费用是否不减，而同类客户通常会停止？",
    ),
    sentence=Text(
        en="The customer's last deal was lost on {lost:day}, and it has bought nothing since; expenses, samples and technical visits went on: {after:count} "
        "({expected:times} to be expected from others' lost customers; {before:count} in the half-year before), {amount:money} of expenses, the last on {last:day}.",
        zh="该客户最后一个商机于 {lost:day} 丢单，此后未再采购；费用、样品和技术支持仍有 {after:count} 笔（按他人丢单客户预计 {expected:times} 笔，"
        "丢单前半年 {before:count} 笔），费用合计 {amount:money}，最近一笔为 {last:day}。",
    ),
    next_step=Text(
        en="Compare vouchers with the customer's events, then ask the customer what the visits were about.",
        zh="将票据的时间、地点与客户活动核对，再向客户了解往来事由。",
    ),
    method=Text(
        en="Costs (expenses, samples, demonstrations, technical work) in up to a year from 30 days after the last loss, for customers without deal or order since. "
        "Gamma-Poisson rate per cost before the loss, fitted to the other salespeople's lost customers; tail times the "
        "salesperson's lost customers. Four costs and 0.7 of the pace before at least. Told from p = 0.003 on; weight log10(0.005 / p), "
        "0.005 being how often a side deal is taken to show it, at most 0.6.",
        zh="统计最后一次丢单 30 天后至多一年内的费用、样品、演示和技术支持，仅限此后无商机、无订单的客户。"
        "以他人丢单客户拟合伽马泊松分布（相对丢单前的费用笔数），尾概率乘以该销售员的丢单客户数。至少四笔，且不低于此前频率的 0.7。p 不大于 0.003 时报告；权重为 log10(0.005 / p)，0.005 为假定私单出现此情形的比例，最多 0.6。",
    ),
    reads={"opportunities": ("account_id", "closed_at"), "expenses": ("account_id", "spent_at")},
    uses={
        "opportunities": ("owner_id", "created_at"),
        "samples": ("sent_at",),
        "activities": ("account_id",),
        "orders": ("account_id", "ordered_at"),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("win-back", Text(en="an approved plan to win the customer back", zh="已批准的挽回计划"), 1.0),
        Innocent("long-cycle", Text(en="a project with a long cycle", zh="长周期项目"), 0.4),
        Innocent(
            "shared-trip", Text(en="a trip to several customers booked to one", zh="一次出差拜访多家、只记一家"), 0.4
        ),
    ),
    wakes_on=("expenses", "samples", "activities", "opportunities"),
    examples=(
        Example(name="spending on a lost customer goes on", fires=True, as_of="2025-06-30", records=_trail(14)),
        Example(name="one farewell visit after the loss", fires=False, as_of="2025-06-30", records=_trail(1)),
    ),
)
