"""A1: on some days a salesperson took out or opened far more customers' data than usual."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from mingdan.engine.context import Scope
from mingdan.engine.detector import STRENGTH_CAPS, Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.access_days import OPENING, TAKING, opened_days, outside_shares, taken_days
from mingdan.engine.methods.access_spikes import Spike, spikes
from mingdan.engine.methods.access_touched import Owned, customers_of_events, events_of_days, hand_overs
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.exposure_losses import ExposureLosses, deals_of, losses_after
from mingdan.engine.methods.listed import among
from mingdan.engine.trail import Tables, moment, money

Row = dict[str, Any]


@dataclass(frozen=True)
class Parameters:
    """`rare`: somebody innocent has such a day in at most this share of years. `least_taken` rows or `least_opened` customers a day are too few to speak of below.

    `outside` is the share of customers that are not one's own from which an export is of others'; `expected` is how often
    whoever diverts has such a day, `worth` how many colleagues without one the prior stands for. `leaving` is added in the
    days before notice; lost deals within `after_days` count if their p-value is below `lost_p`.
    """

    rare: float = 0.1
    least_taken: int = 50
    least_opened: int = 30
    outside: float = 0.5
    least_outside: int = 20
    expected: float = 0.2
    worth: int = 20
    leaving: float = 0.3
    leaving_days: int = 90
    after_days: int = 90
    lost_p: float = 1e-3
    review_days: int = 3
    most_accounts: int = 500
    evidence_rows: int = 30


@dataclass(frozen=True)
class _Looked:
    """A spike with what it took: the customers, those of `others`, what was lost of them, and whether the person left."""

    spike: Spike
    events: tuple[str, ...]
    at: datetime
    accounts: tuple[str, ...]
    others: tuple[str, ...]
    losses: ExposureLosses
    is_outside: bool
    leaves: bool


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding for each salesperson and 30 days whose worst day stands out, of exports and of opened records."""
    exports, views = taken_days(tables), opened_days(tables)
    taken = spikes(tables, exports, parameters.least_taken, rare=parameters.rare, review_days=parameters.review_days)
    opened = spikes(tables, views, parameters.least_opened, rare=parameters.rare, review_days=parameters.review_days)
    if not taken and not opened:
        return []
    register = _Register(tables, [*taken, *opened])
    looked = [
        _looked(spike, actions, register, parameters)
        for found, actions in ((taken, TAKING), (opened, OPENING))
        for spike in found
    ]
    people = len({*exports.people, *views.people})
    alike = {one.spike.employee for one in looked if one.is_outside}
    return [_finding(tables, one, register, _weight(one, alike, people, parameters), parameters) for one in looked]


class _Register:
    """What all spikes are looked up in, read once."""

    def __init__(self, tables: Tables, spikes: Sequence[Spike]) -> None:
        people = [spike.employee for spike in spikes]
        days = sorted({(spike.employee, spike.day) for spike in spikes})
        self.events = {actions: events_of_days(tables, days, actions) for actions in (TAKING, OPENING)}
        every = [event for by_day in self.events.values() for rows in by_day.values() for event in rows]
        self.customers = customers_of_events(tables, every)
        self.owned = Owned(tables, people)
        self.deals = deals_of(tables)
        self.received = hand_overs(tables, people)
        self.shares = {row["event_id"]: row for row in tables.records(outside_shares(tables), order_by=["event_id"])}
        staff = among(tables.employees, "employee_id", people)
        self.staff: dict[str, Row] = {
            row["employee_id"]: row for row in tables.records(staff, order_by=["employee_id"])
        }


