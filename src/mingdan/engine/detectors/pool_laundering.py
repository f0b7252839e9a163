"""P7: one salesperson gives customers back, and the same colleague picks them up at once, far more often than by chance."""

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.stats import hypergeom

from mingdan.engine.context import Scope
from mingdan.engine.detector import STRENGTH_CAPS, Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Text
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.listed import among
from mingdan.engine.methods.pool_pickups import A_DAY, Pickups, pickups
from mingdan.engine.methods.turnover import yearly_turnover
from mingdan.engine.trail import Tables, moment, money, row_id


@dataclass(frozen=True)
class Parameters:
    """When it is told.

    A pair needs `least_quick` customers picked up within a day of being given back, `least_pickups` of everybody's to compare
    with, and a p-value of at most `largest_p` times the pairs that were looked at (those with so many pick-ups at all). Where the pair does so in both directions `both_ways` is added.
    `usual_share` is how many side deals are taken to use the pool.
    """

    least_quick: int = 3
    least_pickups: int = 20
    largest_p: float = 0.01
    both_ways: float = 0.3
    usual_share: float = 0.5
    most_cited: int = 20


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding for each giver and taker that find each other far too soon."""
    found = pickups(tables)
    quick = (found.seconds <= A_DAY) & (found.giver != found.taker)
    others = found.giver != found.taker
    if others.sum() < parameters.least_pickups:
        return []
    width = len(found.people)
    pair = found.giver * width + found.taker
    codes, counts = np.unique(pair[quick], return_counts=True)
    looked_at = int((np.unique(pair[others], return_counts=True)[1] >= parameters.least_quick).sum())
    told = []
    for code in codes[counts >= parameters.least_quick].tolist():
        p = min(1.0, looked_at * _p_value(found, quick, others, code // width, code % width))
        if p <= parameters.largest_p:
            back = bool(((pair == code % width * width + code // width) & quick).any())
            told.append(_finding(tables, found, np.flatnonzero(quick & (pair == code)), p, back, parameters))
    return told


def _p_value(found: Pickups, quick: NDArray[np.bool_], others: NDArray[np.bool_], giver: int, taker: int) -> float:
    """Return P(so many of the quick pick-ups are this pair's) if pick-ups were dealt at random.

    Given how many releases the giver made and how many customers the taker picked up, the pairs are hypergeometric. The pair's
    share among all pick-ups and its share among quick ones are both looked at: the first asks who, the second how soon; the larger p-value
    counts. One that picks up at once whatever is released, from anybody, is no partner.
    """
    gave, took = others & (found.giver == giver), others & (found.taker == taker)
    both = gave & took
    who = hypergeom.sf(int(both.sum()) - 1, int(others.sum()), int(took.sum()), int(gave.sum()))
    soon = hypergeom.sf(
        int((both & quick).sum()) - 1, int((took | gave).sum()), int((quick & (took | gave)).sum()), int(both.sum())
    )
    return float(max(who, soon))


def _finding(
    tables: Tables, found: Pickups, places: NDArray[np.int64], p: float, back: bool, parameters: Parameters
) -> Finding:
    giver, taker = found.people[found.giver[places[0]]], found.people[found.taker[places[0]]]
    accounts = sorted({str(found.rows["account_id"][place]) for place in places})
    start, at = moment(found.rows["changed_at"][places].min()), moment(found.rows["picked_at"][places].max())
    weight = weight_from_p(p) + math.log10(parameters.usual_share) + (parameters.both_ways if back else 0.0)
    return Finding(
        subject_kind="employee",
        subject_id=giver,
        at=at,
        weight=max(0.0, min(weight, STRENGTH_CAPS["W3"])),
        evidence=_evidence(tables, accounts, giver, parameters),
        facts={
            "giver": giver,
            "taker": taker,
            "customers": len(places),
            "released": int((found.giver == found.giver[places[0]]).sum()),
            "minutes": round(float(np.median(found.seconds[places])) / 60),
            "back": int(back),
        },
        employee_id=giver,
        account_ids=tuple(accounts),
        amount_at_risk=money(sum(yearly_turnover(tables, accounts, at).values(), start=money(0.0))),
        explanations={
            "territory": tables.context.status(
                ["territory_change", "regrouping", "migration", "channel_policy"], start, at, Scope(employee_id=giver)
            ),
            "ordered": "ruled_out" if tables.has("owner_changes", "changed_by") else "open",
            "same-team": "open",
            "leaving": "supported" if _leaves(tables, giver, at.date()) else "ruled_out",
        },
    )


def _evidence(tables: Tables, accounts: list[str], giver: str, parameters: Parameters) -> tuple[Evidence, ...]:
    """Return the releases by the giver, and the pick-ups of the same customers."""
    changes = among(tables.owner_changes.mutate(row=row_id("owner_changes")), "account_id", accounts)
    wanted = changes.filter((changes.from_employee_id == giver) | changes.from_employee_id.isnull())
    rows = tables.records(wanted.select("row", "changed_at"), order_by=["changed_at", "row"])
    return tuple(sorted({Evidence("owner_changes", row["row"]) for row in rows[-2 * parameters.most_cited :]}))


def _leaves(tables: Tables, employee: str, day: date) -> bool:
    """Return whether the giver left within two months: customers are handed on then."""
    people = tables.employees.filter(tables.employees.employee_id == employee)
    rows = tables.records(people.select("employee_id", "left_date"), order_by=["employee_id"])
    left = rows[0]["left_date"] if rows else None
    return left is not None and abs((left - day).days) <= 60


def _pool(by_partner: int) -> dict[str, list[dict[str, object]]]:
    """Return forty customers that eight people give back and pick up by turns; of five that E0 gives back, E1 takes so many at once."""
    moves: list[dict[str, object]] = []
    for number in range(40):
        giver = number % 8
        quick = giver == 0 and number // 8 < by_partner
        taker = 1 if quick else (giver + 1 + number // 8 % 6 + (giver == 0)) % 8
        month = f"2024-{1 + number // 4:02d}"
        account = {"account_id": f"A{number}"}
        moves.append(
            {**account, "changed_at": f"{month}-03T09:00", "from_employee_id": f"E{giver}", "changed_by": f"E{giver}"}
        )
        at = f"{month}-03T09:20" if quick else f"{month}-{10 + number % 15:02d}T09:00"
        moves.append({**account, "changed_at": at, "to_employee_id": f"E{taker}", "changed_by": f"E{taker}"})
    return {"owner_changes": moves}


DETECTOR = Detector(
    code="pool-laundering",
    version=1,
    design="P7",
    family="pipeline",
    strength="W3",
    title=Text(en="Customers passed on through the pool", zh="公海左手倒右手"),
    question=Text(
        en="Does the same colleague pick up at once what a salesperson gives back to the pool?",
        zh="某销售员退回公海的客户，是否总被同一同事随即领走？",
    ),
    sentence=Text(
        en="Of {released:count} customers that {giver} gave back, {taker} picked up {customers:count} within a day, after {minutes:count} minutes in the middle.[ The other direction happened too ({back:count}).]",
        zh="{giver} 退回公海的 {released:count} 家客户中，有 {customers:count} 家在一天内被 {taker} 领走，中位间隔 {minutes:count} 分钟。[反方向也曾发生（{back:count}）。]",
    ),
    next_step=Text(
        en="Read who pressed the button from which device, and ask both why these customers changed hands through the pool.",
        zh="查看操作人及操作设备，并分别向双方了解这些客户经公海转手的原因。",
    ),
    method=Text(
        en="A customer released by its own salesperson and picked up from the pool by another's own hand. Given everybody's releases and pick-ups, the pairs are hypergeometric: once for who picks up, once for how many of the two people's pick-ups within a day are theirs together; the larger p-value, times the number of pairs with three customers or more, by Sellke's bound less log10 2. Ten customers or more between two people on one day are a hand-over and left out, as is what a manager or robot assigned.",
        zh="只计由负责人本人退回、再由他人本人从公海领取的客户。在各人退回数与领取数既定时，各配对服从超几何分布：一看由谁领取，二看两人一天内的领取中有多少出自该配对；取较大的 p 值并乘以转手满三家的配对数，按 Sellke 界换算并减去 log10 2。两人之间一天内转移十家及以上视为交接，不计；主管或系统分配的亦不计。",
    ),
    reads={"owner_changes": ("from_employee_id", "to_employee_id")},
    uses={"owner_changes": ("changed_by",), "employees": ("left_date",), "orders": ("amount",)},
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("territory", Text(en="a change of territories or a migration", zh="区域调整或系统迁移"), 0.6),
        Innocent(
            "ordered",
            Text(en="a swap that the manager ordered, or automatic dealing", zh="主管安排或系统自动分配"),
            0.5,
        ),
        Innocent("same-team", Text(en="team mates who share customers by agreement", zh="同团队成员协商分配客户"), 0.3),
        Innocent("leaving", Text(en="a salesperson who is leaving", zh="退回者即将离职"), 0.5),
    ),
    wakes_on=("owner_changes",),
    examples=(
        Example("E1 takes within minutes all five that E0 gives back", True, _pool(5), "2025-01-31"),
        Example("what is given back is picked up by turns, days later", False, _pool(0), "2025-01-31"),
    ),
)
