"""A3: customers whose data a salesperson took out, or opened as a stranger, are then lost more often than like customers."""

import math
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from mingdan.engine.context import Scope
from mingdan.engine.detector import STRENGTH_CAPS, Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.exposed_customers import Exposed, events_of, exposed_customers, exposures
from mingdan.engine.methods.innocent_causes import handed_over
from mingdan.engine.methods.loss_grid import LossGrid, loss_grid
from mingdan.engine.methods.turnover import yearly_turnover
from mingdan.engine.trail import Tables, moment, money


@dataclass(frozen=True)
class Parameters:
    """When it is told.

    `least_lost` exposed customers were lost, `least_surplus` more than like customers let one expect, with a p-value of `largest_p` at
    most (doubled for two looks: customers of others, and one's own that were taken out). `usual_spread` is how far, in logits, innocent people differ,
    worth `spread_worth` people; `usual_share` how many side deals are taken to leave this trace; `most_cited` customers
    are cited.
    """

    least_lost: int = 3
    least_surplus: float = 2.0
    largest_p: float = 0.005
    usual_spread: float = 0.3
    spread_worth: float = 5.0
    usual_share: float = 0.5
    most_cited: int = 20


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding for each salesperson whose exposed customers are lost more often than like ones."""
    seen = exposures(tables)
    if not len(seen["at"]):
        return []
    grid = tables.once(loss_grid)
    found = []
    for own in (0, 1):
        looked = seen["own"] == own
        if not looked.any():
            continue
        exposed = exposed_customers(
            tables,
            grid,
            {name: column[looked] for name, column in seen.items()},
            usual=parameters.usual_spread,
            worth=parameters.spread_worth,
        )
        for one in _standing_out(exposed, parameters):
            p = 2 * exposed.p_value(one)
            if p <= parameters.largest_p:
                found.append(_finding(tables, grid, exposed, one, bool(own), p, parameters))
    return found


def _standing_out(exposed: Exposed, parameters: Parameters) -> list[int]:
    people = len(exposed.people)
    lost = np.bincount(exposed.person, weights=exposed.lost, minlength=people)
    expected = np.bincount(exposed.person, weights=exposed.chance, minlength=people)
    chosen = (lost >= parameters.least_lost) & (lost - expected >= parameters.least_surplus)
    return [int(one) for one in np.flatnonzero(chosen)]


def _finding(
    tables: Tables, grid: LossGrid, exposed: Exposed, one: int, own: bool, p: float, parameters: Parameters
) -> Finding:
    employee, mine = exposed.people[one], exposed.person == one
    hit = np.flatnonzero(mine & exposed.lost)
    latest = hit[np.argsort(exposed.at[hit], kind="stable")][-parameters.most_cited :]
    accounts = sorted({grid.accounts[place] for place in exposed.account[latest]})
    events = events_of(tables, employee, accounts)
    at = moment(exposed.at[latest].max())
    since = moment(exposed.at[latest].min())
    risk = sum(yearly_turnover(tables, accounts, since).values(), start=money(0.0))
    weight = weight_from_p(p) + math.log10(parameters.usual_share)
    return Finding(
        subject_kind="employee",
        subject_id=employee,
        at=at,
        weight=max(0.0, min(weight, STRENGTH_CAPS["W3"])),
        evidence=tuple(sorted({Evidence("access_events", row["event_id"]) for row in events})),
        facts={
            "employee": employee,
            "whose": Text(en="own", zh="自己的") if own else Text(en="other people's", zh="他人的"),
            "exposed": int(mine.sum()),
            "lost": len(hit),
            "expected": float(round(exposed.chance[mine].sum(), 1)),
            "since": since,
        },
        employee_id=employee,
        account_ids=tuple(accounts),
        amount_at_risk=money(risk),
        explanations={
            "supply": _supply(tables, since.date(), at.date(), employee),
            "hand-over": _handed(tables, accounts, exposed, latest, grid),
            "own-risk": "open" if own else "ruled_out",
            "covering": "ruled_out" if own else _covering(tables, since.date(), at.date()),
        },
    )


def _supply(tables: Tables, start: date, end: date, employee: str) -> Status:
    kinds = ["stock_out", "price_rise", "end_of_life", "channel_policy", "territory_change", "regrouping"]
    return tables.context.status(kinds, start, end + timedelta(days=90), Scope(employee_id=employee))


def _handed(
    tables: Tables,
    accounts: list[str],
    exposed: Exposed,
    latest: np.ndarray[tuple[int], np.dtype[np.int64]],
    grid: LossGrid,
) -> Status:
    """Return whether half of these customers changed hands about then: a new owner looks, and customers leave over it."""
    if not tables.has("owner_changes"):
        return "open"
    at = {grid.accounts[exposed.account[place]]: moment(exposed.at[place]) for place in latest}
    return "supported" if 2 * len(handed_over(tables, at)) >= len(accounts) else "ruled_out"


def _covering(tables: Tables, start: date, end: date) -> Status:
    """Somebody who covers for a colleague on leave opens his customers; without a register of leaves nobody knows."""
    if not tables.has("leaves"):
        return "open"
    away = tables.leaves.filter((tables.leaves.from_date <= end) & (tables.leaves.to_date >= start))
    rows = tables.records(away.select("employee_id", "from_date", "to_date"), order_by=["employee_id", "from_date"])
    long = [row for row in rows if (row["to_date"] - row["from_date"]).days >= 30]
    return "open" if long else "ruled_out"


def _trail(stopped: tuple[int, ...]) -> dict[str, list[dict[str, object]]]:
    """Return 36 customers of six salespeople who order every other month; E0 opens ten of others', and these stop."""
    customers = range(36)
    months = [f"{2023 + n // 12}-{1 + n % 12:02d}" for n in range(0, 30, 2)]
    orders: list[dict[str, object]] = [
        {
            "order_id": f"O{n}-{month}",
            "account_id": f"A{n}",
            "ordered_at": f"{month}-{1 + n % 27:02d}",
            "amount": "9000",
        }
        for n in customers
        for month in months
        if n not in stopped or month < "2024-08"
    ]
    views: list[dict[str, object]] = [
        {
            "event_id": f"V{n}", "employee_id": "E0", "happened_at": f"2024-06-{1 + n % 27:02d}", "action": "view",
            "object_kind": "account", "object_id": f"A{n}",
        }
        for n in _OPENED
    ]  # fmt: skip
    return {
        "employees": [{"employee_id": f"E{n}", "name": f"P{n}", "role": "rep"} for n in range(6)],
        "accounts": [{"account_id": f"A{n}", "name": f"Customer {n}", "owner_id": f"E{n % 6}"} for n in customers],
        "orders": orders,
        "access_events": views,
    }


