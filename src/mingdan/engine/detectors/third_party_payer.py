"""M1: somebody else pays for a customer: an employee, somebody who pays for several customers, or a stranger."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mingdan.engine.context import Scope
from mingdan.engine.detector import STRENGTH_CAPS, Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.payer_frequency import (
    PayerFrequency,
    payer_frequency,
    payments_by_pair,
    salespeople_of_payments,
)
from mingdan.engine.methods.payer_identity import PayerIdentities, payer_identities
from mingdan.engine.methods.payers import Paying, is_financier, strange_payers
from mingdan.engine.trail import Tables, moment, money


@dataclass(frozen=True)
class Parameters:
    """`single` and `several` cap the weight of a stranger who pays again and of one who pays for several customers.

    A stranger who paid once for one customer says nothing: owners, relatives and sister firms help out everywhere.

    `expected` is how often a side deal's money comes this way, `occasional` how often by single small payments, which
    carry `small` at most. `reps` salespeople or more served by one payer make it an agency, which says nothing of them.
    """

    single: float = 0.6
    several: float = 1.8
    small: float = 1.0
    expected: float = 0.3
    occasional: float = 0.1
    reps: int = 3
    evidence_rows: int = 30


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding for each payer and salesperson, about the customers of that salesperson he paid for."""
    strange = [one for one in strange_payers(tables) if not is_financier(one.name)]
    if not strange:
        return []
    identities = payer_identities(tables, strange)
    firms = {payer: identities.firms(ones) for payer, ones in _by_payer(strange).items()}
    several = frozenset(payer for payer, served in firms.items() if served >= 2)
    frequency = payer_frequency(tables, strange, several)
    sellers = salespeople_of_payments(tables, strange)
    found = []
    for payer, ones in _by_payer(strange).items():
        by_seller: dict[str | None, list[Paying]] = defaultdict(list)
        for one in ones:
            by_seller[sellers[one.account_id, payer]].append(one)
        for seller in sorted(by_seller, key=lambda name: (name is None, name or "")):
            case = _Case(seller, by_seller[seller], ones, len(by_seller), identities, frequency)
            weight = _weight(case, parameters)
            if weight > 0:
                found.append((case, weight))
    evidence = payments_by_pair(tables, [one for case, _ in found for one in case.mine], parameters.evidence_rows)
    return [_finding(tables, case, weight, evidence) for case, weight in found]


@dataclass(frozen=True)
class _Case:
    """One payer and one salesperson: `mine` are the customers of the salesperson he paid for, `all` all he paid for."""

    seller: str | None
    mine: Sequence[Paying]
    all: Sequence[Paying]
    sellers: int
    identities: PayerIdentities
    frequency: PayerFrequency

    @property
    def employee(self) -> str | None:
        """The employee who is the payer, or whose relative he is."""
        return self.identities.employee(self.mine[0], self.seller)


def _by_payer(strange: Sequence[Paying]) -> dict[str, list[Paying]]:
    grouped: dict[str, list[Paying]] = defaultdict(list)
    for one in strange:
        grouped[one.payer].append(one)
    return dict(sorted(grouped.items()))


def _weight(case: _Case, parameters: Parameters) -> float:
    is_substantial = any(one.is_substantial for one in case.mine)
    rare = case.frequency.strange(case.seller, substantial=is_substantial)
    if case.employee:
        by_name = case.identities.name_frequency(case.mine[0], case.seller)
        return min(STRENGTH_CAPS["W5"], math.log10(parameters.expected / (rare * by_name)))
    if case.sellers >= parameters.reps:
        return 0.0
    expected = parameters.expected if is_substantial else parameters.occasional
    single = min(parameters.single, math.log10(expected / rare))
    served = case.identities.firms(case.mine)
    if served < 2:
        return max(0.0, single) if sum(one.payments for one in case.mine) > 1 else 0.0
    of_several = case.frequency.several(case.seller)
    accounts = [one.account_id for one in case.all]
    together = case.frequency.shared_by_chance(accounts, len(case.mine), case.seller)
    most = parameters.several if is_substantial else parameters.small
    return max(0.0, single, min(most, math.log10(expected / (of_several * together))))


