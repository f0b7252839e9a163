"""C4: machines record much contact with a customer of which the CRM holds nothing, and no deal explains it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np

from mingdan.engine.context import Scope
from mingdan.engine.detector import Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Text
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.flat_pipeline import happened
from mingdan.engine.methods.listed import among
from mingdan.engine.methods.quiet_contact import contacts, knows_contact
from mingdan.engine.methods.turnover import yearly_turnover
from mingdan.engine.methods.unlogged_contact import HALF_YEAR_WEEKS, WEEK, logging_gaps
from mingdan.engine.trail import Tables


@dataclass(frozen=True)
class Parameters:
    """`halves` half-years back are looked at; `least_weeks` of contact are needed; p, times the customers and half-years
    looked at for one salesperson, may be `largest_p` at most. `least_logged` is the share of contact weeks that the company
    logs at least: where hardly anybody logs, a gap says nothing.
    """

    halves: int = 4
    least_weeks: int = 6
    largest_p: float = 0.1
    least_logged: float = 0.1
    evidence_rows: int = 40


@dataclass(frozen=True)
class _Gap:
    """The sharpest half-year of one salesperson and customer."""

    employee: str
    account: str
    half: int
    weeks: int
    unlogged: int
    expected: float
    p: float


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return the sharpest half-year of each salesperson and customer whose contact went unrecorded."""
    if not knows_contact(tables) or not tables.has("activities", "account_id"):
        return []
    gaps = _sharpest(tables, parameters)
    kinds: dict[tuple[str, int], set[str]] = {}
    for half in sorted({gap.half for gap in gaps}):
        accounts = {gap.account for gap in gaps if gap.half == half}
        kinds |= {(account, half): seen for account, seen in happened(tables, accounts, *_span(tables, half)).items()}
    flat = [gap for gap in gaps if "business" not in kinds[gap.account, gap.half]]
    risk = yearly_turnover(tables, {gap.account for gap in flat})
    rows = _recorded(tables, flat)
    return [
        _finding(tables, gap, kinds[gap.account, gap.half], rows[gap], risk.get(gap.account, Decimal(0)), parameters)
        for gap in flat
        if rows[gap]
    ]


def _sharpest(tables: Tables, parameters: Parameters) -> list[_Gap]:
    gaps = logging_gaps(tables, parameters.halves)
    weeks, unlogged = gaps.seen["weeks"].astype(np.float64), gaps.seen["unlogged"].astype(np.float64)
    if not len(weeks) or 1 - unlogged.sum() / weeks.sum() < parameters.least_logged:
        return []
    enough = weeks >= parameters.least_weeks
    names, person = np.unique(gaps.seen["employee_id"].astype(str), return_inverse=True)
    looked = np.bincount(person, weights=enough, minlength=len(names))[person]
    p = np.minimum(gaps.p * np.maximum(looked, 1), 1.0)
    best: dict[tuple[str, str], _Gap] = {}
    for place in np.flatnonzero(enough & (p <= parameters.largest_p)).tolist():
        employee, account = str(gaps.seen["employee_id"][place]), str(gaps.seen["account_id"][place])
        if (employee, account) not in best or p[place] < best[employee, account].p:
            counts = int(gaps.seen["half"][place]), int(weeks[place]), int(unlogged[place])
            best[employee, account] = _Gap(employee, account, *counts, float(gaps.expected[place]), float(p[place]))
    return [best[pair] for pair in sorted(best)]


def _span(tables: Tables, half: int) -> tuple[datetime, datetime]:
    end = tables.as_of - timedelta(seconds=WEEK * HALF_YEAR_WEEKS * half)
    return end - timedelta(seconds=WEEK * HALF_YEAR_WEEKS), end


def _recorded(tables: Tables, gaps: Sequence[_Gap]) -> dict[_Gap, list[tuple[datetime, Evidence]]]:
    """Return what machines recorded in each gap, oldest first."""
    found: dict[_Gap, list[tuple[datetime, Evidence]]] = {gap: [] for gap in gaps}
    if not gaps:
        return found
    wanted = {(gap.employee, gap.account): gap for gap in gaps}
    rows = among(contacts(tables), "account_id", {gap.account for gap in gaps})
    for row in tables.records(rows, order_by=["contact_at", "source", "row_id"]):
        gap = wanted.get((row["employee_id"], row["account_id"]))
        if gap and _span(tables, gap.half)[0] < row["contact_at"] <= _span(tables, gap.half)[1]:
            found[gap].append((row["contact_at"], Evidence(row["source"], row["row_id"])))
    return found


