"""P3: a salesperson's late losses name no winner and only a default reason, more often than others' (modifier)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mingdan.engine.context import Scope
from mingdan.engine.detector import STRENGTH_CAPS, Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Text
from mingdan.engine.methods.beta_binomial import fit_beta
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.loss_reasons import closed_in_one_go, empty_is_usual, lost_late_deals
from mingdan.engine.trail import Columns, Tables, moment, money


@dataclass(frozen=True)
class Parameters:
    """When it is told.

    Of the late losses of the last `days`, a person needs `least_lost`; `largest_p` is the largest p-value told. Where fewer
    than `least_said` of all lost deals say anything, the field is not asked for and nothing is told. Deals closed in one go add `batch`.
    """

    days: int = 730
    least_lost: int = 6
    largest_p: float = 0.02
    least_said: float = 0.3
    batch: float = 0.1
    most_cited: int = 20


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding for each salesperson whose losses say little beside what others' say."""
    if empty_is_usual(tables, parameters.least_said):
        return []
    deals = lost_late_deals(tables, parameters.days)
    people, owners = np.unique(deals["owner_id"].astype(str), return_inverse=True)
    if len(people) < 3:
        return []
    chances = np.bincount(owners).astype(np.float64)
    opaque = np.bincount(owners, weights=deals["opaque"]).astype(np.float64)
    in_one_go = closed_in_one_go(deals)
    found = []
    for one in np.flatnonzero((chances >= parameters.least_lost) & (opaque > chances * opaque.sum() / chances.sum())):
        peers = fit_beta(np.delete(opaque, one), np.delete(chances, one))
        p = peers.tail(int(opaque[one]), int(chances[one]))
        if p <= parameters.largest_p:
            mine = np.flatnonzero(owners == one)
            found.append(_finding(tables, str(people[one]), deals, mine, in_one_go, p, peers.mean, parameters))
    return found


def _finding(
    tables: Tables,
    employee: str,
    deals: Columns,
    mine: NDArray[np.int64],
    in_one_go: NDArray[np.bool_],
    p: float,
    usual: float,
    parameters: Parameters,
) -> Finding:
    opaque = mine[deals["opaque"][mine].astype(bool)]
    cited = opaque[np.argsort(deals["closed_at"][opaque], kind="stable")][-parameters.most_cited :]
    batch = int(in_one_go[opaque].sum())
    start, at = moment(deals["closed_at"][opaque].min()), moment(deals["closed_at"][opaque].max())
    weight = weight_from_p(p) + (parameters.batch if batch else 0.0)
    return Finding(
        subject_kind="employee",
        subject_id=employee,
        at=at,
        weight=min(weight, STRENGTH_CAPS["W2"]),
        evidence=tuple(Evidence("opportunities", str(deals["opportunity_id"][place])) for place in cited),
        facts={
            "employee": employee,
            "opaque": len(opaque),
            "lost": len(mine),
            "usual": round(usual, 4),
            "batch": batch,
        },
        employee_id=employee,
        account_ids=tuple(dict.fromkeys(str(one) for one in deals["account_id"][cited] if one is not None)),
        opportunity_ids=tuple(str(one) for one in deals["opportunity_id"][cited]),
        amount_at_risk=money(float(np.nansum(deals["amount"][cited]))),
        explanations={
            "clean-up": "supported" if 2 * batch >= len(opaque) else "ruled_out",
            "shortage": tables.context.status(
                ["stock_out", "price_rise", "end_of_life"], start, at, Scope(employee_id=employee)
            ),
            "migration": tables.context.status(["migration"], start, at, Scope(employee_id=employee)),
        },
    )


def _losses(unnamed: int) -> dict[str, list[dict[str, object]]]:
    """Return ten late losses for each of eight salespeople: two name no winner, and so many of E0's."""
    deals: list[dict[str, object]] = []
    stages: list[dict[str, object]] = []
    for person in range(8):
        for number in range(10):
            deal = f"O{person}-{number}"
            vague = number < (unnamed if person == 0 else 2)
            deals.append(
                {
                    "opportunity_id": deal, "account_id": f"A{person}-{number}", "owner_id": f"E{person}",
                    "created_at": f"2024-{1 + number:02d}-02", "closed_at": f"2024-{2 + number:02d}-15T10:30",
                    "outcome": "lost", "amount": "30000", "loss_reason": "价格" if vague else "技术不符",
                    "competitor": None if vague else "Rival",
                }
            )  # fmt: skip
            stages.append({"opportunity_id": deal, "stage": "quotation", "entered_at": f"2024-{1 + number:02d}-20"})
    return {"opportunities": deals, "stage_changes": stages}


DETECTOR = Detector(
    code="loss-reason-opacity",
    version=1,
    design="P3",
    family="pipeline",
    strength="W2",
    title=Text(en="Losses that say nothing", zh="丢单原因空泛"),
    question=Text(
        en="Do a salesperson's late losses name no winner and only a default reason, more often than others' do?",
        zh="该销售员的临门丢单是否比同事更常不写赢家、只填默认原因？",
    ),
    sentence=Text(
        en="Of {lost:count} deals that {employee} lost late, {opaque:count} name no winner and only a default reason; with colleagues it is {usual:percent}.[ Closed in one go: {batch:count}.]",
        zh="{employee} 的 {lost:count} 笔临门丢单中，有 {opaque:count} 笔未写赢家且只填默认原因，同事的这一比例为 {usual:percent}。[其中成批关闭：{batch:count} 笔。]",
    ),
    next_step=Text(
        en="Draw these customers for call-backs first; where the winner matters, make it a field that must be filled in.",
        zh="优先将这些客户纳入回访；如需掌握赢家信息，可将其设为必填项。",
    ),
    method=Text(
        en="Late losses without a named competitor or winner and with a default or empty reason, by salesperson: the tail of the beta-binomial fitted to everybody else, by Sellke's bound. Five deals closed within ten minutes add 0.1. It steers whom to ask and never counts towards naming anybody. Where fewer than three in ten lost deals say anything, nothing is told.",
        zh="按销售员统计既无竞争对手或赢家、原因又为默认或空白的临门丢单，以其他人拟合的贝塔-二项分布取尾概率，按 Sellke 界换算。十分钟内关闭五笔另加 0.1。本项只用于决定先回访谁，不计入点名。若全部丢单中有内容者不足三成，则不提示。",
    ),
    reads={"opportunities": ("owner_id", "closed_at", "loss_reason")},
    uses={
        "opportunities": ("competitor", "winner_company_id", "amount", "account_id"),
        "stage_changes": ("stage", "entered_at"),
        "quotes": ("opportunity_id",),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent(
            "clean-up", Text(en="stale deals closed in one go on a manager's order", zh="按要求集中清理陈旧商机"), 0.4
        ),
        Innocent(
            "shortage",
            Text(en="a shortage or price rise that explains the reason given", zh="缺货或涨价，所填原因属实"),
            0.3,
        ),
        Innocent("migration", Text(en="a migration that lost the field", zh="系统迁移导致字段缺失"), 0.4),
    ),
    wakes_on=("opportunities",),
    modifier=True,
    examples=(
        Example("nine of ten losses name nobody where two of ten do so elsewhere", True, _losses(9), "2025-01-31"),
        Example("two of ten, like everybody", False, _losses(2), "2025-01-31"),
    ),
)
