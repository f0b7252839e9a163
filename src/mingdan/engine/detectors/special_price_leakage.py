"""D4: goods got at a program's special price for one customer are used by others, and are more than it can use."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from mingdan.engine.context import Scope
from mingdan.engine.detector import Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.account_firms import firms_of_accounts
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.listed import among
from mingdan.engine.methods.program_goods import (
    Bought,
    Served,
    bought_beyond_need,
    served_elsewhere,
    unrelated_users,
    users_of,
)
from mingdan.engine.trail import Tables, moment, money

Row = dict[str, Any]


@dataclass(frozen=True)
class Parameters:
    """`most_p` is the largest p told, of machines served elsewhere or of goods beyond need; `users` and `need` cap the weights.

    One machine elsewhere may be second-hand or mistyped: `least_machines` are needed. Need is judged among `least_peers` buyers.
    """

    most_p: float = 0.02
    least_machines: int = 2
    users: float = 1.8
    least_peers: int = 20
    least_factor: float = 3.0
    need: float = 0.4
    cited: int = 12


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding per buyer and program."""
    served = [
        one
        for one in served_elsewhere(tables)
        if one.elsewhere >= parameters.least_machines and one.p <= parameters.most_p
    ]
    rows = users_of(tables, [one.buyer for one in served]) if served else []
    elsewhere: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in unrelated_users(tables, rows) if rows else ():
        elsewhere[row["buyer"], row["program"]].append(row)
    beyond = {
        (one.buyer, one.program): one
        for one in bought_beyond_need(tables, parameters.least_peers)
        if one.factor >= parameters.least_factor
    }
    sold = Counter(one.seller for one in beyond.values())
    found = []
    for one in served:
        pair = (one.buyer, one.program)
        much, used = beyond.get(pair), elsewhere.get(pair, [])
        by_users = _users_weight(one, used, parameters)
        by_need = _need_weight(much, sold[much.seller] if much else 1, parameters)
        if by_users > 0:
            found.append((pair, used, one, much if by_need else None, by_users + by_need))
    firms = _firms(tables, [pair[0] for pair, *_ in found])
    orders = _orders(tables, [pair for pair, *_ in found], parameters)
    return [
        _finding(tables, pair, used, one, much, weight, firms.get(pair[0]), orders[pair])
        for pair, used, one, much, weight in found
    ]


def _users_weight(one: Served, used: Sequence[Row], parameters: Parameters) -> float:
    """Weigh the machines; related users were taken out after the tail was reckoned, which must keep its number."""
    machines = len({row["serial_no"] for row in used})
    if machines < max(parameters.least_machines, one.elsewhere / 2):
        return 0.0
    return min(parameters.users, weight_from_p(one.p))


def _need_weight(much: Bought | None, questions: int, parameters: Parameters) -> float:
    if much is None:
        return 0.0
    return min(parameters.need, weight_from_p(min(1.0, much.p * max(1, questions))))


def _firms(tables: Tables, accounts: Sequence[str]) -> dict[str, str]:
    tied = among(firms_of_accounts(tables), "account_id", accounts)
    return {row["account_id"]: row["company_id"] for row in tables.records(tied, order_by=["account_id", "company_id"])}


def _orders(
    tables: Tables, pairs: Sequence[tuple[str, str]], parameters: Parameters
) -> Mapping[tuple[str, str], list[Row]]:
    """Return the last orders of each buyer under the program."""
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    orders = among(tables.orders, "account_id", [buyer for buyer, _ in pairs])
    named = orders.mutate(program=orders.pricing_program.strip())
    columns = ("order_id", "account_id", "program", "ordered_at", "amount", "employee_id")
    for row in reversed(tables.records(named.select(*columns), order_by=["ordered_at", "order_id"]) if pairs else []):
        pair = (row["account_id"], row["program"])
        if len(found[pair]) < parameters.cited:
            found[pair].append(row)
    return found


def _finding(
    tables: Tables,
    pair: tuple[str, str],
    used: Sequence[Row],
    one: Served,
    much: Bought | None,
    weight: float,
    firm: str | None,
    orders: Sequence[Row],
) -> Finding:
    buyer, program = pair
    serials = {row["serial_no"]: row for row in used}
    sellers = Counter(row["seller"] or row["employee_id"] for row in _with_seller(used, orders))
    seller = min((name for name in sellers if name), key=lambda name: (-sellers[name], name), default=None)
    by_order = {row["order_id"]: row["amount"] for row in serials.values()}
    amount = sum(by_order.values(), Decimal(0))
    last_at = max(moment(row["ordered_at"]) for row in used)
    cited = sorted({Evidence("tickets", row["ticket_id"]) for row in used})[:12]
    cited += sorted({Evidence("shipments", row["shipment_id"]) for row in used})[:12]
    cited += [Evidence("orders", row["order_id"]) for row in orders] if much else []
    return Finding(
        subject_kind="account",
        subject_id=buyer,
        at=last_at,
        weight=weight,
        evidence=tuple(cited),
        facts={
            "program": program,
            "elsewhere": len(serials),
            "machines": one.machines,
            "usual": one.usual,
            "factor": much.factor if much else 0.0,
            "amount": money(amount),
        },
        employee_id=seller,
        account_ids=(buyer, *sorted({row["user"] for row in used} - {buyer})),
        company_ids=(firm,) if firm else (),
        amount_at_risk=money(amount),
        explanations=_explanations(tables, pair, used, seller, firm, last_at),
    )


def _with_seller(used: Sequence[Row], orders: Sequence[Row]) -> list[Row]:
    known = [{"seller": row["seller"], "employee_id": None} for row in used if row["seller"]]
    return known or [{"seller": None, "employee_id": row["employee_id"]} for row in orders]


