"""V3: somebody tells of a salesperson's private dealings, more often than colleagues are told of."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import ibis

from mingdan.engine.detector import Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.notices import bursts, notice_weight, notices_of, sources_of
from mingdan.engine.trail import Tables

Row = dict[str, Any]

_OUTSIDERS = ("客户", "供应商", "经销商", "customer", "client", "supplier", "vendor", "dealer")
"""Channels over which no colleague tells."""


@dataclass(frozen=True)
class Parameters:
    """`after_side_deal`: how many notices a year, more than usual, somebody who diverts orders draws.

    Tips over one channel about `burst_people` people within `burst_days` look like a quarrel; so does a tip within
    `handover_days` after the customer it names was taken from somebody else. `window_days`: older notices have lapsed.
    """

    after_side_deal: float = 0.12
    burst_days: int = 14
    burst_people: int = 3
    handover_days: int = 120
    window_days: int = 1095
    most_cited: int = 8


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding per salesperson of whom more is told than of colleagues."""
    since = tables.as_of - timedelta(days=parameters.window_days)
    rows = [row for row in notices_of(tables) if row["at"] >= since]
    if not rows:
        return []
    by_person: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_person[row["employee_id"]].append(row)
    sources = {person: sources_of(some) for person, some in sorted(by_person.items())}
    years = _years(tables, since, sorted(by_person))
    every, all_years = sum(map(len, sources.values())), sum(years.values())
    quarrels = bursts(rows, parameters.burst_days, parameters.burst_people)
    taken = _taken_over(tables)
    interests = _interests(tables)
    undeclared: Status = "ruled_out" if tables.has("declared_interests") else "open"
    found = []
    for person, own in sources.items():
        weight = notice_weight(
            len(own),
            years[person],
            every - len(own),
            all_years - years[person],
            after_side_deal=parameters.after_side_deal,
        )
        if weight > 0:
            rivalry = _rivalry(own, quarrels, taken.get(person, []), parameters)
            found.append(_finding(person, own, weight, rivalry, interests.get(person, undeclared), parameters))
    return found


def _finding(
    person: str, sources: list[list[Row]], weight: float, rivalry: Status, interest: Status, parameters: Parameters
) -> Finding:
    rows = [row for source in sources for row in source]
    accounts = sorted({row["account_id"] for row in rows if row["account_id"]})
    return Finding(
        subject_kind="employee",
        subject_id=person,
        at=rows[-1]["at"],
        weight=weight,
        evidence=tuple(Evidence(row["table_name"], row["row_id"]) for row in rows[: parameters.most_cited]),
        facts={
            "salesperson": person,
            "day": rows[0]["at"],
            "sources": len(sources),
            "tips": sum(source[0]["table_name"] == "tips" for source in sources),
        },
        employee_id=person,
        account_ids=tuple(accounts),
        explanations={"rivalry": rivalry, "interest": interest, "hearsay": "open"},
    )


def _years(tables: Tables, since: datetime, told: Sequence[str]) -> dict[str, float]:
    """Return how long each salesperson, and whoever else was told of, was with us since then."""
    staff = tables.employees.filter((ibis._.role == "rep") | ibis._.employee_id.isin(list(told)))
    rows = tables.records(staff.select("employee_id", "hired_date", "left_date"), order_by=["employee_id"])
    end = tables.as_of.date()
    years = dict.fromkeys(told, (end - since.date()).days / 365)
    for row in rows:
        start, until = max(row["hired_date"] or since.date(), since.date()), min(row["left_date"] or end, end)
        years[row["employee_id"]] = max((until - start).days, 1) / 365
    return years


def _taken_over(tables: Tables) -> dict[str, list[Row]]:
    """Return for each salesperson the customers that were somebody else's before, and since when."""
    changes = tables.owner_changes.filter(ibis._.from_employee_id.notnull() & ibis._.to_employee_id.notnull())
    rows = tables.records(
        changes.select("account_id", "changed_at", "to_employee_id"),
        order_by=["account_id", "changed_at", "to_employee_id"],
    )
    taken: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        taken[row["to_employee_id"]].append(row)
    return taken


def _rivalry(
    sources: Sequence[list[Row]], quarrels: set[tuple[str, str]], taken: Sequence[Row], parameters: Parameters
) -> Status:
    """Say whether every source may be a rival: a burst of tips about many, or a customer just taken from a colleague."""
    within = timedelta(days=parameters.handover_days)

    def may_be(row: Row) -> bool:
        fresh = any(
            one["account_id"] == row["account_id"] and timedelta(0) <= row["at"] - one["changed_at"] <= within
            for one in taken
        )
        return fresh or (row["table_name"], row["row_id"]) in quarrels

    if all(may_be(source[0]) for source in sources):
        return "supported"
    outside = all(
        source[0]["table_name"] != "tips" or any(word in (source[0]["channel"] or "").lower() for word in _OUTSIDERS)
        for source in sources
    )
    return "ruled_out" if outside else "open"


