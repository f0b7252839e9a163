"""X3: somebody's figures stand apart from those of comparable colleagues, taken together, or drift away from them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import ibis
import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from mingdan.engine.context import Scope
from mingdan.engine.detector import Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.conformal import upper_p_values
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.peer_drift import contributions, highest_cusum, peer_weights, robust_scores
from mingdan.engine.methods.work_features import FEATURES, Work, work_of
from mingdan.engine.trail import Tables

Floats = NDArray[np.float64]
Row = dict[str, Any]


@dataclass(frozen=True)
class Parameters:
    """Told from `most_p` on (of both questions together), of at most `most_share` of at least `least_people` salespeople.

    Figures of the last `months` months are compared, and `quarter` months at a time for the drift; a CUSUM below
    `least_drift` is no drift.
    """

    months: int = 12
    quarter: int = 3
    least_people: int = 20
    most_p: float = 0.1
    most_share: float = 0.02
    least_drift: float = 4.0


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding for each of the few salespeople whose work stands apart or drifts away most."""
    people = _people(tables)
    if len(people) < parameters.least_people:
        return []
    work = work_of(tables, tuple(row["employee_id"] for row in people))
    if len(work.months) < parameters.months:
        return []
    weights = peer_weights(_traits(tables, people))
    parts = contributions(robust_scores(work.values(len(work.months) - parameters.months, len(work.months)), weights))
    distance = parts.sum(axis=1)
    apart = np.maximum(_p_values(distance), chi2.sf(distance, parts.shape[1]))
    sums = highest_cusum(_distances(work, weights, parameters))
    drifting = np.where(sums >= parameters.least_drift, _p_values(sums), 1.0)
    p = np.minimum(1.0, 2 * np.minimum(apart, drifting))
    first = np.argsort(p, kind="stable")[: max(1, int(parameters.most_share * len(people)))]
    return [
        _finding(tables, people[index], parts[index], float(p[index]), bool(drifting[index] < apart[index]))
        for index in sorted(first)
        if p[index] <= parameters.most_p
    ]


def _p_values(scores: Floats) -> Floats:
    """Return each person's rank among the others as a p-value."""
    people = np.arange(len(scores))
    return upper_p_values(np.round(scores, 9), np.zeros(len(scores), dtype=np.int64), people)


def _distances(work: Work, weights: Floats, parameters: Parameters) -> Floats:
    """Return people x months: how far each stood from the peers in the quarter up to each month."""
    columns = []
    for last in range(parameters.quarter, len(work.months) + 1):
        scores = robust_scores(work.values(last - parameters.quarter, last), weights)
        columns.append(np.sqrt(np.maximum(contributions(scores).sum(axis=1), 0.0)))
    return np.stack(columns, axis=1) if columns else np.zeros((len(work.people), 0))


def _people(tables: Tables) -> list[Row]:
    """Return the salespeople who are with us and were a year ago."""
    day = tables.as_of.date()
    staff = tables.employees
    if tables.has("employees", "role"):
        staff = staff.filter(staff.role == "rep")
    here = staff.filter(staff.left_date.isnull() | (staff.left_date > day))
    settled = here.filter(here.hired_date.isnull() | (here.hired_date <= day - timedelta(days=365)))
    return tables.records(settled.select("employee_id", "hired_date", "region"), order_by=["employee_id"])


def _traits(tables: Tables, people: list[Row]) -> Floats:
    """Return what makes people comparable: customers owned, the size of their orders, years with us, and the region."""
    owned = tables.accounts.filter(ibis._.owner_id.notnull()).group_by("owner_id").agg(n=ibis._.count())
    customers = {row["owner_id"]: row["n"] for row in tables.records(owned, order_by=["owner_id"])}
    sold = tables.orders.filter(ibis._.employee_id.notnull()).group_by("employee_id")
    sums = sold.agg(amount=ibis._.amount.sum(), n=ibis._.count())
    mean = {
        row["employee_id"]: float(row["amount"]) / row["n"] for row in tables.records(sums, order_by=["employee_id"])
    }
    regions = sorted({row["region"] or "" for row in people})
    rows = []
    for row in people:
        years = (tables.as_of.date() - row["hired_date"]).days / 365 if row["hired_date"] else 5.0
        known = row["employee_id"]
        rows.append([
            np.log1p(customers.get(known, 0)), np.log1p(max(mean.get(known, 0.0), 0.0)), np.log1p(years),
            float(regions.index(row["region"] or "")),
        ])  # fmt: skip
    return np.array(rows, dtype=np.float64)


