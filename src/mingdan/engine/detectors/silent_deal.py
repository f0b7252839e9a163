"""P2: a deal lies still in the CRM far longer than others' deals, while the talk with the customer goes on."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import ibis
import numpy as np

from mingdan.engine.context import Scope
from mingdan.engine.detector import Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.innocent_causes import handed_over
from mingdan.engine.methods.last_quotes import last_quotes
from mingdan.engine.methods.quiet_contact import contact_tail, contacts, knows_contact, quiet_deals
from mingdan.engine.methods.stage_dwell import dwells, still_there
from mingdan.engine.trail import Columns, Tables, moment, money

Row = dict[str, Any]


@dataclass(frozen=True)
class Parameters:
    """When a silent deal is told: chance of the long stay, chance of the contact, and both together at most these.

    The joint chance is taken as often as the salesperson has quiet deals: each of them was looked at. The last entry is at most
    `forgotten_days` old: an older deal was forgotten, not kept back. However small the chance, it carries `most` at most: honest
    salespeople have such deals as well. At least `least_contacts` contacts since the last entry; at most `most_told` deals of one salesperson, citing at most `most_cited`
    contacts each. A salesperson who logs at least every `logs_days` days elsewhere does log.
    """

    largest_stay_p: float = 0.05
    largest_contact_p: float = 0.05
    largest_p: float = 0.005
    forgotten_days: int = 365
    most: float = 0.3
    least_contacts: int = 5
    most_told: int = 20
    most_cited: int = 8
    logs_days: int = 14


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding per open deal that stands still on paper only."""
    if not knows_contact(tables):
        return []
    deals = quiet_deals(tables)
    if not len(deals["opportunity_id"]):
        return []
    stays = still_there(dwells(tables))
    by_contact = contact_tail(deals, np.datetime64(tables.as_of))
    oldest = np.datetime64(tables.as_of - timedelta(days=parameters.forgotten_days))
    enough = (deals["contacts"].astype(np.int64) >= parameters.least_contacts) & (deals["touched_at"] >= oldest)
    looked_at = Counter(deals["owner_id"].astype(str).tolist())
    by_owner: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for place in np.flatnonzero(enough & (by_contact <= parameters.largest_contact_p)):
        at = int(place)
        stay_p = stays.get(str(deals["opportunity_id"][at]), (0.0, 1.0))[1]
        p = min(1.0, together(stay_p, float(by_contact[at])) * looked_at[str(deals["owner_id"][at])])
        if stay_p <= parameters.largest_stay_p and p <= parameters.largest_p:
            by_owner[str(deals["owner_id"][at])].append((p, at))
    told = [one for owner in sorted(by_owner) for one in sorted(by_owner[owner])[: parameters.most_told]]
    places = [at for _, at in told]
    rows, amounts = _contact_rows(tables, deals, places), _quoted(tables, deals, places)
    logged = _logged_elsewhere(tables, deals, places)
    since = {str(deals["account_id"][at]): moment(deals["touched_at"][at]) for at in places}
    left = handed_over(tables, since, before_days=30, after_days=3650)
    found = []
    for p, at in told:
        deal: Row = {name: column[at] for name, column in deals.items()}
        name = str(deal["opportunity_id"])
        spoken = rows[name][: parameters.most_cited]
        logs = None if logged is None else logged.get(name, 0) * parameters.logs_days
        moved: Status = "supported" if deal["account_id"] in left else "ruled_out"
        if not tables.has("owner_changes"):
            moved = "open"
        weight = min(weight_from_p(p), parameters.most)
        found.append(_finding(tables, deal, weight, stays[name], spoken, amounts.get(name), logs, moved))
    return found


def together(one: float, other: float) -> float:
    """Return Fisher's (1932) joint p-value of two independent ones."""
    product = max(one * other, 1e-300)
    return product * (1 - math.log(product))


def _wanted(deals: Columns, places: Sequence[int]) -> ibis.Table:
    """Return these deals as a table to join with: deal, account_id, employee_id, since."""
    rows = [
        {
            "deal": str(deals["opportunity_id"][at]),
            "account_id": str(deals["account_id"][at]),
            "employee_id": str(deals["owner_id"][at]),
            "since": moment(deals["touched_at"][at]),
        }
        for at in sorted(places)
    ]
    kinds = {"deal": "string", "account_id": "string", "employee_id": "string", "since": "timestamp(6)"}
    return ibis.memtable(rows, schema=ibis.schema(kinds))


