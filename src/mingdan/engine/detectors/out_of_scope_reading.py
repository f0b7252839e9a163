"""A2: in a quarter a salesperson opened far more customers that are other people's than peers do."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import ibis
import numpy as np
from ibis import _

from mingdan.engine.context import Scope
from mingdan.engine.detector import STRENGTH_CAPS, Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.count_surprise import group_numbers
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.listed import among
from mingdan.engine.methods.peer_group import peer_groups
from mingdan.engine.methods.scope_surprise import (
    ELSEWHERE,
    REGION,
    Quarters,
    openings,
    strangers_opened,
    surprising_quarters,
)
from mingdan.engine.methods.stranger_reads import opened
from mingdan.engine.trail import Tables

Row = dict[str, Any]


@dataclass(frozen=True)
class Parameters:
    """When it is told.

    At least `least_seen` strangers' customers, `least_ratio` times what is expected, and somebody innocent has such a quarter in at
    most the share `rare` of years. `new_days` after being hired people look around; `most_accounts` are named and
    `most_cited` openings cited.
    """

    least_seen: int = 15
    least_ratio: float = 3.0
    rare: float = 0.05
    new_days: int = 120
    most_accounts: int = 100
    most_cited: int = 20


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding for each salesperson and quarter that stands out."""
    total = openings(tables)
    people = tuple(str(one) for one in np.unique(total["employee_id"].astype(str)))
    if len(people) < 3:
        return []
    numbers = group_numbers(people, peer_groups(tables, people))
    counted = strangers_opened(tables).group_by("employee_id", "quarter", "kind").agg(n=_.count())
    per_kind = tables.columns(counted, order_by=["employee_id", "quarter", "kind"])
    repeats = per_kind["n"].astype(np.int64)
    strangers = {name: np.repeat(column, repeats) for name, column in per_kind.items()}
    quarters = surprising_quarters(total, strangers, dict(zip(people, numbers.tolist(), strict=True)))
    told = np.flatnonzero(
        (quarters.p <= parameters.rare)
        & (quarters.seen >= parameters.least_seen)
        & (quarters.seen >= parameters.least_ratio * quarters.expected)
    )
    if not len(told):
        return []
    rows = _openings_of(tables, sorted({quarters.people[quarters.person[place]] for place in told}))
    return [
        finding for place in told if (finding := _finding(tables, quarters, int(place), rows, parameters)) is not None
    ]


def _openings_of(tables: Tables, people: list[str]) -> dict[tuple[str, int], list[Row]]:
    """Return these people's strangers' customers by quarter with an event that opened each, the most remote first."""
    strangers = among(strangers_opened(tables), "employee_id", people)
    events = among(opened(tables), "employee_id", people)
    first = events.group_by("employee_id", "account_id", at="happened_at").agg(event_id=_.event_id.min())
    joined = strangers.left_join(first, ["employee_id", "account_id", "at"])
    joined = joined.select("employee_id", "account_id", "quarter", "kind", "at", "event_id")
    found: dict[tuple[str, int], list[Row]] = {}
    for row in tables.records(joined, order_by=["employee_id", "quarter", "account_id"]):
        found.setdefault((row["employee_id"], row["quarter"]), []).append(row)
    rank = {ELSEWHERE: 0, REGION: 1}
    return {
        key: sorted(rows, key=lambda row: (rank.get(row["kind"], 2), row["at"], row["account_id"]))
        for key, rows in found.items()
    }


def _finding(
    tables: Tables, quarters: Quarters, place: int, rows: dict[tuple[str, int], list[Row]], parameters: Parameters
) -> Finding | None:
    employee, quarter = quarters.people[quarters.person[place]], int(quarters.quarter[place])
    mine = rows.get((employee, quarter), [])
    if not mine:
        return None
    cited = [row for row in mine if row["event_id"]][: parameters.most_cited]
    start, at = min(row["at"] for row in mine), max(row["at"] for row in mine)
    return Finding(
        subject_kind="employee",
        subject_id=employee,
        at=at,
        weight=min(weight_from_p(float(quarters.p[place])), STRENGTH_CAPS["W2"]),
        evidence=tuple(Evidence("access_events", row["event_id"]) for row in cited),
        facts={
            "employee": employee,
            "year": quarter // 4,
            "quarter": quarter % 4 + 1,
            "seen": int(quarters.seen[place]),
            "expected": float(round(quarters.expected[place], 1)),
            "elsewhere": sum(row["kind"] == ELSEWHERE for row in mine),
        },
        employee_id=employee,
        account_ids=tuple(row["account_id"] for row in mine[: parameters.most_accounts]),
        explanations={
            "covering": "ruled_out" if tables.has("leaves") else "open",
            "habit": _habit(quarters, place),
            "new-salesperson": _is_new(tables, employee, at.date(), parameters),
            "duplicates": _checks_duplicates(tables, employee, start, at, len(mine)),
            "territory": tables.context.status(
                ["territory_change", "regrouping", "migration"],
                start - timedelta(days=30),
                at + timedelta(days=30),
                Scope(employee_id=employee),
            ),
        },
    )


def _habit(quarters: Quarters, place: int) -> Status:
    """Somebody who read as widely in two earlier quarters coordinates, or compares prices, as part of the work."""
    earlier = (quarters.person == quarters.person[place]) & (quarters.quarter < quarters.quarter[place])
    if earlier.sum() < 2:
        return "open"
    return "supported" if (quarters.seen[earlier] >= 0.6 * quarters.seen[place]).sum() >= 2 else "ruled_out"