def _finding(
    tables: Tables, case: _Case, weight: float, evidence: Mapping[tuple[str, str], list[dict[str, Any]]]
) -> Finding:
    rows = [row for one in case.mine for row in evidence[one.account_id, one.payer]]
    amount = sum((one.amount for one in case.mine), Decimal(0))
    last_at = max(one.last_at for one in case.mine)
    firm = case.identities.company(case.mine[0])
    accounts = tuple(sorted(one.account_id for one in case.mine))
    return Finding(
        subject_kind="company" if firm else "account",
        subject_id=firm or accounts[0],
        at=moment(last_at),
        weight=weight,
        evidence=tuple(Evidence("payments", row["payment_id"]) for row in rows)
        + case.identities.evidence(case.mine[0], case.seller),
        facts={
            "payments": sum(one.payments for one in case.mine),
            "amount": money(amount),
            "customers": len(accounts),
            "day": last_at,
            "own": int(case.employee is not None),
        },
        employee_id=case.employee or case.seller,
        account_ids=accounts,
        company_ids=(firm,) if firm else (),
        amount_at_risk=money(amount),
        explanations=_explanations(tables, case, rows, firm),
    )


def _explanations(tables: Tables, case: _Case, rows: Sequence[dict[str, Any]], firm: str | None) -> dict[str, Status]:
    start, end = min(one.first_at for one in case.mine), max(one.last_at for one in case.mine)
    letters = [
        tables.context.status(["waiver"], start, end, Scope(account_id=one.account_id, employee_id=case.seller))
        for one in case.mine
    ]
    letter: Status = "ruled_out" if "ruled_out" in letters else letters[0]
    own = case.employee is not None
    most = 2 * sum(one.of_name for one in case.mine) > sum(one.of_all for one in case.mine)
    in_cash = all("现金" in (row["channel"] or "") or "cash" in (row["channel"] or "").lower() for row in rows)
    return {
        "group": "ruled_out" if own else case.identities.group(case.mine),
        "owner": "ruled_out" if own else case.identities.owner_pays(case.mine),
        "letter": letter,
        "usual": _holds(all(one.usual for one in case.mine) and len(case.mine) == 1 and not own),
        "main": _holds(most and len(case.mine) > 1 and not own),
        "customer": _holds(case.mine[0].own > 0 and not own),
        "cash": ("supported" if in_cash else "open") if own else "ruled_out",
        "declared": tables.context.declared(case.employee or case.seller, end.date(), company_id=firm),
    }


def _holds(is_so: bool) -> Status:
    return "supported" if is_so else "ruled_out"


def _trail(payments: Sequence[Mapping[str, object]], register: Sequence[Mapping[str, object]] = ()) -> Any:
    """Return forty customers of four salespeople who each paid once themselves, and these payments besides."""
    customers = range(40)
    return {
        "employees": [
            {"employee_id": f"E{n}", "name": f"Person {n}", "role": "rep", "bank_key": f"B{n}"} for n in range(4)
        ],
        "accounts": [
            {"account_id": f"A{n}", "name": f"{n:02d} works", "owner_id": f"E{n % 4}", "region": "East"}
            for n in customers
        ],
        "companies": register,
        "payments": [
            {
                "payment_id": f"P{n}",
                "account_id": f"A{n}",
                "received_at": "2025-01-10",
                "amount": "9000",
                "payer_name": f"{n:02d} works",
                "payer_key": f"K{n}",
                "payer_bank_key": f"C{n}",
            }
            for n in customers
        ]
        + [
            {"payment_id": f"Q{n}", "received_at": "2025-03-01", "amount": "52000", **payment}
            for n, payment in enumerate(payments)
        ],
    }


_STRANGER: dict[str, object] = {"payer_name": "Quick Trading", "payer_key": "KX"}

