"""E1: one of our people, or a declared relative, stands behind a firm that meets our business through this salesperson."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from mingdan.engine.detector import Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.company_ties import CompanyTie, company_ties
from mingdan.engine.methods.firm_touches import Touch
from mingdan.engine.methods.firm_traits import firm_traits
from mingdan.engine.methods.innocent_causes import any_of
from mingdan.engine.trail import Tables, money


@dataclass(frozen=True)
class Parameters:
    """`openly`: how often a side deal's firm bears the name of the salesperson or a declared relative.

    `honestly`: how often an honest salesperson's business meets an undeclared firm of his or a relative's all the same.
    `people` is how many people stand behind a firm, to correct for all the firms looked at. `least` is the least
    Fellegi-Sunter weight that is followed. A declaration within `declared_days` after the first dealing is in time.
    """

    openly: float = 0.1
    honestly: float = 0.002
    people: float = 2.0
    least: float = 2.5
    hops: int = 2
    declared_days: int = 30
    evidence_rows: int = 20

    def weighed(self, match: float, control: float, firms: int, steps: int) -> float:
        """Return log10 of how often a side deal shows such a tie, over how often chance or honest people do.

        `match` is the Fellegi-Sunter weight; each further step looks at some three times as many people.
        """
        by_chance = self.people * firms * 3.0**steps * 10.0**-match
        return math.log10(self.openly * control / (by_chance + self.honestly))


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding for each salesperson and firm that this person or a declared relative stands behind."""
    ties = company_ties(tables, parameters.least, parameters.hops, parameters.weighed)
    names = firm_traits(tables, sorted({tie.company_id for tie in ties})).rows
    return [_finding(tables, tie, names, parameters) for tie in ties]


def _finding(
    tables: Tables, tie: CompanyTie, names: Mapping[str, Mapping[str, Any]], parameters: Parameters
) -> Finding:
    accounts = tuple(sorted({touch.account_id for touch in tie.touches if touch.account_id}))
    deals = tuple(sorted({touch.opportunity_id for touch in tie.touches if touch.opportunity_id}))
    by_role: dict[str, list[Touch]] = defaultdict(list)
    for touch in tie.touches:
        by_role[touch.role].append(touch)
    amount = sum((max(_amounts(ones), default=Decimal(0)) for ones in _by_account(tie.touches).values()), Decimal(0))
    return Finding(
        subject_kind="company",
        subject_id=tie.company_id,
        at=min(tables.as_of, tie.touches[-1].last_at),
        weight=tie.weight,
        evidence=_evidence(tie, parameters.evidence_rows),
        facts={
            "firm": str(names.get(tie.company_id, {}).get("name") or tie.company_id),
            "who": _RELATIVE if tie.ours.is_relative else _SELF,
            "steps": len(tie.path.rows),
            "won": len({touch.account_id for touch in by_role["winner"]}),
            "opened": len({touch.account_id for touch in by_role["customer"]}),
            "paid": len({touch.account_id for touch in by_role["payer"]}),
            "signed": len({touch.account_id for touch in by_role["party"]}),
            "written": len(by_role["addressee"]),
        },
        employee_id=tie.employee_id,
        account_ids=accounts,
        opportunity_ids=deals,
        company_ids=tuple(sorted({tie.company_id, tie.theirs.company_id})),
        amount_at_risk=money(amount),
        explanations=_explanations(tables, tie, parameters),
    )


_SELF = Text(en="somebody of the salesperson's name", zh="与该销售员同名者")
_RELATIVE = Text(en="somebody of a declared relative's name or key", zh="与其申报亲属同名或同一标识者")


def _by_account(touches: Sequence[Touch]) -> dict[str | None, list[Touch]]:
    grouped: dict[str | None, list[Touch]] = defaultdict(list)
    for touch in touches:
        grouped[touch.account_id].append(touch)
    return grouped


def _amounts(touches: Sequence[Touch]) -> list[Decimal]:
    """Sum by role: an order and its payment are one amount seen twice."""
    summed: dict[str, Decimal] = defaultdict(Decimal)
    for touch in touches:
        summed[touch.role] += touch.amount
    return sorted(summed.values())


