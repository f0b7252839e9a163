"""P4: leads are marked invalid more often than like leads of others, and were talked to at length all the same."""

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mingdan.engine.detector import STRENGTH_CAPS, Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.lead_outcomes import asked_again, contacts_added, in_campaign, judged_leads, talks
from mingdan.engine.methods.lead_surplus import Surplus, both, marked_invalid, talked_to
from mingdan.engine.trail import Columns, Tables, moment

Row = dict[str, Any]


@dataclass(frozen=True)
class Parameters:
    """What is looked at and when it is told.

    `days` looked back; a person needs `least_leads` judged leads, and `least_talked` of the invalid ones with a call of more than
    `talk_seconds` (within `talk_days`) or a chat contact gained (within `contact_days`). `usual_habit` is how far, in
    logits, innocent people differ, worth `habit_worth` people's leads. `told_p` is the largest p-value told; a surplus of
    invalid leads alone is told from `alone_p` and carries `alone` at most. `usual_share` is how many side deals are taken to
    begin with leads; `closer_look` how many standard deviations are too few to compute. `elsewhere` is how often a lead that was kept
    back says that it bought elsewhere; `not_random` what is left of the weight where no pool is known to be random.
    """

    days: int = 1095
    least_leads: int = 15
    least_talked: int = 3
    talk_seconds: int = 60
    talk_days: int = 60
    contact_days: int = 7
    usual_habit: float = 0.4
    habit_worth: float = 5.0
    closer_look: float = 1.0
    told_p: float = 0.005
    usual_share: float = 0.5
    talked_p: float = 0.05
    alone_p: float = 0.001
    alone: float = 0.3
    elsewhere: float = 0.5
    not_random: float = 0.5
    most_cited: int = 20


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding per salesperson whose invalid leads, or the talks with them, are rare among peers."""
    leads = judged_leads(tables, parameters.days)
    people, owners = np.unique(leads["assigned_to"].astype(str), return_inverse=True)
    if len(people) < 3:
        return []
    habit = {"usual": parameters.usual_habit, "worth": parameters.habit_worth}
    contact = _Contact(tables, parameters)
    talked = np.isin(leads["lead_id"].astype(str), sorted(contact.rows))
    invalid, spoken = marked_invalid(leads, owners, **habit), talked_to(leads, owners, talked, **habit)
    enough = np.flatnonzero(np.bincount(owners) >= parameters.least_leads)
    judged = (
        _judged(tables, str(people[one]), int(one), leads, invalid, spoken, contact, parameters) for one in enough
    )
    return [finding for finding in judged if finding]


class _Contact:
    """What contact there was with leads marked invalid, and what they said when asked again."""

    def __init__(self, tables: Tables, parameters: Parameters) -> None:
        self.rows: dict[str, Evidence] = {
            row["lead_id"]: Evidence("channel_events", row["row_id"])
            for row in contacts_added(tables, days=parameters.days, within_days=parameters.contact_days)
        }
        for row in talks(
            tables, days=parameters.days, least_seconds=parameters.talk_seconds, within_days=parameters.talk_days
        ):
            self.rows[row["lead_id"]] = Evidence("calls", row["call_id"])
        self.asked = asked_again(tables, parameters.days)

    def confirmed(self, employee: str) -> list[Row]:
        """Return the call-backs in which a lead that the person had talked to says that it bought elsewhere."""
        return [
            row
            for row in self.asked
            if row["employee_id"] == employee and row["elsewhere"] and row["lead_id"] in self.rows
        ]

    def usual(self, employee: str) -> float:
        """Return how often invalid leads of others say so, one added on each side."""
        others: list[int] = [row["elsewhere"] for row in self.asked if row["employee_id"] != employee]
        return (1 + sum(others)) / (2 + len(others))


def _judged(
    tables: Tables,
    employee: str,
    person: int,
    leads: Columns,
    invalid: Surplus,
    spoken: Surplus,
    contact: _Contact,
    parameters: Parameters,
) -> Finding | None:
    """Weigh one person's leads; talks carry the finding, a mere surplus of invalid leads hardly any."""
    _, talked, _ = spoken.counts(person)
    if spoken.excess(person) < parameters.closer_look and invalid.excess(person) < 2 * parameters.closer_look:
        return None
    joint = both(invalid, spoken, person)
    is_talked = (
        talked >= parameters.least_talked
        and spoken.p_value(person) <= parameters.talked_p
        and joint <= parameters.told_p
    )
    alone = invalid.p_value(person)
    if not is_talked and alone > parameters.alone_p:
        return None
    confirmed = contact.confirmed(employee) if is_talked else []
    sure = (
        1.0 if (leads["is_random"].astype(bool) & (leads["assigned_to"] == employee)).any() else parameters.not_random
    )
    if is_talked:
        share = math.log10(parameters.usual_share)
        weight = sure * max(0.0, min(weight_from_p(joint) + share, STRENGTH_CAPS["W3"]))
        weight += len(confirmed) * max(0.0, math.log10(parameters.elsewhere / contact.usual(employee)))
    else:
        weight = sure * min(weight_from_p(alone), parameters.alone)
    rows = spoken.rows[(spoken.owner == person) & spoken.hit] if is_talked else invalid.rows[
        (invalid.owner == person) & invalid.hit
    ]  # fmt: skip
    return _finding(
        tables, employee, person, leads, rows, (invalid, spoken), contact, confirmed, weight, sure, parameters
    )


