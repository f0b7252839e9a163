"""D3: a customer that used to buy direct stops or shrinks, and another account buys the same goods for its place for less."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from mingdan.engine.context import Scope
from mingdan.engine.detector import STRENGTH_CAPS, Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Figure, Finding, Status, Text
from mingdan.engine.methods.account_standing import Standing, standings
from mingdan.engine.methods.firm_ties import FirmTies
from mingdan.engine.methods.innocent_causes import settled
from mingdan.engine.methods.successors import Goods, Search, Succession, goods_of, orders_until, reach_of, successions
from mingdan.engine.trail import Tables, money

CITED = 3
NEW_DAYS = 90
"""An account that had first bought longer ago is not new."""
NO_GOODS = Goods(None, None, Decimal(0), (), None)


@dataclass(frozen=True)
class Parameters:
    """Signs of a sham link and their weights (log10 likelihood ratios, by judgement until call-backs measure them).

    `places_of_dealer`: an account that brought so many addresses of its own trades with many, and does not live on ours.
    """

    most_sharers: int = 3
    alone: float = 0.9
    shared: float = 0.6
    shrunk: float = -0.3
    cosine: float = 0.8
    same_basket: float = 0.3
    cheaper: float = 0.05
    lower_price: float = 0.7
    young_days: int = 730
    young: float = 0.3
    few_staff: int = 5
    small: float = 0.2
    places_of_dealer: int = 6


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding per customer and account that came between it and us."""
    pairs = successions(tables, Search(most_sharers=parameters.most_sharers))
    if not pairs:
        return []
    goods = goods_of(tables, pairs)
    ties = FirmTies(tables, [account for pair in pairs for account in (pair.old, pair.new)])
    reach = reach_of(tables, [pair.new for pair in pairs])
    owners = standings(tables, {pair.new: pair.first_at + timedelta(days=1) for pair in pairs})
    orders = orders_until(tables, pairs, CITED)
    findings = []
    for pair in pairs:
        traded = goods.get((pair.old, pair.new), NO_GOODS)
        weight = _weight(pair, traded, ties.firms.get(pair.new), parameters)
        if weight > 0:
            explanations = _explained(tables, pair, ties, owners[pair.new], reach.get(pair.new), parameters)
            news = (Evidence("orders", one) for one in pair.orders[:CITED])
            olds = (Evidence("orders", one) for one in orders[pair.old, pair.new])
            rows = (*olds, *news, *(Evidence("tickets", one) for one in pair.tickets))
            findings.append(_finding(pair, traded, owners[pair.new], rows, weight, explanations))
    return findings


def _weight(pair: Succession, goods: Goods, firm: dict[str, Any] | None, parameters: Parameters) -> float:
    """Add the weights of the signs; 0 where the goods are others or dearer, W2 at most where the prices are unknown."""
    weight = parameters.alone if pair.sharers <= 2 else parameters.shared
    weight += parameters.shrunk if pair.shrunk else 0.0
    if goods.cosine is not None and goods.cosine < parameters.cosine / 2:
        return 0.0
    if goods.cosine is not None and goods.cosine > parameters.cosine:
        weight += parameters.same_basket
    weight += _of_firm(pair, firm, parameters)
    if goods.price_change is None:
        return min(weight, STRENGTH_CAPS["W2"])
    return weight + parameters.lower_price if goods.price_change < -parameters.cheaper else 0.0


def _of_firm(pair: Succession, firm: dict[str, Any] | None, parameters: Parameters) -> float:
    if firm is None:
        return 0.0
    weight, founded, staff = 0.0, firm["established_date"], firm["staff_count"]
    if founded is not None:
        weight += (
            parameters.young if (pair.first_at.date() - founded).days < parameters.young_days else -parameters.young
        )
    if staff is not None and staff <= parameters.few_staff:
        weight += parameters.small
    return weight


