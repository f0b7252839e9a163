"""S3: goods that customers ordered are delivered to the salesperson's home, to a tied firm, or to a place several share."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import ibis

from mingdan.engine.context import Scope
from mingdan.engine.detector import Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.account_firms import firms_of_accounts
from mingdan.engine.methods.delivery_cases import Case, Limits, delivery_cases
from mingdan.engine.methods.listed import among
from mingdan.engine.trail import Tables, moment, money


@dataclass(frozen=True)
class Parameters:
    """`limits` bound what counts and what it weighs; `evidence_rows` orders are cited for each customer."""

    limits: Limits = field(default_factory=Limits)
    evidence_rows: int = 20


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding for each salesperson and place."""
    told = delivery_cases(tables, parameters.limits)
    orders = _orders(tables, told, parameters)
    return [_finding(tables, case, orders) for case in told]


def _orders(tables: Tables, cases: Sequence[Case], parameters: Parameters) -> dict[tuple[str, str, str], list[str]]:
    """Return the orders by customer, kind and place, the oldest first."""
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    if not cases:
        return found
    accounts = {row.account_id for case in cases for row in case.rows}
    orders = among(tables.orders.filter(ibis._.amount > 0), "account_id", accounts)
    wanted = {(row.account_id, row.kind, row.key) for case in cases for row in case.rows}
    columns = ("order_id", "account_id", "ordered_at", "ship_to_key", "consignee_key")
    for order in tables.records(orders.select(*columns), order_by=["ordered_at", "order_id"]):
        for kind, key in (("address", order["ship_to_key"]), ("consignee", order["consignee_key"])):
            place = (order["account_id"], kind, key)
            if place in wanted and len(found[place]) < parameters.evidence_rows:
                found[place].append(order["order_id"])
    return found


def _finding(tables: Tables, case: Case, orders: Mapping[tuple[str, str, str], list[str]]) -> Finding:
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for row in case.rows:
        amounts[row.account_id] += row.amount
    accounts = sorted(amounts, key=lambda account: (-amounts[account], account))
    cited = [order for row in case.rows for order in orders[row.account_id, row.kind, row.key]]
    last_at = max(row.last_at for row in case.rows)
    return Finding(
        subject_kind="account",
        subject_id=accounts[0],
        at=moment(last_at),
        weight=case.weight,
        evidence=(*(Evidence("orders", order) for order in dict.fromkeys(cited)), *case.ties),
        facts={
            "customers": len(accounts),
            "orders": sum(row.orders for row in case.rows),
            "amount": money(sum(amounts.values(), Decimal(0))),
            "place": _PLACES[case.how],
            "day": last_at,
            "usual": case.usual,
        },
        employee_id=case.employee,
        account_ids=tuple(accounts),
        company_ids=(case.company_id,) if case.company_id else (),
        amount_at_risk=money(sum(amounts.values(), Decimal(0))),
        explanations=_explanations(tables, case),
    )


def _explanations(tables: Tables, case: Case) -> dict[str, Status]:
    start, end = min(row.first_at for row in case.rows), max(row.last_at for row in case.rows)
    allowed = [
        tables.context.status(["waiver"], start, end, Scope(account_id=row.account_id, employee_id=case.employee))
        for row in case.rows
    ]
    waiver: Status = "ruled_out" if "ruled_out" in allowed else allowed[0]
    firm = case.company_id
    return {
        "declared": _declared(tables, case, end.date()),
        "distributor": tables.context.is_distributor(firm, start.date()) if firm else "ruled_out",
        "allowed": waiver,
        "hand-carried": "open" if case.how in ("home", "relative") else "ruled_out",
        "warehouse": "open" if case.how == "shared" else "ruled_out",
        "site": _site(case) if case.how == "shared" else "ruled_out",
    }


