"""C3: a card is sent or a quote made, the customer is deleted or falls silent, and the deal is lost."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mingdan.engine.context import Scope
from mingdan.engine.detector import Detector, Example, Innocent
from mingdan.engine.findings import Evidence, Finding, Text
from mingdan.engine.methods.act_sequences import (
    AFTER,
    BEFORE,
    ClosedDeal,
    Totals,
    closed_deals,
    log_ratio,
    totals,
)
from mingdan.engine.methods.beta_binomial import fit_beta
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.trail import Tables, money


@dataclass(frozen=True)
class Parameters:
    """`single` caps the weight of one deal; below `least` nothing is said. `expected` is how often a side deal leaves one.

    Two sequences or more of one salesperson add the excess over the peers' rate from `largest_p` on.
    """

    single: float = 0.6
    least: float = 0.2
    expected: float = 0.1
    largest_p: float = 0.01


def find(tables: Tables, parameters: Parameters) -> list[Finding]:
    """Return one finding for each lost deal before which such a sequence is likelier than before a won one."""
    deals = closed_deals(tables)
    marked = [deal for deal in deals if deal.is_lost and deal.sequences]
    if not marked:
        return []
    counted = totals(tables)
    often = _often(marked, counted)
    found = []
    for deal in marked:
        best = max((_weight(deals, counted, one, deal, parameters), one) for one in sorted(deal.sequences))
        if best[0] >= parameters.least:
            p = often.get(deal.employee_id, 1.0)
            more = weight_from_p(p) if p <= parameters.largest_p else 0.0
            times = sum(one.employee_id == deal.employee_id for one in marked)
            found.append(_finding(tables, deal, best[1], best[0] + more, times if more else 0))
    return found


def _weight(
    deals: Sequence[ClosedDeal], counted: Totals, sequence: str, deal: ClosedDeal, parameters: Parameters
) -> float:
    """Return the smaller of two: how much likelier before a loss than a win, and how much rarer before others' losses."""
    ratio, rate = log_ratio(deals, counted, sequence, deal.employee_id)
    return min(parameters.single, ratio, math.log10(parameters.expected / rate))


def _often(marked: Sequence[ClosedDeal], counted: Totals) -> dict[str, float]:
    """Return for each salesperson with two such losses or more the tail of the beta-binomial fitted to the others."""
    people = sorted(one for one, (lost, _) in counted.of.items() if lost)
    hits = np.array([sum(deal.employee_id == one for deal in marked) for one in people], dtype=np.float64)
    lost = np.array([counted.of[one][0] for one in people], dtype=np.float64)
    found = {}
    for place in np.flatnonzero(hits >= 2).tolist():
        peers = fit_beta(np.delete(hits, place), np.delete(lost, place))
        found[people[place]] = peers.tail(int(hits[place]), int(lost[place]))
    return found


def _finding(tables: Tables, deal: ClosedDeal, sequence: str, weight: float, times: int) -> Finding:
    scope = Scope(account_id=deal.account_id, employee_id=deal.employee_id)
    start, end = deal.closed_at - BEFORE, min(deal.closed_at + AFTER, tables.as_of)
    named = dict.fromkeys(("deleted", "silent", "quoted"), 0)
    named[{"act-then-delete": "deleted", "card-then-silence": "silent", "quote-then-delete": "quoted"}[sequence]] = 1
    return Finding(
        subject_kind="deal",
        subject_id=deal.opportunity_id,
        at=deal.closed_at,
        weight=weight,
        evidence=(*dict.fromkeys(deal.sequences[sequence]), Evidence("opportunities", deal.opportunity_id)),
        facts={**named, "day": deal.closed_at, "times": times},
        employee_id=deal.employee_id,
        account_ids=(deal.account_id,),
        opportunity_ids=(deal.opportunity_id,),
        amount_at_risk=money(deal.amount or 0),
        explanations={
            "colleague": "open" if sequence != "quote-then-delete" else "ruled_out",
            "clean-up": tables.context.status(["migration", "regrouping", "territory_change"], start, end, scope),
            "leave": tables.context.on_leave(deal.employee_id, start, end),
        },
    )


