"""P1: a salesperson loses more nearly sold deals than like deals of the others explain."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from mingdan.engine.context import Scope
from mingdan.engine.detector import STRENGTH_CAPS, Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.late_deals import knows_stages, late_deals, traits_of
from mingdan.engine.methods.peer_logit import expected_chances
from mingdan.engine.methods.poisson_binomial import count_tail, onset, skill_spread, sum_tail
from mingdan.engine.trail import Columns, Tables, moment, money

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Parameters:
    """What is looked at and when it is told.

    `days` looked back; a person needs `least_deals` closed late deals, `least_lost` of them lost, and at least `least_surplus` more
    lost than expected; `largest_p` is the largest p-value that is told. `usual_skill` is how far, in logits, innocent
    salespeople differ, worth as much as `skill_worth` people's deals. `most_cited` deals are cited.
    """

    days: int = 730
    least_deals: int = 8
    least_lost: int = 4
    least_surplus: float = 2.0
    largest_p: float = 0.01
    usual_skill: float = 0.3
    skill_worth: float = 5.0
    most_cited: int = 20


@dataclass(frozen=True)
class Record:
    """One person's closed late deals in the order of time, and the chance of loss that others' like deals give each."""

    deals: Columns
    chances: Floats
    spread: float

    @property
    def lost(self) -> Flags:
        return self.deals["is_lost"].astype(bool)

    @property
    def surplus(self) -> float:
        return float(self.lost.sum() - self.chances.sum())

    def p_value(self, kept: Flags | slice = slice(None)) -> float:
        """Return the smaller p-value of the count and the amount lost, doubled because there are two."""
        chances, lost = self.chances[kept], self.lost[kept]
        amounts = np.nan_to_num(self.deals["amount"][kept])
        by_count = count_tail(chances, int(lost.sum()), self.spread)
        by_amount = sum_tail(chances, amounts, float(amounts[lost].sum()), self.spread)
        return min(1.0, 2 * min(by_count, by_amount))

    def without_chief_account(self) -> Flags:
        """Return the deals of all accounts but the one that lost most of them."""
        accounts = self.deals["account_id"]
        counted = Counter(account for account in accounts[self.lost] if account is not None)
        if not counted:
            return np.ones(len(accounts), dtype=np.bool_)
        chief = min(counted, key=lambda account: (-counted[account], account))
        return np.array([account != chief for account in accounts], dtype=np.bool_)

    def by_surprise(self) -> list[int]:
        """Return the places of the lost deals, the most surprising first: -log10 of the chance times the amount's share."""
        amounts = np.nan_to_num(self.deals["amount"])
        share = (amounts + 1e-9) / (amounts + 1e-9).sum()
        score = -np.log10(np.clip(self.chances, 1e-6, 1.0)) * share
        return sorted(np.flatnonzero(self.lost).tolist(), key=lambda place: (-score[place], place))


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding per salesperson whose number or amount of late losses is rare among peers."""
    deals = late_deals(tables, parameters.days)
    people, owners = np.unique(deals["owner_id"].astype(str), return_inverse=True)
    if len(people) < 2:
        return []
    lost = deals["is_lost"].astype(bool)
    chances = expected_chances(lost, traits_of(deals), owners)
    excess = np.bincount(owners, weights=lost - chances).astype(np.float64)
    spread = skill_spread(
        excess,
        np.bincount(owners, weights=chances * (1 - chances)).astype(np.float64),
        usual=parameters.usual_skill,
        worth=parameters.skill_worth,
    )
    counts, losses = np.bincount(owners), np.bincount(owners, weights=lost)
    enough = (counts >= parameters.least_deals) & (losses >= parameters.least_lost)
    found = []
    for one in np.flatnonzero(enough & (excess >= parameters.least_surplus)):
        own = owners == one
        record = Record({name: column[own] for name, column in deals.items()}, chances[own], float(spread[one]))
        p = record.p_value()
        if p <= parameters.largest_p:
            found.append(_finding(tables, str(people[one]), record, p, parameters))
    return found


def _finding(tables: Tables, employee: str, record: Record, p: float, parameters: Parameters) -> Finding:
    places = record.by_surprise()
    cited = places[: parameters.most_cited]
    surplus = places[: max(1, round(record.surplus))]
    closed = record.deals["closed_at"]
    amount = money(float(np.nan_to_num(record.deals["amount"][surplus]).sum()))
    began = moment(closed[onset(record.chances, record.lost)])
    sure = 1.0 if knows_stages(tables) else 1 / 3  # without stages, early losses are among them
    return Finding(
        subject_kind="employee",
        subject_id=employee,
        at=moment(closed[record.lost].max()),
        weight=sure * min(weight_from_p(p), STRENGTH_CAPS["W2"]),
        evidence=tuple(Evidence("opportunities", str(record.deals["opportunity_id"][place])) for place in cited),
        facts={
            "employee": employee,
            "lost": int(record.lost.sum()),
            "deals": len(record.chances),
            "expected": float(round(record.chances.sum(), 1)),
            "since": began,
            "amount": amount,
        },
        employee_id=employee,
        account_ids=_distinct(record.deals["account_id"][cited]),
        opportunity_ids=_distinct(record.deals["opportunity_id"][cited]),
        amount_at_risk=amount,
        explanations={
            "supply": _of_most(tables, ["stock_out", "price_rise", "end_of_life"], record, employee),
            "tender": _of_most(tables, ["tender"], record, employee),
            "territory": _of_most(tables, ["territory_change", "regrouping", "channel_policy"], record, employee),
            "new-salesperson": _is_new(tables, employee, began.date()),
            "one-account": "supported" if record.p_value(record.without_chief_account()) > 0.05 else "ruled_out",
        },
    )


def _of_most(tables: Tables, kinds: list[str], record: Record, employee: str) -> Status:
    """Return whether such a cause touched at least half of the lost deals in the 60 days before they closed."""
    statuses = [
        tables.context.status(
            kinds,
            moment(record.deals["closed_at"][place]) - timedelta(days=60),
            moment(record.deals["closed_at"][place]),
            Scope(
                account_id=record.deals["account_id"][place],
                employee_id=employee,
                region=record.deals["region"][place],
                segment=record.deals["segment"][place],
            ),
        )
        for place in np.flatnonzero(record.lost)
    ]
    if "open" in statuses:
        return "open"
    return "supported" if statuses.count("supported") >= len(statuses) / 2 else "ruled_out"


def _is_new(tables: Tables, employee: str, day: date) -> Status:
    """Return whether the salesperson was hired in the year before the losses began."""
    if not tables.has("employees", "hired_date"):
        return "open"
    rows = tables.records(tables.employees.filter(tables.employees.employee_id == employee), order_by=["employee_id"])
    hired = rows[0]["hired_date"] if rows else None
    if hired is None:
        return "open"
    return "supported" if hired >= day - timedelta(days=365) else "ruled_out"


def _distinct(values: NDArray[np.object_]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(value) for value in values if value is not None))


def _closed(lost_by_person: dict[str, int]) -> list[dict[str, object]]:
    """Return sixteen closed deals for each salesperson, so many of them lost, spread over the months."""
    return [
        {
            "opportunity_id": f"{person}-{number:02d}",
            "account_id": f"{person}-A{number}",
            "owner_id": person,
            "created_at": f"2024-{1 + number // 2:02d}-{10 + number:02d}",
            "closed_at": f"2024-{3 + number // 2:02d}-{10 + number:02d}",
            "outcome": "lost" if number * 5 % 16 < lost else "won",
            "amount": "40000",
        }
        for person, lost in sorted(lost_by_person.items())
        for number in range(16)
    ]


def _quoted(deals: list[dict[str, object]]) -> list[dict[str, object]]:
    return [
        {"opportunity_id": deal["opportunity_id"], "stage": "quotation", "entered_at": deal["created_at"]}
        for deal in deals
    ]


_TEAM = {f"E{number:02d}": 4 for number in range(1, 12)}
_ONE_LOSES = _closed({**_TEAM, "E12": 14})
_ALL_ALIKE = _closed({**_TEAM, "E12": 5})

DETECTOR = Detector(
    code="late-stage-loss",
    version=1,
    design="P1",
    family="pipeline",
    strength="W2",
    title=Text(en="Too many nearly sold deals lost", zh="临门丢单异常"),
    question=Text(
        en="Does a salesperson lose more nearly sold deals than like deals of colleagues explain?",
        zh="该销售员丢掉的临门商机，是否多于同类商机在同事手中的水平？",
    ),
    sentence=Text(
        en="{employee} lost {lost:count} of {deals:count} deals that had come far; like deals of colleagues let one expect {expected:times}. The surplus began about {since:day} and is worth about {amount:money}.",
        zh="{employee} 在 {deals:count} 个临门商机中丢掉 {lost:count} 个，而同事的同类商机预计只会丢 {expected:times} 个；超出部分约始于 {since:day}，金额约 {amount:money}。",
    ),
    next_step=Text(
        en="Ask the customers of the listed deals, the most surprising first, from whom they bought in the end.",
        zh="按意外程度从高到低回访所列商机的客户，询问最终向谁采购。",
    ),
    method=Text(
        en="Each deal's chance of being lost comes from a shrunk logistic regression over stage, customer segment, product line, region, quarter and size, fitted without the salesperson's own deals. The number lost is compared with the Poisson-binomial law (exact), the amount lost by a saddlepoint formula, both averaged over how far innocent salespeople differ in skill. The weight is the Sellke-Bayarri-Berger bound of the smaller p-value, doubled for two looks. Where the trail has neither stages nor quotes, deals open at least as long as half of the won ones stand in, and count a third.",
        zh="每个商机的丢单概率由收缩逻辑回归给出（阶段、客户类别、产品线、区域、季度、金额档），拟合时不用本人的商机。丢单数与泊松二项分布（精确计算）比较，丢单金额用鞍点公式比较，并对无辜销售之间的能力差异取平均。证据权重取两个 p 值中较小者（乘二校正）的 Sellke-Bayarri-Berger 上界。若数据既无阶段也无报价，则以存续时间不短于赢单中位数的商机代替，权重只计三分之一。",
    ),
    reads={"opportunities": ("owner_id", "closed_at")},
    uses={
        "opportunities": ("account_id", "amount", "currency", "product_line"),
        "stage_changes": ("stage", "entered_at"),
        "quotes": ("opportunity_id", "sent_at", "net_amount"),
        "accounts": ("segment",),
        "employees": ("region", "hired_date"),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent(
            "supply", Text(en="goods out of stock, a price rise or an end of life", zh="缺货、涨价或产品停产"), 0.6
        ),
        Innocent("tender", Text(en="many tenders among the deals", zh="招投标项目占比高"), 0.4),
        Innocent("territory", Text(en="a changed or difficult territory", zh="区域调整或区域本身较难"), 0.4),
        Innocent("new-salesperson", Text(en="a salesperson still learning", zh="新人仍在熟悉业务"), 0.4),
        Innocent("one-account", Text(en="one customer that turned away", zh="单一客户流失所致"), 0.4),
    ),
    wakes_on=("opportunities",),
    examples=(
        Example(
            name="one of twelve loses far more than the others",
            fires=True,
            as_of="2025-01-31",
            records={"opportunities": _ONE_LOSES, "stage_changes": _quoted(_ONE_LOSES)},
        ),
        Example(
            name="everybody loses about as much",
            fires=False,
            as_of="2025-01-31",
            records={"opportunities": _ALL_ALIKE, "stage_changes": _quoted(_ALL_ALIKE)},
        ),
        Example(
            name="without stages the same losses still count, for less",
            fires=True,
            as_of="2025-01-31",
            records={"opportunities": _ONE_LOSES},
        ),
    ),
)
