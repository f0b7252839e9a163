"""S2: deals into which engineers and samples went are lost, more than like deals and the person's own others."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np

from mingdan.engine.context import Scope
from mingdan.engine.detector import STRENGTH_CAPS, Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Text
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.late_deals import late_deals, traits_of
from mingdan.engine.methods.peer_logit import expected_chances
from mingdan.engine.methods.poisson_binomial import count_tail
from mingdan.engine.methods.supported_deals import at_own_level, supported_deals
from mingdan.engine.trail import Columns, Tables, moment, money


@dataclass(frozen=True)
class Parameters:
    """What is looked at and when it is told.

    `days` looked back; a person needs `least_lost` supported deals lost; `largest_p` is the largest p-value told. `spread`
    is how far, in logits, innocent people differ; `most_cited` deals are cited.
    """

    days: int = 730
    least_lost: int = 4
    largest_p: float = 0.005
    spread: float = 0.4
    most_cited: int = 20


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding per salesperson whose supported deals are lost surprisingly often."""
    support = supported_deals(tables)
    deals = late_deals(tables, parameters.days)
    people, owners = np.unique(deals["owner_id"].astype(str), return_inverse=True)
    if len(people) < 2 or not support:
        return []
    lost = deals["is_lost"].astype(bool)
    supported = np.array([one in support for one in deals["opportunity_id"]], dtype=bool)
    chances = expected_chances(lost, [*traits_of(deals), supported.astype(object)], owners)
    found = []
    for one in range(len(people)):
        own = owners == one
        if int((own & supported & lost).sum()) < parameters.least_lost:
            continue
        expected = at_own_level(chances[own], lost[own], supported[own])
        seen = int((own & supported & lost).sum())
        p = count_tail(expected, seen, parameters.spread)
        if p <= parameters.largest_p:
            mine = {name: column[own & supported] for name, column in deals.items()}
            found.append(_finding(tables, str(people[one]), mine, float(expected.sum()), p, support, parameters))
    return found


def _finding(
    tables: Tables,
    employee: str,
    mine: Columns,
    expected: float,
    p: float,
    support: dict[str, tuple[str, str]],
    parameters: Parameters,
) -> Finding:
    lost = np.flatnonzero(mine["is_lost"].astype(bool))
    cited = [str(mine["opportunity_id"][place]) for place in lost[-parameters.most_cited :]]
    accounts = tuple(dict.fromkeys(str(mine["account_id"][place]) for place in lost if mine["account_id"][place]))
    closed = mine["closed_at"][lost]
    scope = Scope(employee_id=employee)
    start, end = moment(closed.min()) - timedelta(days=60), moment(closed.max())
    return Finding(
        subject_kind="employee",
        subject_id=employee,
        at=end,
        weight=min(weight_from_p(p), STRENGTH_CAPS["W2"]),
        evidence=tuple(Evidence("opportunities", one) for one in cited)
        + tuple(Evidence(*support[one]) for one in cited),
        facts={
            "employee": employee,
            "lost": len(lost),
            "deals": len(mine["opportunity_id"]),
            "expected": float(round(expected, 1)),
        },
        employee_id=employee,
        account_ids=accounts,
        opportunity_ids=tuple(cited),
        amount_at_risk=money(float(np.nan_to_num(mine["amount"][lost]).sum())),
        explanations={
            "technical": "open",
            "supply": tables.context.status(["stock_out", "price_rise", "end_of_life"], start, end, scope),
            "trial": "open",
        },
    )