_OPENED = (1, 2, 3, 4, 5, 7, 8, 9, 10, 11)

DETECTOR = Detector(
    code="access-then-loss",
    version=1,
    design="A3",
    family="access",
    strength="W3",
    title=Text(en="Looked at, then lost", zh="先看后丢"),
    question=Text(
        en="Are customers lost after a salesperson opened or took out their data, more often than like customers?",
        zh="客户资料被某销售员查阅或导出之后，流失是否多于同类客户？",
    ),
    sentence=Text(
        en="Of {exposed:count} customers ({whose}) whose data {employee} opened or took out, {lost:count} were lost within 90 days; like customers let one expect {expected:times}. The losses cited began after {since:day}.",
        zh="{employee} 查阅或导出过 {exposed:count} 家客户（{whose}）的资料，其中 {lost:count} 家在 90 天内流失，而同类客户预计为 {expected:times} 家；所列流失始于 {since:day} 之后。",
    ),
    next_step=Text(
        en="Ask the salesperson's manager why these records were opened, and the customers from whom they buy now.",
        zh="向主管了解查阅这些资料的原因，并回访客户现向谁采购。",
    ),
    method=Text(
        en="An opening counts where the customer was never the salesperson's and no record ties them; an export counts always, one's own customers apart from others'. A customer is lost if it falls silent for three of its usual gaps or loses an open deal within 90 days. It is compared with customers of the same quarter, segment, size, lateness and state of deals, that the person did not touch: an exact permutation test within these strata, and the Poisson-binomial law with the owner's own rate of loss, averaged over how far people differ; the larger p-value, doubled for two looks, by Sellke's bound less log10 2.",
        zh="查阅只计从未属于该销售员且无往来记录的客户；导出一律计入，自有客户与他人客户分开统计。客户若在 90 天内起沉默达其三个常规间隔，或丢掉在途商机，即为流失。与同季度、同类别、同规模、同迟滞程度、同商机状态且未被其接触的客户比较：分层精确置换检验，以及计入客户负责人自身流失率、并对人员差异取平均的泊松二项分布；取较大的 p 值，因有两次比较而加倍，按 Sellke 界换算并减去 log10 2。",
    ),
    reads={"access_events": ("employee_id", "action")},
    uses={
        "access_events": ("account_id", "object_kind", "object_id"),
        "export_rows": ("account_id",),
        "accounts": ("owner_id", "segment"),
        "owner_changes": ("to_employee_id",),
        "orders": ("ordered_at", "amount"),
        "opportunities": ("closed_at", "account_id"),
        "employees": ("role",),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent(
            "supply", Text(en="a shortage, a price rise or a change of territories", zh="缺货、涨价或区域调整"), 0.6
        ),
        Innocent("hand-over", Text(en="the customers had changed hands", zh="客户刚完成交接"), 0.5),
        Innocent(
            "own-risk", Text(en="opened because the customer was already leaving", zh="因客户已有流失迹象才查阅"), 0.5
        ),
        Innocent("covering", Text(en="covering for a colleague", zh="为同事代班"), 0.4),
    ),
    wakes_on=("access_events", "export_rows", "orders", "opportunities"),
    examples=(
        Example(
            name="eight of ten customers of others that somebody opened stop buying",
            fires=True,
            as_of="2025-06-30",
            records=_trail(_OPENED[:8]),
        ),
        Example(
            name="as many stop, but not those that were opened",
            fires=False,
            as_of="2025-06-30",
            records=_trail((13, 14, 15, 16, 17, 19, 20, 21)),
        ),
    ),
)
