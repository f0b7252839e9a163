"""P1: a salesperson loses more nearly sold deals than like deals of the others explain."""

import math
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from mingdan.engine.context import Scope
from mingdan.engine.detector import STRENGTH_CAPS, Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.late_deals import knows_stages, late_deals, traits_of
from mingdan.engine.methods.late_record import Record
from mingdan.engine.methods.peer_logit import expected_chances
from mingdan.engine.methods.poisson_binomial import onset, skill_spread
from mingdan.engine.trail import Tables, moment, money


@dataclass(frozen=True)
class Parameters:
    """What is looked at and when it is told.

    A rise over the person's own earlier level is told from `change_p` on, with `least_surplus` lost beyond it and `least_rose`
    lost since; `expected` is how often a side deal shows as clear a rise. A level that was high throughout is a matter of
    skill or territory and carries `level` at most. `days` looked back; a person needs `least_deals` closed late deals,
    `least_lost` of them lost, and for the level at least `least_surplus` more lost than expected; `largest_p` is the largest
    p-value of the level that is told. `usual_skill` is how far, in logits, innocent
    salespeople differ, worth as much as `skill_worth` people's deals. `most_cited` deals are cited.
    """

    days: int = 1095
    least_deals: int = 8
    least_lost: int = 4
    least_surplus: float = 2.0
    largest_p: float = 0.01
    change_p: float = 0.02
    expected: float = 0.05
    least_rose: int = 6
    level: float = 0.2
    usual_skill: float = 0.3
    skill_worth: float = 5.0
    most_cited: int = 20


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
    for one in np.flatnonzero(enough):
        own = owners == one
        record = Record({name: column[own] for name, column in deals.items()}, chances[own], float(spread[one]))
        weight = _weight(record, parameters)
        if weight > 0:
            found.append(_finding(tables, str(people[one]), record, weight, parameters))
    return found


def _weight(record: Record, parameters: Parameters) -> float:
    """Return the weight of a rise over the person's own level, else that of a high level, which says little."""
    change = record.change
    after = float(record.lost[change.place :].sum() - record.chances[change.place :].sum())
    is_long = int(record.lost[change.place :].sum()) >= parameters.least_rose
    if change.p <= parameters.change_p and change.surplus >= parameters.least_surplus and is_long and after > 0:
        return min(math.log10(parameters.expected / change.p), STRENGTH_CAPS["W2"])
    is_high = record.surplus >= parameters.least_surplus and record.p_value() <= parameters.largest_p
    return parameters.level if is_high else 0.0


def _finding(tables: Tables, employee: str, record: Record, weight: float, parameters: Parameters) -> Finding:
    rose = weight > parameters.level
    start = record.change.place if rose else onset(record.chances, record.lost)
    places = [place for place in record.by_surprise() if place >= start or not rose]
    cited = places[: parameters.most_cited]
    beyond = record.change.surplus if rose else record.surplus
    closed = record.deals["closed_at"]
    amount = money(float(np.nan_to_num(record.deals["amount"][places[: max(1, round(beyond))]]).sum()))
    began = moment(closed[start])
    sure = 1.0 if knows_stages(tables) else 1 / 3  # without stages, early losses are among them
    return Finding(
        subject_kind="employee",
        subject_id=employee,
        at=moment(closed[record.lost].max()),
        weight=sure * weight,
        evidence=tuple(Evidence("opportunities", str(record.deals["opportunity_id"][place])) for place in cited),
        facts={
            "employee": employee,
            "lost": int(record.lost.sum()),
            "deals": len(record.chances),
            "expected": float(round(record.chances.sum(), 1)),
            "rose": int(record.lost[start:].sum()) if rose else 0,
            "since": began,
            "amount": amount,
        },
        employee_id=employee,
        account_ids=_distinct(record.deals["account_id"][cited]),
        opportunity_ids=_distinct(record.deals["opportunity_id"][cited]),
        amount_at_risk=amount,
        explanations={
            "supply": _of_most(tables, ["stock_out", "price_rise", "end_of_life"], record, start, employee),
            "tender": _of_most(tables, ["tender"], record, start, employee),
            "territory": _of_most(
                tables, ["territory_change", "regrouping", "channel_policy"], record, start, employee
            ),
            "new-salesperson": _is_new(tables, employee, began.date()),
            "one-account": "supported" if record.is_one_account(start, rose) else "ruled_out",
        },
    )


