"""V2: a customer asks about an order, a price or a delivery of which our books know nothing."""

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from mingdan.engine.context import Scope
from mingdan.engine.detector import Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.account_standing import Standing, standings
from mingdan.engine.methods.listed import among
from mingdan.engine.methods.trade_contacts import Counts, counted, judged_contacts, odd_contacts
from mingdan.engine.trail import Tables

Row = dict[str, Any]


@dataclass(frozen=True)
class Parameters:
    """How often a contact after a side deal is of each kind, and what it may weigh.

    `unknown`: about a deal we do not have; `privately`: speaks of a person's pocket; `other_firm`: of another firm.
    `dunned`: says that it paid what our books have open.
    `plain` is the most that a contact weighs which names neither; a second contact counts `repeat`. Weights below
    `least_weight` are not told. An order within `old_days` before may still be what the customer means.
    """

    unknown: float = 0.5
    privately: float = 0.3
    other_firm: float = 0.3
    plain: float = 0.4
    dunned: float = 0.1
    most_dunned: float = 0.9
    most_of_firm: float = 0.4
    most: float = 1.8
    repeat: float = 0.5
    least_weight: float = 0.2
    old_days: int = 1095


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding per customer whose contacts speak of deals that neither we nor chance account for."""
    contacts = judged_contacts(tables)
    every, odd = counted(tables, contacts)
    weights = {account: _weight(one, every, parameters) for account, one in sorted(odd.items())}
    told = [account for account, weight in weights.items() if weight >= parameters.least_weight]
    if not told:
        return []
    rows = odd_contacts(tables, contacts, told)
    owners = standings(tables, {account: some[0]["at"] for account, some in rows.items()})
    last = _last_orders(tables, rows)
    return [
        _finding(tables, rows[account], weights[account], owners[account], last.get(account), parameters)
        for account in told
    ]


def _weight(own: Counts, every: Counts, parameters: Parameters) -> float:
    """Return how much likelier such contacts are after a side deal than as other customers write to us.

    Each share leaves this customer out and adds one on each side.
    """
    others = every.contacts - own.contacts + 2
    usual = {name: (1 + getattr(every, name) - getattr(own, name)) / others for name in _KINDS}
    weight = 0.0
    if own.unknown:
        plain = max(0.0, math.log10(parameters.unknown / usual["unknown"])) * (
            1 + parameters.repeat * (own.unknown > 1)
        )
        weight += min(plain, parameters.plain)
    if own.privately:
        weight += max(0.0, math.log10(parameters.privately / usual["privately"]))
    if own.other_firm and own.unknown:
        weight += min(parameters.most_of_firm, max(0.0, math.log10(parameters.other_firm / usual["other_firm"])))
    if own.dunned:
        weight += min(parameters.most_dunned, max(0.0, math.log10(parameters.dunned / usual["dunned"])))
    return min(weight, parameters.most)


_KINDS = ("unknown", "privately", "other_firm", "dunned")


def _last_orders(tables: Tables, rows: dict[str, list[Row]]) -> dict[str, Any]:
    """Return each customer's last order before its first odd contact."""
    first = {account: some[0]["at"] for account, some in rows.items()}
    orders = among(tables.orders, "account_id", first).select("account_id", "ordered_at").distinct()
    last: dict[str, Any] = {}
    for row in tables.records(orders, order_by=["account_id", "ordered_at"]):
        if row["ordered_at"] <= first[row["account_id"]]:
            last[row["account_id"]] = row["ordered_at"]
    return last


def _finding(
    tables: Tables, rows: list[Row], weight: float, standing: Standing, last: Any, parameters: Parameters
) -> Finding:
    firms = sorted({firm for row in rows for firm in row["firms"]} - {standing.company_id})
    people = [row["about"] for row in rows if row["about"]] or [one for row in rows for one in row["people"]]
    unknown, private = any(row["unknown"] for row in rows), any(row["privately"] for row in rows)
    first = rows[0]
    return Finding(
        subject_kind="account",
        subject_id=first["account_id"],
        at=first["at"],
        weight=weight,
        evidence=tuple(Evidence(row["table_name"], row["row_id"]) for row in rows),
        facts={
            "account": first["account_id"],
            "day": first["at"],
            "contacts": len(rows),
            "what": _UNKNOWN if unknown else _WITH_A_PERSON if private else _PAID,
            "private": _PRIVATE if private and unknown else Text("", ""),
            "firms": len(firms),
        },
        employee_id=people[0] if people else standing.employee_id,
        account_ids=(first["account_id"],),
        company_ids=tuple(firms),
        explanations=_explained(tables, rows, firms, standing, last, parameters),
    )


def _explained(
    tables: Tables, rows: list[Row], firms: list[str], standing: Standing, last: Any, parameters: Parameters
) -> dict[str, Status]:
    at = rows[0]["at"]
    age = (at - last).days if last else None
    old: Status = "ruled_out" if age is None else "supported" if age <= parameters.old_days else "open"
    elsewhere = firms or any(row["unknown"] for row in rows)
    selling = [tables.context.is_distributor(firm, at.date()) for firm in firms]
    around = at - timedelta(days=90), at + timedelta(days=60)
    scope = Scope(account_id=rows[0]["account_id"], region=standing.region, segment=standing.segment)
    return {
        "older-order": old if any(row["unknown"] for row in rows) else "ruled_out",
        "distributor": "supported"
        if "supported" in selling
        else "ruled_out"
        if "ruled_out" in selling or not elsewhere
        else "open",
        "migration": tables.context.status(["migration"], *around, scope),
        "stranger": "open",
    }


