"""D4: goods got at a program's special price for one customer are used by others, and are more than it can use."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from mingdan.engine.context import Scope
from mingdan.engine.detector import Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Text
from mingdan.engine.methods.account_firms import firms_of_accounts
from mingdan.engine.methods.firm_ties import FirmTies
from mingdan.engine.methods.innocent_causes import any_of
from mingdan.engine.methods.listed import among
from mingdan.engine.methods.program_causes import causes_of_users, resale_allowed
from mingdan.engine.methods.program_goods import (
    Bought,
    Served,
    bought_beyond_need,
    last_orders,
    served_elsewhere,
    unrelated_users,
    users_of,
    weight_of_need,
    weight_of_users,
)
from mingdan.engine.methods.program_places import PlaceSigns, ProgramPlace, weighed_places
from mingdan.engine.trail import Tables, moment, money

Row = dict[str, Any]
Pair = tuple[str, str]


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
    places: PlaceSigns = field(default_factory=PlaceSigns)


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding per buyer and program, and one per salesperson and place to which several customers' goods went."""
    beyond = {
        (one.buyer, one.program): one
        for one in bought_beyond_need(tables, parameters.least_peers)
        if one.factor >= parameters.least_factor
    }
    elsewhere = served_elsewhere(tables)
    strange = {(one.buyer, one.program) for one in elsewhere}
    places = weighed_places(tables, parameters.places, beyond=beyond.keys(), strange=strange)
    of_places = [_of_place(tables, place, weight, parameters) for place, weight in places]
    return [*_used(tables, elsewhere, beyond, parameters), *of_places]


def _of_place(tables: Tables, place: ProgramPlace, weight: float, parameters: Parameters) -> Finding:
    firm, at = place.company_id, place.last_at
    ties = FirmTies(tables, place.accounts)
    related = any_of(ties.same_group(one, two) for one in place.accounts for two in place.accounts if one < two)
    return Finding(
        subject_kind="employee",
        subject_id=place.seller,
        at=at,
        weight=weight,
        evidence=tuple(Evidence("orders", order) for order in place.orders[: parameters.cited]),
        facts={
            **_NOTHING,
            "program": ", ".join(place.programs),
            "customers": len(place.accounts),
            "amount": money(place.amount),
        },
        employee_id=place.seller,
        account_ids=place.accounts,
        company_ids=(firm,) if firm else (),
        amount_at_risk=money(place.amount),
        explanations={
            "distributor": resale_allowed(tables, firm, at, Scope(employee_id=place.seller)),
            "several-sites": "open",
            "group": related,
            "second-hand": "ruled_out",
        },
    )


_NOTHING = {"elsewhere": 0, "machines": 0, "usual": 0.0, "factor": 0.0, "customers": 0}


def _used(
    tables: Tables, elsewhere: Sequence[Served], beyond: Mapping[Pair, Bought], parameters: Parameters
) -> list[Finding]:
    served = [one for one in elsewhere if one.elsewhere >= parameters.least_machines and one.p <= parameters.most_p]
    rows = users_of(tables, [one.buyer for one in served]) if served else []
    users: dict[Pair, list[Row]] = defaultdict(list)
    for row in unrelated_users(tables, rows) if rows else ():
        users[row["buyer"], row["program"]].append(row)
    sold = Counter(one.seller for one in beyond.values())
    found = []
    for one in served:
        pair = (one.buyer, one.program)
        much, used = beyond.get(pair), users.get(pair, [])
        by_users = weight_of_users(one, used, parameters.least_machines, parameters.users)
        by_need = weight_of_need(much, sold[much.seller] if much else 1, parameters.need)
        if by_users > 0:
            found.append((pair, used, one, much if by_need else None, by_users + by_need))
    tied = among(firms_of_accounts(tables), "account_id", [pair[0] for pair, *_ in found])
    rows = tables.records(tied, order_by=["account_id", "company_id"])
    firms = {row["account_id"]: row["company_id"] for row in rows}
    orders = last_orders(tables, [pair for pair, *_ in found], parameters.cited)
    return [
        _finding(tables, pair, used, one, much, weight, firms.get(pair[0]), orders[pair])
        for pair, used, one, much, weight in found
    ]


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
            **_NOTHING,
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
        explanations=causes_of_users(tables, pair, used, seller, firm, last_at),
    )


def _with_seller(used: Sequence[Row], orders: Sequence[Row]) -> list[Row]:
    known = [{"seller": row["seller"], "employee_id": None} for row in used if row["seller"]]
    return known or [{"seller": None, "employee_id": row["employee_id"]} for row in orders]


