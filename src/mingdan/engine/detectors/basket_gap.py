"""R2: a customer's machines need consumables, or its purchases used to hold a category, that it no longer buys from us."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import ibis
import numpy as np

from mingdan.engine.context import Scope
from mingdan.engine.detector import Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.account_standing import Standing, asked_of, margin_shares, standings
from mingdan.engine.methods.category_share import category_holes
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.innocent_causes import events_of, products_of, settled
from mingdan.engine.methods.installed_base import LEAST_REGION, Hole, machine_holes
from mingdan.engine.trail import Tables, moment, money

CITED = 5


@dataclass(frozen=True)
class Parameters:
    """`most_p`: a hole that chance explains more often than this is no finding; `least_missing`: share of the expected."""

    most_p: float = 0.01
    least_missing: float = 0.4


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding per customer and machine or category whose purchases fall short of past and twins."""
    holes: list[Hole] = []
    if tables.has("products", "consumable_for", "yearly_use"):
        holes += machine_holes(tables, parameters.most_p)
    if tables.has("products", "category"):
        holes += category_holes(tables, parameters.most_p)
    told = [hole for hole in holes if hole.bought <= (1 - parameters.least_missing) * hole.expected]
    since = {hole.account_id: _moment(hole.since) for hole in told}
    standing, shares, products = standings(tables, since), margin_shares(tables, since), products_of(tables, since)
    replaced, orders = _replaced(tables, since), _orders(tables, since)
    return [
        _finding(
            hole,
            standing[hole.account_id],
            orders.get(hole.account_id, ()),
            shares.get(hole.account_id),
            _explained(tables, hole, standing[hole.account_id], products.get(hole.account_id, ()), replaced),
        )
        for hole in told
        if hole.account_id in orders
    ]


def _finding(
    hole: Hole, standing: Standing, rows: tuple[Evidence, ...], share: Any, explanations: dict[str, Status]
) -> Finding:
    amount = money(hole.amount)
    return Finding(
        subject_kind="account",
        subject_id=hole.account_id,
        at=_moment(hole.since),
        weight=weight_from_p(hole.p),
        evidence=rows,
        facts={
            "goods": Text(f"consumables for {hole.goods}", f"{hole.goods} 的耗材") if hole.by_machine else hole.goods,
            "since": _moment(hole.since),
            "kept": max(hole.bought, 0.0) / hole.expected,
            "basis": _BY_MACHINE if hole.by_machine else _BY_PAST,
            "peers": hole.peers,
            "chance": max(hole.p, 0.001),
        },
        employee_id=standing.employee_id,
        account_ids=(hole.account_id,),
        company_ids=(standing.company_id,) if standing.company_id else (),
        amount_at_risk=amount,
        margin_at_risk=None if share is None else money(amount * share),
        explanations=explanations,
    )


def _explained(
    tables: Tables, hole: Hole, standing: Standing, products: tuple[str, ...], replaced: dict[str, Status]
) -> dict[str, Status]:
    context, start, end = tables.context, _moment(hole.since), tables.as_of
    scope = Scope(hole.account_id, standing.employee_id, standing.region, standing.segment)
    compared: Status = "ruled_out" if hole.peers >= LEAST_REGION else "open"
    return {
        "compatible-parts": compared,
        "low-use": "open" if hole.by_machine else "ruled_out",
        "replaced": replaced.get(hole.account_id, "open"),
        "closed": settled([standing.closed, context.status(["plant_closure"], start, end, scope)]),
        "supply": events_of(context, ["stock_out", "end_of_life", "price_rise"], start, end, scope, products),
        "other-account": standing.carried_on,
    }


def _replaced(tables: Tables, since: dict[str, datetime]) -> dict[str, Status]:
    """Say of each customer whether products bought for the first time since then make half of its purchases."""
    if not since:
        return {}
    orders = asked_of(since).inner_join(tables.orders, "account_id")
    lines = orders.inner_join(tables.order_lines.filter(ibis._.quantity > 0), "order_id")
    worth = lines.quantity * lines.unit_price
    goods = lines.group_by("account_id", "product_id", "asked_at").agg(
        first=lines.ordered_at.min(), now=worth.sum(where=lines.ordered_at > lines.asked_at)
    )
    sums = goods.group_by("account_id").agg(
        new=goods.now.sum(where=goods["first"] > goods.asked_at), whole=goods.now.sum()
    )
    return {
        row["account_id"]: "supported" if row["whole"] and 2 * (row["new"] or 0) >= row["whole"] else "ruled_out"
        for row in tables.records(sums, order_by=["account_id"])
    }


def _orders(tables: Tables, since: dict[str, datetime]) -> dict[str, tuple[Evidence, ...]]:
    """Return each customer's last orders before the hole and those since, so many of each."""
    if not since:
        return {}
    orders = asked_of(since).inner_join(tables.orders, "account_id").mutate(late=ibis._.ordered_at > ibis._.asked_at)
    latest = ibis.window(group_by=["account_id", "late"], order_by=[ibis.desc("ordered_at"), "order_id"])  # type: ignore[no-untyped-call]
    cited = orders.mutate(place=ibis.row_number().over(latest)).filter(ibis._.place < CITED)
    found: dict[str, tuple[Evidence, ...]] = {}
    for row in tables.records(cited.select("account_id", "order_id"), order_by=["account_id", "order_id"]):
        found[row["account_id"]] = (*found.get(row["account_id"], ()), Evidence("orders", row["order_id"]))
    return found


def _moment(day: int) -> datetime:
    return moment(np.datetime64(day, "D"))