def _explained(
    tables: Tables, pair: Succession, ties: FirmTies, standing: Standing, places: int | None, parameters: Parameters
) -> dict[str, Status]:
    context, day = tables.context, pair.first_at.date()
    start, end = pair.last_at - timedelta(days=90), pair.first_at + timedelta(days=90)
    scope = Scope(pair.old, standing.employee_id, standing.region, standing.segment)
    firm = ties.firms.get(pair.new)
    dealer = context.is_distributor(firm["company_id"] if firm else None, day)
    policy = context.status(["channel_policy"], start, end, scope)
    trades: Status = "open" if places is None else "supported" if places >= parameters.places_of_dealer else "ruled_out"
    return {
        "dealer": settled([dealer if firm else "open", *_supporting(policy)]),
        "same-customer": ties.same_customer(pair.old, pair.new),
        "own-purchasing": settled(
            [ties.same_group(pair.old, pair.new), *_supporting(context.status(["regrouping"], start, end, scope))]
        ),
        "trades-with-many": trades,
        "general-price": context.status(["promotion", "end_of_life"], pair.first_at, end, scope),
        "declared": context.declared(standing.employee_id, day, company_id=firm["company_id"] if firm else None),
    }


def _supporting(status: Status) -> tuple[Status, ...]:
    """Return the status of a register that can support an explanation, but whose silence rules out nothing."""
    return (status,) if status == "supported" else ()


def _finding(
    pair: Succession,
    goods: Goods,
    standing: Standing,
    rows: tuple[Evidence, ...],
    weight: float,
    explanations: dict[str, Status],
) -> Finding:
    spread = money(goods.spread)
    points = tuple((at.date(), price) for at, price in goods.points[-60:])
    return Finding(
        subject_kind="account",
        subject_id=pair.old,
        at=pair.first_at,
        weight=weight,
        evidence=rows,
        facts={
            "old": pair.old,
            "new": pair.new,
            "last": pair.last_at,
            "first": pair.first_at,
            "change": _SHRANK if pair.shrunk else _STOPPED,
            "kind": _KNOWN if pair.known_days > NEW_DAYS else _NEW,
            "tie": _TIES[pair.links[0]],
            "prices": _prices(goods.price_change),
        },
        employee_id=standing.employee_id,
        account_ids=tuple(sorted((pair.old, pair.new))),
        company_ids=(standing.company_id,) if standing.company_id else (),
        amount_at_risk=spread,
        margin_at_risk=spread if goods.price_change is not None else None,
        explanations=explanations,
        figure=Figure("price", points, reference=goods.reference) if points else None,
    )


def _prices(change: float | None) -> Text:
    if change is None:
        return Text(en="its prices are not known", zh="其价格未知")
    return Text(en=f"it pays {-change:.0%} less for the same goods", zh=f"同款产品价格低 {-change:.0%}")


_STOPPED = Text(en="last ordered on", zh="最后一次下单为")
_SHRANK = Text(en="has bought much less since", zh="采购明显减少，此前最后一次下单为")
_NEW = Text(en="the new account", zh="新账户")
_KNOWN = Text(en="the existing account", zh="已有账户")

_TIES = {
    "address": Text(en="has goods delivered to its address", zh="收货地址相同"),
    "consignee": Text(en="has goods delivered to its consignee", zh="收货人相同"),
    "user": Text(en="buys machines that it uses", zh="所购设备实际由原客户使用"),
}


def _trades(account: str, days: range, price: str, address: str) -> dict[str, list[dict[str, object]]]:
    start = datetime(2023, 1, 9)  # noqa: DTZ001  # the trail is naive UTC throughout
    names = [f"{account}-{day}" for day in days]
    return {
        "orders": [
            {
                "order_id": name,
                "account_id": account,
                "ordered_at": (start + timedelta(days=day)).isoformat(),
                "amount": str(10 * int(price)),
                "employee_id": "E1",
                "ship_to_key": address,
            }
            for name, day in zip(names, days, strict=True)
        ],
        "order_lines": [
            {"order_id": name, "product_id": "P1", "quantity": "10", "unit_price": price} for name in names
        ],
    }


def _followed(price: str, address: str = "ADDRESS-A") -> dict[str, list[dict[str, object]]]:
    """Return a customer that buys for a year, then another account that buys at this price for this address."""
    old, new = _trades("A", range(0, 360, 30), "100", "ADDRESS-A"), _trades("X", range(380, 640, 30), price, address)
    return {name: old[name] + new[name] for name in old}


