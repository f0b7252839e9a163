"""R4: a salesperson loses more regular customers than like customers of the others explain."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import ibis
import numpy as np
from numpy.typing import NDArray

from mingdan.engine.context import Scope
from mingdan.engine.detector import Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Text
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.listed import among
from mingdan.engine.methods.owner_churn import OwnedCustomers, gini, high_effect_chance, owned_customers
from mingdan.engine.methods.peer_logit import expected_chances
from mingdan.engine.methods.poisson_binomial import count_tail, skill_spread, sum_tail
from mingdan.engine.trail import Tables, moment, money

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Parameters:
    """A salesperson needs `least_customers` regular ones, `least_lost` of them lost, `least_surplus` more than expected.

    Told at `largest_p` at most. `usual_skill` is how far, in logits, innocent salespeople differ, worth as much as
    `skill_worth` people's customers. `most_cited` lost customers are cited.
    """

    least_customers: int = 8
    least_lost: int = 4
    least_surplus: float = 2.0
    largest_p: float = 0.01
    usual_skill: float = 0.4
    skill_worth: float = 5.0
    most_cited: int = 20


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding per salesperson whose loss of regular customers is rare among peers."""
    owned = tables.once(owned_customers)
    people, owners = np.unique(owned.owner.astype(str), return_inverse=True)
    if len(people) < 2:
        return []
    chances = expected_chances(owned.lost, owned.traits(*_places(tables, owned)), owners)
    excess = np.bincount(owners, weights=owned.lost - chances).astype(np.float64)
    variance = np.bincount(owners, weights=chances * (1 - chances)).astype(np.float64)
    spread = skill_spread(excess, variance, usual=parameters.usual_skill, worth=parameters.skill_worth)
    counts, lost = np.bincount(owners), np.bincount(owners, weights=owned.lost)
    enough = (counts >= parameters.least_customers) & (lost >= parameters.least_lost)
    found = []
    for one in np.flatnonzero(enough & (excess >= parameters.least_surplus)).tolist():
        own = owners == one
        p = _p_value(owned, chances, own, float(spread[one]))
        if p <= parameters.largest_p:
            found.append(_finding(tables, str(people[one]), owned, chances, own, (p, float(spread[one]), parameters)))
    return found


def _p_value(owned: OwnedCustomers, chances: Floats, own: Flags, spread: float) -> float:
    """Return the smaller p-value of how many and how much was lost, doubled because there are two."""
    lost, yearly = owned.lost[own], owned.yearly[own]
    by_count = count_tail(chances[own], int(lost.sum()), spread)
    by_amount = sum_tail(chances[own], yearly, float(yearly[lost].sum()), spread)
    return min(1.0, 2 * min(by_count, by_amount))


def _finding(
    tables: Tables,
    employee: str,
    owned: OwnedCustomers,
    chances: Floats,
    own: Flags,
    judged: tuple[float, float, Parameters],
) -> Finding:
    p, spread, parameters = judged
    gone = np.flatnonzero(own & owned.lost)
    gone = gone[np.lexsort((gone, -owned.yearly[gone]))]
    cited = gone[: parameters.most_cited]
    surplus = float(owned.lost[own].sum() - chances[own].sum())
    accounts = tuple(str(account) for account in owned.account[cited])
    due = np.minimum(owned.last[gone] + np.ceil(owned.gap[gone]).astype(np.int64), owned.until)
    first, last = (moment(np.datetime64(int(day), "D")) for day in (due.min(), due.max()))
    years = np.minimum((owned.until - owned.last[gone]) / 365, 1.0)
    amount = money(float((owned.yearly[gone] * years).sum() * surplus / len(gone)))
    kept = own & ~owned.at_risk
    scope = Scope(employee_id=employee)
    return Finding(
        subject_kind="employee",
        subject_id=employee,
        at=last,
        weight=weight_from_p(p),
        evidence=_last_orders(tables, accounts),
        facts={
            "employee": employee,
            "lost": len(gone),
            "customers": int(own.sum()),
            "expected": float(round(chances[own].sum(), 1)),
            "high": high_effect_chance(chances[own], owned.lost[own], max(spread, 0.1)),
            "gini": gini(np.where(owned.lost[own], owned.yearly[own], 0.0)),
            "amount": amount,
        },
        employee_id=employee,
        account_ids=accounts,
        amount_at_risk=amount,
        explanations={
            "at-risk-customers": "supported" if _p_value(owned, chances, kept, spread) > 0.05 else "ruled_out",
            "territory": tables.context.status(
                ["territory_change", "regrouping", "channel_policy"], first, last, scope
            ),
            "supply": tables.context.status(["stock_out", "price_rise", "end_of_life"], first, last, scope),
            "absence": tables.context.on_leave(employee, first - timedelta(days=30), first + timedelta(days=30)),
        },
    )


def _last_orders(tables: Tables, accounts: tuple[str, ...]) -> tuple[Evidence, ...]:
    """Return the last order of each of these customers."""
    orders = among(tables.orders.filter(ibis._.amount > 0), "account_id", accounts)
    latest = ibis.window(group_by="account_id", order_by=[ibis.desc("ordered_at"), "order_id"])  # type: ignore[no-untyped-call]
    last = orders.mutate(place=ibis.row_number().over(latest)).filter(ibis._.place == 0).select("order_id")
    return tuple(Evidence("orders", row["order_id"]) for row in tables.records(last, order_by=["order_id"]))


