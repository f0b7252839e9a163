"""M2: a customer says that it owes us less than our books say."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import ibis

from mingdan.engine.detector import Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.account_standing import standings
from mingdan.engine.methods.balance_gaps import (
    Answer,
    answers,
    explained,
    is_gap,
    made_of_invoices,
    silent_customers,
    strange_payees,
    usual_share,
)
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.listed import among
from mingdan.engine.trail import Tables, moment, money


@dataclass(frozen=True)
class Parameters:
    """A gap counts from `least_share` of our balance; `transit_days` after and `billed_days` before may explain it.

    `expected` is how often a customer whose money went elsewhere shows so, `to_payee` with such an account; `slip` caps the weight of a gap that is
    not made of whole invoices, `gap` of one that is, `payee` where a document of the customer names an
    account that is not ours. Unanswered requests are told from `silent_p` on and carry `silent` at most.
    """

    least_share: Decimal = Decimal("0.02")
    transit_days: int = 20
    billed_days: int = 30
    expected: float = 0.15
    to_payee: float = 0.4
    slip: float = 0.4
    gap: float = 0.6
    payee: float = 1.8
    silent_p: float = 0.01
    silent: float = 0.2
    cited: int = 20


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding per customer with a gap, and one per salesperson whose customers do not answer."""
    told = answers(tables, parameters.transit_days, parameters.billed_days)
    gaps = [one for one in told if is_gap(one, parameters.least_share) and not explained(one)]
    last = {one.account_id: one for one in gaps}
    owners = standings(tables, {account: moment(one.day) for account, one in last.items()})
    payees = strange_payees(tables, sorted(last)) if last else {}
    whole = made_of_invoices(tables, last)
    disputes = _disputes(tables, last)
    found = []
    for account, one in sorted(last.items()):
        seller = owners[account].employee_id
        usual = usual_share(told, parameters.least_share, one.seller)
        most = parameters.gap if account in whole else parameters.slip
        most = parameters.payee if account in payees else most
        expected = parameters.to_payee if account in payees else parameters.expected
        weight = min(most, math.log10(expected / usual))
        if weight > 0:
            later = [other for other in told if other.account_id == account and other.day > one.day]
            statuses = _explanations(one, later, account in disputes)
            found.append(_finding(one, seller, weight, usual, payees.get(account, ()), statuses))
    return found + _silent(told, parameters)


def _finding(
    one: Answer,
    seller: str | None,
    weight: float,
    usual: float,
    payees: Sequence[Evidence],
    explanations: Mapping[str, Status],
) -> Finding:
    gap = one.gap or Decimal(0)
    return Finding(
        subject_kind="account",
        subject_id=one.account_id,
        at=moment(one.day),
        weight=weight,
        evidence=(Evidence("balance_confirmations", one.row_id), *payees[:10]),
        facts={
            "what": Text(
                en=f"The customer says it owes {_told(gap)} less than our books",
                zh=f"客户确认的欠款比我方账面少 {_told(gap)}",
            ),
            "ours": money(one.ours),
            "day": one.day,
            "usual": usual,
            "payees": len(payees),
        },
        employee_id=seller,
        account_ids=(one.account_id,),
        amount_at_risk=money(gap),
        explanations=explanations,
    )


def _told(amount: Decimal) -> str:
    return f"{money(amount):,}".removesuffix(".00")


def _silent(told: Sequence[Answer], parameters: Parameters) -> list[Finding]:
    found = []
    for person, (ranked, usual, p) in silent_customers(told).items():
        weight = min(parameters.silent, weight_from_p(p))
        if p > parameters.silent_p or len(ranked) < 3 or weight <= 0:
            continue
        cited = ranked[: parameters.cited]
        statuses: dict[str, Status] = dict.fromkeys(("transit", "unbooked", "settled"), "ruled_out")
        found.append(
            Finding(
                subject_kind="employee",
                subject_id=person,
                at=moment(max(one.day for one in ranked)),
                weight=weight,
                evidence=tuple(Evidence("balance_confirmations", one.row_id) for one in cited),
                facts={
                    "what": Text(
                        en=f"Requests to {person}'s customers that were not answered: {len(ranked)}",
                        zh=f"{person} 的客户未回函 {len(ranked)} 份",
                    ),
                    "ours": money(sum((one.ours for one in ranked), Decimal(0))),
                    "day": max(one.day for one in ranked),
                    "usual": usual,
                    "payees": 0,
                },
                employee_id=person,
                account_ids=tuple(dict.fromkeys(one.account_id for one in cited)),
                explanations=statuses,
            )
        )
    return found


def _explanations(one: Answer, later: Sequence[Answer], disputed: bool) -> dict[str, Status]:
    gap = one.gap or Decimal(0)
    settled = bool(later) and later[-1].gap is not None and later[-1].gap < gap / 2
    return {
        "transit": "supported" if one.paid_after >= gap / 2 else "ruled_out",
        "unbooked": "supported" if one.billed_before >= gap / 2 else "ruled_out",
        "disputed": "supported" if disputed else "open",
        "settled": "supported" if settled else "open",
    }


