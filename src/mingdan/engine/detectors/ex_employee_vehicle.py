"""E5: a firm founded around the day a colleague left wins this colleague's former customers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from mingdan.engine.detector import Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.firm_touches import firm_touches
from mingdan.engine.methods.leaver_firms import WINDOW, LeaverFirm, Window, leaver_firms, took_lists
from mingdan.engine.trail import Tables, money


@dataclass(frozen=True)
class Parameters:
    """`spread` is how much customers of one territory choose alike; see `winner_share.py`.

    `untied`: a firm in which nobody names the leaver needs so many of the former customers. `tied` is what a tie in the
    register adds (log10), and `founded_days` before the leaving the firm must have been founded to count as prepared.
    Where lists taken before leaving are the only sign of that, `lists` is the most: people export lists every week.
    """

    window: Window = WINDOW
    spread: float = 0.05
    untied: int = 3
    tied: float = 0.4
    by_name: float = 0.2
    founded_days: int = 30
    lists: float = 0.5
    evidence_rows: int = 30


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding for each leaver and firm that won too many of the former customers."""
    cases = leaver_firms(tables, parameters.window)
    looked = max(1, len({case.company_id for case in cases}))
    findings = []
    for case in cases:
        if case.customers >= (2 if case.tie else parameters.untied):
            weight = weight_from_p(min(1.0, case.surprise(parameters.spread) * (1 if case.tie else looked)))
            weight += (parameters.tied if case.is_certain else parameters.by_name) if case.tie and weight else 0.0
            if weight > 0:
                findings.append(_finding(tables, case, weight, parameters))
    return findings


def _finding(tables: Tables, case: LeaverFirm, weight: float, parameters: Parameters) -> Finding:
    deals = tuple(sorted({win.opportunity_id for win in case.wins if win.opportunity_id}))
    early = [win for win in case.wins if win.at < case.left]
    days = (case.founded - case.left.date()).days
    rows = (Evidence(win.table, win.row_id) for win in case.wins[-parameters.evidence_rows :])
    own = Evidence("companies", case.company_id)
    explained = _explanations(tables, case, bool(early) or days <= -parameters.founded_days)
    return Finding(
        subject_kind="company",
        subject_id=case.company_id,
        at=case.wins[-1].at,
        weight=min(weight, parameters.lists) if explained["follows-freely"] == "open" else weight,
        evidence=tuple(dict.fromkeys((Evidence("employees", case.employee_id), own, *case.tie, *rows))),
        facts={
            "firm": case.called,
            "customers": case.customers,
            "lost": case.lost,
            "left": case.left,
            "before": max(0, -days),
            "after": max(0, days),
            "early": len({win.account_id for win in early}),
            "expected": round(case.share * case.lost, 2),
        },
        employee_id=case.employee_id,
        account_ids=tuple(sorted({win.account_id for win in case.wins})),
        opportunity_ids=deals,
        company_ids=(case.company_id,),
        amount_at_risk=money(sum((win.amount for win in case.wins if win.amount), Decimal(0))),
        explanations=explained,
    )


def _explanations(tables: Tables, case: LeaverFirm, is_prepared: bool) -> dict[str, Status]:
    """Customers may follow somebody freely: what is prepared before the last day, or fed from within, is another matter."""
    day = (case.wins[0].at + timedelta(days=30)).date()
    is_fed = any(
        touch.company_id == case.company_id and touch.role == "addressee" and touch.last_at > case.left
        for person, touches in tables.once(firm_touches).items()
        if person != case.employee_id
        for touch in touches
    )
    freely: Status = "open" if took_lists(tables, case.employee_id, case.left) else "supported"
    return {
        "follows-freely": "ruled_out" if is_prepared or is_fed else freely,
        "declared": tables.context.declared(case.employee_id, day, company_id=case.company_id),
        "distributor": tables.context.is_distributor(case.company_id, day),
        "namesake": "ruled_out" if case.is_certain else "open",
    }