def _deals(acts_then: str) -> dict[str, list[dict[str, Any]]]:
    """Return 360 deals of six salespeople, a third won; before the first and five more losses a card and a deletion."""
    deals: list[dict[str, Any]] = []
    messages: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    for n in range(360):
        who = {"account_id": f"A{n}"}
        outcome = "won" if n % 3 == 2 else "lost"
        base = {"opportunity_id": f"O{n}", "owner_id": f"E{n % 6}", "created_at": "2025-01-01", "amount": "60000"}
        deals.append({**base, "outcome": outcome, "closed_at": "2025-04-20", **who})
        if n in (0, 1, 3, 7, 9, 10):
            card = {"message_id": f"M{n}", "employee_id": f"E{n % 6}", "sent_at": "2025-04-01", "sender": "employee"}
            messages.append({**card, "kind": "card", "consent": "true", "text": None, **who})
            gone = {"employee_id": f"E{n % 6}", "happened_at": "2025-04-10", "kind": "contact_deleted"}
            events.append({**gone, "contact_id": f"C{n}", **who})
            if acts_then == "hand-over":
                events.append({**gone, "kind": "transferred", "contact_id": f"C{n}", **who})
    return {"opportunities": deals, "messages": messages, "channel_events": events}


DETECTOR = Detector(
    code="sensitive-act-sequence",
    version=1,
    design="C3",
    family="communication",
    strength="W3",
    title=Text(en="Card, deletion, loss", zh="推名片、删客户、丢单"),
    question=Text(
        en="Was a deal lost after the salesperson sent a card or a quote and then deleted the customer or fell silent?",
        zh="销售员推送名片或报价后删除客户或中断联系，商机是否随后丢失？",
    ),
    sentence=Text(
        en="A deal lost on {day:day}[: a card, packet or recalled message was followed by deleting the customer, times {deleted:count}]"
        "[: a card was followed by silence, times {silent:count}][: a quote was followed within 7 days by deleting the customer, "
        "times {quoted:count}][; such losses of this salesperson: {times:count}].",
        zh="商机于 {day:day} 丢失[，此前发送名片、红包或撤回消息后删除了客户 {deleted:count} 次][，此前推送名片后不再往来 {silent:count} "
        "次][，此前报价后 7 天内删除了客户 {quoted:count} 次][；该销售员共有此类丢单 {times:count} 笔]。",
    ),
    next_step=Text(
        en="Ask whose card was sent and why the customer was deleted, and call the customer.",
        zh="了解推送的是谁的名片、为何删除客户，并致电客户。",
    ),
    method=Text(
        en="Acts from 60 days before a deal's closing to 14 after; messages with consent only. Weight: the smaller of log10 P(sequence | "
        "lost) / P(sequence | won) and log10(0.1 / P(sequence | lost)), both among other salespeople's deals, at most 0.6; two such "
        "losses or more add their excess over the peers (beta-binomial, p at most 0.01), together at most 1.0. Deletions at a "
        "hand-over and red packets of festivals are left out.",
        zh="取商机关闭前 60 天至后 14 天的动作，消息仅限已同意存档的。权重取两者中较小的一个：log10 P(序列|丢单)/P(序列|赢单) 与 log10(0.1/P(序列|丢单))，"
        "均以其他销售员的商机计算，最多 0.6；同一销售员有两笔以上时加上超出同侪的部分（贝塔-二项分布，p 不超过 0.01），合计最多 1.0。移交时的删除和"
        "节日红包不计。",
    ),
    reads={"opportunities": ("account_id", "owner_id", "closed_at"), "channel_events": ("account_id",)},
    uses={"messages": ("account_id", "consent"), "quotes": ("account_id",), "leaves": ("employee_id",)},
    parameters=Parameters(),
    find=find,
    innocent_explanations=(
        Innocent(
            "colleague",
            Text(en="a colleague's card, for service or technical questions", zh="推送售后或技术同事的名片"),
            0.3,
        ),
        Innocent("clean-up", Text(en="a clean-up of contacts, a regrouping", zh="清理联系人或组织调整"), 0.6),
        Innocent("leave", Text(en="the salesperson's leave", zh="销售员休假"), 0.4),
    ),
    wakes_on=("channel_events", "opportunities", "messages"),
    examples=(
        Example(name="card, deletion, loss", fires=True, as_of="2025-06-30", records=_deals("loss")),
        Example(
            name="the deletions belong to a hand-over", fires=False, as_of="2025-06-30", records=_deals("hand-over")
        ),
    ),
)
