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
    surprising_years,
)
from mingdan.engine.methods.stranger_reads import opened
from mingdan.engine.trail import Tables

Row = dict[str, Any]


@dataclass(frozen=True)
class Parameters:
    """When it is told.

    At least `least_seen` strangers' customers, `least_ratio` times what is expected (in a year `least_of_year` times), and somebody innocent has such a quarter in at
    most the share `rare` of years. `new_days` after being hired people look around; `most_accounts` are named and
    `most_cited` openings cited.
    """

    least_seen: int = 15
    least_ratio: float = 3.0
    least_of_year: float = 2.0
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
    group_of = dict(zip(people, numbers.tolist(), strict=True))
    quarters = surprising_quarters(total, strangers, group_of)
    years = surprising_years(quarters, group_of)
    told = [(quarters, place) for place in _standing_out(quarters, parameters.least_ratio, parameters)]
    known = {quarters.person[place] for _, place in told}
    wide = _standing_out(years, parameters.least_of_year, parameters)
    told += [(years, place) for place in wide if years.person[place] not in known]
    if not told:
        return []
    rows = _openings_of(tables, sorted({some.people[some.person[place]] for some, place in told}))
    found = (_finding(tables, some, place, rows, quarters, parameters) for some, place in told)
    return [finding for finding in found if finding is not None]


def _standing_out(quarters: Quarters, least_ratio: float, parameters: Parameters) -> list[int]:
    standing = (quarters.p <= parameters.rare) & (quarters.seen >= parameters.least_seen)
    places: list[int] = np.flatnonzero(standing & (quarters.seen >= least_ratio * quarters.expected)).tolist()
    return places


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
    tables: Tables,
    quarters: Quarters,
    place: int,
    rows: dict[tuple[str, int], list[Row]],
    single: Quarters,
    parameters: Parameters,
) -> Finding | None:
    employee, quarter = quarters.people[quarters.person[place]], int(quarters.quarter[place])
    mine = [row for back in range(quarters.span) for row in rows.get((employee, quarter - back), [])]
    if not mine:
        return None
    cited = [row for row in mine if row["event_id"]][: parameters.most_cited]
    start, at = min(row["at"] for row in mine), max(row["at"] for row in mine)
    return Finding(
        subject_kind="employee",
        subject_id=employee,
        at=at,
        weight=min(weight_from_p(float(quarters.p[place])), STRENGTH_CAPS["W2" if quarters.span == 1 else "W3"]),
        evidence=tuple(Evidence("access_events", row["event_id"]) for row in cited),
        facts={
            "employee": employee,
            "when": _when(quarter, quarters.span),
            "seen": int(quarters.seen[place]),
            "expected": float(round(quarters.expected[place], 1)),
            "elsewhere": sum(row["kind"] == ELSEWHERE for row in mine),
        },
        employee_id=employee,
        account_ids=tuple(dict.fromkeys(row["account_id"] for row in mine))[: parameters.most_accounts],
        explanations={
            "covering": "ruled_out" if tables.has("leaves") else "open",
            "habit": _habit(quarters, place, single),
            "new-salesperson": _is_new(tables, employee, at.date(), parameters),
            # over a year everybody enters customers: what peers let one expect includes such checks
            "duplicates": _checks_duplicates(tables, employee, start, at, len(mine)) if quarters.span == 1 else "open",
            "territory": tables.context.status(
                ["territory_change", "regrouping", "migration"],
                start - timedelta(days=30),
                at + timedelta(days=30),
                Scope(employee_id=employee),
            ),
        },
    )


def _when(quarter: int, span: int) -> Text:
    year, number = quarter // 4, quarter % 4 + 1
    if span == 1:
        return Text(en=f"quarter {number} of {year}", zh=f"{year} 年第 {number} 季度")
    return Text(en=f"the year to quarter {number} of {year}", zh=f"截至 {year} 年第 {number} 季度的一年内")


def _habit(quarters: Quarters, place: int, single: Quarters) -> Status:
    """Somebody who read as widely in two quarters before coordinates, or compares prices, as part of the work."""
    before = quarters.quarter[place] - quarters.span + 1
    earlier = (single.person == quarters.person[place]) & (single.quarter < before)
    if earlier.sum() < 2:
        return "open"
    wide = single.seen[earlier] >= 0.6 * quarters.seen[place] / quarters.span
    return "supported" if wide.sum() >= 2 else "ruled_out"


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


def _steady(strange: int) -> dict[str, list[dict[str, object]]]:
    """Return the same people, the first of whom opens so many of others' customers in each quarter."""
    trail = _views(0)
    for number in range(4 * strange):
        month, day = ("02", "05", "08", "11")[number % 4], 1 + number // 4
        happened = {"event_id": f"W{number}", "happened_at": f"2024-{month}-{day:02d}", "action": "view"}
        trail["access_events"].append({**happened, "employee_id": "E0", "account_id": f"A{9 + number}"})
    return trail


DETECTOR = Detector(
    code="out-of-scope-reading",
    version=2,
    design="A2",
    family="access",
    strength="W3",
    title=Text(en="Reading other people's customers", zh="越权浏览客户"),
    question=Text(
        en="Did a salesperson open far more customers of other people than peers do?",
        zh="该销售员查阅他人客户的数量是否远超同侪？",
    ),
    sentence=Text(
        en="In {when} {employee} opened {seen:count} customers that were never the salesperson's and that no record ties to the salesperson; peers let one expect {expected:times}.[ Of another region and team: {elsewhere:count}.]",
        zh="{employee} 在{when}查阅了 {seen:count} 家从未属于其名下且无往来记录的客户，而按同侪水平预计为 {expected:times} 家。[其中属于其他区域和团队的：{elsewhere:count} 家。]",
    ),
    next_step=Text(
        en="Ask the salesperson why these customers were opened, and watch whether they are approached or lost.",
        zh="请该销售员说明查阅原因，并留意这些客户是否被接触或流失。",
    ),
    method=Text(
        en="An opening counts where the customer was never the salesperson's, no deal, order, quote, call or other record ties them, and its owner was not on leave that day. Each counts by -log10 of how often others open such a customer (a team mate's, the region's, elsewhere, nobody's). The quarter's excess is ranked among the peers' quarters without the person's own (conformal), and the number has its negative binomial tail; the larger of both, over a year, by Sellke's bound. Told from 15 customers and three times the expected number, at most 0.6. Who stands out in no quarter is looked at over four in a row, summed: twice the expected number, at most 1.0.",
        zh="客户从未属于该销售员、双方没有商机、订单、报价、通话等任何记录、且其负责人当日不在休假，方计一次查阅。按他人查阅此类客户（同团队、同区域、其他区域、无主）的频率取负对数计分。该季度的超出部分在不含本人的同侪各季度中排名（共形），数量另取负二项尾概率；取较大者折算至一年，按 Sellke 界换算。满 15 家且达预计的三倍方才提示，最多 0.6。各季度均不突出者，再按连续四个季度合计，达预计的两倍方才提示，最多 1.0。",
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
        Example("seven customers of colleagues in each quarter of a year", True, _steady(7), "2024-12-31"),
    ),
)
