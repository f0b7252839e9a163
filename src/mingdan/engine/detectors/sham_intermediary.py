"""D3: a customer that used to buy direct stops or shrinks, and another account buys the same goods for its place for less."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mingdan.engine.detector import Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Fact, Figure, Finding, Status, Text
from mingdan.engine.methods.account_standing import Standing, standings
from mingdan.engine.methods.firm_ties import FirmTies
from mingdan.engine.methods.go_betweens import Judged, Signs, judged
from mingdan.engine.methods.link_causes import causes_of
from mingdan.engine.methods.link_weight import LinkSigns, weight_of_pair
from mingdan.engine.methods.link_words import KNOWN, NEW, SHRANK, STOPPED, TIES, prices
from mingdan.engine.methods.successors import (
    NO_GOODS,
    Goods,
    Search,
    Succession,
    goods_of,
    orders_until,
    reach_of,
    successions,
)
from mingdan.engine.trail import Tables, money

CITED = 3
NEW_DAYS = 90
"""An account that had first bought longer ago is not new."""


@dataclass(frozen=True)
class Parameters:
    """What makes an account a sham link for one customer (`one`), and for several of one salesperson (`several`).

    `places_of_dealer`: an account that brought so many addresses of its own trades with many, and does not live on ours.
    """

    one: LinkSigns = field(default_factory=LinkSigns)
    several: Signs = field(default_factory=Signs)
    places_of_dealer: int = 6


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return findings of accounts that came between one customer and us, and between several of one salesperson and us."""
    several = judged(tables, parameters.several, parameters.places_of_dealer)
    return [*_of_customers(tables, parameters), *(_of_salesperson(one) for one in several)]


def _of_customers(tables: Tables, parameters: Parameters) -> list[Finding]:
    pairs = successions(tables, Search(most_sharers=parameters.one.most_sharers))
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
        weight = weight_of_pair(pair, traded, ties.firms.get(pair.new), parameters.one)
        if weight > 0:
            explanations = causes_of(
                tables, pair, ties, owners[pair.new], reach.get(pair.new), parameters.places_of_dealer
            )
            news = (Evidence("orders", one) for one in pair.orders[:CITED])
            olds = (Evidence("orders", one) for one in orders[pair.old, pair.new])
            rows = (*olds, *news, *(Evidence("tickets", one) for one in pair.tickets))
            findings.append(_finding(pair, traded, owners[pair.new], rows, weight, explanations))
    return findings


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
            "customers": 0,
            "direct": 0.0,
            "old": pair.old,
            "new": pair.new,
            "last": pair.last_at,
            "first": pair.first_at,
            "change": SHRANK if pair.shrunk else STOPPED,
            "kind": KNOWN if pair.known_days > NEW_DAYS else NEW,
            "tie": TIES[pair.links[0]],
            "prices": prices(goods.price_change),
        },
        employee_id=standing.employee_id,
        account_ids=tuple(sorted((pair.old, pair.new))),
        company_ids=(standing.company_id,) if standing.company_id else (),
        amount_at_risk=spread,
        margin_at_risk=spread if goods.price_change is not None else None,
        explanations=explanations,
        figure=Figure("price", points, reference=goods.reference) if points else None,
    )


def _of_salesperson(judged: Judged) -> Finding:
    one = judged.between
    rows = {Evidence("orders", row) for pair in one.customers for row in pair.orders[:CITED]}
    rows |= {Evidence("tickets", row) for pair in one.customers for row in pair.tickets}
    return Finding(
        subject_kind="employee",
        subject_id=one.employee_id,
        at=max(pair.first_at for pair in one.customers),
        weight=judged.weight,
        evidence=tuple(sorted(rows)),
        facts={
            **_NOTHING,
            "new": one.new,
            "first": one.begun_at,
            "customers": len(one.customers),
            "direct": one.direct,
            "prices": prices(judged.change),
        },
        employee_id=one.employee_id,
        account_ids=tuple(sorted({one.new, *(pair.old for pair in one.customers)})),
        company_ids=(judged.company_id,) if judged.company_id else (),
        amount_at_risk=judged.spread,
        margin_at_risk=judged.spread if judged.change is not None else None,
        explanations=judged.causes,
    )


_NOTHING: dict[str, Fact] = {"old": 0, "last": 0, "change": 0, "kind": 0, "tie": 0}


def _trades(account: str, days: Sequence[int], price: str, address: str) -> dict[str, list[dict[str, object]]]:
    start = datetime(2023, 1, 9)  # noqa: DTZ001  # the trail is naive UTC throughout
    names = [f"{account}-{day}" for day in days]
    dates = [(start + timedelta(days=day)).isoformat() for day in days]
    sold = {"account_id": account, "employee_id": "E1", "ship_to_key": address, "amount": str(10 * int(price))}
    return {
        "orders": [{"order_id": name, "ordered_at": at, **sold} for name, at in zip(names, dates, strict=True)],
        "order_lines": [{"order_id": one, "product_id": "P1", "quantity": "10", "unit_price": price} for one in names],
    }