def _interests(tables: Tables) -> dict[str, Status]:
    """Return who had declared an interest that was approved: what is told may be just that."""
    declared = tables.declared_interests.filter(ibis._.approved.fill_null(True))
    rows = tables.records(declared.select("employee_id").distinct(), order_by=["employee_id"])
    return {row["employee_id"]: "supported" for row in rows}


def _staff(count: int) -> list[dict[str, object]]:
    return [
        {"employee_id": f"E{number}", "name": f"N{number}", "role": "rep", "hired_date": "2020-01-01"}
        for number in range(count)
    ]


def _tip(number: int, about: str, at: str, **more: object) -> dict[str, object]:
    return {"tip_id": f"T{number}", "received_at": at, "channel": "hotline", "about_employee_id": about, **more}


DETECTOR = Detector(
    code="tip-with-corroboration",
    version=1,
    design="V3",
    family="voice",
    strength="W2",
    title=Text(en="Told of by others", zh="举报佐证"),
    question=Text(
        en="Do others tell of a salesperson's private dealings, more often than of colleagues?",
        zh="是否有人反映该销售员存在私下交易，且多于同事被反映的次数？",
    ),
    sentence=Text(
        en="Since {day:day} {sources:count} separate sources told of {salesperson}[, {tips:count} of them by a tip]; "
        "what they say is not proved.",
        zh="自 {day:day} 起，有 {sources:count} 个不同来源反映了 {salesperson} 的情况[，其中 {tips:count} 个为举报]；所述内容未经证实。",
    ),
    next_step=Text(
        en="Ask the source for first-hand documents, protect it from retaliation, and check the claim without it.",
        zh="请来源提供第一手材料，保护其不受打击报复，并另行独立核实。",
    ),
    method=Text(
        en="Poisson likelihood ratio of separate sources: the colleagues' yearly rate against that rate and 0.12 a year more. "
        "One way of telling about one customer counts once; complaints and survey comments count where they speak of "
        "private dealings. How often tips here are borne out is not known, so the weight stays weak; only other kinds of "
        "evidence make it strong.",
        zh="不同来源数的泊松似然比：同事的年均被反映率，与在此基础上每年多 0.12 次相比。同一渠道就同一客户的反映只计一次；投诉和问卷意见仅在提到私下交易时计入。举报的查实率未知，因此权重偏弱；只有其他类别的证据才能加强。",
    ),
    reads={"employees": ("employee_id",)},
    uses={
        "tips": ("about_employee_id", "account_id", "channel"),
        "complaints": ("about_employee_id", "text"),
        "survey_responses": ("employee_id", "comment"),
        "owner_changes": ("to_employee_id",),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("rivalry", Text(en="a rival or a quarrel behind the tip", zh="举报出于竞争或纠纷"), 0.5),
        Innocent("interest", Text(en="a declared and approved interest", zh="已申报并获批准的利益关系"), 0.6),
        Innocent("hearsay", Text(en="told from hearsay", zh="仅为道听途说"), 0.2),
    ),
    wakes_on=("tips", "complaints", "survey_responses"),
    examples=(
        Example(
            name="two sources tell of one salesperson, nobody of the others",
            fires=True,
            as_of="2025-06-30",
            records={
                "employees": _staff(20),
                "tips": [_tip(1, "E1", "2025-02-01"), _tip(2, "E1", "2025-05-10", channel="letter")],
                "declared_interests": [{"employee_id": "E9", "declared_at": "2024-01-01", "company_id": "C9"}],
            },
        ),
        Example(
            name="somebody tells of everybody within a week",
            fires=False,
            as_of="2025-06-30",
            records={
                "employees": _staff(20),
                "tips": [_tip(number, f"E{number}", f"2025-05-{10 + number // 4}") for number in range(20)],
            },
        ),
        Example(
            name="a tip about a customer who was just taken over from a colleague",
            fires=False,
            as_of="2025-06-30",
            records={
                "employees": _staff(20),
                "tips": [_tip(1, "E1", "2025-05-10", account_id="A1")],
                "owner_changes": [
                    {
                        "account_id": "A1",
                        "changed_at": "2025-04-20",
                        "from_employee_id": "E2",
                        "to_employee_id": "E1",
                        "changed_by": "E3",
                    }
                ],
            },
        ),
    ),
)
