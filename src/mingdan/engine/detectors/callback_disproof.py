"""V1: a customer who was called back says that it bought elsewhere."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import ibis

from mingdan.engine.context import Scope
from mingdan.engine.detector import Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.account_standing import Standing, standings
from mingdan.engine.methods.answer_weight import Answer, Answers, answer_weight, answers_of
from mingdan.engine.methods.listed import among
from mingdan.engine.trail import Tables, money


@dataclass(frozen=True)
class Parameters:
    """`alone`: the most that buying elsewhere weighs by itself; `repeat`: what naming the salesperson again adds.

    `one_answer` and `two_answers` are the most weight (log10) that one oral answer and several that name the same
    salesperson may carry. `supply_days` is how long before the call a shortage may have sent the customer elsewhere.
    """

    alone: float = 0.2
    repeat: float = 0.5
    one_answer: float = 1.0
    two_answers: float = 1.8
    supply_days: int = 120
    least_weight: float = 0.05


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding per customer that says it bought elsewhere, tied to the salesperson it names, else to its owner."""
    rows = answers_of(tables)
    answers = Answers(rows)
    by_account: dict[str, list[Answer]] = defaultdict(list)
    for row in rows:
        by_account[row["account_id"]].append(row)
    weights = {
        account: min(
            answer_weight(some, answers, alone=parameters.alone, repeat=parameters.repeat), _most(some, parameters)
        )
        for account, some in sorted(by_account.items())
        if any(row["elsewhere"] for row in some)
    }
    told = {account: weight for account, weight in weights.items() if weight >= parameters.least_weight}
    if not told:
        return []
    said = {account: [row for row in by_account[account] if row["elsewhere"]] for account in told}
    owners = standings(tables, {account: rows[0]["called_at"] for account, rows in said.items()})
    yearly = _yearly(tables, list(told))
    left = _left(tables)
    return [
        _finding(tables, said[account], owners[account], weight, yearly.get(account, Decimal(0)), left, parameters)
        for account, weight in told.items()
    ]


def _most(rows: list[Answer], parameters: Parameters) -> float:
    """Return the most the answers may carry: more only where the same salesperson is named on different days."""
    days = defaultdict(set)
    for row in rows:
        if row["elsewhere"] and row["mentions_employee_id"]:
            days[row["mentions_employee_id"]].add(row["called_at"].date())
    return parameters.two_answers if any(len(some) > 1 for some in days.values()) else parameters.one_answer


def _left(tables: Tables) -> dict[str, object]:
    gone = tables.employees.filter(ibis._.left_date.notnull()).select("employee_id", "left_date")
    return {row["employee_id"]: row["left_date"] for row in tables.records(gone, order_by=["employee_id"])}


def _yearly(tables: Tables, accounts: list[str]) -> dict[str, Decimal]:
    """Return what each customer bought from us in its last year with us."""
    orders = among(tables.orders, "account_id", accounts).filter(ibis._.amount > 0)
    last = orders.group_by("account_id").agg(last_at=ibis._.ordered_at.max())
    recent = orders.join(last, "account_id").filter(ibis._.ordered_at >= ibis._.last_at - ibis.interval(days=365))
    rows = tables.records(recent.group_by("account_id").agg(bought=ibis._.amount.sum()), order_by=["account_id"])
    return {row["account_id"]: row["bought"] for row in rows}


def _finding(
    tables: Tables,
    rows: list[Answer],
    standing: Standing,
    weight: float,
    bought: Decimal,
    left: dict[str, object],
    parameters: Parameters,
) -> Finding:
    named = sorted({row["mentions_employee_id"] for row in rows if row["mentions_employee_id"]})
    suppliers = sorted({row["supplier_company_id"] for row in rows if row["supplier_company_id"]})
    employee = named[0] if named else standing.employee_id
    account, called = rows[0]["account_id"], rows[-1]["called_at"]
    gone = left.get(employee or "")
    return Finding(
        subject_kind="account",
        subject_id=account,
        at=rows[0]["called_at"],
        weight=weight,
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
            "followed": "supported" if gone is not None and gone <= rows[0]["called_at"].date() else "ruled_out",
        },
    )


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
_BY_NAME: dict[str, object] = {"mentions_employee_id": "E1"}
_RIVALS: list[dict[str, object]] = [
    {**_ELSEWHERE, "callback_id": f"R{number}", "account_id": f"R{number}", "supplier_company_id": "C9"}
    for number in range(6)
]

DETECTOR = Detector(
    code="callback-disproof",
    version=2,
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
        en="Likelihood ratios against how customers of this company answer, the customer's own answers left out: buying "
        "elsewhere says at most 0.2 by itself (customers buy from several firms); naming a salesperson and a supplier that "
        "only one salesperson's customers name add to it, a supplier that many name and a later denial take off. One oral "
        "answer carries at most 1, several naming the same salesperson at most 1.8.",
        zh="与本公司客户通常的答复相比的似然比（剔除该客户自己的答复）：仅表示已从别处购买最多计 0.2（客户往往多家采购）；提到销售员、或提到只有同一销售员的客户才提到的供货方，权重增加；供货方为多家客户提到、或之后又否认，权重降低。一次口头答复最多计 1，多次提到同一销售员最多计 1.8。",
    ),
    reads={"callbacks": ("account_id", "bought_elsewhere")},
    uses={
        "callbacks": ("reached", "stated_date", "supplier_company_id", "supplier_name", "mentions_employee_id"),
        "employees": ("left_date",),
        "orders": ("amount",),
        "accounts": ("owner_id", "region", "segment"),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("supply", Text(en="we could not deliver, or the price rose", zh="我方缺货或涨价"), 1.0),
        Innocent("distributor", Text(en="bought from an approved distributor", zh="从授权经销商处购买"), 1.8),
        Innocent("interest", Text(en="a declared and approved interest", zh="已申报并获批准的利益关系"), 1.8),
        Innocent(
            "followed",
            Text(
                en="the person named had left us by then, and customers may follow",
                zh="所提到的人员当时已离职，客户可自由追随",
            ),
            1.0,
        ),
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
            name="the customer names a salesperson, and a supplier that nobody else names",
            fires=True,
            as_of="2025-06-30",
            records={
                "callbacks": [{**_ELSEWHERE, **_BY_NAME, "supplier_company_id": "C1"}, *_asked(39), *_RIVALS],
                "orders": _ORDERS,
            },
        ),
        Example(
            name="the customer names a rival whom other salespeople's customers name too",
            fires=False,
            as_of="2025-06-30",
            records={
                "callbacks": [{**_ELSEWHERE, "supplier_company_id": "C9"}, *_asked(39), *_RIVALS],
                "accounts": [
                    {"account_id": f"R{number}", "name": f"R{number}", "owner_id": f"E{number}"} for number in range(6)
                ],
                "orders": _ORDERS,
            },
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
