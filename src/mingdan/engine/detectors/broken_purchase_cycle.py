"""R1: a regular customer stops buying, or buys much less often."""

from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from mingdan.engine.context import Scope
from mingdan.engine.detector import STRENGTH_CAPS, Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Figure, Finding, Status, Text
from mingdan.engine.methods.account_standing import Standing, margin_shares, standings
from mingdan.engine.methods.innocent_causes import any_of, events_of, handed_over, holidays_fill, products_of, settled
from mingdan.engine.methods.purchase_rows import last_orders, still_served
from mingdan.engine.methods.purchase_stops import Bounds, Stop, find_stops, peers_stopped
from mingdan.engine.methods.purchases import Purchases, one_purchase_each, read_purchases
from mingdan.engine.methods.silent_customers import agreed, in_order, weightiest
from mingdan.engine.trail import Tables, moment, money

_REGROUPED = ("regrouping", "migration")
_DAY = timedelta(days=1)
LATE_REGISTER = timedelta(days=60)
"""How long after a purchase was due the cause of its absence may still be registered as beginning."""


def find(tables: Tables, parameters: Bounds) -> list[Finding]:
    """Return one finding per customer whose silence or slowing chance and ordinary leaving hardly explain.

    Where the trail knows no salespeople, every silent customer is put in order instead: nobody is named by it.
    """
    purchases = one_purchase_each(tables.once(read_purchases))
    if len(purchases.day) == 0:
        return []
    traits = _traits(tables, purchases)
    listed = [] if _knows_salespeople(tables) else in_order(purchases)
    if listed:
        return _told(tables, purchases, listed, ["open"] * len(listed), most_each=0)
    stops, measured = find_stops(purchases, traits["segment"], parameters)
    if measured is None or not stops:
        return []
    shared = peers_stopped(stops, measured, purchases, _peers(stops, traits))
    return _told(tables, purchases, agreed(stops, purchases), shared, most_each=parameters.most_each)


def _knows_salespeople(tables: Tables) -> bool:
    known = (("orders", "employee_id"), ("accounts", "owner_id"), ("owner_changes", "to_employee_id"))
    return any(tables.has(*column) for column in known)


def _told(
    tables: Tables, purchases: Purchases, stops: list[Stop], peers: list[Status], *, most_each: int
) -> list[Finding]:
    names = [purchases.account_ids[stop.customer] for stop in stops]
    last = {name: _moment(stop.last) + _DAY for name, stop in zip(names, stops, strict=True)}
    due = {name: _moment(stop.due) for name, stop in zip(names, stops, strict=True)}
    standing = standings(tables, last)
    handed, products = handed_over(tables, last), products_of(tables, last)
    kept = weightiest(stops, [standing[name].employee_id for name in names], most_each)
    shares, orders, tickets = margin_shares(tables, last), last_orders(tables, last), still_served(tables, due)
    found = []
    for name, stop, shared in ((names[place], stops[place], peers[place]) for place in kept):
        reasons = _own_reasons(tables, name, stop, standing[name], products.get(name, ()))
        reasons |= {"market": shared, "hand-over": _absence(tables, stop, standing[name], name in handed)}
        rows = (*orders.get(name, ()), *tickets.get(name, ()))
        found.append(_finding(name, stop, standing[name], shares.get(name), rows, reasons, name in tickets))
    return found


def _finding(
    name: str,
    stop: Stop,
    standing: Standing,
    share: Decimal | None,
    rows: tuple[Evidence, ...],
    explanations: dict[str, Status],
    consumes: bool,
) -> Finding:
    amount = money(stop.missing * stop.amount)
    return Finding(
        subject_kind="account",
        subject_id=name,
        at=_moment(stop.due if stop.chance else stop.until),  # an order of customers is of today
        weight=min(stop.weight, STRENGTH_CAPS["W3" if consumes else "W2"]),
        evidence=rows,
        facts={
            "change": _SLOWED if stop.slowed else _STOPPED,
            "purchases": stop.purchases,
            "gap": stop.gap,
            "last": _moment(stop.last),
            "until": _moment(stop.until),
            "missing": stop.missing,
            "chance": max(stop.chance, 0.001) if stop.chance else 0,
            "kind": _TESTED if stop.chance else _LISTED,
            "service": _SERVED if consumes else _UNSERVED,
        },
        employee_id=standing.employee_id,
        account_ids=(name,),
        company_ids=(standing.company_id,) if standing.company_id else (),
        amount_at_risk=amount,
        margin_at_risk=None if share is None else money(amount * share),
        explanations=explanations,
        figure=Figure("rhythm", stop.points, expected=stop.gap, until=_moment(stop.until).date()),
    )


