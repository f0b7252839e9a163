"""Sequences of acts in the company's messenger before a deal closes, and how much likelier they are before a loss."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import ibis
import numpy as np
from ibis.expr.types import BooleanValue
from ibis.expr.types import Table as Expression

from mingdan.engine.findings import Evidence
from mingdan.engine.methods.talk_archive import archived
from mingdan.engine.trail import Tables, row_id

SEQUENCES = ("act-then-delete", "card-then-silence", "quote-then-delete")
BEFORE, AFTER = timedelta(days=60), timedelta(days=14)
SILENCE, QUOTE_TO_DELETE, AROUND_TRANSFER = timedelta(days=14), timedelta(days=7), timedelta(days=7)
FESTIVAL_SHARE, FESTIVAL_LEAST = 0.1, 5
PRIOR_DEALS = 50


@dataclass(frozen=True)
class Act:
    """One act of a salesperson at a customer: card, red_packet, transfer, recall, deleted, quote or spoke."""

    kind: str
    at: datetime
    row: Evidence


@dataclass
class ClosedDeal:
    """A deal that closed, and which sequences preceded it, each with the rows of its acts."""

    opportunity_id: str
    employee_id: str
    account_id: str
    closed_at: datetime
    is_lost: bool
    amount: Any
    sequences: dict[str, list[Evidence]] = field(default_factory=dict)


def _acts(tables: Tables) -> Expression:
    """Return what salespeople did in the messenger, and their quotes: employee_id, account_id, at, kind, table_name, row_id.

    Of messages only those with consent. A deletion within a week of a hand-over of the same customer is part of it.
    """
    sent = archived(tables).filter(
        (ibis._.sender == "employee") & ibis._.kind.isin(["card", "red_packet", "transfer", "recall"])
    )
    messages = sent.select(
        "employee_id",
        "account_id",
        at="sent_at",
        kind=sent.kind,
        table_name=ibis.literal("messages"),
        row_id="message_id",
    )
    events = tables.channel_events.filter(ibis._.account_id.notnull())
    deleted = events.filter(ibis._.kind == "contact_deleted").select(
        "employee_id",
        "account_id",
        at="happened_at",
        kind=ibis.literal("deleted"),
        table_name=ibis.literal("channel_events"),
        row_id=row_id("channel_events"),
    )
    moved = events.filter(ibis._.kind == "transferred").select("account_id", moved_at="happened_at")
    both = deleted.inner_join(moved, "account_id")
    apart = both.moved_at.between(both.at - AROUND_TRANSFER, both.at + AROUND_TRANSFER)
    deleted = deleted.anti_join(both.filter(apart).select("row_id").distinct(), "row_id")
    quotes = tables.quotes.select(
        "employee_id",
        "account_id",
        at="sent_at",
        kind=ibis.literal("quote"),
        table_name=ibis.literal("quotes"),
        row_id="quote_id",
    )
    return messages.union(deleted).union(quotes)


def closed_deals(tables: Tables) -> list[ClosedDeal]:
    """Return the deals around whose closing the salesperson sent a card or deleted the customer, with their sequences.

    The window reaches from 60 days before the closing to 14 days after.
    """
    deals = _closed(tables)
    acts = _acts(tables)
    marks = deals.inner_join(acts.filter(acts.kind.isin(["card", "deleted"])), ["employee_id", "account_id"])
    telling = marks.filter(_is_near(marks)).select("opportunity_id").distinct()
    told = deals.semi_join(telling, "opportunity_id")
    near = told.inner_join(acts, ["employee_id", "account_id"])
    rows = tables.records(near.filter(_is_near(near)), order_by=["opportunity_id", "at", "table_name", "row_id"])
    festivals = _festivals(tables) if rows else set()
    by_deal: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_deal[row["opportunity_id"]].append(row)
    spoken = _spoken(tables, told) if rows else {}
    found = []
    for name, mine in sorted(by_deal.items()):
        head = mine[0]
        deal = ClosedDeal(
            name, head["employee_id"], head["account_id"], head["closed_at"], head["is_lost"] == 1, head["amount"]
        )
        acts = [Act(row["kind"], row["at"], Evidence(row["table_name"], row["row_id"])) for row in mine]
        acts = [act for act in acts if act.kind != "red_packet" or act.at.date() not in festivals]
        deal.sequences = sequences(acts, spoken.get(name, []), deal.closed_at)
        found.append(deal)
    return found


def _is_near(rows: Expression) -> BooleanValue:
    near: BooleanValue = rows.at.between(rows.closed_at - BEFORE, rows.closed_at + AFTER)
    return near


def _closed(tables: Tables) -> Expression:
    deals = tables.opportunities.filter(
        ibis._.outcome.isin(["won", "lost"])
        & ibis._.closed_at.notnull()
        & ibis._.account_id.notnull()
        & ibis._.owner_id.notnull()
    )
    return deals.select(
        "opportunity_id",
        "account_id",
        "closed_at",
        "amount",
        employee_id="owner_id",
        is_lost=ibis.ifelse(deals.outcome == "lost", 1, 0),
    )


def _spoken(tables: Tables, deals: Expression) -> dict[str, list[datetime]]:
    """Return when the parties to a deal wrote each other in the window before it closed."""
    said = archived(tables).select("employee_id", "account_id", at="sent_at")
    near = deals.select("opportunity_id", "employee_id", "account_id", "closed_at").inner_join(
        said, ["employee_id", "account_id"]
    )
    near = near.filter(near.at.between(near.closed_at - BEFORE, near.closed_at)).select("opportunity_id", "at")
    found: dict[str, list[datetime]] = defaultdict(list)
    for row in tables.records(near, order_by=["opportunity_id", "at"]):
        found[row["opportunity_id"]].append(row["at"])
    return found


def _festivals(tables: Tables) -> set[date]:
    """Return the days on and around which a good part of the salespeople sent red packets, and registered holidays."""
    packets = archived(tables).filter((ibis._.kind == "red_packet") & (ibis._.sender == "employee"))
    daily = packets.mutate(day=ibis._.sent_at.date()).group_by("day").agg(people=ibis._.employee_id.nunique())
    everybody = tables.records(archived(tables).agg(people=ibis._.employee_id.nunique()), order_by=["people"])
    least = max(FESTIVAL_LEAST, FESTIVAL_SHARE * sum(row["people"] for row in everybody))
    days = [row["day"] for row in tables.records(daily.filter(ibis._.people >= least), order_by=["day"])]
    holidays = tables.context_events.filter(ibis._.kind == "holiday").select("from_date", "to_date").distinct()
    for row in tables.records(holidays, order_by=["from_date", "to_date"]):
        length = min(31, ((row["to_date"] or row["from_date"]) - row["from_date"]).days)
        days += [row["from_date"] + timedelta(days=place) for place in range(length + 1)]
    return {day + timedelta(days=shift) for day in days for shift in range(-3, 4)}


def sequences(acts: Sequence[Act], spoken: Sequence[datetime], closed_at: datetime) -> dict[str, list[Evidence]]:
    """Return which sequences are among a deal's acts (oldest first), each with the rows of its first instance."""
    found: dict[str, list[Evidence]] = {}
    deletions = [act for act in acts if act.kind == "deleted"]
    for deletion in deletions:
        before = [act for act in acts if act.kind not in ("deleted", "quote") and act.at < deletion.at]
        quotes = [act for act in acts if act.kind == "quote" and timedelta(0) < deletion.at - act.at <= QUOTE_TO_DELETE]
        if before:
            found.setdefault("act-then-delete", [before[-1].row, deletion.row])
        if quotes:
            found.setdefault("quote-then-delete", [quotes[-1].row, deletion.row])
    cards = [act for act in acts if act.kind == "card" and act.at <= closed_at - SILENCE]
    if cards and len(spoken) >= 3 and max(spoken) <= cards[-1].at + timedelta(days=1):
        found["card-then-silence"] = [cards[-1].row]
    return found