def _looked(spike: Spike, actions: tuple[str, ...], register: _Register, parameters: Parameters) -> _Looked:
    events = register.events[actions][spike.employee, spike.day]
    mine = [register.shares[row["event_id"]] for row in events if row["event_id"] in register.shares]
    known, outside = sum(row["known"] for row in mine), sum(row["outside"] for row in mine)
    at = moment(max(row["happened_at"] for row in events))
    accounts = tuple(sorted({account for row in events for account in register.customers[row["event_id"]]}))
    return _Looked(
        spike=spike,
        events=tuple(row["event_id"] for row in events[: parameters.evidence_rows]),
        at=at,
        accounts=accounts,
        others=tuple(sorted(set(accounts) - register.owned.at(spike.employee, at))),
        losses=losses_after(register.deals, accounts, at, parameters.after_days),
        is_outside=outside >= parameters.least_outside and outside >= parameters.outside * known,
        leaves=_leaves(register.staff.get(spike.employee, {}), spike.day, parameters),
    )


def _finding(tables: Tables, one: _Looked, register: _Register, weight: float, parameters: Parameters) -> Finding:
    spike, losses = one.spike, one.losses
    return Finding(
        subject_kind="employee",
        subject_id=spike.employee,
        at=one.at,
        weight=weight,
        evidence=tuple(Evidence("access_events", event) for event in one.events),
        facts={
            "day": spike.day,
            "rows": int(spike.count),
            "usual": round(spike.usual),
            "outside": len(one.others),
            "known": len(one.accounts),
            "lost": len(losses.lost),
            "notice": int(one.leaves),
        },
        employee_id=spike.employee,
        account_ids=tuple(sorted({*losses.lost, *one.others}))[: parameters.most_accounts],
        opportunity_ids=losses.opportunity_ids,
        amount_at_risk=money(losses.amount),
        explanations=_explanations(tables, register, spike, one.at),
    )


def _leaves(person: Row, day: date, parameters: Parameters) -> bool:
    """Return whether the person gave notice, or left, in the days after."""
    resigned: datetime | None = person.get("resigned_at")
    last: date | None = resigned.date() if resigned else person.get("left_date")
    return last is not None and day <= last <= day + timedelta(days=parameters.leaving_days)


def _weight(one: _Looked, alike: Collection[str], people: int, parameters: Parameters) -> float:
    """Weigh little for the day itself: honest people have one too. `alike` are those who took others' customers on theirs."""
    weight = min(STRENGTH_CAPS["W1"], weight_from_p(one.spike.p)) + (parameters.leaving if one.leaves else 0.0)
    cap = STRENGTH_CAPS["W2"]
    if one.is_outside:
        others = len(set(alike) - {one.spike.employee})
        share = (1 + others) / (parameters.worth + max(people - 1, others))
        weight += max(0.0, math.log10(parameters.expected / share))
        cap = STRENGTH_CAPS["W3"]
    if one.losses.p < parameters.lost_p:
        weight += weight_from_p(one.losses.p)
        cap = STRENGTH_CAPS["W4"]
    return min(weight, cap)


def _explanations(tables: Tables, register: _Register, spike: Spike, at: datetime) -> dict[str, Status]:
    scope = Scope(employee_id=spike.employee)
    near = timedelta(days=14)
    received = len({account for day, account in register.received[spike.employee] if abs(day - at) <= near})
    handed: Status = "supported" if received >= 5 else "ruled_out" if tables.has("owner_changes") else "open"
    return {
        "review": spike.review,
        "habit": spike.habit,
        "hand-over": handed,
        "migration": tables.context.status(["migration", "territory_change", "regrouping"], at, at, scope),
        "request": tables.context.status(["waiver"], at, at, scope),
    }


def _exports(last: int) -> dict[str, list[dict[str, object]]]:
    """Return eight salespeople who export twenty rows every other month for two years, one of them this many at last."""
    people, months = range(8), [f"{year}-{month:02d}" for year in (2023, 2024) for month in range(2, 13, 2)]
    events: list[dict[str, object]] = [
        {
            "event_id": f"X{n}-{month}",
            "employee_id": f"E{n}",
            "happened_at": f"{month}-{n + 3:02d}",
            "action": "export",
            "row_count": 18 + n,
        }
        for n in people
        for month in months
    ]
    spike = {"event_id": "XX", "employee_id": "E1", "happened_at": "2024-12-20", "action": "export", "row_count": last}
    return {
        "employees": [
            {"employee_id": f"E{n}", "name": f"P{n}", "role": "rep", "hired_date": "2022-01-01"} for n in people
        ],
        "access_events": [*events, spike],
    }