def _trail(elsewhere: Sequence[int] = (), store: Sequence[int] = (), **more: Any) -> dict[str, Any]:
    """Return thirty buyers of three salespeople with three machines each at the project price, these of A0's asked for by A29.

    Goods of the customers in `store` go to one place.
    """
    people = range(30)
    return {
        "accounts": [{"account_id": f"A{n}", "name": f"{n:02d} works", "owner_id": f"E{n % 3}"} for n in people],
        "orders": [
            {
                "order_id": f"O{n}", "account_id": f"A{n}", "employee_id": f"E{n % 3}", "ordered_at": "2024-05-01",
                "amount": "90000", "pricing_program": "project price", "ship_to_key": "STORE" if n in store else f"H{n}",
            }
            for n in people
        ],
        "shipments": [
            {"shipment_id": f"S{n}-{m}", "order_id": f"O{n}", "shipped_at": "2024-05-10", "serial_no": f"SN{n}-{m}"}
            for n in people for m in range(3)
        ],
        "tickets": [
            {
                "ticket_id": f"T{n}-{m}", "opened_at": "2024-09-01", "kind": "repair", "serial_no": f"SN{n}-{m}",
                "account_id": "A29" if n == 0 and m in elsewhere else f"A{n}",
            }
            for n in people for m in range(3)
        ],
        **more,
    }  # fmt: skip


DETECTOR = Detector(
    code="special-price-leakage",
    version=2,
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
        "served ({usual:percent} elsewhere in the program);][ {factor:times} times as much for its need as other buyers of the program;]"
        "[ goods of {customers:count} customers of this salesperson went to one place that is none of theirs;].",
        zh="在价格政策“{program}”下购入 {amount:money}：[由无关客户报修 {elsewhere:count} 台，报修共 {machines:count} 台（该政策其他买方为 {usual:percent}）；]"
        "[相对需求的购买量为同政策其他买方的 {factor:times} 倍；]"
        "[该销售员的 {customers:count} 家客户的货物送往同一个不属于它们的地点；]。",
    ),
    next_step=Text(
        en="List the serial numbers with their users, and ask those users from whom they bought, with the invoice.",
        zh="按序列号列出实际使用方，并请其提供购买发票、说明向谁购买。",
    ),
    method=Text(
        en="Of the machines sold under a program that somebody asked service for, how many an unrelated customer asks for, against the program's "
        "other buyers (beta-binomial; the norm drawn towards all sales, worth 20 machines); two machines at least, at most 1.8. Goods against "
        "need: a year's purchases under the program over the buyer's other yearly purchases or its deals, robust normal tail of the "
        "log ratio among the program's buyers, times the salesperson's buyers; at most 0.4. Special-price goods of two or more customers of one salesperson "
        "sent to one place that is none of theirs and that customers of at most two salespeople use: log10(0.1 / q), q the share of salespeople with such a "
        "place (a prior of one in 40), plus 0.4 each if it is a registered firm's address, if one of them bought beyond need, if a machine is served elsewhere.",
        zh="某政策下售出且有人报修的设备中，由无关客户报修的台数，与该政策其他买方比较（贝塔二项分布，基准向全部销售收缩，相当于 20 台）；至少两台，最多 1.8。"
        "用量：一年内该政策下采购额与其他年采购额或商机金额之比，取对数后在同政策买方中求稳健正态尾概率，乘以该销售员的买方数；最多 0.4。"
        "同一销售员的两家以上客户以特价购入的货物送往同一个不属于它们、且至多两名销售员的客户使用的地点：log10(0.1/q)，q 为有此类地点的销售员比例（先验四十分之一）；"
        "该地点为登记企业地址、其中有客户购买超出需求、有设备由他人报修，各加 0.4。",
    ),
    reads={"orders": ("account_id", "pricing_program")},
    uses={
        "orders": ("employee_id", "opportunity_id", "ship_to_key"),
        "shipments": ("serial_no",),
        "tickets": ("serial_no", "account_id", "phone_key"),
        "opportunities": ("amount",),
        "accounts": ("registration_no", "phone_key"),
        "contacts": ("phone_key",),
        "companies": ("registration_no", "address_key"),
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
            name="project goods of three customers of one salesperson go to one place",
            fires=True,
            as_of="2025-06-30",
            records=_trail(store=(0, 3, 6)),
        ),
        Example(
            name="project goods go to a forwarder whom customers of three salespeople use",
            fires=False,
            as_of="2025-06-30",
            records=_trail(store=(0, 1, 2, 3)),
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