def _explanations(
    tables: Tables,
    pair: tuple[str, str],
    used: Sequence[Row],
    seller: str | None,
    firm: str | None,
    at: datetime,
) -> dict[str, Status]:
    scope = Scope(account_id=pair[0], employee_id=seller)
    policy = tables.context.status(["channel_policy", "waiver"], at, at, scope)
    approved = tables.context.is_distributor(firm, at.date()) if firm else "ruled_out"
    sites = {row["user"] for row in used}
    return {
        "distributor": "supported" if "supported" in (policy, approved) else approved,
        "several-sites": "open" if len(sites) <= 1 else "ruled_out",
        "group": "open" if firm is None else "ruled_out",
        "second-hand": "open",
    }


def _trail(elsewhere: Sequence[int], **more: Any) -> dict[str, Any]:
    """Return thirty buyers of three salespeople with three machines each at the project price, these of A0's asked for by A29."""
    return {
        "accounts": [{"account_id": f"A{n}", "name": f"{n:02d} works", "owner_id": f"E{n % 3}"} for n in range(30)],
        "orders": [
            {
                "order_id": f"O{n}",
                "account_id": f"A{n}",
                "employee_id": f"E{n % 3}",
                "ordered_at": "2024-05-01",
                "amount": "90000",
                "pricing_program": "project price",
            }
            for n in range(30)
        ],
        "shipments": [
            {"shipment_id": f"S{n}-{m}", "order_id": f"O{n}", "shipped_at": "2024-05-10", "serial_no": f"SN{n}-{m}"}
            for n in range(30)
            for m in range(3)
        ],
        "tickets": [
            {
                "ticket_id": f"T{n}-{m}",
                "opened_at": "2024-09-01",
                "kind": "repair",
                "account_id": "A29" if n == 0 and m in elsewhere else f"A{n}",
                "serial_no": f"SN{n}-{m}",
            }
            for n in range(30)
            for m in range(3)
        ],
        **more,
    }


DETECTOR = Detector(
    code="special-price-leakage",
    version=1,
    design="D4",
    family="chain",
    strength="W4",
    title=Text(en="Special-price goods used by others", zh="特价流失、窜货"),
    question=Text(
        en="Are goods sold to a customer at a special price used by others?",
        zh="以特价卖给某客户的货物，是否由他人使用？",
    ),
    sentence=Text(
        en="Under the program {program} goods over {amount:money}:[ machines that unrelated customers ask service for: {elsewhere:count} of {machines:count} "
        "served ({usual:percent} elsewhere in the program);][ {factor:times} times as much for its need as other buyers of the program;].",
        zh="在价格政策“{program}”下购入 {amount:money}：[由无关客户报修 {elsewhere:count} 台，报修共 {machines:count} 台（该政策其他买方为 {usual:percent}）；]"
        "[相对需求的购买量为同政策其他买方的 {factor:times} 倍；]。",
    ),
    next_step=Text(
        en="List the serial numbers with their users, and ask those users from whom they bought, with the invoice.",
        zh="按序列号列出实际使用方，并请其提供购买发票、说明向谁购买。",
    ),
    method=Text(
        en="Of the machines sold under a program that somebody asked service for, how many an unrelated customer asks for, against the program's "
        "other buyers (beta-binomial; the norm drawn towards all sales, worth 20 machines); two machines at least, at most 1.8. Goods against "
        "need: a year's purchases under the program over the buyer's other yearly purchases or its deals, robust normal tail of the "
        "log ratio among the program's buyers, times the salesperson's buyers; at most 0.4.",
        zh="某政策下售出且有人报修的设备中，由无关客户报修的台数，与该政策其他买方比较（贝塔二项分布，基准向全部销售收缩，相当于 20 台）；至少两台，最多 1.8。"
        "用量：一年内该政策下采购额与其他年采购额或商机金额之比，取对数后在同政策买方中求稳健正态尾概率，乘以该销售员的买方数；最多 0.4。",
    ),
    reads={"orders": ("account_id", "pricing_program")},
    uses={
        "orders": ("employee_id", "opportunity_id"),
        "shipments": ("serial_no",),
        "tickets": ("serial_no", "account_id", "phone_key"),
        "opportunities": ("amount",),
        "accounts": ("registration_no", "phone_key"),
        "contacts": ("phone_key",),
        "companies": ("registration_no",),
        "company_people": ("person_key", "holder_company_id"),
        "distributors": ("approved_from_date",),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent(
            "distributor",
            Text(en="an approved distributor, or resale that was allowed", zh="授权经销商，或获准转售"),
            1.8,
        ),
        Innocent("several-sites", Text(en="a contractor who installs for others", zh="承包商代他人安装"), 0.6),
        Innocent("group", Text(en="a firm of the buyer's group", zh="买方集团内企业"), 0.8),
        Innocent("second-hand", Text(en="second-hand machines", zh="二手转让"), 0.4),
    ),
    wakes_on=("orders", "tickets", "shipments"),
    examples=(
        Example(
            name="three project machines of one buyer are served elsewhere",
            fires=True,
            as_of="2025-06-30",
            records=_trail((0, 1, 2)),
        ),
        Example(
            name="one machine has changed hands",
            fires=False,
            as_of="2025-06-30",
            records=_trail((1,)),
        ),
        Example(
            name="the buyer is an approved distributor",
            fires=False,
            as_of="2025-06-30",
            records=_trail(
                (0, 1, 2),
                companies=[{"company_id": "F0", "name": "00 works"}],
                distributors=[{"company_id": "F0", "approved_from_date": "2023-01-01"}],
            ),
        ),
    ),
)