def _finding(tables: Tables, row: Row, parts: Floats, p: float, drifts: bool) -> Finding:
    person = row["employee_id"]
    names = list(FEATURES.values())
    top = [names[index] for index in np.argsort(-parts, kind="stable")[:3] if parts[index] > 0]
    year_ago = tables.as_of.replace(year=tables.as_of.year - 1, day=min(tables.as_of.day, 28))
    scope = Scope(employee_id=person, region=row["region"])
    changed: Status = tables.context.status(
        ["territory_change", "promotion", "channel_policy"], year_ago, tables.as_of, scope
    )
    return Finding(
        subject_kind="employee",
        subject_id=person,
        at=tables.as_of,
        weight=weight_from_p(p),
        evidence=(Evidence("employees", person),),
        facts={
            "salesperson": person,
            "how": _DRIFTS if drifts else _APART,
            "features": Text(", ".join(one.en for one in top), "、".join(one.zh for one in top)),
            "chance": p,
        },
        employee_id=person,
        explanations={
            "changed-role": changed,
            "away": tables.context.on_leave(person, year_ago, tables.as_of),
        },
    )


_APART = Text(en="stand apart from those of comparable colleagues", zh="与可比同事明显不同")
_DRIFTS = Text(en="have been drifting away from those of comparable colleagues", zh="正逐渐偏离可比同事")


def _company(lost_by_first: int) -> dict[str, list[dict[str, object]]]:
    """Return thirty salespeople with two deals a month, of which every fourth is lost; the first one loses more."""
    deals: list[dict[str, object]] = []
    for person in range(30):
        for month in range(24):
            for deal in range(2):
                number = (2 * month + deal + person) % 4
                lost = number == 0 or (person == 0 and month >= 12 and number <= lost_by_first)
                day = f"{2023 + (month + 6) // 12}-{(month + 6) % 12 + 1:02d}-{10 + deal:02d}"
                deals.append({
                    "opportunity_id": f"O{person:02d}{month:02d}{deal}", "owner_id": f"E{person:02d}",
                    "created_at": day, "closed_at": day, "outcome": "lost" if lost else "won",
                })  # fmt: skip
    staff: list[dict[str, object]] = [
        {"employee_id": f"E{person:02d}", "name": f"N{person}", "role": "rep", "hired_date": "2020-01-01"}
        for person in range(30)
    ]
    return {"employees": staff, "opportunities": deals}


DETECTOR = Detector(
    code="peer-composite-drift",
    version=1,
    design="X3",
    family="process",
    strength="W1",
    modifier=True,
    title=Text(en="Figures that stand apart", zh="同侪综合偏离"),
    question=Text(
        en="Do a salesperson's figures, taken together, stand apart from those of comparable colleagues?",
        zh="该销售员的各项数据综合来看，是否明显偏离可比同事？",
    ),
    sentence=Text(
        en="{salesperson}'s figures {how}; most of all: {features} (chance {chance:percent}).",
        zh="{salesperson} 的各项数据{how}；差异最大的是：{features}（偶然概率 {chance:percent}）。",
    ),
    next_step=Text(
        en="Look at the figures together with the manager; a new role or product explains most of such differences.",
        zh="与其主管一起查看各项数据；岗位或产品变化可解释大多数差异。",
    ),
    method=Text(
        en="Nine rates of the last year, shrunk and set against weighted peers by median and MAD; robust Mahalanobis distance, "
        "ranked among colleagues, and a monthly CUSUM of it against the person's own past. It ranks where to look and "
        "never counts for naming.",
        zh="取近一年九项比率，经收缩后以加权同侪的中位数和绝对中位差标准化；计算稳健马氏距离并在同事中排序，同时按月做累积和（CUSUM），与本人过去相比。仅用于排序参考，不计入点名。",
    ),
    reads={"employees": ("employee_id",)},
    uses={
        "opportunities": ("owner_id", "closed_at", "competitor", "winner_company_id"),
        "quotes": ("discount",),
        "orders": ("employee_id",),
        "activities": ("employee_id",),
        "expenses": ("amount",),
        "access_events": ("row_count",),
        "field_changes": ("changed_by",),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("changed-role", Text(en="a new territory, product or policy", zh="区域、产品或政策调整"), 0.2),
        Innocent("away", Text(en="away for part of the year", zh="年内曾休假"), 0.2),
    ),
    wakes_on=("opportunities", "quotes", "orders"),
    examples=(
        Example(
            name="one salesperson begins to lose nearly everything",
            fires=True,
            as_of="2025-06-30",
            records={
                **_company(2),
                "context_events": [{"kind": "holiday", "from_date": "2024-10-01", "to_date": "2024-10-07"}],
            },
        ),
        Example(name="all lose every fourth deal", fires=False, as_of="2025-06-30", records=_company(0)),
    ),
)