def _finding(
    tables: Tables,
    gap: _Gap,
    kinds: set[str],
    rows: Sequence[tuple[datetime, Evidence]],
    at_risk: Decimal,
    parameters: Parameters,
) -> Finding:
    scope = Scope(account_id=gap.account, employee_id=gap.employee)
    last = rows[-1][0]
    return Finding(
        subject_kind="account",
        subject_id=gap.account,
        at=last,
        weight=weight_from_p(gap.p),
        evidence=tuple(row for _, row in rows[-parameters.evidence_rows :]),
        facts={"weeks": gap.weeks, "unlogged": gap.unlogged, "expected": gap.expected, "day": last},
        employee_id=gap.employee,
        account_ids=(gap.account,),
        amount_at_risk=at_risk,
        explanations={
            "service": "supported" if kinds & {"service", "money"} else "ruled_out",
            "migration": tables.context.status(["migration"], *_span(tables, gap.half), scope),
            "habit": "open",
        },
    )


def _weeks(quiet: bool, owed: bool = False) -> dict[str, list[dict[str, object]]]:
    """Return calls of three salespeople with thirty customers in twenty weeks, entered but for the first customer's."""
    calls: list[dict[str, object]] = []
    entered: list[dict[str, object]] = []
    for customer in range(30):
        for week in range(customer % 3, 20, 3) if customer else range(20):
            day = datetime(2025, 1, 2, 9) + timedelta(days=7 * week)  # noqa: DTZ001
            name = f"{customer}-{week}"
            who = {"employee_id": f"E{customer % 3}", "account_id": f"A{customer}"}
            calls.append({"call_id": f"C{name}", "started_at": day.isoformat(sep=" "), **who})
            if (customer or not quiet) and week % 4:
                happened_at = (day + timedelta(minutes=30)).isoformat(sep=" ")
                entered.append({"activity_id": f"V{name}", "kind": "call", "happened_at": happened_at, **who})
    trail: dict[str, list[dict[str, object]]] = {"calls": calls, "activities": entered}
    if owed:
        bill: dict[str, object] = {"invoice_id": "I1", "account_id": "A0", "issued_at": "2025-02-01", "amount": "9000"}
        trail["invoices"] = [bill]
    return trail


DETECTOR = Detector(
    code="contact-record-gap",
    version=1,
    design="C4",
    family="communication",
    strength="W2",
    title=Text(en="Contact without record", zh="有联系无记录"),
    question=Text(
        en="Do machines record much contact with a customer of which the salesperson entered nothing, while no deal moves?",
        zh="系统是否记录了与某客户的大量联系，而销售员没有录入跟进，业务也没有进展？",
    ),
    sentence=Text(
        en="Of {weeks:count} weeks with recorded contact in half a year, the last on {day:day}, {unlogged:count} have no activity "
        "entered, where the salesperson's habit with other customers lets expect {expected:times}; no deal, quote or order.",
        zh="半年内有联系记录的 {weeks:count} 周中（最近一次为 {day:day}），{unlogged:count} 周未录入任何跟进，按该销售员对其他客户的习惯应为 "
        "{expected:times} 周；期间无商机、报价或订单。",
    ),
    next_step=Text(
        en="Ask the salesperson's manager what the contact is about, and let somebody else call the customer.",
        zh="向销售员的主管了解联系的内容，并由其他人员致电客户。",
    ),
    method=Text(
        en="Weeks with calls, e-mails or messages, and with an activity of the salesperson. Expected: the share of weeks not entered "
        "with the salesperson's other customers in that half-year, 20 weeks of the company's share added. Tail of the negative "
        "binomial, times the customers and half-years looked at; Sellke's bound, at most 0.6. Only where no deal, quote, order or "
        "contract moved.",
        zh="统计有电话、邮件或消息的周数及其中录入跟进的周数。预期值按该销售员同半年对其他客户的未录入比例计算，并加入公司平均 20 周。取负二项分布"
        "尾概率，乘以查看的客户与半年数，按 Sellke 界换算，最多 0.6。仅限无商机、报价、订单或合同变动的客户。",
    ),
    reads={"activities": ("account_id", "happened_at")},
    uses={
        "calls": ("account_id",),
        "emails": ("account_id",),
        "messages": ("account_id",),
        "opportunities": ("account_id",),
        "quotes": ("account_id",),
        "orders": ("account_id",),
        "tickets": ("account_id",),
        "invoices": ("account_id",),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("service", Text(en="service, or money owed", zh="售后服务或催款"), 0.5),
        Innocent("migration", Text(en="a migration of records", zh="数据迁移"), 0.5),
        Innocent("habit", Text(en="forgetfulness, or a friendship", zh="疏于录入或私人交情"), 0.3),
    ),
    wakes_on=("calls", "emails", "messages", "activities"),
    examples=(
        Example(name="twenty weeks of calls, nothing entered", fires=True, as_of="2025-06-10", records=_weeks(True)),
        Example(name="entered as with the others", fires=False, as_of="2025-06-10", records=_weeks(False)),
        Example(
            name="the same gap while an invoice is chased",
            fires=False,
            as_of="2025-06-10",
            records=_weeks(True, owed=True),
        ),
    ),
)