DETECTOR = Detector(
    code="export-spike",
    version=2,
    design="A1",
    family="access",
    strength="W4",
    title=Text(en="Export or reading spike", zh="客户数据导出或查阅激增"),
    question=Text(
        en="Did a salesperson take out or open far more customers' data in a day than usual?",
        zh="销售员是否在某日导出或查阅了远超平常的客户数据？",
    ),
    sentence=Text(
        en="On {day:day} the salesperson took out or opened {rows:count} customer rows (usual on such days: "
        "{usual:count}); of {known:count} customers known to be among them {outside:count} were not the salesperson's; "
        "lost deals within 90 days, customers: {lost:count}; notice given within 90 days: {notice:count}.",
        zh="{day:day} 该销售员导出或查阅客户记录 {rows:count} 条（平常约 {usual:count} 条）；可确认的 {known:count} 家客户中"
        "有 {outside:count} 家不属其名下；其后 90 天内丢单客户 {lost:count} 家；90 天内提出离职 {notice:count} 次。",
    ),
    next_step=Text(
        en="Ask the manager whether the export was requested, and compare its rows with customers that went quiet since.",
        zh="向主管核实该导出是否经其要求，并将导出名单与此后沉寂的客户比对。",
    ),
    method=Text(
        en="Rows by day: negative binomial tail against one's own last 90 days shrunk to the peers' (worth 30 days), and the "
        "conformal rank of the worst day of each 30 days among peers; the larger, over a year, by Sellke's bound, at most "
        "0.2: exporting alone tells little. Where most rows are others' customers log10(0.2 / q) is added, q being the share of colleagues with "
        "such a day (a prior of one in 20), together at most 1.0; where the customers are then lost (binomial, p below 0.001) at most 1.8. "
        "Notice within 90 days adds 0.3.",
        zh="按日行数：以本人前 90 天均值向同侪收缩（相当于 30 天）后的负二项尾概率，与每 30 天最高日在同侪中的共形排名，取较大者"
        "折算至一年，按 Sellke 界换算，最多 0.2：仅有导出说明不了多少。多数为他人客户时另加 log10(0.2/q)，q 为有此类日子的同事比例"
        "（先验二十分之一），合计最多 1.0；所涉客户随后流失（二项检验 p 小于 0.001）时最多 1.8；90 天内离职另加 0.3。",
    ),
    reads={"access_events": ("employee_id", "action")},
    uses={
        "access_events": ("row_count", "account_id"),
        "export_rows": ("account_id",),
        "employees": ("role", "region", "hired_date", "resigned_at", "left_date"),
        "accounts": ("owner_id", "segment"),
        "owner_changes": ("to_employee_id",),
        "opportunities": ("closed_at", "account_id"),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("review", Text(en="a quarterly review: peers export too", zh="季度复盘：同侪亦同期导出"), 0.8),
        Innocent("habit", Text(en="a regular report of the salesperson", zh="该销售员的例行报表"), 0.6),
        Innocent("hand-over", Text(en="customers had just been handed over", zh="刚接手一批客户"), 0.6),
        Innocent("migration", Text(en="a migration or change of territories", zh="系统迁移或区域调整"), 0.8),
        Innocent("request", Text(en="the manager asked for it", zh="主管要求导出"), 0.6),
    ),
    wakes_on=("access_events", "export_rows"),
    examples=(
        Example("a thousand rows where twenty are usual", True, _exports(1000), "2024-12-31"),
        Example("forty rows in a trail of twenties", False, _exports(40), "2024-12-31"),
    ),
)
