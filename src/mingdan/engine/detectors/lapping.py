"""M4: money of one customer covers what another's money should have paid, or receipts lie long before they are posted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import ibis

from mingdan.engine.context import Scope
from mingdan.engine.detector import Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.listed import among
from mingdan.engine.methods.posting_lags import Lag, late_receipts, receipts
from mingdan.engine.methods.receipt_chains import Chains, Crossed, books_of, chains_of, crossed_receipts, without_groups
from mingdan.engine.trail import Tables, moment, money


@dataclass(frozen=True)
class Parameters:
    """Late is beyond `quantile` of all receipts of the channel and `least_days`; told from `lag_p` on, `lag` at most.

    Two crossed receipts link within `chain_days`; `least_links` make a chain, which carries `chain` at most.
    """

    least_days: int = 5
    quantile: float = 0.95
    lag_p: float = 0.01
    least_late: int = 4
    lag: float = 0.3
    chain_days: int = 60
    least_links: int = 2
    chain: float = 1.8
    cited: int = 20


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding per person with a chain of crossed receipts or with surprisingly many late ones."""
    crossed = crossed_receipts(tables)
    every = chains_of(crossed, books_of(tables), parameters.chain_days) if crossed else {}
    chains = without_groups(tables, every, parameters.least_links)
    lags = (
        late_receipts(tables, parameters.least_days, parameters.quantile) if tables.has("payments", "posted_at") else {}
    )
    told = []
    for person in sorted({*chains, *lags}):
        chain, lag = chains.get(person), lags.get(person)
        late, linked = _lag_weight(lag, parameters), _chain_weight(chain, parameters)
        if late + linked > 0:
            told.append((person, chain if linked else None, lag if late else None, late + linked))
    longest = _longest(tables, [person for person, _, lag, _ in told if lag], parameters)
    return [
        _finding(tables, person, chain, lag, weight, longest.get(person, ()))
        for person, chain, lag, weight in told
        if chain or longest.get(person)
    ]


def _lag_weight(lag: Lag | None, parameters: Parameters) -> float:
    if lag is None or lag.late < parameters.least_late or lag.p > parameters.lag_p:
        return 0.0
    return min(parameters.lag, weight_from_p(lag.p))


def _chain_weight(chain: Chains | None, parameters: Parameters) -> float:
    if chain is None or len(chain.links) < parameters.least_links:
        return 0.0
    return min(parameters.chain, weight_from_p(chain.p))


Late = Sequence[Mapping[str, Any]]


def _longest(tables: Tables, people: Sequence[str], parameters: Parameters) -> dict[str, Late]:
    """Return each person's receipts that lay longest, the longest first."""
    if not people:
        return {}
    paid = among(receipts(tables).filter(ibis._.posted_at.notnull()), "person", people)
    held = paid.posted_at.truncate("s").epoch_seconds() - paid.received_at.truncate("s").epoch_seconds()
    paid = paid.mutate(held=held)
    last = ibis.window(group_by="person", order_by=[ibis.desc("held"), "payment_id"])  # type: ignore[no-untyped-call]
    top = paid.mutate(place=ibis.row_number().over(last)).filter(ibis._.place < parameters.cited)
    columns = ("person", "payment_id", "account_id", "received_at", "posted_at", "amount", "place")
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in tables.records(top.select(*columns), order_by=["person", "place"]):
        found.setdefault(row["person"], []).append(row)
    return {person: tuple(rows) for person, rows in found.items()}


def _finding(tables: Tables, person: str, chain: Chains | None, lag: Lag | None, weight: float, late: Late) -> Finding:
    linked: Sequence[Crossed] = sorted({one for pair in chain.links for one in pair}) if chain else ()
    days = [one.at for one in linked] + ([moment(row["posted_at"]) for row in late] if lag else [])
    accounts = [name for one in linked for name in (one.payer, one.credited)]
    accounts += [row["account_id"] for row in late] if lag and not linked else []
    cited = [one.payment_id for one in linked] + ([row["payment_id"] for row in late] if lag else [])
    amount = sum((one.amount for one in linked), Decimal(0))
    return Finding(
        subject_kind="employee",
        subject_id=person,
        at=min(max(days), tables.as_of),
        weight=weight,
        evidence=tuple(Evidence("payments", one) for one in dict.fromkeys(cited)),
        facts={
            "employee": person,
            "links": len(chain.links) if chain else 0,
            "expected": round(chain.expected, 2) if chain else 0.0,
            "late": lag.late if lag else 0,
            "receipts": lag.receipts if lag else 0,
            "usual": lag.usual if lag else 0.0,
            "longest": lag.longest if lag else 0,
        },
        employee_id=person,
        account_ids=tuple(dict.fromkeys(accounts)),
        amount_at_risk=money(amount),
        explanations=_explanations(tables, person, chain, lag, min(days), max(days)),
    )