def _fed(*more: str) -> dict[str, list[dict[str, object]]]:
    """Return A and these customers of one salesperson, for whose places a new account X then orders too, for less."""
    found: dict[str, list[dict[str, object]]] = {"orders": [], "order_lines": [], "accounts": [_account("X")]}
    for at, name in enumerate(("A", *more)):
        days = [*range(0, 400, 40), *range(440, 640, 80)]
        own = _trades(name, days, "100", f"ADDRESS-{name}")
        for part in (own, _trades("X", range(420 + at, 640, 40), "90", f"ADDRESS-{name}")):
            found["orders"] += part["orders"]
            found["order_lines"] += part["order_lines"]
        found["accounts"].append(_account(name))
    return found


def _account(name: str) -> dict[str, object]:
    return {"account_id": name, "name": f"{name} Trading", "registration_no": f"R-{name}", "owner_id": "E1"}


_REGISTER: dict[str, list[dict[str, object]]] = {
    "companies": [{"company_id": "CX", "name": "X Trading", "registration_no": "R-X", "established_date": "2024-01-09"}]
}


def _followed(price: str, address: str = "ADDRESS-A") -> dict[str, list[dict[str, object]]]:
    """Return a customer that buys for a year, then another account that buys at this price for this address."""
    old, new = _trades("A", range(0, 360, 30), "100", "ADDRESS-A"), _trades("X", range(380, 640, 30), price, address)
    return {name: old[name] + new[name] for name in old}


DETECTOR = Detector(
    code="sham-intermediary",
    version=3,
    design="D3",
    family="chain",
    strength="W4",
    title=Text(en="New link between customer and us", zh="虚增中间环节"),
    question=Text(
        en="Did a customer buy less direct, or stop, while another account began to buy the same goods for it for less?",
        zh="是否有客户停止或减少直接采购，而另一账户随即以更低价格为其采购同样产品？",
    ),
    sentence=Text(
        en="[Customer {old} {change} {last:day}; on {first:day} {kind} {new} began to buy for it and {tie}; ]"
        "[Of this salesperson's customers {customers:count} had bought direct; from {first:day} the new account {new} bought for their places, "
        "while they went on at {direct:percent} of their pace; ]{prices}.",
        zh="[客户 {old} {change} {last:day}；{kind} {new} 自 {first:day} 起为其下单，{tie}，]"
        "[该销售员有 {customers:count} 家客户原本直接采购；新账户 {new} 自 {first:day} 起向其收货地点下单，同期这些客户自行采购为原频率的 {direct:percent}，]{prices}。",
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
        "price there is no finding; where prices are unknown at most 0.6. The spread is summed order line by order line. "
        "An account that begins with orders for two or more customers of the salesperson it belongs to is told of that salesperson, "
        "whether those customers stop or not: log10(0.2 / q), q being the share of colleagues with such an account that nothing explains (a prior of one in 40), "
        "plus 0.3 if they go on buying at a third of their pace or more, 0.3 for a price more than 4 % lower (-0.6 without), "
        "0.3 for a firm younger than two years (older -0.4), 0.5 for five staff or fewer (more than fifteen -0.5).",
        zh="承接关系：一账户首次为另一账户的收货地址、收货人或最终用户（至多三个账户共用）下单，距后者末次下单前 45 天至后 90 天（或两个常见间隔）；"
        "或后者采购频率下降 40% 以上（精确检验，1%），且所缺采购至少一半由前者补上。"
        "权重为各迹象的固定常用对数似然比（经判断设定）之和：关联 0.9（三方共用为 0.6；客户仍在采购的减 0.3），品类余弦高于 0.8 计 0.3，价格低 5% 以上计 0.7，"
        "企业成立不足两年计 0.3（超过则减 0.3），员工不多于五人计 0.2。价格未降低则不产生发现；价格未知时权重至多 0.6。价差按订单行逐行累计。"
        "若一账户自首批订单起即为其所属销售员的两家或更多客户采购，则无论这些客户是否停购，均就该销售员给出一项发现：log10(0.2/q)，"
        "q 为同事中有此类账户且无解释者的比例（先验四十分之一）；这些客户仍以原频率三分之一以上采购计 0.3，价格低 4% 以上计 0.3（否则减 0.6），"
        "企业成立不足两年计 0.3（超过则减 0.4），员工不多于五人计 0.5（超过十五人减 0.5）。",
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
            name="a young firm buys a tenth cheaper for three customers of one salesperson",
            fires=True,
            as_of="2024-10-15",
            records={**_fed("B", "C"), **_REGISTER},
        ),
        Example(
            name="an approved distributor begins to serve three customers",
            fires=False,
            as_of="2024-10-15",
            records={
                **_fed("B", "C"),
                **_REGISTER,
                "distributors": [{"company_id": "CX", "approved_from_date": "2024-02-01"}],
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