DETECTOR = Detector(
    code="third-party-payer",
    version=3,
    design="M1",
    family="money",
    strength="W5",
    title=Text(en="Somebody else pays", zh="第三方代付"),
    question=Text(
        en="Is a customer paid for by an employee, or by somebody who also pays for other customers of the salesperson?",
        zh="客户的货款是否由员工支付，或由同时替该销售员其他客户付款的人支付？",
    ),
    sentence=Text(
        en="A payer who is not the customer made payments: {payments:count}, over {amount:money}, for customers of the "
        "salesperson: {customers:count}, the last on {day:day}; payer's account or name is an employee's or declared "
        "relative's: {own:count}.",
        zh="非客户本人的付款方付款 {payments:count} 笔，合计 {amount:money}，涉及该销售员的客户 {customers:count} 家，"
        "最近一笔为 {day:day}；付款账户或姓名属于员工或其申报亲属的有 {own:count} 个。",
    ),
    next_step=Text(
        en="Fetch the bank receipt and any letter of agency, then ask the customer's finance department who paid and why.",
        zh="调取银行回单和代付授权书，再向客户财务核实由谁付款、为何代付。",
    ),
    method=Text(
        en="Payer and customer compared by name, key and register. Weight log10(0.3 / u), 0.1 for single small payments: u is the share of other "
        "salespeople's customers with such a payer, small and substantial ones apart; for a payer of several firms also times the hypergeometric chance that "
        "they share one salesperson; for an employee times how often the name occurs. At most 0.6 for one customer, 1.8 "
        "for several, 2.7 for an employee.",
        zh="按名称、匹配键和工商登记比对付款方与客户。权重为 log10(0.3/u)（零星小额付款为 0.1）：u 为其他销售员客户中出现此类付款方的比例（零星与大额分开统计）；"
        "替多家付款的，再乘以这些客户恰属同一销售员的超几何概率；付款方为员工的，再乘以该姓名出现的频率。"
        "单一客户最多 0.6，多家客户最多 1.8，员工账户最多 2.7。",
    ),
    reads={"payments": ("payer_key",)},
    uses={
        "payments": ("payer_name", "payer_bank_key", "order_id", "collected_by", "channel"),
        "employees": ("name", "bank_key", "id_key"),
        "accounts": ("owner_id", "region", "registration_no"),
        "orders": ("employee_id",),
        "companies": ("legal_representative", "registration_no"),
        "company_people": ("person_name", "person_key", "holder_company_id"),
        "contacts": ("name",),
        "declared_interests": ("person_key",),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("group", Text(en="a firm of the customer's group pays", zh="客户所属集团统一付款"), 1.8),
        Innocent("owner", Text(en="the customer's owner pays privately", zh="客户业主以个人账户付款"), 1.0),
        Innocent("letter", Text(en="a letter of agency is on file", zh="已备案代付授权书"), 2.7),
        Innocent("usual", Text(en="the payer has paid since the first order", zh="自首笔订单起一直由该方付款"), 0.4),
        Innocent(
            "main",
            Text(en="most of their payments ever came from this payer", zh="这些客户历来的付款大部分由该方支付"),
            1.4,
        ),
        Innocent("customer", Text(en="the payer is itself a customer of ours", zh="付款方本身是我方客户"), 1.0),
        Innocent("cash", Text(en="cash of the customer handed in", zh="代客户缴存现金"), 0.9),
        Innocent("declared", Text(en="a declared and approved interest", zh="已申报并获批准的利益关系"), 1.0),
    ),
    wakes_on=("payments",),
    examples=(
        Example(
            name="one payer pays for three customers of one salesperson",
            fires=True,
            as_of="2025-06-30",
            records=_trail([{"account_id": account, **_STRANGER} for account in ("A0", "A4", "A8")]),
        ),
        Example(
            name="a salesperson's own account pays for a customer",
            fires=True,
            as_of="2025-06-30",
            records=_trail([{"account_id": "A0", "payer_name": "00 works", "payer_key": "K0", "payer_bank_key": "B0"}]),
        ),
        Example(
            name="a sister firm has always paid nearly everything for two customers of one salesperson",
            fires=False,
            as_of="2025-06-30",
            records=_trail([{"account_id": one, **_STRANGER} for one in ("A0", "A4") * 4]),
        ),
        Example(
            name="every customer pays for itself, one through the owner and one through its group",
            fires=False,
            as_of="2025-06-30",
            records=_trail(
                [
                    {"account_id": "A1", "payer_name": "Ms Zhao", "payer_key": "KZ"},
                    {"account_id": "A2", "payer_name": "02 works (Shanghai) Ltd", "payer_key": "KS"},
                ],
                [{"company_id": "F1", "name": "01 works", "legal_representative": "Ms Zhao"}],
            ),
        ),
    ),
)