_UNKNOWN = Text(en="a deal with us of which our books know nothing", zh="一笔我方账上没有的交易")
_WITH_A_PERSON = Text(en="money or business that went to a person", zh="款项或业务归于个人")
_PAID = Text(en="money that it has paid and our books have open", zh="已付而我方账上仍未结清的款项")
_PRIVATE = Text(en=", and of money to a person", zh="，并提到款项付给个人")

_LATE = {"category": "delivery", "text": "我们五月付了定金，货到现在还没到"}
_PAID_ELSEWHERE = {"category": "delivery", "text": "定金打到你们业务员说的捷顺商行了，货还没到"}


def _complained(account: str, **said: object) -> dict[str, object]:
    return {"complaint_id": f"P{account}", "opened_at": "2025-05-20", "account_id": account, **_LATE, **said}


def _customers(count: int) -> dict[str, list[dict[str, object]]]:
    """Return customers who complained of late goods that they had ordered from us."""
    accounts = [f"A{number}" for number in range(2, count + 2)]
    return {
        "accounts": [
            {"account_id": account, "name": f"Firm {account}", "owner_id": "E1"} for account in ("A1", *accounts)
        ],
        "orders": [
            {"order_id": f"O{account}", "account_id": account, "ordered_at": "2025-05-02", "amount": "900"}
            for account in accounts
        ],
        "complaints": [_complained(account) for account in accounts],
    }


def _with(
    customers: dict[str, list[dict[str, object]]], **more: dict[str, object]
) -> dict[str, list[dict[str, object]]]:
    return {**customers, **{table: [*customers[table], row] for table, row in more.items()}}


DETECTOR = Detector(
    code="unknown-order-contact",
    version=2,
    design="V2",
    family="voice",
    strength="W4",
    title=Text(en="A contact about an order we do not have", zh="客户提及我方没有的订单"),
    question=Text(
        en="Does a customer ask about an order, a price or a delivery of which our books know nothing?",
        zh="是否有客户询问我方账上并不存在的订单、报价或交货？",
    ),
    sentence=Text(
        en="On {day:day} {account} wrote to us about {what}{private} (contacts: {contacts:count})"
        "[; {firms:count} other firms are named].",
        zh="{day:day}，{account} 来函提及{what}{private}（共 {contacts:count} 次）[；其中提到 {firms:count} 家其他企业]。",
    ),
    next_step=Text(
        en="Ask the customer for the contract, the receipt and the account it paid into; not through the salesperson.",
        zh="请客户提供合同、收据和收款账户；不要经由销售员。",
    ),
    method=Text(
        en="Complaints, questions and survey comments that speak of a deal, held against orders, invoices, receipts, "
        "contracts and won deals of the customer's firm from a year before to two months after; log10(0.5 / share of other "
        "customers' contacts without a deal), at most 0.4, more where a person's pocket (a mere suspicion does not count) or another firm (at most 0.4) is named, or a debt is "
        "said to be paid (log10(0.1 / share), at most 0.9), each against how often others do.",
        zh="将提及交易的投诉、咨询和问卷意见，与该客户所属企业前一年至后两个月的订单、发票、收款、合同和赢单商机核对；权重为 log10（0.5 / 其他客户此类来函中查无交易的比例），最多 0.4；提到款项付给个人（仅系猜疑的不计）、其他企业（最多 0.4），或称我方催收的款项已付清（log10（0.1 / 比例），最多 0.9）的，按其他客户提及的比例另加。",
    ),
    reads={"orders": ("account_id", "ordered_at")},
    uses={
        "complaints": ("account_id", "category", "text", "about_employee_id"),
        "tickets": ("account_id", "kind", "text", "order_id", "phone_key"),
        "survey_responses": ("comment",),
        "companies": ("name",),
        "accounts": ("registration_no",),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("older-order", Text(en="an older order of ours is meant", zh="所指为我方较早的订单"), 0.5),
        Innocent("distributor", Text(en="bought from an approved distributor", zh="从授权经销商处购买"), 1.8),
        Innocent("migration", Text(en="records were moved at the time", zh="当时正在迁移数据"), 1.0),
        Innocent(
            "stranger",
            Text(
                en="an outsider used our name, or the customer mistook us for another firm",
                zh="外人冒用我方名义，或客户认错了企业",
            ),
            0.4,
        ),
    ),
    wakes_on=("complaints", "tickets", "survey_responses"),
    examples=(
        Example(
            name="goods are late that were never ordered from us, and the money went to another firm",
            fires=True,
            as_of="2025-06-30",
            records=_with(_customers(30), complaints=_complained("A1", **_PAID_ELSEWHERE)),
        ),
        Example(
            name="a customer is reminded of a debt that it has paid to the salesperson",
            fires=True,
            as_of="2025-06-30",
            records=_with(
                _customers(30),
                complaints=_complained("A1", category="payment", text="货款已付给业务员，仍收到催款函"),
                orders={"order_id": "OA1", "account_id": "A1", "ordered_at": "2025-04-29", "amount": "900"},
            ),
        ),
        Example(
            name="the same words about an order of ours three weeks before",
            fires=False,
            as_of="2025-06-30",
            records=_with(
                _customers(30),
                complaints=_complained("A1"),
                orders={"order_id": "OA1", "account_id": "A1", "ordered_at": "2025-04-29", "amount": "900"},
            ),
        ),
        Example(
            name="a company whose books lack many orders",
            fires=False,
            as_of="2025-06-30",
            records=_with({**_customers(30), "orders": _customers(30)["orders"][:12]}, complaints=_complained("A1")),
        ),
    ),
)
