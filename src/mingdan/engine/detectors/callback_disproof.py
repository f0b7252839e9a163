"""V1: a customer who was called back says that it bought elsewhere."""

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import ibis

from mingdan.engine.context import Scope
from mingdan.engine.detector import Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.account_standing import Standing, standings
from mingdan.engine.methods.listed import among
from mingdan.engine.trail import Tables, money

Answer = dict[str, Any]


@dataclass(frozen=True)
class Parameters:
    """`told`: how often a customer whose order was diverted says so; `named`: how often it names the salesperson then.

    `one_answer` and `two_answers` are the most weight (log10) that one oral answer and several may carry.
    `supply_days` is how long before the call a shortage may have sent the customer elsewhere.
    """

    told: float = 0.6
    named: float = 0.2
    one_answer: float = 1.0
    two_answers: float = 1.8
    supply_days: int = 120


@dataclass(frozen=True)
class Usual:
    """How often customers of the company answer so: that they bought elsewhere, and naming a salesperson with it."""

    elsewhere: float
    naming: float


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding per customer that says it bought elsewhere, tied to the salesperson it names, else to its owner."""
    answers = _answers(tables)
    if not answers:
        return []
    usual = _usual(tables)
    by_account: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        by_account[answer["account_id"]].append(answer)
    owners = standings(tables, {account: rows[0]["called_at"] for account, rows in by_account.items()})
    yearly = _yearly(tables, list(by_account))
    return [
        _finding(tables, rows, owners[account], usual, yearly.get(account, Decimal(0)), parameters)
        for account, rows in sorted(by_account.items())
    ]


def _answers(tables: Tables) -> list[Answer]:
    callbacks = tables.callbacks
    said = callbacks.filter(callbacks.account_id.notnull() & callbacks.bought_elsewhere.fill_null(False))
    columns = ("callback_id", "account_id", "called_at", "stated_date", "supplier_company_id", "mentions_employee_id")
    return tables.records(said.select(*columns), order_by=["account_id", "called_at", "callback_id"])


def _usual(tables: Tables) -> Usual:
    """Return the company's own rates, one added on each side; a call that reached nobody is no answer."""
    asked = tables.callbacks.filter(tables.callbacks.bought_elsewhere.notnull())
    elsewhere = asked.bought_elsewhere.ifelse(1, 0)
    naming = (asked.bought_elsewhere & asked.mentions_employee_id.notnull()).ifelse(1, 0)
    counted = asked.agg(n=asked.count(), elsewhere=elsewhere.sum(), naming=naming.sum())
    [row] = tables.records(counted, order_by=["n"])
    return Usual((1 + (row["elsewhere"] or 0)) / (2 + row["n"]), (1 + (row["naming"] or 0)) / (2 + row["n"]))


def _yearly(tables: Tables, accounts: list[str]) -> dict[str, Decimal]:
    """Return what each customer bought from us in its last year with us."""
    orders = among(tables.orders, "account_id", accounts).filter(ibis._.amount > 0)
    last = orders.group_by("account_id").agg(last_at=ibis._.ordered_at.max())
    recent = orders.join(last, "account_id").filter(ibis._.ordered_at >= ibis._.last_at - ibis.interval(days=365))
    rows = tables.records(recent.group_by("account_id").agg(bought=ibis._.amount.sum()), order_by=["account_id"])
    return {row["account_id"]: row["bought"] for row in rows}


def _finding(
    tables: Tables, rows: list[Answer], standing: Standing, usual: Usual, bought: Decimal, parameters: Parameters
) -> Finding:
    named = sorted({row["mentions_employee_id"] for row in rows if row["mentions_employee_id"]})
    suppliers = sorted({row["supplier_company_id"] for row in rows if row["supplier_company_id"]})
    employee = named[0] if named else standing.employee_id
    account, called = rows[0]["account_id"], rows[-1]["called_at"]
    return Finding(
        subject_kind="account",
        subject_id=account,
        at=rows[0]["called_at"],
        weight=_weight(len(rows), bool(named), usual, parameters),
        evidence=tuple(Evidence("callbacks", row["callback_id"]) for row in rows),
        facts={
            "account": account,
            "day": called,
            "answers": len(rows),
            "named": Text(en=", naming a salesperson", zh="，并提到一名销售员") if named else Text(en="", zh=""),
        },
        employee_id=employee,
        account_ids=(account,),
        company_ids=tuple(suppliers),
        amount_at_risk=money(bought),
        explanations={
            "supply": _supply(tables, rows, standing, parameters),
            "distributor": _distributor(tables, suppliers, rows),
            "interest": _interest(tables, employee, suppliers, rows),
            "respondent": "ruled_out" if len(rows) > 1 else "open",
        },
    )