def _finding(
    tables: Tables,
    employee: str,
    person: int,
    leads: Columns,
    rows: NDArray[np.int64],
    surplus: tuple[Surplus, Surplus],
    contact: _Contact,
    confirmed: list[Row],
    weight: float,
    sure: float,
    parameters: Parameters,
) -> Finding:
    invalid, spoken = surplus
    judged, marked, expected = invalid.counts(person)
    numbered, talked, usual = spoken.counts(person)
    at = leads["touched_at"][rows]
    cited = [str(leads["lead_id"][place]) for place in rows[np.argsort(at, kind="stable")][-parameters.most_cited :]]
    return Finding(
        subject_kind="employee",
        subject_id=employee,
        at=min(moment(at.max()), tables.as_of),
        weight=weight,
        evidence=(
            *(Evidence("leads", lead) for lead in cited),
            *(contact.rows[lead] for lead in cited if lead in contact.rows),
            *(Evidence("callbacks", row["callback_id"]) for row in confirmed),
        ),
        facts={
            "employee": employee,
            "leads": judged,
            "invalid": marked,
            "expected": round(expected, 1),
            "numbered": numbered,
            "talked": talked,
            "usual": round(usual, 1),
            "elsewhere": len(confirmed),
        },
        employee_id=employee,
        explanations={
            "lead-quality": "ruled_out" if sure == 1.0 else "open",
            "talked-out": _talked_out(leads, rows),
            "new-salesperson": _is_new(tables, employee, leads, rows),
            "campaign": in_campaign(tables, employee, leads["created_at"][rows]),
        },
    )


def _talked_out(leads: Columns, rows: NDArray[np.int64]) -> Status:
    """A long talk may end in "no need": not where most reasons say that nobody was reached."""
    return "ruled_out" if 2 * leads["unreached"][rows].sum() > len(rows) else "open"


def _is_new(tables: Tables, employee: str, leads: Columns, rows: NDArray[np.int64]) -> Status:
    """Return whether most of these leads came in the salesperson's first half year."""
    if not tables.has("employees", "hired_date"):
        return "open"
    people = tables.employees.filter(tables.employees.employee_id == employee)
    hired = [
        row["hired_date"]
        for row in tables.records(people.select("employee_id", "hired_date"), order_by=["employee_id"])
    ]
    if not hired or hired[0] is None:
        return "open"
    until = np.datetime64(hired[0] + timedelta(days=182))
    return "supported" if 2 * (leads["created_at"][rows] < until).sum() > len(rows) else "ruled_out"


def _leads(kept_back: int) -> dict[str, list[dict[str, object]]]:
    """Return twenty leads for each of eight salespeople, five invalid each, and so many more that E0 talked to for long."""
    people, numbers = range(8), range(20)
    leads: list[dict[str, object]] = []
    calls: list[dict[str, object]] = []
    for person in people:
        for number in numbers:
            kept = person == 0 and 5 <= number < 5 + kept_back
            day = f"2025-{1 + number // 10:02d}-{2 + number % 10 * 2:02d}"
            lead = f"L{person}-{number:02d}"
            invalid, at = number < 5 or kept, {"assigned_to": f"E{person}", "source": "web", "random_pool": True}
            leads.append(
                {
                    **at, "lead_id": lead, "created_at": f"{day}T03:00", "phone_key": f"N{lead}",
                    "status": "invalid" if invalid else "working", "invalid_reason": "无人接听" if invalid else None,
                }
            )  # fmt: skip
            calls.append(
                {
                    "call_id": f"C{lead}", "employee_id": f"E{person}", "phone_key": f"N{lead}",
                    "started_at": f"{day}T05:00", "seconds": 15 if number < 5 else 240,
                }
            )  # fmt: skip
    return {"leads": leads, "calls": calls}