def _own_reasons(
    tables: Tables, name: str, stop: Stop, standing: Standing, products: tuple[str, ...]
) -> dict[str, Status]:
    # A cause comes before what it causes: one registered long after the purchase was due did not keep the customer away.
    context, start, end = (
        tables.context,
        _moment(stop.last),
        min(_moment(stop.due) + LATE_REGISTER, _moment(stop.until)),
    )
    scope = Scope(name, standing.employee_id, standing.region, standing.segment)
    holidays = holidays_fill(context, start, _moment(stop.until), scope)
    tender = context.status(["tender"], start, end, scope)
    return {
        "season": settled([stop.same_season, *_if_supported(holidays), *_if_supported(tender)]),
        "stocked-up": stop.stocked,
        "closed": settled([standing.closed, context.status(["plant_closure"], start, end, scope)]),
        "supply": events_of(context, ["stock_out", "end_of_life", "price_rise"], start, end, scope, products),
        "other-account": settled([standing.carried_on, *_if_supported(context.status(_REGROUPED, start, end, scope))]),
    }


def _if_supported(status: Status) -> tuple[Status, ...]:
    """Return the status of a register that can support an explanation, but whose silence rules out nothing."""
    return (status,) if status == "supported" else ()


def _absence(tables: Tables, stop: Stop, standing: Standing, handed: bool) -> Status:
    """Say whether the customer was handed over, or its salesperson away, when the next purchase was due."""
    if handed:
        return "supported"
    around = _moment(stop.due) - 14 * _DAY, _moment(stop.due) + 30 * _DAY
    moved: Status = "ruled_out" if tables.has("owner_changes") else "open"
    away = tables.context.on_leave(standing.employee_id, *around) if standing.employee_id else "open"
    return any_of([moved, away])


def _traits(tables: Tables, purchases: Purchases) -> dict[str, list[str]]:
    wanted = tables.accounts.select("account_id", "segment", "region")
    rows = tables.columns(wanted, order_by=["account_id"])
    place = {account: index for index, account in enumerate(rows["account_id"])}
    at = [place.get(account, -1) for account in purchases.account_ids]
    return {name: [rows[name][i] or "" if i >= 0 else "" for i in at] for name in ("segment", "region")}


def _peers(stops: list[Stop], traits: dict[str, list[str]]) -> dict[int, NDArray[np.bool_]]:
    """Return the peers of each stopped customer: those of its segment and region, as far as these are known."""
    columns = {name: np.array(values, dtype=object) for name, values in traits.items()}
    groups: dict[tuple[str, ...], NDArray[np.bool_]] = {}
    peers = {}
    for stop in stops:
        own = tuple(values[stop.customer] for values in columns.values())
        if own not in groups:
            alike = [values == value for values, value in zip(columns.values(), own, strict=True) if value]
            groups[own] = np.logical_and.reduce(alike) if alike else np.ones(len(traits["segment"]), dtype=np.bool_)
        peers[stop.customer] = groups[own]
    return peers


def _moment(day: int) -> datetime:
    return moment(np.datetime64(day, "D"))


_STOPPED = Text(en="then stopped", zh="此后停购")
_SLOWED = Text(en="then bought much less often", zh="此后购买明显变稀")
_TESTED = Text(en="Chance and ordinary leaving explain this", zh="偶然波动与正常流失能解释此情况")
_LISTED = Text(
    en="No salesperson is known, so the weight only orders customers to be asked",
    zh="数据中没有销售信息，权重只用于排列回访顺序",
)
_SERVED = Text(
    en="It has asked for service since, so it still uses such goods.",
    zh="此后仍有报修或服务记录，说明仍在使用同类产品。",
)
_UNSERVED = Text(en="There is no service record since.", zh="此后没有服务记录。")


def _orders(account: str, days: range, *, amount: str = "8000", salesperson: str = "E1") -> list[dict[str, object]]:
    start = datetime(2023, 1, 2)  # noqa: DTZ001  # the trail is naive UTC throughout
    return [
        {
            "order_id": f"{account}-{day}",
            "account_id": account,
            "ordered_at": (start + day * _DAY).isoformat(),
            "amount": amount,
            "employee_id": salesperson,
        }
        for day in days
    ]


_OTHERS = [order for number in range(6) for order in _orders(f"B{number}", range(number * 3, 850, 28 + number))]
_REGULAR = range(0, 560, 28)

