"""E4: the customers that one salesperson loses all end at the same small firm."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from mingdan.engine.context import Scope
from mingdan.engine.detector import Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.firm_clusters import clusters_of
from mingdan.engine.methods.firm_traits import FirmTraits, firm_traits
from mingdan.engine.methods.firm_wins import Win, firm_wins
from mingdan.engine.methods.innocent_causes import any_of
from mingdan.engine.methods.winner_cases import WinnerCase, winner_cases
from mingdan.engine.trail import Tables, money


@dataclass(frozen=True)
class Parameters:
    """`customers`: from so many unrelated customers on the coincidence counts in full; two carry `two` at most.

    However small the chance of the coincidence, it weighs at most log10(`openly` / `honestly`): how often the winner of a side
    deal's customers gets known, over how often an honest salesperson has a small rival of his own in the territory.

    `concentrated`: a firm that wins a smaller part of what it wins from us from this salesperson competes with
    everybody. `young_days`, `few_staff`: what makes a firm young and small; `vehicles` is how often a firm used for
    side deals is neither, one of the two, or both. `known_peers`: so many lost customers of others in the region and
    segment show what a local competitor would win.
    """

    customers: int = 3
    two: float = 0.3
    openly: float = 0.05
    honestly: float = 0.01
    concentrated: float = 0.3
    young_days: int = 1095
    few_staff: int = 9
    vehicles: tuple[float, float, float] = (0.35, 0.25, 0.4)
    known_peers: int = 10
    evidence_rows: int = 30


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding for each salesperson and firm (or firms of one owner) that won too many of the customers."""
    wins = tables.once(firm_wins)
    if not wins:
        return []
    cluster = clusters_of(tables, {win.firm for win in wins})
    cases = winner_cases(tables, wins, cluster, parameters.concentrated)
    traits = firm_traits(tables, sorted({win.firm for win in wins if win.company_id}))
    kinds = _kinds(wins, cluster, traits, parameters)
    findings = []
    for case in cases:
        weight = _weight(case, kinds, cluster, parameters)
        if weight > 0:
            findings.append(_finding(tables, case, weight, traits, parameters))
    return findings


def _kinds(
    wins: Sequence[Win], cluster: Mapping[str, str], traits: FirmTraits, parameters: Parameters
) -> dict[str, int | None]:
    """Return for each cluster how many of young and small it was when it first won; None where neither is known."""
    first: dict[str, Win] = {}
    for win in wins:
        first.setdefault(cluster[win.firm], win)
    return {
        name: traits.young_and_small(win.firm, win.at, parameters.young_days, parameters.few_staff)
        for name, win in first.items()
    }


def _weight(
    case: WinnerCase, kinds: Mapping[str, int | None], cluster: Mapping[str, str], parameters: Parameters
) -> float:
    """Return the weight of the coincidence and of the firm's youth and size, the latter against all other winners'."""
    weight = min(weight_from_p(case.excess.p), math.log10(parameters.openly / parameters.honestly))
    if weight <= 0:
        return 0.0
    own = cluster[case.firms[0]]
    kind = kinds[own]
    if kind is not None:
        others = Counter(other for name, other in kinds.items() if name != own and other is not None)
        usual = (others[kind] + 1) / (others.total() + 3)
        weight += max(-0.6, min(0.5, math.log10(parameters.vehicles[kind] / usual)))
    return weight if case.customers >= parameters.customers else min(parameters.two, weight)


