"""X1: the documents of a deal came in an order that colleagues' deals hardly ever take."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import ibis

from mingdan.engine.context import Scope
from mingdan.engine.detector import STRENGTH_CAPS, Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Status, Text
from mingdan.engine.methods.deal_events import ACTIVITIES, deal_cases, deal_events
from mingdan.engine.methods.frame_contracts import contracts_of, has_frame
from mingdan.engine.methods.innocent_causes import settled
from mingdan.engine.methods.process_breaches import Breach, Procedure, rarest, rate_of_any
from mingdan.engine.methods.process_rules import RULES
from mingdan.engine.methods.rarity import chance_in_any, rarity_weight
from mingdan.engine.trail import Tables, money

Row = dict[str, Any]


@dataclass(frozen=True)
class Parameters:
    """When a breach is told.

    Of the last `days`, broken by at most `largest_rate` of at least `least_peers` comparable cases of others; at most
    `most_told` cases of one salesperson, citing at most `most_cited` rows each. A second rule broken in a case counts `repeat`.
    One in 1 / `share` of those who divert is taken to leave any one such trace: hardly more than honest people do.
    """

    days: int = 730
    largest_rate: float = 0.02
    least_peers: int = 30
    most_told: int = 10
    most_cited: int = 8
    repeat: float = 0.3
    share: float = 0.1
    least: float = 0.1


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding per deal (or order without a deal) that broke a rule which others' cases keep."""
    rules = [rule for rule in RULES if rule.can_be_asked(tables)]
    if not rules:
        return []
    procedure = Procedure.of(tables)
    today = _day(tables.as_of)
    judged = [
        procedure.judge(
            rule,
            today,
            since=today - parameters.days,
            largest_rate=parameters.largest_rate,
            least_peers=parameters.least_peers,
        )
        for rule in rules
    ]
    breaches = [breach for one in judged for breach in one.breaches]
    overall = [one.rate for one in judged]
    told = rarest(breaches, parameters.most_told)
    cases, rows = _details(tables, [some[0].case for some in told])
    contracts = contracts_of(tables, [case["account_id"] for case in cases.values()])
    accepted = _accepted_by(tables)
    found = []
    for some in told:
        case = cases[some[0].case]
        cited = _cited(some, rows[some[0].case], parameters.most_cited)
        explained: dict[str, Status] = {
            "waiver": _accepted(accepted, case, cited),
            "frame-contract": _frame(tables, contracts.get(case["account_id"], []), some[0], case),
        }
        weight = _weight(some, overall, parameters)
        if weight < parameters.least:
            continue
        found.append(_finding(tables, case, some, weight, cited, explained))
    return found


def _details(tables: Tables, numbers: Sequence[int]) -> tuple[dict[int, Row], dict[int, list[Row]]]:
    """Return these cases by number, and their events in order."""
    rows: dict[int, list[Row]] = defaultdict(list)
    if not numbers:
        return {}, rows
    schema = ibis.schema({"number": "int64"})
    wanted = ibis.memtable([{"number": number} for number in sorted(numbers)], schema=schema)
    chosen = deal_cases(tables).inner_join(wanted, "number")
    cases = {row["number"]: row for row in tables.records(chosen, order_by=["number"])}
    keys = ibis.memtable(
        [{"case_key": case["case_key"], "number": number} for number, case in cases.items()],
        schema=ibis.schema({"case_key": "string", "number": "int64"}),
    )
    events = deal_events(tables).inner_join(keys, "case_key").distinct()
    for row in tables.records(events, order_by=["number", "day", "activity", "source", "row_id"]):
        rows[row["number"]].append(row)
    return cases, rows


def _weight(some: Sequence[Breach], overall: Sequence[float], parameters: Parameters) -> float:
    """Return the weight of the rarest breach, and a share of that of each further one."""
    chances = [chance_in_any(rate_of_any(breach, overall), breach.cases) for breach in some]
    weights = [rarity_weight(chance, parameters.share) for chance in chances]
    return min(weights[0] + parameters.repeat * sum(weights[1:]), STRENGTH_CAPS["W2"])