def _disputes(tables: Tables, last: Mapping[str, Answer]) -> set[str]:
    """Return the customers that complained in the half-year before: they may hold an invoice back."""
    if not last:
        return set()
    tickets = tables.tickets.filter(ibis._.kind == "complaint").select("account_id", at="opened_at")
    complaints = tables.complaints.select("account_id", at="opened_at").union(tickets)
    rows = among(complaints, "account_id", last).select("account_id", "at")
    half_year = timedelta(days=183)
    return {
        row["account_id"]
        for row in tables.records(rows, order_by=["account_id", "at"])
        if _near(row["at"], moment(last[row["account_id"]].day), half_year)
    }


def _near(at: datetime, day: datetime, days: timedelta) -> bool:
    return day - days <= at <= day


def _trail(odd: Sequence[Mapping[str, Any]], **more: Any) -> dict[str, Any]:
    """Return forty customers of four salespeople that agree with our books, and these confirmations besides."""
    return {
        "accounts": [{"account_id": f"A{n}", "name": f"Customer {n}", "owner_id": f"E{n % 4}"} for n in range(50)],
        "balance_confirmations": [
            {
                "account_id": f"A{n}",
                "as_of_date": "2024-12-31",
                "our_balance": "50000",
                "their_balance": "50000",
                "status": "agreed",
            }
            for n in range(40)
        ]
        + [{"as_of_date": "2024-12-31", "our_balance": "80000", "status": "differs", **row} for row in odd],
        **more,
    }


DETECTOR = Detector(
    code="balance-confirmation-gap",
    version=2,
    design="M2",
    family="money",
    strength="W4",
    title=Text(en="Customer says it has paid", zh="客户对账余额偏低"),
    question=Text(
        en="Does a customer say that it owes us less than our books say, beyond what is on the way?",
        zh="剔除在途款项和货物后，客户确认的欠款是否仍少于我方账面？",
    ),
    sentence=Text(
        en="{what} (our balance {ours:money} on {day:day}); elsewhere this share of answers is like it: {usual:percent}[; documents of the customer "
        "that name a payee account which is not ours: {payees:count}].",
        zh="{what}（{day:day} 我方余额 {ours:money}）；其他销售员的客户中此类回函占 {usual:percent}[；该客户另有 {payees:count} 份单据写有非本公司收款账户]。",
    ),
    next_step=Text(
        en="Ask the customer's finance department for the payment receipts, by a way that does not lead through the salesperson.",
        zh="绕开销售员，直接向客户财务索取付款回单。",
    ),
    method=Text(
        en="Gap: our balance less theirs, from 2 % of ours on. One that money received in the next 20 days, or goods ordered or billed in the "
        "30 days before, make up by 95 % is none. Weight log10(0.15 / u), u being the share of other salespeople's answers with "
        "such a gap; at most 0.4, 0.6 where the gap is made of whole invoices; log10(0.4 / u) and 1.8 where a document of the customer names an account that is not ours. Unanswered requests: "
        "beta-binomial tail against the other salespeople, at most 0.2.",
        zh="差额为我方余额减对方余额，达我方余额 2% 才计。其后 20 天内到账、或此前 30 天内下单或开票的金额达到差额 95% 的不计。"
        "权重为 log10(0.15/u)，u 为其他销售员客户回函中出现此类差额的比例；最多 0.4，恰为整张发票之和的最多 0.6；客户单据写有非本公司账户的为 log10(0.4/u)，最多 1.8。"
        "未回函：与其他销售员比较的贝塔二项分布尾概率，最多 0.2。",
    ),
    reads={"balance_confirmations": ("our_balance", "their_balance")},
    uses={
        "balance_confirmations": ("status",),
        "accounts": ("owner_id",),
        "payments": ("received_at", "payee_bank_key"),
        "invoices": ("issued_at",),
        "orders": ("ordered_at",),
        "contracts": ("payee_bank_key",),
        "company_bank_accounts": ("bank_key",),
        "complaints": ("account_id",),
        "tickets": ("kind",),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("transit", Text(en="money that was on the way", zh="在途款项"), 0.5),
        Innocent(
            "unbooked", Text(en="goods or invoices not yet booked by the customer", zh="客户尚未入账的货物或发票"), 0.5
        ),
        Innocent("disputed", Text(en="an invoice held back after a complaint", zh="因投诉暂缓入账的发票"), 0.6),
        Innocent("settled", Text(en="a later confirmation agrees", zh="后续对账已一致"), 1.0),
    ),
    wakes_on=("balance_confirmations",),
    examples=(
        Example(
            name="one customer of forty says it has paid",
            fires=True,
            as_of="2025-06-30",
            records=_trail(
                [{"account_id": "A44", "their_balance": "20000"}],
                invoices=[
                    {"invoice_id": "I1", "account_id": "A44", "issued_at": "2024-10-01", "amount": "60000"},
                    {"invoice_id": "I2", "account_id": "A44", "issued_at": "2024-10-15", "amount": "20000"},
                ],
            ),
        ),
        Example(
            name="the money of the customer that differs arrived a week later",
            fires=False,
            as_of="2025-06-30",
            records=_trail(
                [{"account_id": "A44", "their_balance": "20000"}],
                payments=[{"payment_id": "P1", "account_id": "A44", "received_at": "2025-01-07", "amount": "60000"}],
            ),
        ),
        Example(
            name="a customer says it owes more",
            fires=False,
            as_of="2025-06-30",
            records=_trail([{"account_id": "A44", "their_balance": "95000"}]),
        ),
    ),
)