def _declared(tables: Tables, case: Case, day: date) -> Status:
    """Whether the tied firm, the relative, or every customer served at home was declared beforehand."""
    if case.how == "shared":
        return "ruled_out"
    if case.how == "relative":
        return tables.context.declared(case.employee, day, person_key=case.rows[0].key)
    accounts = sorted({row.account_id for row in case.rows})
    firm_of = tables.once(_firm_of)
    firms = {case.company_id} if case.company_id else {firm_of.get(account) for account in accounts}
    statuses = {tables.context.declared(case.employee, day, company_id=firm) for firm in firms}
    return "supported" if statuses == {"supported"} else "open" if "open" in statuses else "ruled_out"


def _firm_of(tables: Tables) -> dict[str, str]:
    rows = tables.records(firms_of_accounts(tables), order_by=["account_id", "company_id"])
    return {row["account_id"]: row["company_id"] for row in rows}


def _site(case: Case) -> Status:
    """A building site is supplied for a season, and from one order on; a store goes on."""
    first, last = min(row.first_at for row in case.rows), max(row.last_at for row in case.rows)
    return "open" if (last - first).days <= 365 else "ruled_out"


_PLACES = {
    "home": Text(en="the salesperson's home address", zh="该销售员的住址"),
    "relative": Text(en="a person whom the salesperson declared as a relative", zh="该销售员申报的亲属"),
    "firm": Text(en="the address of a firm tied to the salesperson", zh="与该销售员有关联的企业地址"),
    "winner": Text(en="the address of a firm that won the salesperson's lost deals", zh="赢得该销售员丢单的企业地址"),
    "shared": Text(
        en="one place or consignee that is none of these customers' own", zh="不属于其中任何客户自有的同一地点或收货人"
    ),
}


def _trail(orders: Sequence[Mapping[str, Any]], **more: Any) -> dict[str, Any]:
    """Return forty customers of four salespeople with two orders each to their own address, and these orders besides."""
    usual = [
        {
            "order_id": f"U{n}-{again}",
            "account_id": f"A{n}",
            "employee_id": f"E{n % 4}",
            "ordered_at": f"2025-0{1 + again}-10",
            "amount": "9000",
            "ship_to_key": f"H{n}",
        }
        for n in range(40)
        for again in range(2)
    ]
    return {
        "employees": [
            {"employee_id": f"E{n}", "name": f"Person {n}", "role": "rep", "address_key": f"HOME{n}"} for n in range(4)
        ],
        "accounts": [
            {"account_id": f"A{n}", "name": f"{n:02d} works", "owner_id": f"E{n % 4}", "address_key": f"H{n}"}
            for n in range(40)
        ],
        "orders": usual
        + [{"ordered_at": f"2025-04-{1 + n:02d}", "amount": "8000", **order} for n, order in enumerate(orders)],
        **more,
    }


def _sent(to: str, *accounts: int) -> list[dict[str, Any]]:
    return [
        {"order_id": f"X{n}-{again}", "account_id": f"A{n}", "employee_id": f"E{n % 4}", "ship_to_key": to}
        for n in accounts
        for again in range(2)
    ]


