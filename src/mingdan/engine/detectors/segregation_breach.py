"""X2: one person took two steps that two people ought to take, more often than colleagues do."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import numpy as np

from mingdan.engine.context import Scope
from mingdan.engine.detector import Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.beta_binomial import fit_beta
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.role_overlaps import RULES, role_steps
from mingdan.engine.trail import Tables

Row = dict[str, Any]


@dataclass(frozen=True)
class Parameters:
    """A rule broken at least `least_breaches` times and by chance alone no oftener than `most_p` (after asking all rules).

    A team of at most `tiny_team` people cannot always part the steps. At most `most_cited` rows are cited.
    """

    least_breaches: int = 2
    most_p: float = 0.02
    tiny_team: int = 3
    most_cited: int = 8


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding per salesperson and rule that this person breaks beyond the colleagues' rate."""
    steps = role_steps(tables)
    counted = steps.group_by("rule", "employee_id").agg(steps=ibis._.count(), breaches=ibis._.breach.sum())
    told = _beyond(tables.records(counted, order_by=["rule", "employee_id"]), parameters)
    if not told:
        return []
    wanted = steps.filter((steps.breach == 1) & steps.employee_id.isin(sorted({row["employee_id"] for row in told})))
    rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in tables.records(wanted, order_by=["rule", "employee_id", "at", "table_name", "row_id"]):
        rows[row["rule"], row["employee_id"]].append(row)
    teams = _team_sizes(tables)
    return [
        _finding(tables, one, rows[one["rule"], one["employee_id"]], teams.get(one["employee_id"]), parameters)
        for one in told
    ]


def _beyond(counts: list[Row], parameters: Parameters) -> list[Row]:
    """Return whose breaches exceed the others' rates: beta-binomial tails, the number of rules taken into account."""
    told = []
    for rule in RULES:
        people = [row for row in counts if row["rule"] == rule]
        n = np.array([row["steps"] for row in people], dtype=np.float64)
        y = np.array([row["breaches"] for row in people], dtype=np.float64)
        for index in np.flatnonzero(y >= parameters.least_breaches):
            others = fit_beta(np.delete(y, index), np.delete(n, index))
            p = min(1.0, len(RULES) * others.tail(int(y[index]), int(n[index])))
            if p <= parameters.most_p:
                told.append({**people[index], "p": p, "usual": others.mean})
    return told


def _team_sizes(tables: Tables) -> dict[str, int]:
    """Return how many people each employee's team has."""
    staff = tables.employees.filter(ibis._.team_id.notnull())
    sizes = staff.group_by("team_id").agg(n=ibis._.count())
    rows = tables.records(staff.inner_join(sizes, "team_id").select("employee_id", "n"), order_by=["employee_id"])
    return {row["employee_id"]: row["n"] for row in rows}


def _finding(tables: Tables, one: Row, rows: list[Row], team: int | None, parameters: Parameters) -> Finding:
    person = one["employee_id"]
    first, last = rows[0]["at"], rows[-1]["at"]
    tiny: Status = "open" if team is None else "supported" if team <= parameters.tiny_team else "ruled_out"
    waived = tables.context.status(["waiver", "migration"], first, last, Scope(employee_id=person))
    return Finding(
        subject_kind="employee",
        subject_id=person,
        at=last,
        weight=weight_from_p(one["p"]),
        evidence=tuple(Evidence(row["table_name"], row["row_id"]) for row in rows[-parameters.most_cited :]),
        facts={
            "salesperson": person,
            "what": _SAID[one["rule"]],
            "breaches": int(one["breaches"]),
            "steps": int(one["steps"]),
            "usual": float(one["usual"]),
        },
        employee_id=person,
        explanations={"tiny-branch": tiny, "deputy": _deputy(tables, rows), "waiver": waived},
    )


def _deputy(tables: Tables, rows: list[Row]) -> Status:
    """Say whether the person stood in for a superior who was away each time."""
    if not tables.has("leaves") or not tables.has("employees", "manager_id"):
        return "open"
    managers = tables.records(
        tables.employees.filter(ibis._.employee_id.isin(sorted({row["employee_id"] for row in rows}))).select(
            "employee_id", "manager_id"
        ),
        order_by=["employee_id"],
    )
    superior = {row["employee_id"]: row["manager_id"] for row in managers}
    away = [tables.context.on_leave(superior.get(row["employee_id"]), _day(row), _day(row)) for row in rows]
    return "supported" if all(one == "supported" for one in away) else "ruled_out"