_BY_MACHINE = Text(
    en="the machines it bought from us, its own past and similar customers",
    zh="其自本公司购入的设备、自身历史及同类客户",
)
_BY_PAST = Text(en="its own past and the trend of other customers", zh="其自身历史及其他客户的趋势")
_PRODUCTS: list[dict[str, object]] = [
    {"product_id": "M", "name": "Printer M", "category": "machine"},
    {"product_id": "C", "name": "Ink C", "category": "consumable", "consumable_for": "M", "yearly_use": "12"},
    {"product_id": "P", "name": "Paper P", "category": "paper"},
]


def _buys(
    account: str, product: str, days: range, price: str
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    start = datetime(2022, 1, 3)  # noqa: DTZ001  # the trail is naive UTC throughout
    orders: list[dict[str, object]] = []
    lines: list[dict[str, object]] = []
    for day in days:
        order = f"{account}-{product}-{day}"
        at = (start + timedelta(days=day)).isoformat()
        orders.append(
            {"order_id": order, "account_id": account, "ordered_at": at, "amount": price, "employee_id": "E1"}
        )
        lines.append({"order_id": order, "product_id": product, "quantity": "1", "unit_price": price})
    return orders, lines


def _company(ends: dict[str, int]) -> dict[str, list[dict[str, object]]]:
    """Return customers with one machine each, who buy ink monthly until the given day and paper throughout."""
    bought = [
        part
        for place, account in enumerate(sorted(ends))
        for part in (
            _buys(account, "M", range(place, place + 1), "20000"),
            _buys(account, "C", range(40 + place, ends[account], 30), "500"),
            _buys(account, "P", range(20 + place, 1000, 45), "100"),
        )
    ]
    return {
        "products": list(_PRODUCTS),
        "orders": [order for orders, _ in bought for order in orders],
        "order_lines": [line for _, lines in bought for line in lines],
    }


DETECTOR = Detector(
    code="basket-gap",
    version=1,
    design="R2",
    family="repurchase",
    strength="W3",
    title=Text(en="Gap in the basket", zh="品类缺口"),
    question=Text(
        en="Does a customer no longer buy from us what its machines use up, or what it always bought with the rest?",
        zh="客户是否不再向本公司购买其设备所需耗材或以往一直配套采购的品类？",
    ),
    sentence=Text(
        en="Since {since:day} the customer has bought {kept:percent} of the {goods} that {basis} lead one to expect "
        "(compared with {peers:count} other customers); chance explains this with a probability of at most {chance:percent}.",
        zh="自 {since:day} 起，该客户购买的{goods}仅为预期的 {kept:percent}（依据：{basis}；对比 {peers:count} 家其他客户），"
        "偶然因素能解释的概率不超过 {chance:percent}。",
    ),
    next_step=Text(
        en="Read the usage counters in the last service tickets, and ask the customer where it gets these goods.",
        zh="查看最近服务工单中的设备计数，并询问客户此类产品的来源。",
    ),
    method=Text(
        en="Installed base: consumables bought against machines x yearly use, gamma-Poisson; rates of twins with the same "
        "machine (same region where there are twenty) updated by the own past, the twins' change taken off. Categories: "
        "share of purchase days, beta-binomial against the own past with difference in differences on the logit scale. "
        "p-values are corrected for the number of questions and for drift usual in the company (genomic control); the "
        "weight is the bound of Sellke, Bayarri and Berger.",
        zh="装机量：耗材采购量与“设备数×年用量”之比，采用伽马-泊松模型，以同机型（同区域满二十家时取同区域）客户为先验，用自身历史"
        "更新，并扣除同类客户的变化。品类：含该品类的采购日占比，以自身历史作贝塔-二项检验，并在 logit 尺度上作双重差分。p 值按检验"
        "次数及公司常见漂移校正（genomic control），权重取 Sellke、Bayarri 与 Berger 上界。",
    ),
    reads={
        "orders": ("account_id", "ordered_at"),
        "order_lines": ("product_id", "quantity", "unit_price"),
        "products": ("product_id",),
    },
    uses={
        "products": ("consumable_for", "yearly_use", "category", "unit_cost"),
        "accounts": ("region", "owner_id", "registration_no"),
        "orders": ("employee_id",),
        "companies": ("status",),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent(
            "compatible-parts",
            Text(en="other makers' parts are common among such customers", zh="同类客户普遍使用兼容件"),
            0.8,
        ),
        Innocent("low-use", Text(en="the machine runs little or was sold", zh="设备使用率低或已转让"), 0.6),
        Innocent("replaced", Text(en="new products took the place of the old", zh="已改用新产品"), 1.0),
        Innocent("closed", Text(en="the customer closed, moved or failed", zh="客户停产、搬迁或破产"), 1.0),
        Innocent("supply", Text(en="our goods were out of stock, dearer or ended", zh="本公司缺货、涨价或停产"), 0.8),
        Innocent("other-account", Text(en="the customer buys under another account", zh="客户改用另一账户购买"), 1.0),
    ),
    wakes_on=("orders", "order_lines"),
    examples=(
        Example(
            name="one of twelve machine owners stops buying ink while paper goes on",
            fires=True,
            as_of="2024-09-30",
            records=_company({f"A{n:02}": 420 if n == 5 else 1000 for n in range(12)}),
        ),
        Example(
            name="all twelve buy ink throughout",
            fires=False,
            as_of="2024-09-30",
            records=_company({f"A{n:02}": 1000 for n in range(12)}),
        ),
        Example(
            name="all twelve stop buying ink in the same month",
            fires=False,
            as_of="2024-09-30",
            records=_company({f"A{n:02}": 600 for n in range(12)}),
        ),
    ),
)