def _evidence(tie: CompanyTie, most: int) -> tuple[Evidence, ...]:
    touched = dict.fromkeys(Evidence(touch.table, touch.row_id) for touch in tie.touches[-most:])
    return tuple(dict.fromkeys((tie.ours.row, tie.theirs.row, *tie.path.rows, *touched)))


def _explanations(tables: Tables, tie: CompanyTie, parameters: Parameters) -> dict[str, Status]:
    first = min(touch.first_at for touch in tie.touches)
    day = (first + timedelta(days=parameters.declared_days)).date()
    firms = {tie.company_id, tie.theirs.company_id}
    by_name = set(tie.link.agree) <= {"name", "reading"}
    return {
        "declared": _declared(tables, tie, day, sorted(firms)),
        "namesake": "open" if by_name else "ruled_out",
        "past": "ruled_out" if tables.has("company_people", "to_date") else "open",
        "distributor": any_of([tables.context.is_distributor(firm, day) for firm in sorted(firms)]),
        "known-relative": tables.context.declared(tie.employee_id, day, person_key=tie.ours.person_key)
        if tie.ours.is_relative
        else "ruled_out",
        "left": _left(tables, tie),
    }


def _left(tables: Tables, tie: CompanyTie) -> Status:
    """Return whether the firm first met our business after the person had left: customers may follow whom they trust."""
    if not tables.has("employees", "left_date"):
        return "open"
    people = tables.employees.filter(tables.employees.employee_id == tie.employee_id).select("employee_id", "left_date")
    left = [row["left_date"] for row in tables.records(people, order_by=["employee_id"])]
    gone = bool(left and left[0]) and all(touch.first_at.date() > left[0] for touch in tie.touches)
    return "supported" if gone else "ruled_out"


def _declared(tables: Tables, tie: CompanyTie, day: date, firms: Sequence[str]) -> Status:
    """Return whether the firm was declared and approved in time; a declaration that came later leaves it open."""
    in_time, by_now = (
        any_of([tables.context.declared(tie.employee_id, then, company_id=firm) for firm in firms])
        for then in (day, tables.as_of.date())
    )
    return "open" if in_time == "ruled_out" and by_now == "supported" else in_time


def _person(company: str, name: str, role: str = "legal_representative", **more: str) -> dict[str, Any]:
    return {"company_id": company, "role": role, "person_name": name, "from_date": "2024-01-01", **more}


_STAFF = [
    {"employee_id": "E1", "name": "欧阳若汐", "role": "rep", "hired_date": "2020-01-01"},
    {"employee_id": "E2", "name": "王伟", "role": "rep", "hired_date": "2020-01-01"},
]
_FIRMS = [
    {"company_id": f"F{n}", "name": f"Firm {n}", "legal_representative": f"Head {n}", "established_date": "2010-01-01"}
    for n in range(40)
]
_LOST = [
    {
        "opportunity_id": f"O{n}",
        "account_id": f"A{n}",
        "owner_id": "E1" if n < 3 else "E2",
        "created_at": "2024-05-01",
        "closed_at": "2024-08-01",
        "outcome": "lost",
        "amount": "70000",
        "winner_company_id": "F1" if n < 3 else "F2",
    }
    for n in range(6)
]
_ACCOUNTS = [{"account_id": f"A{n}", "name": f"Customer {n}", "owner_id": "E1" if n < 3 else "E2"} for n in range(6)]
_TRAIL = {"employees": _STAFF, "companies": _FIRMS, "accounts": _ACCOUNTS, "opportunities": _LOST}
_HOLDING = [
    {"company_id": "F1", "role": "holder", "person_name": "Firm 9", "holder_company_id": "F9", "share": "0.8"},
    _person("F9", "欧阳若汐"),
]