def _contact_rows(tables: Tables, deals: Columns, places: Sequence[int]) -> dict[str, list[Row]]:
    """Return the contacts since each deal's last entry, the newest first."""
    found: dict[str, list[Row]] = defaultdict(list)
    if places:
        joined = _wanted(deals, places).inner_join(contacts(tables), ["account_id", "employee_id"])
        since = joined.filter(joined.contact_at > joined.since).select("deal", "contact_at", "source", "row_id")
        for row in reversed(tables.records(since, order_by=["deal", "contact_at", "source", "row_id"])):
            found[row["deal"]].append(row)
    return found


def _quoted(tables: Tables, deals: Columns, places: Sequence[int]) -> dict[str, Any]:
    """Return the last quote's amount of these deals, where it is in the trail's currency."""
    if not places:
        return {}
    quotes = last_quotes(tables).filter(ibis._.currency.isnull() | (ibis._.currency == tables.currency))
    wanted = _wanted(deals, places).select(opportunity_id="deal")
    rows = tables.records(quotes.semi_join(wanted, "opportunity_id"), order_by=["opportunity_id"])
    return {row["opportunity_id"]: row["net_amount"] for row in rows}


def _logged_elsewhere(tables: Tables, deals: Columns, places: Sequence[int]) -> dict[str, float] | None:
    """Return how many activities a day the owner entered on other customers since; None where none are kept."""
    if not tables.has("activities"):
        return None
    if not places:
        return {}
    wanted = _wanted(deals, places)
    entered = tables.activities.select("employee_id", "happened_at", other="account_id")
    joined = wanted.inner_join(entered, "employee_id")
    since = joined.filter(
        (joined.happened_at > joined.since) & (joined.other.isnull() | (joined.other != joined.account_id))
    )
    counted = since.group_by("deal", "since").agg(n=ibis._.count())
    return {
        row["deal"]: row["n"] / max((tables.as_of - row["since"]).days, 1)
        for row in tables.records(counted, order_by=["deal"])
    }


def _finding(
    tables: Tables,
    deal: Row,
    weight: float,
    stay: tuple[float, float],
    spoken: Sequence[Row],
    quoted: Any,
    logs: float | None,
    handed: Status,
) -> Finding:
    touched = moment(deal["touched_at"])
    scope = Scope(deal["account_id"], deal["owner_id"], deal["region"], deal["segment"])
    own = float(deal["amount"]) if deal["currency"] in (None, tables.currency) else float("nan")
    amount = money(own if own > 0 else float(quoted or 0))
    not_logging: Status = "open" if logs is None else "ruled_out" if logs >= 1 else "supported"
    return Finding(
        subject_kind="deal",
        subject_id=deal["opportunity_id"],
        at=spoken[0]["contact_at"],
        weight=weight,
        evidence=(
            Evidence("opportunities", deal["opportunity_id"]),
            *(Evidence(row["source"], row["row_id"]) for row in spoken),
        ),
        facts={
            "last": touched,
            "contacts": int(deal["contacts"]),
            "days": stay[0],
            "chance": stay[1],
            "amount": amount,
        },
        employee_id=deal["owner_id"],
        account_ids=(deal["account_id"],),
        opportunity_ids=(deal["opportunity_id"],),
        amount_at_risk=amount,
        explanations={
            "tender": tables.context.status(["tender"], touched, tables.as_of, scope),
            "customer-changed": tables.context.status(["plant_closure", "regrouping"], touched, tables.as_of, scope),
            "supply": tables.context.status(["stock_out", "end_of_life"], touched, tables.as_of, scope),
            "does-not-log": not_logging,
            "new-owner": handed,
        },
    )