@dataclass(frozen=True)
class Totals:
    """How many deals each salesperson lost and won (columns), and all together."""

    of: dict[str, tuple[int, int]]
    lost: int
    won: int


def totals(tables: Tables) -> Totals:
    """Count the closed deals by salesperson."""
    counted = _closed(tables).group_by("employee_id").agg(n=ibis._.count(), lost=ibis._.is_lost.sum())
    rows = tables.records(counted, order_by=["employee_id"])
    of = {row["employee_id"]: (int(row["lost"]), int(row["n"]) - int(row["lost"])) for row in rows}
    return Totals(of, sum(lost for lost, _ in of.values()), sum(won for _, won in of.values()))


def log_ratio(deals: Sequence[ClosedDeal], counted: Totals, sequence: str, employee: str) -> tuple[float, float]:
    """Return log10 P(sequence | lost) / P(sequence | won), and P(sequence | lost), among everybody else's deals.

    Fifty deals with the rate of both are added to each side: what nobody else has shown does not tell a loss from a win.
    """
    others = [deal for deal in deals if deal.employee_id != employee and sequence in deal.sequences]
    own_lost, own_won = counted.of.get(employee, (0, 0))
    lost_deals, won_deals = counted.lost - own_lost, counted.won - own_won
    usual = (len(others) + 0.5) / (lost_deals + won_deals + 1)
    lost = (sum(deal.is_lost for deal in others) + PRIOR_DEALS * usual) / (lost_deals + PRIOR_DEALS)
    won = (sum(not deal.is_lost for deal in others) + PRIOR_DEALS * usual) / (won_deals + PRIOR_DEALS)
    return float(np.log10(lost / won)), lost