def _finding(
    tables: Tables,
    case: Row,
    some: Sequence[Breach],
    weight: float,
    cited: tuple[Evidence, ...],
    explained: dict[str, Status],
) -> Finding:
    first, *others = some
    at = min(_moment(first.day), tables.as_of)
    scope = Scope(account_id=case["account_id"], employee_id=case["owner_id"], region=case["region"])
    around = at - timedelta(days=30), at + timedelta(days=30)
    waived = tables.context.status(["waiver"], *around, scope)
    deal = case["opportunity_id"]
    in_currency = case["currency"] in (None, tables.currency)
    return Finding(
        subject_kind="deal",
        subject_id=deal or case["case_key"].removeprefix("order "),
        at=at,
        weight=weight,
        evidence=cited,
        facts={"breach": first.rule.breach, "rate": first.rate, "peers": first.peers, "day": at, "also": len(others)},
        employee_id=case["owner_id"],
        account_ids=(case["account_id"],) if case["account_id"] else (),
        opportunity_ids=(deal,) if deal else (),
        amount_at_risk=money(case["amount"] or 0.0) if in_currency else money(0.0),
        explanations={
            **explained,
            "waiver": settled([waived, explained["waiver"]]),
            "migration": tables.context.status(["migration"], *around, scope),
        },
    )


def _cited(some: Sequence[Breach], rows: Sequence[Row], most: int) -> tuple[Evidence, ...]:
    """Return the rows of the broken rules' documents, the headline's on the day of the breach first."""
    first = some[0]
    named = {name for breach in some for name in (breach.rule.constraint.a, breach.rule.constraint.b)}
    speaking = [row for row in rows if ACTIVITIES[row["activity"]] in named]
    speaking.sort(key=lambda row: abs(row["day"] - first.day))
    cited = dict.fromkeys(Evidence(row["source"], row["row_id"]) for row in speaking)
    return tuple(cited)[:most]


def _accepted_by(tables: Tables) -> dict[str, set[str]] | None:
    """Return who accepted bypasses, by deal and by document; None where the trail keeps no such record."""
    if not tables.has("bypasses", "accepted_by"):
        return None
    by: dict[str, set[str]] = defaultdict(set)
    accepted = tables.bypasses.filter(ibis._.accepted_by.notnull())
    for row in tables.records(accepted, order_by=["bypass_id"]):
        for name in {row["opportunity_id"], row["object_id"]} - {None}:
            by[name].add(row["accepted_by"])
    return by


def _accepted(by: dict[str, set[str]] | None, case: Row, cited: Sequence[Evidence]) -> Status:
    """Return whether somebody else accepted a bypass of this deal or of one of its documents."""
    if by is None:
        return "open"
    names = [case["opportunity_id"], *(row.row_id for row in cited)]
    others = {one for name in names if name in by for one in by[name]} - {case["owner_id"]}
    return "supported" if others else "ruled_out"


def _frame(tables: Tables, contracts: Sequence[Row], first: Breach, case: Row) -> Status:
    """Return whether the customer had signed another contract in the three years before; it excuses only some rules."""
    if not first.rule.by_frame:
        return "ruled_out"
    if not tables.has("contracts") or case["account_id"] is None:
        return "open"
    earlier = has_frame(contracts, case["opportunity_id"], _moment(first.day))
    return "supported" if earlier else "ruled_out"


def _moment(day: int) -> datetime:
    return datetime.fromtimestamp(day * 86_400, UTC).replace(tzinfo=None)


