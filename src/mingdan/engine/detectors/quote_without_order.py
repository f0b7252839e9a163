"""P5: a customer was quoted again and again and ordered nothing."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import ibis
import numpy as np

from mingdan.engine.context import Scope
from mingdan.engine.detector import Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.conversion import NEAR_FLOOR, quoted_deals, still_without
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.trail import Columns, Tables, moment, money

Row = dict[str, Any]


@dataclass(frozen=True)
class Parameters:
    """When a quoted deal is told.

    At least `least_versions` quotes, the last at least `least_days` ago, the first in the last `days`; the chance of still no
    order, times the deals quoted so often that one salesperson has, at most `largest_p`; at least `least_deals` quoted deals of others; at most `most_told` deals of one salesperson.
    """

    least_versions: int = 3
    least_days: int = 60
    days: int = 1095
    largest_p: float = 0.05
    least_deals: int = 30
    most_told: int = 20


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding per deal quoted several times that would have brought an order in other hands."""
    deals = quoted_deals(tables, parameters.days)
    if not len(deals["opportunity_id"]):
        return []
    as_of = np.datetime64(tables.as_of)
    chance = still_without(deals, as_of)
    names, owners = np.unique(deals["owner_id"].astype(str), return_inverse=True)
    others = len(owners) - np.bincount(owners)[owners]
    asked = (deals["versions"].astype(np.int64) >= parameters.least_versions) & (
        as_of - deals["last_at"] >= np.timedelta64(parameters.least_days, "D")
    )
    p = np.minimum(1.0, chance * np.bincount(owners, weights=asked, minlength=len(names))[owners])
    flagged = asked & np.isnat(deals["ordered_at"]) & (p <= parameters.largest_p) & (others >= parameters.least_deals)
    by_owner: dict[int, list[int]] = defaultdict(list)
    for at in np.flatnonzero(flagged):
        by_owner[int(owners[at])].append(int(at))
    told = [
        place
        for owner in range(len(names))
        for place in sorted(by_owner[owner], key=lambda at: (p[at], at))[: parameters.most_told]
    ]
    quotes = _quotes(tables, [str(deals["opportunity_id"][place]) for place in told])
    habits = _habits(deals)
    return [_finding(tables, deals, place, (float(chance[place]), float(p[place])), quotes, habits) for place in told]


def _quotes(tables: Tables, deals: Sequence[str]) -> dict[str, list[str]]:
    """Return the ids of these deals' quotes, the newest first."""
    found: dict[str, list[str]] = defaultdict(list)
    if deals:
        rows = [{"opportunity_id": deal} for deal in sorted(deals)]
        wanted = ibis.memtable(rows, schema=ibis.schema({"opportunity_id": "string"}))
        chosen = tables.quotes.semi_join(wanted, "opportunity_id").select("opportunity_id", "sent_at", "quote_id")
        for row in reversed(tables.records(chosen, order_by=["opportunity_id", "sent_at", "quote_id"])):
            found[row["opportunity_id"]].append(row["quote_id"])
    return found


def _habits(deals: Columns) -> dict[str, tuple[int, int]]:
    """Return how many quoted deals each customer has, and how many of them brought an order."""
    names, accounts = np.unique(deals["account_id"].astype(str), return_inverse=True)
    ordered = np.bincount(accounts, weights=~np.isnat(deals["ordered_at"]))
    counts = np.bincount(accounts)
    return {str(name): (int(counts[at]), int(ordered[at])) for at, name in enumerate(names)}


def _finding(
    tables: Tables,
    deals: Columns,
    place: int,
    chances: tuple[float, float],
    quotes: dict[str, list[str]],
    habits: dict[str, tuple[int, int]],
) -> Finding:
    chance, p = chances
    deal: Row = {name: column[place] for name, column in deals.items()}
    last_at = moment(deal["last_at"])
    scope = Scope(account_id=deal["account_id"], employee_id=deal["owner_id"], segment=deal["segment"])
    window = last_at - timedelta(days=60), min(last_at + timedelta(days=180), tables.as_of)
    amount = money(float(deal["amount"]))
    return Finding(
        subject_kind="deal",
        subject_id=deal["opportunity_id"],
        at=last_at,
        weight=weight_from_p(p),
        evidence=(
            Evidence("opportunities", deal["opportunity_id"]),
            *(Evidence("quotes", quote) for quote in quotes[deal["opportunity_id"]][:6]),
        ),
        facts={
            "versions": int(deal["versions"]),
            "last": last_at,
            "amount": amount,
            "days": (tables.as_of - last_at).days,
            "chance": chance,
            "floor": _floor(float(deal["over_floor"])),
        },
        employee_id=deal["owner_id"],
        account_ids=(deal["account_id"],),
        opportunity_ids=(deal["opportunity_id"],),
        amount_at_risk=amount,
        explanations={
            "benchmarking": _asks_only(*habits[str(deal["account_id"])]),
            "supply": tables.context.status(["stock_out", "price_rise", "end_of_life"], *window, scope),
            "tender": tables.context.status(["tender"], *window, scope),
            "customer-changed": tables.context.status(["plant_closure", "regrouping"], *window, scope),
        },
    )