DETECTOR = Detector(
    code="broken-purchase-cycle",
    version=2,
    design="R1",
    family="repurchase",
    strength="W3",
    title=Text(en="Broken purchase cycle", zh="复购断档"),
    question=Text(
        en="Has a regular customer stopped buying, or begun to buy much less often, more than chance explains?",
        zh="是否有老客户停购或购买明显变稀，且无法用偶然波动解释？",
    ),
    sentence=Text(
        en="The customer bought {purchases:count} times, about every {gap:days} days, until {last:day}, {change}; "
        "by {until:day} about {missing:count} purchases are missing. {kind}[ with a probability of at most "
        "{chance:percent}]. {service}",
        zh="该客户共购买 {purchases:count} 次，平均约每 {gap:days} 天一次，直至 {last:day}，{change}；"
        "截至 {until:day} 约少了 {missing:count} 次购买。{kind}[的概率不超过 {chance:percent}]。{service}",
    ),
    next_step=Text(
        en="Ask the customer, through somebody other than the salesperson, who supplies these goods now.",
        zh="由该销售以外的人员联系客户，询问目前由谁供应此类产品。",
    ),
    method=Text(
        en="MBG/CNBD-k (Platzer and Reutterer 2016; Reutterer, Platzer and Schroeder 2020): gaps between purchases follow "
        "an Erlang law with k fitted per segment and customer, or a log-normal law if that fits the company better; the "
        "clock follows the company's seasons. The weight is log10 of P(history | purchases moved away on some day since "
        "the first, each alike) / P(history | chance or ordinary leaving), the customer's own parameters integrated out. "
        "Thinning: exact test of a change of rate at each purchase, corrected for the number of points and for the drift "
        "usual among the company's customers; weight by the bound of Sellke et al. Above 0.6 only if the customer still "
        "asks for service; at least 0.05 where a "
        "silence after ten purchases or more has a probability below 1 in 10,000 for somebody who is still a customer. No more "
        "than the company's own histories allow: a logistic regression tells them from the same histories cut off on random "
        "days. At most four customers of a salesperson are told; a trail without salespeople gets an order of all instead.",
        zh="采用 MBG/CNBD-k 模型（Platzer 与 Reutterer 2016；Reutterer、Platzer 与 Schroeder 2020）：购买间隔服从 Erlang 分布，"
        "k 按客群与客户拟合；若对数正态分布更符合本公司数据则改用之；时间按公司季节性折算。权重为“首购以来某日起购买转走"
        "（各日等可能）”与“偶然或正常流失”两种假设下购买历史概率之比的常用对数，客户自身参数已积分。变稀检验：在每次购买处"
        "精确检验频率变化，并按检验点数及公司客户常见漂移校正，权重取 Sellke 等人的上界。只有客户仍有服务需求时权重才可超过 0.6；"
        "购买满十次后沉默、且仍为客户时出现该沉默的概率低于万分之一的，权重至少为 0.05。权重不超过以本公司历史学得的上限："
        "将各客户历史在随机日截断，用逻辑回归区分截断与未截断。每名销售最多列出四个客户；数据无销售信息时改为排列全部客户。",
    ),
    reads={"orders": ("account_id", "ordered_at", "amount")},
    uses={
        "orders": ("employee_id", "currency"),
        "accounts": ("segment", "region", "owner_id", "registration_no"),
        "owner_changes": ("changed_at",),
        "order_lines": ("product_id",),
        "products": ("unit_cost",),
        "tickets": ("account_id", "kind"),
        "companies": ("status",),
    },
    parameters=Bounds(
        least_purchases=5, late=0.01, silent=0.1, least_odds=1.5, least_days=21, slowed_p=0.005, slowed_ratio=0.65
    ),
    find=find,
    innocent_explanations=(
        Innocent("season", Text(en="the customer pauses at this time of year", zh="该客户每年此时本就停购"), 0.8),
        Innocent("stocked-up", Text(en="the last purchase was a stock for longer", zh="最后一次购买为集中备货"), 0.8),
        Innocent("closed", Text(en="the customer closed, moved or failed", zh="客户停产、搬迁或破产"), 1.0),
        Innocent("supply", Text(en="our goods were out of stock, dearer or ended", zh="本公司缺货、涨价或停产"), 0.6),
        Innocent("market", Text(en="similar customers stopped too", zh="同类客户同期也停购"), 0.8),
        Innocent(
            "other-account",
            Text(en="the customer buys under another account", zh="客户改用另一账户（合并、集团调整或迁移）购买"),
            1.0,
        ),
        Innocent("hand-over", Text(en="a hand-over or the salesperson's absence", zh="客户交接或销售休假"), 0.3),
    ),
    wakes_on=("orders", "tickets"),
    examples=(
        Example(
            name="a monthly customer falls silent for nine months",
            fires=True,
            as_of="2025-05-01",
            records={"orders": [*_orders("A1", _REGULAR), *_OTHERS]},
        ),
        Example(
            name="a monthly customer buys at a third of the pace",
            fires=True,
            as_of="2025-05-01",
            records={"orders": [*_orders("A1", _REGULAR), *_orders("A1", range(630, 850, 90)), *_OTHERS]},
        ),
        Example(
            name="everybody keeps the rhythm",
            fires=False,
            as_of="2025-05-01",
            records={"orders": [*_orders("A1", range(0, 850, 28)), *_OTHERS]},
        ),
        Example(
            name="fewer orders, each three times as large",
            fires=False,
            as_of="2025-05-01",
            records={
                "orders": [*_orders("A1", _REGULAR), *_orders("A1", range(630, 850, 90), amount="26000"), *_OTHERS]
            },
        ),
    ),
)
