"""M4: money of one customer covers what another's should have paid, or lies long with whoever collected it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from mingdan.engine.context import Scope
from mingdan.engine.detector import Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Fact, Finding, Status, Text
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.held_receipts import Held, Row, held_receipts, longest_receipts
from mingdan.engine.methods.posting_lags import Lag, late_receipts
from mingdan.engine.methods.receipt_chains import Chains, Crossed, books_of, chains_of, crossed_receipts, without_groups
from mingdan.engine.trail import Tables, moment, money


@dataclass(frozen=True)
class Parameters:
    """Late is beyond `quantile` of all receipts of the channel and `least_days`; told from `lag_p` on, `lag` at most.

    Held is collected by the person and posted after more than `held_days`, longer than a month's end with a holiday after
    it; from `least_held` on, and `held` at most. Two crossed receipts link within `chain_days`; `least_links` make a chain, which carries `chain` at most.
    """

    least_days: int = 5
    quantile: float = 0.95
    lag_p: float = 0.01
    least_late: int = 4
    lag: float = 0.3
    held_days: int = 45
    least_held: int = 3
    held: float = 1.3
    chain_days: int = 60
    least_links: int = 2
    chain: float = 1.8
    cited: int = 20


@dataclass(frozen=True)
class _Case:
    """What is told of one person; None is silent."""

    person: str
    weight: float
    chain: Chains | None
    lag: Lag | None
    held: Held | None


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding per person with a chain of crossed receipts, with surprisingly many late or long-held ones."""
    crossed = crossed_receipts(tables)
    every = chains_of(crossed, books_of(tables), parameters.chain_days) if crossed else {}
    chains = without_groups(tables, every, parameters.least_links)
    is_posted = tables.has("payments", "posted_at")
    lags = late_receipts(tables, parameters.least_days, parameters.quantile) if is_posted else {}
    held = held_receipts(tables, parameters.held_days) if is_posted else {}
    people = sorted({*chains, *lags, *held})
    judged = (_judged(one, chains.get(one), lags.get(one), held.get(one), parameters) for one in people)
    cases = [case for case in judged if case.weight > 0]
    holding = [case.person for case in cases if case.held]
    late = [case.person for case in cases if case.lag and not case.held]
    longest = longest_receipts(tables, holding, late, parameters.held_days, parameters.cited)
    return [_finding(tables, one, longest.get(one.person, ())) for one in cases if one.chain or one.person in longest]


def _judged(person: str, chain: Chains | None, lag: Lag | None, held: Held | None, parameters: Parameters) -> _Case:
    """Add up; late and held speak of the same receipts, so that only the heavier counts."""
    linked, late, kept = _chain_weight(chain, parameters), _lag_weight(lag, parameters), _held_weight(held, parameters)
    weight = linked + max(late, kept)
    return _Case(person, weight, chain if linked else None, lag if late else None, held if kept else None)


def _lag_weight(lag: Lag | None, parameters: Parameters) -> float:
    if lag is None or lag.late < parameters.least_late or lag.p > parameters.lag_p:
        return 0.0
    return min(parameters.lag, weight_from_p(lag.p))


def _held_weight(held: Held | None, parameters: Parameters) -> float:
    if held is None or held.held < parameters.least_held:
        return 0.0
    return min(parameters.held, weight_from_p(held.p))


def _chain_weight(chain: Chains | None, parameters: Parameters) -> float:
    if chain is None or len(chain.links) < parameters.least_links:
        return 0.0
    return min(parameters.chain, weight_from_p(chain.p))


def _finding(tables: Tables, case: _Case, late: Sequence[Row]) -> Finding:
    chain, held = case.chain, case.held
    linked: Sequence[Crossed] = sorted({one for pair in chain.links for one in pair}) if chain else ()
    days = [one.at for one in linked] + [moment(row["posted_at"]) for row in late]
    accounts = [name for one in linked for name in (one.payer, one.credited)]
    accounts += [row["account_id"] for row in late] if held or not linked else []
    cited = dict.fromkeys([*(one.payment_id for one in linked), *(row["payment_id"] for row in late)])
    amounts = {row["payment_id"]: row["amount"] for row in late if held} | {
        one.payment_id: one.amount for one in linked
    }
    return Finding(
        subject_kind="employee",
        subject_id=case.person,
        at=min(max(days), tables.as_of),
        weight=case.weight,
        evidence=tuple(Evidence("payments", one) for one in cited),
        facts=_facts(case),
        employee_id=case.person,
        account_ids=tuple(dict.fromkeys(accounts)),
        amount_at_risk=money(sum(amounts.values(), Decimal(0))),
        explanations=_explanations(tables, case, late, days),
    )