def _is_new(tables: Tables, employee: str, day: date, parameters: Parameters) -> Status:
    if not tables.has("employees", "hired_date"):
        return "open"
    people = tables.employees.filter(_.employee_id == employee).select("employee_id", "hired_date")
    hired = [row["hired_date"] for row in tables.records(people, order_by=["employee_id"])]
    if not hired or hired[0] is None:
        return "open"
    return "supported" if hired[0] >= day - timedelta(days=parameters.new_days + 92) else "ruled_out"


def _checks_duplicates(tables: Tables, employee: str, start: datetime, end: datetime, seen: int) -> Status:
    """Whoever enters new customers or works new leads looks first whether they are there: a third as many explain it."""
    if not (tables.has("accounts", "created_by") or tables.has("leads", "assigned_to")):
        return "open"
    made = tables.accounts.filter((_.created_by == employee) & _.created_at.between(start, end)).select(n="account_id")
    dealt = tables.leads.filter((_.assigned_to == employee) & _.created_at.between(start, end)).select(n="lead_id")
    [row] = tables.records(made.union(dealt).agg(n=ibis._.n.count()), order_by=["n"])
    return "supported" if 3 * int(row["n"]) >= seen else "ruled_out"


def _views(strange: int) -> dict[str, list[dict[str, object]]]:
    """Return 24 salespeople who open their customers in four quarters, and one who opens so many of others' at last."""
    people, customers = range(24), range(72)
    quarters = ("2024-02", "2024-05", "2024-08", "2024-11")
    views: list[tuple[int, int, str]] = [
        (person, person * 3 + number % 3, f"{month}-{1 + number:02d}")
        for person in people
        for month in quarters
        for number in range(11)
    ]
    views += [(person, (person * 3 + 4) % 72, f"{month}-25") for person in people for month in quarters]
    views += [(0, 9 + number, f"2024-12-{1 + number % 20:02d}") for number in range(strange)]
    return {
        "employees": [
            {"employee_id": f"E{n}", "name": f"P{n}", "role": "rep", "team_id": f"T{n % 2}", "region": f"R{n % 2}"}
            for n in people
        ],
        "accounts": [{"account_id": f"A{n}", "name": f"Customer {n}", "owner_id": f"E{n // 3}"} for n in customers],
        "access_events": [
            {
                "event_id": f"V{place}", "employee_id": f"E{person}", "happened_at": day, "action": "view",
                "account_id": f"A{account}",
            }
            for place, (person, account, day) in enumerate(views)
        ],
    }  # fmt: skip


DETECTOR = Detector(
    code="out-of-scope-reading",
    version=1,
    design="A2",
    family="access",
    strength="W2",
    title=Text(en="Reading other people's customers", zh="越权浏览客户"),
    question=Text(
        en="Did a salesperson open far more customers of other people than peers do?",
        zh="该销售员查阅他人客户的数量是否远超同侪？",
    ),
    sentence=Text(
        en="In quarter {quarter:count} of {year}, {employee} opened {seen:count} customers that were never the salesperson's and that no record ties to the salesperson; peers let one expect {expected:times}.[ Of another region and team: {elsewhere:count}.]",
        zh="{employee} 在 {year} 年第 {quarter:count} 季度查阅了 {seen:count} 家从未属于其名下且无往来记录的客户，而按同侪水平预计为 {expected:times} 家。[其中属于其他区域和团队的：{elsewhere:count} 家。]",
    ),
    next_step=Text(
        en="Ask the salesperson why these customers were opened, and watch whether they are approached or lost.",
        zh="请该销售员说明查阅原因，并留意这些客户是否被接触或流失。",
    ),
    method=Text(
        en="An opening counts where the customer was never the salesperson's, no deal, order, quote, call or other record ties them, and its owner was not on leave that day. Each counts by -log10 of how often others open such a customer (a team mate's, the region's, elsewhere, nobody's). The quarter's excess is ranked among the peers' quarters without the person's own (conformal), and the number has its negative binomial tail; the larger of both, over a year, by Sellke's bound. Told from 15 customers and three times the expected number.",
        zh="客户从未属于该销售员、双方没有商机、订单、报价、通话等任何记录、且其负责人当日不在休假，方计一次查阅。按他人查阅此类客户（同团队、同区域、其他区域、无主）的频率取负对数计分。该季度的超出部分在不含本人的同侪各季度中排名（共形），数量另取负二项尾概率；取较大者折算至一年，按 Sellke 界换算。满 15 家且达预计的三倍方才提示。",
    ),
    reads={"access_events": ("employee_id", "action"), "accounts": ("owner_id",)},
    uses={
        "access_events": ("account_id", "object_kind", "object_id"),
        "employees": ("role", "team_id", "region", "hired_date"),
        "owner_changes": ("to_employee_id",),
        "leaves": ("from_date",),
        "leads": ("assigned_to",),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("covering", Text(en="covering for a colleague on leave", zh="为休假同事代班"), 0.4),
        Innocent("habit", Text(en="reading widely is part of the work", zh="其工作一向需要广泛查阅"), 0.5),
        Innocent("new-salesperson", Text(en="training in the first months", zh="入职初期的培训"), 0.5),
        Innocent("duplicates", Text(en="checks for duplicates before entering customers", zh="录入客户前的查重"), 0.3),
        Innocent("territory", Text(en="a change of territories or a migration", zh="区域调整或系统迁移"), 0.5),
    ),
    wakes_on=("access_events",),
    examples=(
        Example("forty customers of colleagues where one a quarter is usual", True, _views(40), "2024-12-31"),
        Example("four customers of colleagues", False, _views(4), "2024-12-31"),
    ),
)