def _finding(tables: Tables, case: WinnerCase, weight: float, traits: FirmTraits, parameters: Parameters) -> Finding:
    companies = tuple(firm for firm in case.firms if not firm.startswith("name:"))
    accounts = tuple(sorted({win.account_id for win in case.wins}))
    deals = tuple(sorted({win.opportunity_id for win in case.wins if win.opportunity_id}))
    amount = sum((win.amount for win in case.wins if win.amount), Decimal(0))
    shown = case.wins[-parameters.evidence_rows :]
    return Finding(
        subject_kind="company" if companies else "account",
        subject_id=companies[0] if companies else accounts[0],
        at=case.wins[-1].at,
        weight=weight,
        evidence=tuple(sorted({Evidence(win.table, win.row_id) for win in shown}))
        + tuple(Evidence("companies", company) for company in companies),
        facts={
            "firm": case.wins[-1].called,
            "customers": case.customers,
            "lost": case.excess.lost,
            "expected": round(case.excess.expected, 2),
            "others": case.excess.others,
            "since": case.first_at,
            "day": case.wins[-1].at,
        },
        employee_id=case.employee_id,
        account_ids=accounts,
        opportunity_ids=deals,
        company_ids=companies,
        amount_at_risk=money(amount),
        explanations=_explanations(tables, case, companies, traits, parameters),
    )


def _explanations(
    tables: Tables, case: WinnerCase, companies: Sequence[str], traits: FirmTraits, parameters: Parameters
) -> dict[str, Status]:
    day = case.first_at.date()
    context = tables.context
    # A firm known by name only is in no list of ours; whether it would be there under its number stays open.
    listed: Status = any_of([context.is_distributor(company, day) for company in companies])
    declared: Status = any_of([context.declared(case.employee_id, day, company_id=company) for company in companies])
    return {
        "declared": declared,
        "distributor": listed,
        "strong-local": "ruled_out" if case.peers >= parameters.known_peers else "open",
        "one-tender": _most(tables, case.wins, "tender"),
        "former-colleague": traits.led_by_leaver(tables, companies, day),
        "standing-offer": _most(tables, case.wins, "channel_policy", "regrouping"),
    }


def _scope(win: Win) -> Scope:
    return Scope(account_id=win.account_id, employee_id=win.employee_id, region=win.region, segment=win.segment)


def _most(tables: Tables, wins: Sequence[Win], *kinds: str) -> Status:
    """Return whether one of these causes lies behind most of the wins, in the quarter before each."""
    statuses = [
        tables.context.status(kinds, win.at.date() - timedelta(days=90), win.at.date(), _scope(win)) for win in wins
    ]
    if "open" in statuses:
        return "open"
    return "supported" if 2 * statuses.count("supported") > len(statuses) else "ruled_out"


def _lost(number: int, rep: str, firm: str, day: date) -> dict[str, Any]:
    return {
        "opportunity_id": f"O{rep}{number}",
        "account_id": f"A{rep}{number}",
        "owner_id": rep,
        "created_at": "2024-01-05",
        "closed_at": str(day),
        "outcome": "lost",
        "amount": "60000",
        "winner_company_id": firm,
    }


def _trail(firms: Mapping[str, Sequence[str]], young: str) -> dict[str, list[dict[str, Any]]]:
    """Return lost deals by salesperson, each with the firm that won it; every firm but `young` is old and large."""
    start = date(2024, 3, 1)
    losses = [
        _lost(number, rep, firm, start + timedelta(days=20 * number))
        for rep, winners in firms.items()
        for number, firm in enumerate(winners)
    ]
    names = ("Aster", "Birch", "Cedar", "Dogwood", "Elder", "Fir", "Gorse", "Hazel")
    accounts = [
        {"account_id": row["account_id"], "name": f"{names[n % 8]} {n} works", "region": "East", "segment": "small"}
        for n, row in enumerate(losses)
    ]
    companies = [
        {
            "company_id": firm,
            "name": f"Firm {firm}",
            "established_date": "2024-01-10" if firm == young else "2005-01-01",
            "staff_count": 2 if firm == young else 300,
        }
        for firm in sorted({firm for winners in firms.values() for firm in winners})
    ]
    return {"opportunities": losses, "accounts": accounts, "companies": companies, "distributors": _DISTRIBUTORS}


_DISTRIBUTORS: list[dict[str, Any]] = [{"company_id": "F0", "approved_from_date": "2020-01-01"}]
_OTHERS = {f"E{n}": ("F1", "F2", "F3", "F1", "F2", "F3") for n in range(2, 12)}