DETECTOR = Detector(
    code="sham-intermediary",
    version=2,
    design="D3",
    family="chain",
    strength="W4",
    title=Text(en="New link between customer and us", zh="虚增中间环节"),
    question=Text(
        en="Did a customer buy less direct, or stop, while another account began to buy the same goods for it for less?",
        zh="是否有客户停止或减少直接采购，而另一账户随即以更低价格为其采购同样产品？",
    ),
    sentence=Text(
        en="Customer {old} {change} {last:day}; on {first:day} {kind} {new} began to buy for it and {tie}; {prices}.",
        zh="客户 {old} {change} {last:day}；{kind} {new} 自 {first:day} 起为其下单，{tie}，{prices}。",
    ),
    next_step=Text(
        en="Compare delivery notes before and after, and ask the end user with whom it signed and what it paid.",
        zh="比对前后送货单，并向最终用户了解其签约对象和采购价格。",
    ),
    method=Text(
        en="Succession: the first order of one account for an address, consignee or end user of another's (at most three "
        "accounts share it) lies from 45 days before to 90 days (or two usual gaps) after that one's last order; or that "
        "one's pace falls by 40 % or more (exact test, 1 %) and the newcomer makes up half of what is missing. The weight adds fixed log10 likelihood "
        "ratios, set by judgement: the tie 0.9 (0.6 if three share it; 0.3 less if the customer still buys), baskets with cosine above 0.8 0.3, a price more "
        "than 5 % lower 0.7, a firm younger than two years 0.3 (older -0.3), five staff or fewer 0.2. Without a lower "
        "price there is no finding; where prices are unknown at most 0.6. The spread is summed order line by order line.",
        zh="承接关系：一账户首次为另一账户的收货地址、收货人或最终用户（至多三个账户共用）下单，距后者末次下单前 45 天至后 90 天（或两个常见间隔）；"
        "或后者采购频率下降 40% 以上（精确检验，1%），且所缺采购至少一半由前者补上。"
        "权重为各迹象的固定常用对数似然比（经判断设定）之和：关联 0.9（三方共用为 0.6；客户仍在采购的减 0.3），品类余弦高于 0.8 计 0.3，价格低 5% 以上计 0.7，"
        "企业成立不足两年计 0.3（超过则减 0.3），员工不多于五人计 0.2。价格未降低则不产生发现；价格未知时权重至多 0.6。价差按订单行逐行累计。",
    ),
    reads={"orders": ("account_id", "ordered_at", "amount")},
    uses={
        "orders": ("ship_to_key", "consignee_key", "employee_id"),
        "order_lines": ("product_id", "quantity", "unit_price"),
        "shipments": ("serial_no",),
        "tickets": ("serial_no", "account_id"),
        "accounts": ("registration_no", "phone_key", "owner_id"),
        "companies": ("established_date", "staff_count"),
        "company_people": ("person_key", "holder_company_id"),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("dealer", Text(en="an approved distributor or channel policy", zh="经批准的经销商或渠道政策"), 1.8),
        Innocent(
            "same-customer", Text(en="the same customer under a new account", zh="同一客户更换账户（含系统迁移）"), 1.8
        ),
        Innocent(
            "own-purchasing",
            Text(en="the customer's own purchasing firm or group", zh="客户自有采购公司或集团内调整"),
            1.8,
        ),
        Innocent(
            "trades-with-many",
            Text(en="a dealer, contractor or platform with many customers", zh="服务众多客户的贸易商、承包商或平台"),
            1.0,
        ),
        Innocent("general-price", Text(en="a price cut that everybody got", zh="面向所有客户的降价"), 0.7),
        Innocent("declared", Text(en="a declared and approved interest", zh="已申报并获批的利益关系"), 1.8),
    ),
    wakes_on=("orders", "tickets"),
    examples=(
        Example(
            name="a new account buys for the same address a tenth cheaper",
            fires=True,
            as_of="2024-10-15",
            records=_followed("90"),
        ),
        Example(
            name="an approved distributor takes over",
            fires=False,
            as_of="2024-10-15",
            records={
                **_followed("90"),
                "accounts": [{"account_id": "X", "name": "X Trading", "registration_no": "R-X"}],
                "companies": [{"company_id": "CX", "name": "X Trading", "registration_no": "R-X"}],
                "distributors": [{"company_id": "CX", "approved_from_date": "2023-06-01"}],
            },
        ),
        Example(
            name="another address",
            fires=False,
            as_of="2024-10-15",
            records=_followed("90", "ADDRESS-B"),
        ),
        Example(
            name="the same price",
            fires=False,
            as_of="2024-10-15",
            records=_followed("100"),
        ),
    ),
)