def _weight(answers: int, named: bool, usual: Usual, parameters: Parameters) -> float:
    """Return how much likelier the answer is after a diversion than as customers here usually answer."""
    told = parameters.told * (parameters.named if named else 1.0)
    weight = math.log10(told / (usual.naming if named else usual.elsewhere))
    most = parameters.two_answers if answers > 1 else parameters.one_answer
    return min(most, weight * (1 if answers == 1 else 1.5)) if weight > 0 else 0.0


def _supply(tables: Tables, rows: list[Answer], standing: Standing, parameters: Parameters) -> Status:
    end = rows[0]["stated_date"] or rows[0]["called_at"].date()
    start = end - timedelta(days=parameters.supply_days)
    scope = Scope(account_id=rows[0]["account_id"], region=standing.region, segment=standing.segment)
    return tables.context.status(
        ["stock_out", "price_rise", "end_of_life", "tender", "channel_policy"], start, end, scope
    )


def _distributor(tables: Tables, suppliers: list[str], rows: list[Answer]) -> Status:
    statuses = [tables.context.is_distributor(supplier, rows[0]["called_at"].date()) for supplier in suppliers]
    return "supported" if "supported" in statuses else min(statuses, default="open")


def _interest(tables: Tables, employee: str | None, suppliers: list[str], rows: list[Answer]) -> Status:
    day = rows[0]["called_at"].date()
    statuses = [tables.context.declared(employee, day, company_id=supplier) for supplier in suppliers]
    return "supported" if "supported" in statuses else min(statuses, default="open")


def _asked(count: int) -> list[dict[str, object]]:
    """Return answers of customers that bought nowhere else, as most do."""
    return [
        {
            "callback_id": f"B{number}",
            "called_at": "2025-03-01",
            "account_id": f"A{number}",
            "reached": "true",
            "bought_elsewhere": "false",
        }
        for number in range(2, count + 2)
    ]


_ELSEWHERE: dict[str, object] = {
    "callback_id": "B1",
    "called_at": "2025-03-01",
    "account_id": "A1",
    "reached": "true",
    "bought_elsewhere": "true",
}
_ORDERS = [{"order_id": "O1", "account_id": "A1", "ordered_at": "2024-06-01", "amount": "80000", "employee_id": "E1"}]

DETECTOR = Detector(
    code="callback-disproof",
    version=1,
    design="V1",
    family="voice",
    strength="W4",
    title=Text(en="The customer says it bought elsewhere", zh="客户称已从别处购买"),
    question=Text(
        en="Does a customer who was called back say that it bought what we sell from somebody else?",
        zh="回访时，客户是否表示已从别处购买我们销售的产品？",
    ),
    sentence=Text(
        en="Called back on {day:day}, {account} said that it bought elsewhere{named} (answers: {answers:count}).",
        zh="{day:day} 回访时，{account} 表示已从别处购买{named}（答复 {answers:count} 次）。",
    ),
    next_step=Text(
        en="Ask a second person at the customer, and for a purchase document; never the salesperson's contact alone.",
        zh="向该客户的另一位人员核实，并请其出示采购凭证；不要只问销售员提供的联系人。",
    ),
    method=Text(
        en="Likelihood ratio: a diverted customer says so in 60 % of calls (and names the salesperson in a fifth of these), "
        "against how often customers of this company answer so; one oral answer carries at most 1, several at most 1.8.",
        zh="似然比：订单被转走的客户在 60 % 的回访中会这样说（其中五分之一会提到销售员），与本公司客户作此答复的比例相比；一次口头答复最多计 1，多次最多计 1.8。",
    ),
    reads={"callbacks": ("account_id", "bought_elsewhere")},
    uses={
        "callbacks": ("stated_date", "supplier_company_id", "mentions_employee_id"),
        "orders": ("amount",),
        "accounts": ("owner_id", "region", "segment"),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("supply", Text(en="we could not deliver, or the price rose", zh="我方缺货或涨价"), 1.0),
        Innocent("distributor", Text(en="bought from an approved distributor", zh="从授权经销商处购买"), 1.8),
        Innocent("interest", Text(en="a declared and approved interest", zh="已申报并获批准的利益关系"), 1.8),
        Innocent("respondent", Text(en="the person asked is not the one who buys", zh="受访者并非采购人员"), 0.6),
    ),
    wakes_on=("callbacks",),
    examples=(
        Example(
            name="one customer in forty says it bought elsewhere",
            fires=True,
            as_of="2025-06-30",
            records={"callbacks": [_ELSEWHERE, *_asked(39)], "orders": _ORDERS},
        ),
        Example(
            name="everybody buys elsewhere too",
            fires=False,
            as_of="2025-06-30",
            records={
                "callbacks": [{**answer, "bought_elsewhere": "true"} for answer in (_ELSEWHERE, *_asked(39))],
                "orders": _ORDERS,
            },
        ),
    ),
)
