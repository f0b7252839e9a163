"""R3: a salesperson's customers buy again once somebody else has them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from mingdan.engine.context import Scope
from mingdan.engine.detector import Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.hand_overs import HandOvers, dispersion, hand_overs, revival_p, shares_after, usual_ratio
from mingdan.engine.methods.turnover import yearly_turnover
from mingdan.engine.trail import Tables, moment, money

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Parameters:
    """A hand-over counts with `least_days` on either side; a salesperson needs `least_given` of them.

    Told from `least_ratio` times the purchases expected on, with `least_revived` customers that buy twice as often as
    before at least, and a p-value of `largest_p` at most.
    """

    least_days: int = 60
    least_given: int = 3
    least_ratio: float = 1.5
    least_revived: int = 2
    largest_p: float = 0.002


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding per salesperson whose customers revived after hand-over more than other people's did."""
    overs = tables.once(hand_overs)
    usable = (overs.days_before >= parameters.least_days) & (overs.days_after >= parameters.least_days)
    found = []
    for giver in sorted(set(overs.giver[usable].tolist())):
        own = usable & (overs.giver == giver)
        others = usable & ~own
        if own.sum() >= parameters.least_given:
            found += _judged(tables, giver, overs, own, others, parameters)
    return found


def _judged(
    tables: Tables, giver: str, overs: HandOvers, own: Flags, others: Flags, parameters: Parameters
) -> list[Finding]:
    ratio = max(usual_ratio(overs, others), 1.0)
    before, after = float(overs.before[own].sum()), float(overs.after[own].sum())
    weights = np.maximum(overs.days_before[own] + overs.days_after[own], 1)
    share = float((shares_after(overs, ratio)[own] * weights).sum() / weights.sum())
    p = revival_p(after, before, share, dispersion(overs, others, ratio))
    expected = (before + 1) * share / max(1 - share, 1e-9)
    pace = overs.before / np.maximum(overs.days_before, 1)
    revived = own & (overs.after >= 2) & (overs.after >= 2 * np.maximum(pace, 1 / 730) * overs.days_after)
    if (
        p > parameters.largest_p
        or after < parameters.least_ratio * expected
        or revived.sum() < parameters.least_revived
    ):
        return []
    return [_finding(tables, giver, overs, revived, own, (after, expected, p), compared=int(others.sum()))]


def _finding(
    tables: Tables,
    giver: str,
    overs: HandOvers,
    revived: Flags,
    own: Flags,
    counts: tuple[float, float, float],
    *,
    compared: int,
) -> Finding:
    after, expected, p = counts
    accounts = tuple(dict.fromkeys(overs.account[revived].tolist()))
    first, last = (moment(np.datetime64(int(day), "D")) for day in (overs.day[revived].min(), overs.day[revived].max()))
    turnover = sum(yearly_turnover(tables, accounts).values(), money(0.0))
    return Finding(
        subject_kind="employee",
        subject_id=giver,
        at=last,
        weight=weight_from_p(p),
        evidence=tuple(Evidence("owner_changes", str(row)) for row in overs.row_ids[revived][:20]),
        facts={
            "employee": giver,
            "given": int(own.sum()),
            "after": int(after),
            "expected": float(round(expected, 1)),
            "revived": len(accounts),
        },
        employee_id=giver,
        account_ids=accounts,
        amount_at_risk=money(turnover * money(max(0.0, 1 - expected / after))),
        explanations={
            "honeymoon": "ruled_out" if compared >= 10 else "open",
            "promotion": tables.context.status(
                ["promotion"], first, last + timedelta(days=90), Scope(employee_id=giver)
            ),
            "pipeline": _inherited(tables, overs, revived),
            "absence": tables.context.on_leave(giver, first - timedelta(days=180), first),
        },
    )


def _inherited(tables: Tables, overs: HandOvers, revived: Flags) -> Status:
    """Say whether most of the revived customers had a deal open when they were handed over: the harvest was sown before."""
    if not tables.has("opportunities", "account_id", "created_at"):
        return "open"
    day = dict(zip(overs.account[revived].tolist(), overs.day[revived].tolist(), strict=True))
    deals = tables.opportunities.filter(tables.opportunities.account_id.isin(sorted(day)))
    rows = tables.records(
        deals.select("opportunity_id", "account_id", "created_at", "closed_at"), order_by=["opportunity_id"]
    )
    sown = set()
    for row in rows:
        moved = moment(np.datetime64(int(day[row["account_id"]]), "D"))
        if row["created_at"] < moved and (row["closed_at"] is None or row["closed_at"] >= moved):
            sown.add(row["account_id"])
    return "supported" if 2 * len(sown) >= len(day) else "ruled_out"