def _trail(lost_by_person: dict[str, int]) -> dict[str, list[dict[str, Any]]]:
    """Return twenty-four closed deals for each of twelve salespeople: twelve with a sample, so many of these lost."""
    deals, samples = [], []
    for person, lost in sorted(lost_by_person.items()):
        for number in range(24):
            name, account = f"{person}-{number:02d}", f"{person}-A{number}"
            with_sample = number % 2 == 0
            is_lost = number // 2 * 5 % 12 < (lost if with_sample else 3)
            month = 1 + number // 3
            deals.append(
                {
                    "opportunity_id": name, "account_id": account, "owner_id": person, "amount": "40000",
                    "created_at": f"2024-{month:02d}-05", "closed_at": f"2024-{month + 2:02d}-20",
                    "outcome": "lost" if is_lost else "won",
                }
            )  # fmt: skip
            if with_sample:
                samples.append(
                    {
                        "sample_id": f"S{name}", "account_id": account, "employee_id": person,
                        "sent_at": f"2024-{month + 1:02d}-01",
                    }
                )  # fmt: skip
    stages = [
        {"opportunity_id": deal["opportunity_id"], "stage": "quotation", "entered_at": deal["created_at"]}
        for deal in deals
    ]
    return {"opportunities": deals, "samples": samples, "stage_changes": stages}


_TEAM = {f"E{number:02d}": 3 for number in range(1, 12)}

DETECTOR = Detector(
    code="presales-then-loss",
    version=1,
    design="S2",
    family="service",
    strength="W2",
    title=Text(en="Lost after engineers and samples", zh="样品与技术支持后丢单"),
    question=Text(
        en="Are deals into which samples and engineers' days went lost more often than like deals, and than the salesperson's own others?",
        zh="投入了样品和工程师的商机，是否比同类商机、也比该销售员自己的其他商机更常丢失？",
    ),
    sentence=Text(
        en="{employee} lost {lost:count} of {deals:count} deals that had samples or technical support; like deals, at the salesperson's own level, let one expect {expected:times}.",
        zh="{employee} 在 {deals:count} 个投入过样品或技术支持的商机中丢掉 {lost:count} 个；按同类商机和其本人水平，预计丢 {expected:times} 个。",
    ),
    next_step=Text(
        en="Read the engineers' own reports: where they say accepted and the record says lost, ask the customer who supplied in the end.",
        zh="查看工程师的独立报告：凡报告写明已通过而系统记为丢单的，询问客户最终由谁供货。",
    ),
    method=Text(
        en="Late deals as in late-stage-loss, with support as one more trait: chance of loss from a shrunk logistic regression fitted without the salesperson's own deals, raised to the salesperson's own level in deals without support; exact Poisson-binomial tail averaged over how far innocent people differ. Told from p of 0.005; weight by the Sellke-Bayarri-Berger bound.",
        zh="临门商机同“临门丢单异常”，并以是否有支持作为特征：丢单概率由收缩逻辑回归给出（拟合时不用本人商机），再按本人无支持商机的水平上调；泊松二项分布精确尾概率，并对无辜销售之间的差异取平均。p 不大于 0.005 才提示，权重取 Sellke-Bayarri-Berger 上界。",
    ),
    reads={"opportunities": ("owner_id", "closed_at", "account_id")},
    uses={
        "samples": ("sent_at", "account_id"),
        "activities": ("kind", "account_id"),
        "stage_changes": ("stage", "entered_at"),
        "opportunities": ("amount", "product_line"),
        "accounts": ("segment",),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("technical", Text(en="hard technical demands that were not met", zh="技术要求高、未能满足"), 0.4),
        Innocent(
            "supply", Text(en="goods out of stock, a price rise or an end of life", zh="缺货、涨价或产品停产"), 0.6
        ),
        Innocent("trial", Text(en="customers who only wanted to try", zh="客户仅为试用评估"), 0.4),
    ),
    wakes_on=("opportunities", "samples", "activities"),
    examples=(
        Example(
            name="one of twelve loses nearly every deal with a sample, and few others",
            fires=True,
            as_of="2025-01-31",
            records=_trail({**_TEAM, "E12": 12}),
        ),
        Example(
            name="samples are lost about as often as everywhere",
            fires=False,
            as_of="2025-01-31",
            records=_trail({**_TEAM, "E12": 4}),
        ),
    ),
)