DETECTOR = Detector(
    code="lead-evaporation",
    version=2,
    design="P4",
    family="pipeline",
    strength="W4",
    title=Text(en="Leads marked invalid although they were talked to", zh="线索蒸发（误标无效）"),
    question=Text(
        en="Does a salesperson mark leads invalid that others would work on, after talking to them?",
        zh="该销售员是否把同事会继续跟进的线索在沟通之后标为无效？",
    ),
    sentence=Text(
        en="{employee} marked {invalid:count} of {leads:count} leads invalid; like leads of colleagues let one expect {expected:times}.[ Of {numbered:count} invalid leads with a number, {talked:count} were talked to for more than a minute or joined as a chat contact (usual: {usual:times}).][ Leads among them that said they bought elsewhere: {elsewhere:count}.]",
        zh="{employee} 将 {leads:count} 条线索中的 {invalid:count} 条标为无效，而同事的同类线索预计为 {expected:times} 条。[在 {numbered:count} 条留有号码的无效线索中，有 {talked:count} 条通话超过一分钟或已加为聊天联系人（通常为 {usual:times} 条）。][其中表示已从他处购买的线索：{elsewhere:count} 条。]",
    ),
    next_step=Text(
        en="Let somebody else call a random few of the listed leads and ask whether, and from whom, they bought.",
        zh="由其他人员随机回访所列线索，询问是否购买、向谁购买。",
    ),
    method=Text(
        en="Invalid leads of a randomly dealt pool are compared with others' leads of the same source, quarter and kind of hour: an exact permutation test within these strata, and the Poisson-binomial law averaged over how far innocent habits differ; the larger p-value counts. Among invalid leads, those with a call of over 60 seconds or a chat contact gained within 7 days are counted the same way, against invalid leads of a like reason. Both p-values are joined by Fisher's method and weighed by Sellke's bound, at most 1.0; a surplus of invalid leads alone at most 0.3. Leads of these that say in a call-back that they bought elsewhere add log10(0.5 / the others' rate), up to 1.8. Without a random pool the weight is halved.",
        zh="在随机分配的线索池内，将无效线索与他人同来源、同季度、同类时段的线索比较：分层精确置换检验，以及对无辜者习惯差异取平均的泊松二项分布，取较大的 p 值。在无效线索中，再以同样方法统计通话超过 60 秒或 7 天内加为联系人的条数，与同类原因的无效线索比较。两个 p 值以 Fisher 法合并，按 Sellke 界换算，最多 1.0；仅无效偏多时最多 0.3。其中回访时表示已从他处购买的线索，每条另加 log10（0.5 / 他人的比率），合计最多 1.8。没有随机线索池时权重减半。",
    ),
    reads={"leads": ("assigned_to", "status")},
    uses={
        "leads": ("random_pool", "source", "invalid_reason", "phone_key", "first_touch_at", "assigned_at"),
        "calls": ("phone_key", "seconds"),
        "channel_events": ("contact_id",),
        "contacts": ("phone_key",),
        "callbacks": ("lead_id", "reached", "bought_elsewhere"),
        "employees": ("hired_date",),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("lead-quality", Text(en="worse leads than the others got", zh="分到的线索质量较差"), 0.5),
        Innocent("talked-out", Text(en="long talks that ended in no need", zh="长谈后确认并无需求"), 0.4),
        Innocent("new-salesperson", Text(en="a salesperson still learning", zh="新人仍在熟悉业务"), 0.4),
        Innocent(
            "campaign", Text(en="a promotion or migration that filled the pool", zh="促销或系统迁移带来的线索"), 0.4
        ),
    ),
    wakes_on=("leads", "calls", "channel_events", "callbacks"),
    examples=(
        Example(
            name="ten more leads than the others' are invalid, and were talked to for minutes",
            fires=True,
            as_of="2025-06-30",
            records=_leads(10),
        ),
        Example(
            name="as many invalid leads as everybody's, with short calls",
            fires=False,
            as_of="2025-06-30",
            records=_leads(0),
        ),
        Example(
            name="one invalid lead that was talked to",
            fires=False,
            as_of="2025-06-30",
            records=_leads(1),
        ),
    ),
)