_START = datetime(2023, 1, 2)  # noqa: DTZ001  # the trail is naive UTC throughout


def _orders(account: str, days: range) -> list[dict[str, object]]:
    return [
        {
            "order_id": f"{account}-{day}",
            "account_id": account,
            "ordered_at": (_START + timedelta(days=day)).isoformat(),
            "amount": "5000",
        }
        for day in days
    ]


def _moved(account: str, giver: str) -> dict[str, object]:
    changed = (_START + timedelta(days=365)).isoformat()
    return {"account_id": account, "changed_at": changed, "from_employee_id": giver, "to_employee_id": "E9"}


_PEERS = [f"P{number}" for number in range(12)]
_PEER_ORDERS = [order for account in _PEERS for order in _orders(account, range(5, 730, 40))]
_PEER_MOVES = [_moved(account, f"E{2 + number % 4}") for number, account in enumerate(_PEERS)]
_OWN = ("A1", "A2", "A3", "A4")

DETECTOR = Detector(
    code="handover-revival",
    version=1,
    design="R3",
    family="repurchase",
    strength="W1",
    title=Text(en="Customers revive after a hand-over", zh="换人后客户复活"),
    question=Text(
        en="Do a salesperson's customers buy far more once somebody else has them, more than at colleagues' hand-overs?",
        zh="客户换人后的购买，是否远多于在该销售手中时，且超出同事交接后的变化？",
    ),
    sentence=Text(
        en="After {given:count} customers of {employee} were handed over, they bought {after:count} times; their pace "
        "before and colleagues' hand-overs let one expect {expected:times}. {revived:count} of them at least doubled their pace.",
        zh="{employee} 的 {given:count} 个客户交接后共购买 {after:count} 次，而按交接前的频率及同事交接后的变化预计为 "
        "{expected:times} 次；其中 {revived:count} 个客户的购买频率至少翻倍。",
    ),
    next_step=Text(
        en="Let the new salesperson ask the revived customers where they bought in the year before the hand-over.",
        zh="请接手的销售询问复活的客户：交接前一年从哪里购买。",
    ),
    method=Text(
        en="Days with purchases in the year before and after each hand-over. Given their number, those after it are binomial "
        "with the share that the days and the ratio usual at other salespeople's hand-overs give (exact conditional test "
        "of two Poisson rates, Przyborowski and Wilenski 1940); counts are divided by how far single customers vary more "
        "than that. The weight is the Sellke-Bayarri-Berger bound.",
        zh="统计每次交接前后各一年内的购买天数。在总数给定时，交接后的天数服从二项分布，其比例由天数与其他销售交接时的常见比率决定"
        "（两个泊松率的精确条件检验，Przyborowski 与 Wilenski 1940）；计数再除以各客户超出该分布的离散程度。权重取 "
        "Sellke-Bayarri-Berger 上界。",
    ),
    reads={
        "orders": ("account_id", "ordered_at", "amount"),
        "owner_changes": ("account_id", "changed_at", "from_employee_id", "to_employee_id"),
    },
    uses={"orders": ("currency",), "opportunities": ("account_id", "created_at", "closed_at")},
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("honeymoon", Text(en="the zeal of a new salesperson", zh="新接手销售的热情"), 0.4),
        Innocent("promotion", Text(en="a promotion at the same time", zh="同期有促销活动"), 0.6),
        Innocent("pipeline", Text(en="deals begun before the hand-over", zh="交接前已有在谈商机"), 0.6),
        Innocent("absence", Text(en="the former salesperson was away before it", zh="原销售在交接前休假"), 0.4),
    ),
    wakes_on=("orders", "owner_changes"),
    examples=(
        Example(
            name="four customers that hardly bought are handed over and buy each month",
            fires=True,
            as_of="2025-01-02",
            records={
                "orders": [*_PEER_ORDERS, *(o for a in _OWN for o in _orders(a, range(10, 340, 300)))]
                + [o for a in _OWN for o in _orders(a, range(380, 730, 30))],
                "owner_changes": [*_PEER_MOVES, *(_moved(account, "E1") for account in _OWN)],
            },
        ),
        Example(
            name="four customers buy on as before",
            fires=False,
            as_of="2025-01-02",
            records={
                "orders": [*_PEER_ORDERS, *(o for a in _OWN for o in _orders(a, range(10, 730, 30)))],
                "owner_changes": [*_PEER_MOVES, *(_moved(account, "E1") for account in _OWN)],
            },
        ),
    ),
)