DETECTOR = Detector(
    code="winner-cluster",
    version=2,
    design="E4",
    family="entity",
    strength="W4",
    title=Text(en="Lost customers end at one firm", zh="丢单赢家聚类"),
    question=Text(
        en="Do the customers that one salesperson loses end at one firm that hardly anybody else loses to?",
        zh="某位销售员丢掉的客户，是否都流向同一家别人很少输给的企业？",
    ),
    sentence=Text(
        en="{firm} won {customers:count} of the {lost:count} lost customers of this salesperson whose winner is known "
        "({since:day} to {day:day}); {expected:times} would be expected.[ Other salespeople lost {others:count} customers to it.]",
        zh="在该销售员已知赢家的 {lost:count} 家丢失客户中，{firm} 赢得 {customers:count} 家（{since:day} 至 {day:day}），"
        "按他人情况预期为 {expected:times} 家。[其他销售员输给该企业 {others:count} 家客户。]",
    ),
    next_step=Text(
        en="Ask these customers independently who brought the firm to them, and read its entry in the register.",
        zh="由独立人员向这些客户了解是谁介绍了该企业，并查阅其工商登记。",
    ),
    method=Text(
        en="Winners of lost deals and suppliers named in call-backs, firms of one owner counted as one. The firm's share of "
        "everybody else's losses (all, region, region and segment) is the mean of a beta-binomial whose spread is measured on "
        "the firms that win most; tail probability times the number of firms that won from this salesperson, turned into a "
        "weight by -1/(e p ln p), at most 0.7 because honest salespeople have local rivals too; plus how much more often such firms are young and small than other winners. Two customers "
        "carry 0.3 at most.",
        zh="取丢单赢家与回访中客户所说的供应商，同一控制人的企业合并计算。以该企业在其他销售员丢单中的份额（全部、地区、地区与细分）为贝塔二项分布的均值，"
        "离散度由最常赢单的企业测得；尾部概率乘以赢过该销售员的企业数，再按 -1/(e p ln p) 换算为权重，因诚信销售也会遇到本地对手，最多 0.7；并加上企业新设、规模小的似然比。仅两家客户时最多计 0.3。",
    ),
    reads={"opportunities": ("outcome", "owner_id")},
    uses={
        "opportunities": ("winner_company_id", "account_id", "closed_at", "amount"),
        "callbacks": ("supplier_company_id", "supplier_name", "account_id"),
        "companies": ("name", "established_date", "staff_count", "phone_key", "address_key"),
        "company_people": ("person_key", "holder_company_id"),
        "accounts": ("region", "segment"),
        "employees": ("name", "left_date"),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("declared", Text(en="a declared and approved interest", zh="已申报并获批准的利益关系"), 1.8),
        Innocent("distributor", Text(en="an approved distributor", zh="授权经销商"), 1.8),
        Innocent("strong-local", Text(en="a strong competitor in this territory", zh="该地区的强势竞争对手"), 0.8),
        Innocent("one-tender", Text(en="one tender for several customers", zh="多家客户的统一招标"), 1.2),
        Innocent(
            "former-colleague",
            Text(en="a former colleague's firm that customers follow freely", zh="前同事的企业，客户自愿跟随"),
            1.0,
        ),
        Innocent(
            "standing-offer",
            Text(en="a change of channel or group purchasing that was announced", zh="已公布的渠道调整或集团集中采购"),
            1.0,
        ),
    ),
    wakes_on=("opportunities", "callbacks", "companies"),
    examples=(
        Example(
            name="four customers of one salesperson end at a new firm of two people",
            fires=True,
            as_of="2025-06-30",
            records=_trail({"E1": ("F9", "F9", "F1", "F9", "F9"), **_OTHERS}, young="F9"),
        ),
        Example(
            name="four customers end at a competitor that wins as many from everybody",
            fires=False,
            as_of="2025-06-30",
            records=_trail({"E1": ("F1", "F1", "F2", "F1", "F1"), **_OTHERS}, young="F9"),
        ),
        Example(
            name="four small customers end at the approved distributor",
            fires=False,
            as_of="2025-06-30",
            records=_trail({"E1": ("F0", "F0", "F1", "F0", "F0"), **_OTHERS}, young="F0"),
        ),
    ),
)