def _facts(case: _Case) -> dict[str, Fact]:
    chain, lag, held = case.chain, case.lag, case.held
    return {
        "employee": case.person,
        "links": len(chain.links) if chain else 0,
        "expected": round(chain.expected, 2) if chain else 0.0,
        "held": held.held if held else 0,
        "collected": held.collected if held else 0,
        "customers": held.customers if held else 0,
        "elsewhere": held.usual if held else 0.0,
        "lay": held.longest if held else 0,
        "late": lag.late if lag and not held else 0,
        "receipts": lag.receipts if lag else 0,
        "usual": lag.usual if lag else 0.0,
        "longest": lag.longest if lag else 0,
    }


def _explanations(tables: Tables, case: _Case, late: Sequence[Row], days: Sequence[datetime]) -> dict[str, Status]:
    """Say what accounts for lateness; no month's end, slow channel or clerk accounts for a chain or for weeks in hand."""
    chain, lag = case.chain, case.lag
    is_told = bool(chain or case.held)

    def of(share: float | None) -> Status:
        return "supported" if share is not None and share >= 0.5 and not is_told else "ruled_out"

    around = [(row["received_at"], row["posted_at"]) for row in late] or [(min(days), max(days))]
    scope = Scope(employee_id=case.person)
    moved = [tables.context.status(["migration"], start, end + timedelta(days=30), scope) for start, end in around]
    away = [tables.context.on_leave(case.person, start, end) for start, end in around]
    return {
        "in-hand": of(lag.in_hand if lag else None),
        "month-end": of(lag.at_month_end if lag else None),
        "slow-clerk": of(lag.slow if lag else None),
        "leave": "ruled_out" if chain else _half(away),
        "wrong-text": "open" if chain else "ruled_out",
        "migration": _half(moved),
    }


def _half(told: Sequence[Status]) -> Status:
    """Return supported where that holds of half of the receipts."""
    return "open" if "open" in told else "supported" if 2 * told.count("supported") >= len(told) else "ruled_out"


def _trail(crossed: Sequence[Mapping[str, Any]], lag: int = 1) -> dict[str, Any]:
    """Return forty customers of four salespeople who pay their own invoices, and these receipts besides."""
    own = [
        {
            "payment_id": f"P{n}-{again}",
            "account_id": f"A{n}",
            "invoice_id": f"I{n}",
            "received_at": f"2025-0{1 + again}-10",
            "posted_at": f"2025-0{1 + again}-{10 + (lag if n % 4 == 0 else 1):02d}",
            "amount": "9000",
            "channel": "bank",
        }
        for n in range(40)
        for again in range(3)
    ]
    return {
        "accounts": [{"account_id": f"A{n}", "name": f"{n:02d} works", "owner_id": f"E{n % 4}"} for n in range(40)],
        "invoices": [
            {"invoice_id": f"I{n}", "account_id": f"A{n}", "issued_at": "2025-01-01", "amount": "27000"}
            for n in range(40)
        ],
        "payments": own
        + [
            {"payment_id": f"X{n}", "received_at": f"2025-04-{2 + 7 * n:02d}", "amount": "20000", **row}
            for n, row in enumerate(crossed)
        ],
    }


def _cash(customer: int, posted_at: str) -> dict[str, Any]:
    return {
        "account_id": f"A{customer}",
        "channel": "cash",
        "collected_by": f"E{customer % 4}",
        "received_at": "2025-04-05",
        "posted_at": posted_at,
    }


def _example(
    name: str, crossed: Sequence[tuple[str, str]], cash: Sequence[Mapping[str, Any]] = (), *, fires: bool
) -> Example:
    booked = [{"account_id": account, "invoice_id": invoice} for account, invoice in crossed]
    return Example(name=name, fires=fires, as_of="2025-06-30", records=_trail([*booked, *cash]))