def _floor(over: float) -> Text:
    if np.isnan(over) or over >= NEAR_FLOOR:
        return Text("", "")
    return Text(" The last price lay at the floor.", "末次报价已贴近底价。")


def _asks_only(asked: int, ordered: int) -> Status:
    """Return whether the customer keeps asking for quotes and never orders; one deal alone cannot tell."""
    if ordered:
        return "ruled_out"
    return "supported" if asked >= 4 else "open"


def _deal(number: int, outcome: str, versions: int) -> dict[str, list[dict[str, object]]]:
    at = {"opportunity_id": f"O{number:02d}", "account_id": f"A{number}"}
    owner = f"E{number % 30:02d}"
    deal = {"owner_id": owner, "created_at": "2025-01-01", "closed_at": "2025-03-01", "outcome": outcome}
    return {
        "opportunities": [{**at, **deal, "amount": "20000"}],
        "quotes": [
            {
                **at,
                "quote_id": f"Q{number}-{version}",
                "employee_id": owner,
                "sent_at": f"2025-02-{5 * version:02d}",
                "net_amount": "20000",
            }
            for version in range(1, versions + 1)
        ],
    }


def _company(outcomes: Sequence[str], versions: int = 3) -> dict[str, list[dict[str, object]]]:
    joined: dict[str, list[dict[str, object]]] = defaultdict(list)
    for number, outcome in enumerate(outcomes):
        for table, rows in _deal(number, outcome, versions).items():
            joined[table].extend(rows)
    return dict(joined)


_ORDERED = ["won"] * 89

DETECTOR = Detector(
    code="quote-without-order",
    version=2,
    design="P5",
    family="pipeline",
    strength="W2",
    title=Text(en="Quotes without an order", zh="报而不单"),
    question=Text(
        en="Was a customer quoted again and again without an order that like deals bring?",
        zh="同类商机通常成交，该客户却为何反复询价而不下单？",
    ),
    sentence=Text(
        en="{versions:count} quotes, the last on {last:day} over {amount:money}, and no order in the {days:days} days since; a like deal of colleagues is without one in {chance:percent} of cases.{floor}",
        zh="已报价 {versions:count} 次，末次为 {last:day}，金额 {amount:money}，此后 {days:days} 天仍无订单；同事的同类商机只有 {chance:percent} 如此。{floor}",
    ),
    next_step=Text(
        en="Ask the customer whether the goods were bought elsewhere, and who else saw the quotes.",
        zh="询问客户是否已从别处采购，以及报价还给过谁。",
    ),
    method=Text(
        en="Discrete-time hazard of an order in the periods after the last quote (14, 30, 60, 90, 180, 365 days), a shrunk logistic regression on versions, closeness to the floor price, segment and product line, fitted without the salesperson's own deals; its product is the chance of still no order. An order of at least half the quoted amount that names no deal counts as this deal's. That chance, times the salesperson's deals quoted three times or more, is a p-value; the weight is its Sellke-Bayarri-Berger bound.",
        zh="以末次报价后各时段（14、30、60、90、180、365 天）的下单离散风险率计算，收缩逻辑回归含报价次数、是否贴近底价、客户类别、产品线，拟合时不用本人的商机；各时段相乘即仍无订单的概率。同一客户未注明商机、金额不低于报价一半的订单视为本单成交。该概率乘以该销售员报价三次以上的商机数即 p 值，权重为其 Sellke-Bayarri-Berger 上界。",
    ),
    reads={"quotes": ("opportunity_id",), "opportunities": ("owner_id",)},
    uses={
        "quotes": ("version", "written_via", "currency"),
        "quote_lines": ("product_id", "quantity", "net_price"),
        "products": ("floor_price",),
        "orders": ("opportunity_id", "contract_id", "ordered_at", "amount"),
        "contracts": ("opportunity_id", "signed_at"),
        "opportunities": ("closed_at", "product_line", "written_via"),
        "accounts": ("segment",),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("benchmarking", Text(en="a customer who asks for quotes only to compare", zh="客户仅为比价询价"), 0.6),
        Innocent(
            "supply", Text(en="goods out of stock, a price rise or an end of life", zh="缺货、涨价或产品停产"), 0.6
        ),
        Innocent("tender", Text(en="a tender with its own calendar", zh="招投标有固定日程"), 0.6),
        Innocent("customer-changed", Text(en="a customer that closed or was regrouped", zh="客户停产或重组"), 0.6),
    ),
    wakes_on=("quotes", "orders", "opportunities"),
    examples=(
        Example(
            name="three quotes and no order where everybody else sells",
            fires=True,
            as_of="2025-12-31",
            records=_company(["lost", *_ORDERED]),
        ),
        Example(
            name="one quote and no order",
            fires=False,
            as_of="2025-12-31",
            records=_company(["lost", *_ORDERED], versions=1),
        ),
        Example(
            name="half of all deals come to nothing",
            fires=False,
            as_of="2025-12-31",
            records=_company(["lost" if number % 2 else "won" for number in range(90)]),
        ),
    ),
)