def _day(row: Row) -> date:
    day: date = row["at"].date()
    return day


_SAID = {
    "own-approval": Text(en="decided on own requests", zh="审批了本人的申请"),
    "mutual-approval": Text(en="had requests decided by somebody whose requests this person decides", zh="与对方互相审批申请"),
    "own-receipt": Text(en="posted the receipts of own customers", zh="登记了本人客户的回款"),
    "shared-device": Text(en="shared a device with whoever decided on the requests, on the day", zh="当天与审批人使用同一设备"),
}  # fmt: skip


def _asked(number: int, by: str, decided_by: str) -> dict[str, object]:
    return {
        "approval_id": f"P{by}{number}",
        "object_kind": "quote",
        "object_id": f"Q{by}{number}",
        "requested_by": by,
        "requested_at": f"2025-03-{number + 1:02d}T08:00:00",
        "decided_by": decided_by,
        "decided_at": f"2025-03-{number + 1:02d}T09:00:00",
    }


def _branch(own: int) -> dict[str, list[dict[str, object]]]:
    """Return a branch whose manager decides, but for so many requests of E0, who decides on them."""
    staff: list[dict[str, object]] = [
        {"employee_id": f"E{n}", "name": f"N{n}", "role": "rep", "team_id": "T1"} for n in range(8)
    ]
    return {
        "employees": staff,
        "approvals": [
            _asked(number, f"E{n}", f"E{n}" if n == 0 and number < own else "M1")
            for n in range(8)
            for number in range(15)
        ],
    }


DETECTOR = Detector(
    code="segregation-breach",
    version=1,
    design="X2",
    family="process",
    strength="W2",
    modifier=True,
    title=Text(en="Two steps by one person", zh="不相容职责"),
    question=Text(
        en="Did one person take steps that two people ought to take, more often than colleagues?",
        zh="是否有人独自完成了本应由两人分别完成的步骤，且多于同事？",
    ),
    sentence=Text(
        en="{salesperson} {what} {breaches:count} times out of {steps:count}; among colleagues it is {usual:percent}.",
        zh="{salesperson} 在 {steps:count} 次中有 {breaches:count} 次{what}；同事中的比例为 {usual:percent}。",
    ),
    next_step=Text(
        en="Part the two steps: another person decides or posts. It closes a gap and blames nobody.",
        zh="将两个步骤分由不同人员办理：由他人审批或登记。目的在于堵住漏洞，不追究任何人。",
    ),
    method=Text(
        en="Set rules over approvals, quotes, receipts and device logs; beta-binomial tail of a person's breaches against the "
        "colleagues' rates, times the number of rules. It steers call-backs and never counts for naming.",
        zh="对审批、报价、回款和设备日志核对职责分离规则；以同事的发生率为基准计算贝塔二项分布尾概率，再乘以规则数。只影响回访抽样，不计入点名。",
    ),
    reads={"employees": ("employee_id",)},
    uses={
        "approvals": ("requested_by", "decided_by"),
        "quotes": ("approved_by",),
        "payments": ("posted_by",),
        "access_events": ("device",),
        "employees": ("team_id", "manager_id"),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("tiny-branch", Text(en="too small a branch to part the steps", zh="分支机构人手太少，无法分岗"), 0.6),
        Innocent("deputy", Text(en="stood in for a superior who was away", zh="上级不在岗期间代行职责"), 0.6),
        Innocent("waiver", Text(en="an exception on file, or records moved", zh="有备案的例外，或数据迁移"), 0.6),
    ),
    wakes_on=("approvals", "quotes", "payments"),
    examples=(
        Example(name="six requests that the asker decided", fires=True, as_of="2025-06-30", records=_branch(6)),
        Example(name="one slip among many", fires=False, as_of="2025-06-30", records=_branch(1)),
        Example(
            name="where everybody decides on own requests, nobody stands out",
            fires=False,
            as_of="2025-06-30",
            records={
                **_branch(0),
                "approvals": [_asked(number, f"E{n}", f"E{n}") for n in range(8) for number in range(15)],
            },
        ),
    ),
)