def _day(at: datetime) -> int:
    return int(at.replace(tzinfo=UTC).timestamp() // 86_400)


def _sold(number: int, contract_day: int) -> dict[str, list[dict[str, object]]]:
    """Return one deal of an example: ordered, shipped on 20 May, its contract signed on this day of May (0: never)."""
    owner = f"E{number % 60}"
    at: dict[str, object] = {"opportunity_id": f"O{number:03d}", "account_id": f"A{number}"}
    deal = {
        "owner_id": owner,
        "created_at": "2025-02-01",
        "closed_at": "2025-05-09",
        "outcome": "won",
        "amount": "30000",
    }
    contract = {"contract_id": f"K{number}", "signed_at": f"2025-05-{contract_day or 1:02d}"}
    order = {"order_id": f"R{number}", "employee_id": owner, "ordered_at": "2025-05-10", "amount": "30000"}
    return {
        "opportunities": [{**at, **deal}],
        "contracts": [{**at, **contract}] if contract_day else [],
        "orders": [{**at, **order}],
        "shipments": [{"shipment_id": f"S{number}", "order_id": f"R{number}", "shipped_at": "2025-05-20"}],
    }


def _company(contract_days: Sequence[int]) -> dict[str, list[dict[str, object]]]:
    joined: dict[str, list[dict[str, object]]] = defaultdict(list)
    for number, day in enumerate(contract_days):
        for table, rows in _sold(number, day).items():
            joined[table].extend(rows)
    return dict(joined)


_KEPT = [12] * 240

DETECTOR = Detector(
    code="process-violation",
    version=3,
    design="X1",
    family="process",
    strength="W2",
    title=Text(en="Documents in an unusual order", zh="流程违规"),
    question=Text(
        en="Did the documents of a deal come in an order that colleagues' deals hardly ever take?",
        zh="该商机的单据顺序，是否在同事的商机中极少出现？",
    ),
    sentence=Text(
        en="On {day:day} {breach}; among {peers:count} comparable cases of colleagues that happens in about {rate:percent}. Other rules broken in this deal: {also:count}.",
        zh="{day:day} {breach}；同事的 {peers:count} 个可比案例中约 {rate:percent} 出现同样情况。本单另违反规则 {also:count} 条。",
    ),
    next_step=Text(
        en="Ask for the missing or late document and who decided to go ahead without it; make the step mandatory if nobody can say.",
        zh="调取缺失或补签的单据，核实由谁决定跳过；若无人能说明，应将该步骤设为必经环节。",
    ),
    method=Text(
        en="Declare rules (precedence, response, responded existence, not-co-existence, with time windows) over the day of every stage, quote, approval, contract, order, shipment, invoice and payment; a missing clock or a day's difference is no breach. A breach weighs log10(0.1 / q), told from 0.1: q is the chance that somebody with as many cases has one like it, at the rate among other people's cases of the same year and region, shrunk towards all, or the salesperson's own in other cases where that is larger, with the rates of all rarer rules added because many rules are asked; only breaches of rules that at most 2 % of such cases break are told.",
        zh="对每个阶段、报价、审批、合同、订单、发货、开票、回款的日期核对 Declare 规则（先后、响应、共存、互斥，含时间窗）；缺少时刻或相差一天不算违规。违规的权重为 log10（0.1/q），达到 0.1 才提示：q 为案例数相同的人至少出现一次的概率；发生率按同年同区域他人的案例统计并向整体收缩，本人其他案例的发生率更高时取后者，并加上所有更少见规则的发生率（因同时核对多条规则）；仅提示同类案例中至多 2 % 违反的规则。",
    ),
    reads={"opportunities": ("owner_id",)},
    uses={
        "stage_changes": ("stage", "entered_at"),
        "quotes": ("opportunity_id", "sent_at", "discount", "approval_limit", "approved_by", "approved_at"),
        "approvals": ("object_kind", "object_id", "requested_by", "decided_by", "decided_at", "decision"),
        "contracts": ("opportunity_id", "signed_at", "template_id"),
        "orders": ("opportunity_id", "contract_id", "employee_id"),
        "shipments": ("order_id", "shipped_at"),
        "invoices": ("order_id", "issued_at"),
        "payments": ("order_id", "received_at"),
        "bypasses": ("opportunity_id", "object_id", "accepted_by"),
        "employees": ("region",),
    },
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent("waiver", Text(en="a waiver or a bypass that somebody accepted", zh="有获批的豁免或例外放行"), 1.0),
        Innocent("frame-contract", Text(en="a call-off under a frame contract", zh="框架合同下的提货单"), 1.0),
        Innocent("migration", Text(en="records moved from another system", zh="系统迁移补录"), 1.0),
        Innocent("on-paper", Text(en="a step done on paper and not recorded", zh="线下完成但未录入"), 0.4),
    ),
    wakes_on=("quotes", "approvals", "contracts", "orders", "shipments", "invoices", "payments", "stage_changes"),
    examples=(
        Example(
            name="goods shipped without a contract where everybody else signs first",
            fires=True,
            as_of="2025-06-30",
            records=_company([0, *_KEPT]),
        ),
        Example(
            name="a contract dated the day after its goods, by a time zone",
            fires=False,
            as_of="2025-06-30",
            records=_company([21, *_KEPT]),
        ),
        Example(
            name="a company that ships every third order without a contract",
            fires=False,
            as_of="2025-06-30",
            records=_company([0 if number % 3 == 0 else 12 for number in range(240)]),
        ),
    ),
)