def _explanations(
    tables: Tables, person: str, chain: Chains | None, lag: Lag | None, start: datetime, end: datetime
) -> dict[str, Status]:
    def of(share: float | None) -> Status:
        return "supported" if share is not None and share >= 0.5 and not chain else "ruled_out"

    away = tables.context.on_leave(person, start, end)
    migration = tables.context.status(["migration"], start - timedelta(days=30), end, Scope(employee_id=person))
    return {
        "in-hand": of(lag.in_hand if lag else None),
        "month-end": of(lag.at_month_end if lag else None),
        "slow-clerk": of(lag.slow if lag else None),
        "leave": "ruled_out" if chain else away,
        "wrong-text": "open" if chain else "ruled_out",
        "migration": migration,
    }


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


DETECTOR = Detector(
    code="lapping",
    version=1,
    design="M4",
    family="money",
    strength="W4",
    title=Text(en="One customer's money covers another's", zh="挪用回款、拆东补西"),
    question=Text(
        en="Do receipts of one customer pay what others owe, one after the other, or lie long before they are posted?",
        zh="是否有一家客户的回款接连用于冲抵另一家客户的欠款，或回款长时间未入账？",
    ),
    sentence=Text(
        en="Receipts through {employee}:[ booked to another customer whose own money had gone to a third: {links:count} links, {expected:times} by "
        "chance;][ posted late: {late:count} of {receipts:count} ({usual:percent} elsewhere), the longest after {longest:days} days;].",
        zh="经 {employee} 的回款：[入到他人名下、而该客户的款项此前又用于第三家，共 {links:count} 环，偶然预计 {expected:times} 环；]"
        "[{receipts:count} 笔中迟入账 {late:count} 笔（他人为 {usual:percent}），最长 {longest:days} 天；]。",
    ),
    next_step=Text(
        en="Put the bank's value dates and remittance texts beside the bookings, and ask the customers concerned for their statements.",
        zh="将银行起息日和汇款附言与入账记录逐笔核对，并请相关客户提供对账单。",
    ),
    method=Text(
        en="Crossed receipts: money of a customer (by invoice, order, or an account that pays for that customer in 80 % of its payments) booked to an "
        "unrelated one. A link: within 60 days the customer whose money was used is credited with a third's. Weight of the "
        "Poisson tail of the number of links against its mean when who is credited is permuted among the person's customers; at most 1.8. Late: beyond the 95th percentile "
        "by kind of channel; beta-binomial tail against the others, at most 0.3.",
        zh="错位回款：某客户的款项（按发票、订单，或八成以上付款都归该客户的付款账户判断）入到无关客户名下。"
        "60 天内款项被挪用的客户又得到第三家的款项冲抵，计为一环。环数与随机置换入账对象时的均值比较，取泊松尾概率，最多 1.8。"
        "迟入账指超过同类渠道 95% 分位，与他人比较取贝塔二项分布尾概率，最多 0.3。",
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
        Example(
            name="each customer's money pays for the one before",
            fires=True,
            as_of="2025-06-30",
            records=_trail(
                [
                    {"account_id": "A4", "invoice_id": "I0"},
                    {"account_id": "A8", "invoice_id": "I4"},
                    {"account_id": "A12", "invoice_id": "I8"},
                    {"account_id": "A16", "invoice_id": "I12"},
                ]
            ),
        ),
        Example(
            name="a few receipts were booked to the wrong customer",
            fires=False,
            as_of="2025-06-30",
            records=_trail(
                [
                    {"account_id": "A4", "invoice_id": "I0"},
                    {"account_id": "A12", "invoice_id": "I8"},
                    {"account_id": "A20", "invoice_id": "I16"},
                ]
            ),
        ),
        Example(
            name="one customer pays for another of its group every time",
            fires=False,
            as_of="2025-06-30",
            records=_trail([{"account_id": "A4", "invoice_id": "I0"}] * 4),
        ),
    ),
)
