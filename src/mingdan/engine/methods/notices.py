"""Who was told of by name: tips, and complaints or comments that speak of a salesperson's private dealings."""

import functools
import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import ibis
from ibis.expr.types import StringValue
from ibis.expr.types import Table as Expression

from mingdan.engine.methods.contact_words import OTHER_FIRM, PRIVATELY, speaks_of
from mingdan.engine.methods.ownership import ownership
from mingdan.engine.trail import Tables, row_id

Row = dict[str, Any]

SAME_SOURCE = timedelta(days=60)
"""Notices of one person over one channel about one customer (or none) within this time are one source."""

FIRM_YEARS = 20.0
"""How many years without a notice are added to what colleagues show: a small firm's first tip is no miracle."""


def notices_of(tables: Tables) -> list[Row]:
    """Return table_name, row_id, at, employee_id, account_id and channel of every notice about a person, oldest first.

    A tip that names only a customer is about whoever owned the customer then.
    """
    parts = [_tips(tables), _complaints(tables), _comments(tables)]
    told = functools.reduce(lambda left, right: left.union(right), parts)
    spans = told.filter(told.employee_id.isnull() & told.account_id.notnull()).inner_join(
        ownership(tables).rename(owner="employee_id"), "account_id"
    )
    then = spans.filter(
        (spans.since.isnull() | (spans.since <= spans["at"])) & (spans.until.isnull() | (spans.until > spans["at"]))
    )
    owners = then.group_by("table_name", "row_id").agg(owner=then.owner.min())
    joined = told.left_join(owners, ["table_name", "row_id"]).drop("table_name_right", "row_id_right")
    named = joined.mutate(employee_id=ibis.coalesce(joined.employee_id, joined.owner)).drop("owner")
    return tables.records(named.filter(named.employee_id.notnull()), order_by=["at", "table_name", "row_id"])


def sources_of(rows: Sequence[Row]) -> list[list[Row]]:
    """Return the notices of one person by source, oldest first: what is told again over the same way counts once.

    A customer who complains is one source however often it writes.
    """
    sources: list[list[Row]] = []
    open_sources: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        way = (row["table_name"], row["channel"] or "", row["account_id"] or "")
        known = open_sources.get(way)
        if known and (
            row["at"] - known[-1]["at"] <= SAME_SOURCE or (row["account_id"] and row["table_name"] != "tips")
        ):
            known.append(row)
        else:
            open_sources[way] = [row]
            sources.append(open_sources[way])
    return sources


def notice_weight(sources: int, years: float, others: int, other_years: float, *, after_side_deal: float) -> float:
    """Return log10 of how much likelier so many sources are about somebody who diverts orders than about others.

    Sources arrive as a Poisson process: at the colleagues' yearly rate (with one source more, and FIRM_YEARS without one),
    and at `after_side_deal` a year more about who diverts.
    """
    usual = (others + 1) / (other_years + FIRM_YEARS)
    return sources * math.log10((usual + after_side_deal) / usual) - after_side_deal * years / math.log(10)


def bursts(rows: Sequence[Row], days: int, people: int) -> set[tuple[str, str]]:
    """Return the tips (table_name, row_id) that came over one channel with tips about other people: so many in so many days."""
    by_channel: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["table_name"] == "tips" and row["channel"]:
            by_channel[row["channel"]].append(row)
    found: set[tuple[str, str]] = set()
    for some in by_channel.values():
        for row in some:
            near = {other["employee_id"] for other in some if abs(_days(row["at"], other["at"])) <= days}
            if len(near) >= people:
                found.add((row["table_name"], row["row_id"]))
    return found


def _days(one: datetime, other: datetime) -> float:
    return (one - other).total_seconds() / 86_400


def _tips(tables: Tables) -> Expression:
    rows = tables.tips
    told = rows.filter(rows.about_employee_id.notnull() | rows.account_id.notnull())
    return _notice("tips", told, told.received_at, told.about_employee_id, told.channel)


def _complaints(tables: Tables) -> Expression:
    rows = tables.complaints.filter(tables.complaints.about_employee_id.notnull())
    said = _lower(rows.category).concat(" ", _lower(rows.text))
    told = rows.filter(speaks_of(said, f"{PRIVATELY}|{OTHER_FIRM}"))
    return _notice("complaints", told, told.opened_at, told.about_employee_id, ibis.literal("complaint"))


def _comments(tables: Tables) -> Expression:
    rows = tables.survey_responses.filter(tables.survey_responses.employee_id.notnull())
    told = rows.filter(speaks_of(_lower(rows.comment), PRIVATELY))
    return _notice("survey_responses", told, told.answered_at, told.employee_id, ibis.literal("survey"))


def _notice(table: str, rows: Expression, at: Any, about: Any, channel: Any) -> Expression:
    return rows.select(
        table_name=ibis.literal(table),
        row_id=row_id(table),
        at=at,
        employee_id=about,
        account_id=rows.account_id,
        channel=channel,
    )


def _lower(text: Any) -> StringValue:
    lowered: StringValue = text.fill_null("").lower()
    return lowered