DETECTOR = Detector(
    code="employee-company-tie",
    version=2,
    design="E1",
    family="entity",
    strength="W4",
    title=Text(en="Employee or relative behind a firm", zh="员工或亲属与企业关联"),
    question=Text(
        en="Does a salesperson or a declared relative stand behind a firm that wins, buys or pays in this salesperson's business?",
        zh="销售员本人或其申报的亲属，是否在与其业务往来的企业（赢单、购买、付款）背后？",
    ),
    sentence=Text(
        en="{who} stands in the register behind {firm}[ ({steps:count} links between)]:[ customers it won: {won:count};]"
        "[ customer accounts opened for it: {opened:count};][ customers it paid for: {paid:count};]"
        "[ customers in whose contracts it stands: {signed:count};][ customers about whom it was written to: {written:count};].",
        zh="工商登记显示，{who}在 {firm} 背后[（中间 {steps:count} 层）]：[赢得客户 {won:count} 家；][为其开立客户 {opened:count} 个；]"
        "[代付客户 {paid:count} 家；][出现于 {signed:count} 家客户的合同；][就 {written:count} 家客户收到邮件或报价；]。",
    ),
    next_step=Text(
        en="Get the dated register extract and check the person's identity number; a name alone proves nobody. Then read the declarations of interest.",
        zh="调取带日期的工商登记并核对身份证件，仅凭姓名不能认定同一人；再查阅利益申报。",
    ),
    method=Text(
        en="Fellegi-Sunter weight over name (frequency in the trail on a floor of surname frequencies), person key, phone and "
        "address; best path over holders and shared people, at most three hops, product of the edges' probabilities with a hub "
        "penalty; only firms that meet this salesperson's business. Weight log10(0.1 c / (L / 10^W + 0.002)), c the path, L the "
        "people looked at, W the match.",
        zh="对姓名（以数据中的频率为准，姓氏频率为下限）、人员标识、电话、地址计算 Fellegi-Sunter 权重；沿股东与共同人员取概率乘积最大的路径，至多三步，"
        "并对枢纽节点降权；只看与该销售员业务往来的企业。权重为 log10(0.1 c / (L / 10^W + 0.002))，c 为路径概率，L 为查看的人数，W 为匹配权重。",
    ),
    reads={"employees": ("name",), "companies": ("name",)},
    uses={
        "employees": ("id_key", "phone_key", "address_key", "left_date"),
        "declared_interests": ("person_name", "person_key", "company_id", "approved"),
        "companies": ("legal_representative", "phone_key", "address_key", "email_domain", "registration_no"),
        "company_people": ("person_name", "person_key", "holder_company_id", "share", "to_date"),
        "opportunities": ("winner_company_id",),
        "callbacks": ("supplier_company_id", "supplier_name"),
        "payments": ("payer_name",),
        "contracts": ("counterparty_name", "counterparty_registration_no", "payee_name"),
        "quotes": ("recipient_domain",),
        "emails": ("counterpart_domain",),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("declared", Text(en="a declared and approved interest", zh="已申报并获批准的利益关系"), 1.8),
        Innocent("namesake", Text(en="another person of the same name", zh="同名的其他人"), 1.0),
        Innocent("past", Text(en="a holding or office given up before", zh="此前已退出的持股或任职"), 0.6),
        Innocent("distributor", Text(en="an approved distributor", zh="授权经销商"), 1.2),
        Innocent(
            "known-relative", Text(en="a relative who was declared for another firm", zh="该亲属已就其他企业申报"), 0.6
        ),
        Innocent(
            "left", Text(en="customers who followed after the person had left", zh="离职之后客户自行跟随其人"), 1.4
        ),
    ),
    wakes_on=(
        "companies",
        "company_people",
        "declared_interests",
        "opportunities",
        "callbacks",
        "payments",
        "contracts",
    ),
    examples=(
        Example(
            name="the salesperson holds the firm that holds the winner of the lost deals",
            fires=True,
            as_of="2025-06-30",
            records={**_TRAIL, "company_people": _HOLDING},
        ),
        Example(
            name="a namesake with a common name heads the winner",
            fires=False,
            as_of="2025-06-30",
            records={
                **_TRAIL,
                "company_people": [_person("F2", "王伟"), *(_person(f"F{n}", "王伟") for n in range(20, 30))],
            },
        ),
        Example(
            name="the same firm, declared and approved beforehand",
            fires=False,
            as_of="2025-06-30",
            records={
                **_TRAIL,
                "company_people": _HOLDING,
                "declared_interests": [
                    {
                        "employee_id": "E1",
                        "declared_at": "2024-01-15",
                        "relation": "self",
                        "person_name": "欧阳若汐",
                        "company_id": "F9",
                        "approved": "true",
                    }
                ],
            },
        ),
        Example(
            name="a firm of the salesperson that never deals with us",
            fires=False,
            as_of="2025-06-30",
            records={**_TRAIL, "company_people": [_person("F30", "欧阳若汐")]},
        ),
    ),
)