def _company(speaks: bool) -> dict[str, list[dict[str, object]]]:
    """Return 60 deals closed in three months and 30 left open: of one of these the CRM is silent for a year."""
    deals: list[dict[str, object]] = []
    calls: list[dict[str, object]] = []
    for number in range(90):
        closed = {"outcome": "won", "closed_at": "2024-04-05"} if number < 60 else {"outcome": "open"}
        created = "2024-01-05" if number in (*range(60), 89) else "2024-11-20"
        at: dict[str, object] = {"opportunity_id": f"O{number:02d}", "account_id": f"A{number}"}
        deals.append({**at, "owner_id": f"E{number % 10}", "created_at": created, "amount": "60000", **closed})
    for month in range(2, 12) if speaks else ():
        calls.append(
            {"call_id": f"C{month}", "employee_id": "E9", "account_id": "A89", "started_at": f"2024-{month:02d}-10"}
        )
    calls.append({"call_id": "C0", "employee_id": "E1", "account_id": "A61", "started_at": "2024-12-01"})
    return {"opportunities": deals, "calls": calls}


DETECTOR = Detector(
    code="silent-deal",
    version=2,
    design="P2",
    family="pipeline",
    strength="W2",
    title=Text(en="Silent deal, lively contact", zh="僵尸商机（捂单）"),
    question=Text(
        en="Does a deal lie still in the CRM while the salesperson keeps talking with the customer?",
        zh="商机在系统中长期停滞，而销售员与客户的联系却仍在继续吗？",
    ),
    sentence=Text(
        en="Nothing was entered since {last:day}, yet there were {contacts:count} calls, e-mails or messages with the customer. The deal has stood in its stage for {days:days} days; {chance:percent} of colleagues' deals stay so long. It is worth {amount:money}.",
        zh="自 {last:day} 起系统中没有任何记录，但与客户仍有 {contacts:count} 次电话、邮件或消息往来。该商机停留在当前阶段已 {days:days} 天，同事的商机仅 {chance:percent} 停留这么久；金额 {amount:money}。",
    ),
    next_step=Text(
        en="Ask the salesperson what the contacts were about, then ask the customer how far the purchase is.",
        zh="请销售员说明这些联系的内容，再向客户了解采购进展。",
    ),
    method=Text(
        en="Two chances, joined by Fisher's method: a stay at least so long in the stage (Kaplan-Meier over other people's deals, stays that still last counted while watched), and at least so many calls, e-mails and messages since the last CRM entry (negative binomial over other people's silent deals). Customers who ordered meanwhile, or have another deal moving, are left out. Deals without an entry for more than a year count as forgotten. The joint p-value is multiplied by the number of the salesperson's silent deals; the weight is its Sellke-Bayarri-Berger bound, at most 0.3.",
        zh="两个概率以 Fisher 方法合并：在该阶段停留至少这么久（对他人的商机作 Kaplan-Meier 估计，未结束的停留按删失处理）；自系统最后一次记录以来至少有这么多次电话、邮件和消息（对他人的静默商机作负二项估计）。其间下过订单或另有商机在推进的客户不计。一年以上无记录的商机视为遗忘，不计。合并 p 值乘以该销售员静默商机的数目，权重取其 Sellke-Bayarri-Berger 上界，最多 0.3。",
    ),
    reads={"opportunities": ("owner_id", "account_id")},
    uses={
        "opportunities": ("amount", "closed_at", "written_via"),
        "stage_changes": ("stage", "entered_at"),
        "activities": ("account_id", "opportunity_id", "happened_at"),
        "calls": ("account_id", "started_at"),
        "emails": ("account_id", "sent_at"),
        "messages": ("account_id", "sent_at"),
        "quotes": ("opportunity_id", "net_amount"),
        "orders": ("ordered_at",),
        "owner_changes": ("changed_at",),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("tender", Text(en="a tender or a budget with its own calendar", zh="招标或预算有固定日程"), 0.8),
        Innocent("customer-changed", Text(en="a customer that closed or was regrouped", zh="客户停产或重组"), 0.8),
        Innocent("supply", Text(en="goods out of stock or at their end of life", zh="缺货或产品停产"), 0.6),
        Innocent(
            "does-not-log", Text(en="a salesperson who logs nothing anywhere", zh="该销售对所有客户都不录入"), 0.6
        ),
        Innocent("new-owner", Text(en="a customer handed over meanwhile", zh="期间客户已移交他人"), 0.6),
    ),
    wakes_on=("opportunities", "calls", "emails", "messages"),
    examples=(
        Example(
            name="a call every month on a deal that nobody has touched for a year",
            fires=True,
            as_of="2024-12-31",
            records=_company(speaks=True),
        ),
        Example(
            name="a forgotten deal without contact",
            fires=False,
            as_of="2024-12-31",
            records=_company(speaks=False),
        ),
    ),
)