def _of_most(tables: Tables, kinds: list[str], record: Record, start: int, employee: str) -> Status:
    """Return whether such a cause touched most deals lost since the start in their last 60 days, and plainly more of them than of the won."""
    statuses = {
        place: tables.context.status(
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
        for place in range(start, len(record.lost))
    }
    if "open" in statuses.values():
        return "open"
    lost, won = (
        [status == "supported" for place, status in statuses.items() if record.lost[place] == one]
        for one in (True, False)
    )
    of_lost, of_won = (sum(ones) / max(len(ones), 1) for ones in (lost, won))
    return "supported" if of_lost >= 0.5 and of_lost > of_won + 0.15 else "ruled_out"


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


def _risen() -> list[dict[str, object]]:
    """Return forty closed deals of one salesperson: three of the first twenty lost, fifteen of the last."""
    day = date(2023, 6, 1)
    return [
        {
            "opportunity_id": f"E13-{number:02d}",
            "account_id": f"E13-A{number}",
            "owner_id": "E13",
            "created_at": str(day + timedelta(days=14 * number - 60)),
            "closed_at": str(day + timedelta(days=14 * number)),
            "outcome": "lost" if number * 7 % 20 < (3 if number < 20 else 15) else "won",
            "amount": "40000",
        }
        for number in range(40)
    ]


_TEAM = {f"E{number:02d}": 4 for number in range(1, 12)}
_ONE_LOSES = _closed({**_TEAM, "E12": 14})
_ALL_ALIKE = _closed({**_TEAM, "E12": 5})
_ONE_RISES = _ALL_ALIKE + _risen()

DETECTOR = Detector(
    code="late-stage-loss",
    version=2,
    design="P1",
    family="pipeline",
    strength="W2",
    title=Text(en="Too many nearly sold deals lost", zh="临门丢单异常"),
    question=Text(
        en="Does a salesperson lose more nearly sold deals than like deals of colleagues explain?",
        zh="该销售员丢掉的临门商机，是否多于同类商机在同事手中的水平？",
    ),
    sentence=Text(
        en="{employee} lost {lost:count} of {deals:count} deals that had come far; like deals of colleagues let one expect {expected:times}.[ Of these, {rose:count} since about {since:day}, more than at the salesperson's own level before.] The surplus began about {since:day} and is worth about {amount:money}.",
        zh="{employee} 在 {deals:count} 个临门商机中丢掉 {lost:count} 个，而同事的同类商机预计只会丢 {expected:times} 个；[其中 {rose:count} 个在 {since:day} 以后，高于其本人此前的水平；]超出部分约始于 {since:day}，金额约 {amount:money}。",
    ),
    next_step=Text(
        en="Ask the customers of the listed deals, the most surprising first, from whom they bought in the end.",
        zh="按意外程度从高到低回访所列商机的客户，询问最终向谁采购。",
    ),
    method=Text(
        en="Each deal's chance of being lost comes from a shrunk logistic regression over stage, customer segment, product line, region, quarter and size, fitted without the salesperson's own deals. The number lost is compared with the Poisson-binomial law (exact), the amount lost by a saddlepoint formula, both averaged over how far innocent salespeople differ in skill; a level that was high throughout (the smaller p-value, doubled, at most 0.01) is mostly skill or territory and carries 0.2. What tells more is a rise over the salesperson's own level: a constant shift makes the model fit the own losses, the greatest standardized rise over all times is compared with 1,999 shuffles of what is left, and from p = 0.02 on the weight is log10(0.05 / p), 0.05 being how often a side deal is taken to show it, at most 0.6. Where the trail has neither stages nor quotes, deals open at least as long as half of the won ones stand in, and count a third.",
        zh="每个商机的丢单概率由收缩逻辑回归给出（阶段、客户类别、产品线、区域、季度、金额档），拟合时不用本人的商机。丢单数与泊松二项分布（精确计算）比较，丢单金额用鞍点公式比较，并对无辜销售之间的能力差异取平均；若水平一贯偏高（两个 p 值中较小者乘二后不大于 0.01），多因能力或区域，只计 0.2。更有意义的是相对本人此前水平的上升：以常数平移使模型符合本人的丢单数，取各时点标准化升幅的最大值，与余差的 1,999 次随机排列比较，p 不大于 0.02 时权重为 log10(0.05 / p)，0.05 为假定私单出现如此上升的比例，最多 0.6。若数据既无阶段也无报价，则以存续时间不短于赢单中位数的商机代替，权重只计三分之一。",
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
            name="one loses far more than before",
            fires=True,
            as_of="2025-01-31",
            records={"opportunities": _ONE_RISES, "stage_changes": _quoted(_ONE_RISES)},
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