DETECTOR = Detector(
    code="delivery-mismatch",
    version=2,
    design="S3",
    family="service",
    strength="W5",
    title=Text(en="Delivered somewhere else", zh="收货异常"),
    question=Text(
        en="Are customers' goods delivered to the salesperson's home, to a tied firm, or to one place that is none of theirs?",
        zh="客户所购货物是否送到了销售员住址、关联企业，或同一个不属于这些客户的地点？",
    ),
    sentence=Text(
        en="Goods of {orders:count} orders over {amount:money} for customers ({customers:count}) went to {place}, the last "
        "ordered on {day:day}; of other salespeople's customers {usual:percent} had goods sent like this.",
        zh="{customers:count} 家客户的 {orders:count} 笔订单（合计 {amount:money}）送往{place}，最近一笔下单于 {day:day}；"
        "其他销售员的客户中此类情形占 {usual:percent}。",
    ),
    next_step=Text(
        en="Fetch the signed delivery notes, then ask the customer's warehouse whether the goods arrived, and where.",
        zh="调取签收单，再向客户仓库核实货物是否收到、收于何处。",
    ),
    method=Text(
        en="Equality of match keys of delivery places with the salesperson's home, declared relatives, and firms tied by phone, "
        "person or won deals; else a place that several unrelated customers of one salesperson use and that is none of theirs. "
        "Weight log10(0.3 / u), 0.1 for one small order: u is the share of other salespeople's customers with such deliveries; "
        "for a shared place also times the hypergeometric chance that its users have one salesperson. At most 2.7 for a home, "
        "1.8 for a tied firm, 1.0 otherwise, 0.8 for a pair of customers; one small order or a pair at most log10(0.15 / q), "
        "q being the share of colleagues who have one too (a prior of one in 30). Places of three salespeople's customers or of more "
        "than eight customers are warehouses and say nothing.",
        zh="比对收货地点与销售员住址、申报亲属、关联企业（电话、人员或赢得丢单）的匹配键；否则看同一销售员的多家互不相关客户是否共用一个不属于它们的地点。"
        "权重为 log10(0.3/u)（单笔小额为 0.1），u 为其他销售员客户中出现此类收货的比例；共用地点再乘以这些客户恰属同一销售员的超几何概率。"
        "住址最多 2.7，关联企业最多 1.8，其余最多 1.0，仅两家客户最多 0.8；单笔小额或仅两家客户时最多 log10(0.15/q)，q 为同样如此的同事比例（先验三十分之一）。三名及以上销售员的客户共用、或超过八家客户共用的地点视为仓库，不计。",
    ),
    reads={"orders": ("account_id", "ship_to_key")},
    uses={
        "orders": ("consignee_key", "employee_id"),
        "employees": ("address_key", "phone_key", "id_key", "left_date"),
        "accounts": ("address_key", "owner_id", "region", "registration_no"),
        "companies": ("address_key", "phone_key", "registration_no"),
        "company_people": ("person_key",),
        "declared_interests": ("person_key", "company_id"),
        "opportunities": ("winner_company_id",),
        "company_profile": ("address_key",),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("declared", Text(en="a declared and approved interest", zh="已申报并获批准的利益关系"), 2.7),
        Innocent("distributor", Text(en="an approved distributor's store", zh="授权经销商的仓库"), 1.8),
        Innocent("allowed", Text(en="another place of delivery was allowed", zh="已批准的变更收货地点"), 2.7),
        Innocent("hand-carried", Text(en="the salesperson brings the goods along", zh="销售员代收后送货上门"), 1.0),
        Innocent("warehouse", Text(en="a warehouse or forwarder that few use", zh="使用者较少的仓库或货运代理"), 0.6),
        Innocent("site", Text(en="one building site of several customers", zh="多家客户共同的施工现场"), 0.6),
    ),
    wakes_on=("orders", "employees", "companies"),
    examples=(
        Example(
            name="goods of two customers go to the salesperson's home",
            fires=True,
            as_of="2025-06-30",
            records=_trail(_sent("HOME0", 0, 4)),
        ),
        Example(
            name="goods of three customers of one salesperson go to one place",
            fires=True,
            as_of="2025-06-30",
            records=_trail(_sent("STORE", 0, 4, 8)),
        ),
        Example(
            name="goods go to a forwarder that customers of three salespeople use",
            fires=False,
            as_of="2025-06-30",
            records=_trail(_sent("STORE", 0, 4, 1, 2)),
        ),
        Example(
            name="delivery to the salesperson's home was allowed",
            fires=False,
            as_of="2025-06-30",
            records=_trail(
                _sent("HOME0", 0, 4),
                context_events=[
                    {"kind": "waiver", "from_date": "2025-01-01", "to_date": "2025-12-31", "employee_id": "E0"}
                ],
            ),
        ),
    ),
)