DETECTOR = Detector(
    code="lapping",
    version=2,
    design="M4",
    family="money",
    strength="W4",
    title=Text(en="One customer's money covers another's", zh="挪用回款、拆东补西"),
    question=Text(
        en="Do receipts of one customer pay what others owe, one after the other, or lie long before they are posted?",
        zh="是否有一家客户的回款接连用于冲抵另一家客户的欠款，或回款长时间未入账？",
    ),
    sentence=Text(
        en="Receipts through {employee}:[ booked to another customer whose own money had gone to a third: {links:count} links, "
        "{expected:times} by chance;][ in hand for more than 45 days before they were posted: {held:count} of {collected:count} "
        "collected, from {customers:count} customers, the longest {lay:days} days;]"
        "[ posted late: {late:count} of {receipts:count} ({usual:percent} elsewhere), the longest after {longest:days} days;].",
        zh="经 {employee} 的回款：[入到他人名下、而该客户的款项此前又用于第三家，共 {links:count} 环，偶然预计 {expected:times} 环；]"
        "[经手收取的 {collected:count} 笔中有 {held:count} 笔逾 45 天才入账，涉及 {customers:count} 家客户，最长 {lay:days} 天；]"
        "[{receipts:count} 笔中迟入账 {late:count} 笔（他人为 {usual:percent}），最长 {longest:days} 天；]。",
    ),
    next_step=Text(
        en="Put the bank's value dates and remittance texts beside the bookings, and ask the customers concerned for their statements.",
        zh="将银行起息日和汇款附言与入账记录逐笔核对，并请相关客户提供对账单。",
    ),
    method=Text(
        en="Crossed receipts: money of a customer (by invoice, order, or an account that pays for that customer in 80 % of its payments) booked to an "
        "unrelated one. A link: within 60 days the customer whose money was used is credited with a third's. Weight of the "
        "Poisson tail of the number of links against its mean when who is credited is permuted among the person's customers; at most 1.8. Held: collected "
        "by the person and posted after more than 45 days (bills of exchange left out), three at least; beta-binomial tail against what others collected, at most 1.3. "
        "Else late: beyond the 95th percentile by kind of channel; beta-binomial tail against the others, at most 0.3.",
        zh="错位回款：某客户的款项（按发票、订单，或八成以上付款都归该客户的付款账户判断）入到无关客户名下。"
        "60 天内款项被挪用的客户又得到第三家的款项冲抵，计为一环。环数与随机置换入账对象时的均值比较，取泊松尾概率，最多 1.8。"
        "久压指本人经手收取、逾 45 天才入账（承兑汇票除外），至少三笔，与他人经手的回款比较取贝塔二项分布尾概率，最多 1.3。"
        "否则看迟入账：超过同类渠道 95% 分位，与他人比较取贝塔二项分布尾概率，最多 0.3。",
    ),
    reads={"payments": ("account_id", "received_at")},
    uses={
        "payments": (
            "posted_at",
            "posted_by",
            "collected_by",
            "channel",
            "order_id",
            "invoice_id",
            "payer_key",
            "payer_bank_key",
        ),
        "invoices": ("account_id",),
        "orders": ("employee_id",),
        "accounts": ("owner_id", "registration_no"),
        "company_people": ("person_key", "holder_company_id"),
        "leaves": ("from_date",),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("in-hand", Text(en="cash or bills that clear late", zh="现金或票据，到账本来较慢"), 0.3),
        Innocent("month-end", Text(en="posted at the month's end", zh="月末集中入账"), 0.3),
        Innocent("slow-clerk", Text(en="a clerk who posts everybody's late", zh="入账人员普遍较慢"), 0.3),
        Innocent("leave", Text(en="a leave of the person", zh="当事人休假"), 0.2),
        Innocent("wrong-text", Text(en="wrong remittance texts", zh="汇款附言写错"), 0.8),
        Innocent("migration", Text(en="records moved from another system", zh="系统迁移"), 0.8),
    ),
    wakes_on=("payments",),
    examples=(
        _example(
            "each customer's money pays for the one before",
            [("A4", "I0"), ("A8", "I4"), ("A12", "I8"), ("A16", "I12")],
            fires=True,
        ),
        _example(
            "a few receipts were booked to the wrong customer",
            [("A4", "I0"), ("A12", "I8"), ("A20", "I16")],
            fires=False,
        ),
        _example("one customer pays for another of its group every time", [("A4", "I0")] * 4, fires=False),
        _example(
            "cash of three customers reached the books after two months",
            [],
            [_cash(n, "2025-06-03") for n in (0, 4, 8)] + [_cash(n, "2025-04-09") for n in range(12, 36)],
            fires=True,
        ),
        _example(
            "cash reached the books after two months, as it did from colleagues",
            [],
            [_cash(n, "2025-06-03") for n in range(12)],
            fires=False,
        ),
    ),
)