def _places(tables: Tables, owned: OwnedCustomers) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    wanted = tables.accounts.select("account_id", "segment", "region")
    rows = tables.columns(wanted, order_by=["account_id"])
    known: dict[str, tuple[Any, Any]] = {
        account: (segment or "", region or "")
        for account, segment, region in zip(rows["account_id"], rows["segment"], rows["region"], strict=True)
    }
    pairs = [known.get(account, ("", "")) for account in owned.account.tolist()]
    return np.array([pair[0] for pair in pairs], dtype=object), np.array([pair[1] for pair in pairs], dtype=object)


_START = datetime(2023, 1, 2)  # noqa: DTZ001  # the trail is naive UTC throughout


def _company(lost_by_person: dict[str, int]) -> dict[str, list[dict[str, object]]]:
    """Return twelve monthly customers of each salesperson, so many of whom stop after a year."""
    accounts: list[dict[str, object]] = []
    orders: list[dict[str, object]] = []
    for person, lost in sorted(lost_by_person.items()):
        for number in range(12):
            account = f"{person}-{number:02d}"
            accounts.append({"account_id": account, "name": account, "owner_id": person})
            end = 365 if number < lost else 730
            orders += [
                {
                    "order_id": f"{account}-{day}",
                    "account_id": account,
                    "ordered_at": (_START + timedelta(days=day)).isoformat(),
                    "amount": "5000",
                }
                for day in range(number, end, 30)
            ]
    return {"accounts": accounts, "orders": orders}


_TEAM = {f"E{number:02d}": 1 + number % 2 for number in range(1, 12)}

DETECTOR = Detector(
    code="churn-concentration",
    version=1,
    design="R4",
    family="repurchase",
    strength="W1",
    title=Text(en="Lost customers gather at one salesperson", zh="客户流失集中"),
    question=Text(
        en="Does a salesperson lose more regular customers than like customers of colleagues explain?",
        zh="该销售流失的老客户，是否多于同类客户在同事手中的水平？",
    ),
    sentence=Text(
        en="Of {customers:count} regular customers of {employee}, {lost:count} stopped buying; like customers of colleagues let "
        "one expect {expected:times}. With a probability of {high:percent} the excess is above what one salesperson in twenty "
        "shows. The surplus is worth about {amount:money} (Gini coefficient of the lost revenue {gini:times}).",
        zh="{employee} 的 {customers:count} 个老客户中有 {lost:count} 个停购，而同类客户在同事手中预计为 {expected:times} 个。"
        "其超出程度高于二十分之一销售水平的概率为 {high:percent}。超出部分约 {amount:money}（流失收入的基尼系数 {gini:times}）。",
    ),
    next_step=Text(
        en="Ask the lost customers, the largest first, from whom they buy now.",
        zh="按收入从高到低回访流失客户，询问目前由谁供应。",
    ),
    method=Text(
        en="A regular customer (five purchases or more) is lost after a silence of three usual gaps and 90 days. Its chance to be "
        "lost comes from a shrunk logistic regression over segment, region, pace, number of purchases, size and whether it was "
        "late already when it was assigned, fitted without the salesperson's own customers. Number and revenue lost are compared "
        "with the Poisson-binomial law, averaged over a normal random effect of salespeople. The weight is the "
        "Sellke-Bayarri-Berger bound of the smaller p-value, doubled.",
        zh="老客户（购买五次以上）沉默超过三个通常间隔且满 90 天视为流失。流失概率由收缩逻辑回归给出（客群、区域、购买频率、次数、"
        "规模、分配时是否已逾期），拟合时不用本人的客户。流失数与流失收入分别和泊松二项分布比较，并对销售的正态随机效应取平均。"
        "证据权重取两个 p 值中较小者（乘二校正）的 Sellke-Bayarri-Berger 上界。",
    ),
    reads={"orders": ("account_id", "ordered_at", "amount"), "accounts": ("owner_id",)},
    uses={
        "orders": ("currency",),
        "accounts": ("segment", "region"),
        "owner_changes": ("changed_at", "from_employee_id", "to_employee_id"),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent(
            "at-risk-customers", Text(en="customers that were leaving when assigned", zh="分配时客户已有流失迹象"), 0.6
        ),
        Innocent("territory", Text(en="a changed or abandoned territory", zh="区域调整或退出"), 0.6),
        Innocent(
            "supply", Text(en="goods out of stock, a price rise or an end of life", zh="缺货、涨价或产品停产"), 0.4
        ),
        Innocent("absence", Text(en="the salesperson was away when it began", zh="流失开始时销售正在休假"), 0.3),
    ),
    wakes_on=("orders", "owner_changes"),
    examples=(
        Example(
            name="one of twelve salespeople loses ten of twelve customers",
            fires=True,
            as_of="2025-01-02",
            records=_company({**_TEAM, "E12": 10}),
        ),
        Example(
            name="everybody loses one or two",
            fires=False,
            as_of="2025-01-02",
            records=_company({**_TEAM, "E12": 2}),
        ),
    ),
)