def _world(founded: str, lost_from: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Return a leaver (E1, 2024-06-30), whose customers go to F9 from a month on, and 40 other customers who go to others."""
    lost = [(f"A{n}", "E2", "F9", f"2024-{lost_from:02d}-{5 + n:02d}") for n in range(4)]
    lost += [(f"B{n}", "E3", f"F{n % 3}", f"2024-0{1 + n % 9}-11") for n in range(40)]
    return {
        "employees": [
            {"employee_id": "E1", "name": "欧阳若汐", "role": "rep", "left_date": "2024-06-30"},
            {"employee_id": "E2", "name": "Jo", "role": "rep"},
            {"employee_id": "E3", "name": "Ann", "role": "rep"},
        ],
        "accounts": [{"account_id": f"A{n}", "name": f"Customer {n}", "owner_id": "E2"} for n in range(5)],
        "owner_changes": [
            {"account_id": f"A{n}", "changed_at": "2024-06-20", "from_employee_id": "E1", "to_employee_id": "E2"}
            for n in range(5)
        ],
        "companies": [{"company_id": f"F{n}", "name": f"Firm {n}", "established_date": "2001-01-01"} for n in range(3)]
        + [{"company_id": "F9", "name": "New firm", "legal_representative": "欧阳若汐", "established_date": founded}],
        "distributors": [{"company_id": "F0", "approved_from_date": "2020-01-01"}],
        "declared_interests": [{"employee_id": "E3", "declared_at": "2023-01-01", "person_name": "Nobody"}],
        "opportunities": [
            {
                "opportunity_id": f"O{n}",
                "account_id": account,
                "owner_id": owner,
                "created_at": "2024-01-02",
                "closed_at": day,
                "outcome": "lost",
                "amount": "50000",
                "winner_company_id": firm,
            }
            for n, (account, owner, firm, day) in enumerate(lost)
        ],
    }


DETECTOR = Detector(
    code="ex-employee-vehicle",
    version=1,
    design="E5",
    family="entity",
    strength="W3",
    title=Text(en="A leaver's firm wins the former customers", zh="前员工企业承接原客户"),
    question=Text(
        en="Does a firm founded around the day a colleague left win this colleague's former customers, prepared beforehand?",
        zh="在同事离职前后成立的企业，是否在其离职前就已着手并赢得其原有客户？",
    ),
    sentence=Text(
        en="{firm} won {customers:count} of the {lost:count} former customers of a colleague (left {left:day}) whose winner is "
        "known; {expected:times} would be expected.[ Founded {before:days} days before the colleague left.]"
        "[ Founded {after:days} days after.][ Won before the last day: {early:count}.]",
        zh="一名同事（{left:day} 离职）的原有客户中，已知赢家的有 {lost:count} 家，其中 {firm} 赢得 {customers:count} 家，预期为 "
        "{expected:times} 家。[该企业在其离职前 {before:days} 天成立。][该企业在其离职后 {after:days} 天成立。]"
        "[其中 {early:count} 家在离职日之前即已转走。]",
    ),
    next_step=Text(
        en="Ask these customers when and by whom they were first approached; check what was exported before the last day and "
        "whether a valid non-compete agreement exists. Customers may follow a person whom they trust.",
        zh="向这些客户了解最初由谁、何时与其接洽；核查离职前的导出记录以及是否存在有效的竞业限制协议。客户可以自愿跟随其信任的人。",
    ),
    method=Text(
        en="Firms founded from 180 days before to 365 days after somebody left. Beta-binomial tail (correlation 0.05) of the former "
        "customers it won, given its share of all other lost customers; two customers where the register ties the leaver to the "
        "firm, else three and times the firms looked at. Without a win before the last day, a firm founded a month before it, "
        "mails from colleagues to the firm or lists taken, customers are taken to follow freely and it says nothing.",
        zh="取离职前 180 天至离职后 365 天内成立的企业，以其在其他丢失客户中的份额为准，计算其赢得原有客户数的贝塔二项尾部概率（相关系数 0.05）；"
        "登记信息能关联离职者的至少两家，否则至少三家并乘以查看的企业数。若离职日之前没有客户转走、企业并非提前一个月成立、也无在职同事与其邮件往来或离职前导出名单，则视为客户自愿跟随，不计权重。",
    ),
    reads={"employees": ("left_date",), "companies": ("established_date",), "opportunities": ("outcome", "owner_id")},
    uses={
        "employees": ("name", "resigned_at", "phone_key", "address_key"),
        "opportunities": ("winner_company_id", "account_id", "closed_at"),
        "callbacks": ("supplier_company_id", "supplier_name"),
        "owner_changes": ("from_employee_id",),
        "companies": ("legal_representative", "phone_key", "address_key", "email_domain"),
        "company_people": ("person_name", "person_key"),
        "emails": ("counterpart_domain",),
        "access_events": ("action", "row_count"),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent(
            "follows-freely",
            Text(en="customers follow of their own free will a person whom they trust", zh="客户基于信任自愿跟随"),
            1.0,
        ),
        Innocent("declared", Text(en="a declared and approved interest", zh="已申报并获批准的利益关系"), 1.0),
        Innocent("distributor", Text(en="an approved distributor", zh="授权经销商"), 1.0),
        Innocent("namesake", Text(en="another person of the same name", zh="同名的其他人"), 0.4),
    ),
    wakes_on=("employees", "companies", "opportunities", "callbacks", "owner_changes"),
    examples=(
        Example(
            name="a firm of the leaver's name, founded months before, wins four of five former customers",
            fires=True,
            as_of="2025-06-30",
            records=_world("2024-02-01", 6),
        ),
        Example(
            name="the same customers follow a leaver to a firm founded afterwards, of their own free will",
            fires=False,
            as_of="2025-06-30",
            records=_world("2024-09-01", 10),
        ),
    ),
)
