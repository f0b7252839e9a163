"""The call-backs whose customers were drawn by chance, each with its chance, its answer and whose customer it asked."""

from datetime import datetime

import ibis
import numpy as np
from ibis.expr.types import BooleanValue
from ibis.expr.types import Table as Expression

from mingdan.engine.methods.identifier_rows import employee_identifiers
from mingdan.engine.methods.ownership import ownership
from mingdan.engine.trail import Columns, Tables

STILL_BUYING_DAYS = 180
MOST_SHARING = 2
"""A telephone number that more firms of the register carry is an agent's, and ties nobody."""


def asked_by_chance(tables: Tables, since: datetime) -> tuple[Columns, int]:
    """Return the calls from a time on to customers drawn by chance, and how many customers there are.

    Columns by callback_id: `chance` of being drawn; `reached`, `answered`, `elsewhere` (bought elsewhere) and `through`
    (and named a salesperson of ours, or a supplier tied to one) as 0 or 1; `still` (bought from us in the half year
    before the call) as 0 or 1; `team_id` of the customer's owner at the time, and its `region`, as text. Drawn by chance
    means a known inclusion probability, or `random`: then the chance is equal within the month, over the customers known.
    """
    calls = tables.callbacks.filter(ibis._.account_id.notnull() & (ibis._.called_at >= since))
    known = (
        calls.inclusion_probability.notnull() & (calls.inclusion_probability > 0) & (calls.inclusion_probability <= 1)
    )
    calls = calls.mutate(
        known=known.ifelse(calls.inclusion_probability, ibis.null("float64")),
        month=calls.called_at.year() * 12 + calls.called_at.month() - 1,
    )
    drawn = calls.filter(calls.known.notnull() | calls.random.fill_null(False))
    asked = _judged(tables, placed(tables, drawn))
    columns = tables.columns(asked, order_by=["callback_id"])
    months, dealt = _first_dealings(tables)
    columns["chance"] = _chances(columns, months, dealt)
    return columns, int(dealt.sum())


def _judged(tables: Tables, drawn: Expression) -> Expression:
    """Add what was answered; a call that reached nobody is no answer, whatever else is filled in."""
    answered = drawn.bought_elsewhere.notnull() & drawn.reached.fill_null(True)
    elsewhere = answered & drawn.bought_elsewhere.fill_null(False)
    tied = _tied_firms(tables).mutate(is_tied=ibis.literal(1))
    staff = tables.employees.select("left_date", mentions_employee_id="employee_id")
    joined = drawn.left_join(staff, "mentions_employee_id").drop("mentions_employee_id_right")
    joined = joined.left_join(tied, joined.supplier_company_id == tied.company_id).drop("company_id")
    ours: BooleanValue = joined.mentions_employee_id.notnull() & (
        joined.left_date.isnull() | (joined.left_date > joined.called_at.date())
    )
    return joined.select(
        "callback_id",
        "month",
        "known",
        "team_id",
        "region",
        "still",
        reached=(joined.reached.fill_null(False) | answered).ifelse(1, 0),
        answered=answered.ifelse(1, 0),
        elsewhere=elsewhere.ifelse(1, 0),
        through=(elsewhere & (ours | joined.is_tied.notnull())).ifelse(1, 0),
    )


def placed(tables: Tables, calls: Expression) -> Expression:
    """Add the `owner` of the customer called at the time, the owner's `team_id`, the customer's `region`, and `still`.

    `still` is 1 where the customer bought from us in the half year before the call, else 0.
    """
    named = calls.select("callback_id", "account_id", "called_at")
    spans = named.inner_join(ownership(tables), "account_id")
    then = spans.filter(
        (spans.since.isnull() | (spans.since <= spans.called_at))
        & (spans.until.isnull() | (spans.until > spans.called_at))
    )
    owners = then.group_by("callback_id").agg(owner=then.employee_id.min())
    teams = tables.employees.select("team_id", owner="employee_id")
    orders = named.inner_join(tables.orders.select("account_id", "ordered_at"), "account_id")
    before = ibis.interval(days=STILL_BUYING_DAYS)
    recent = orders.filter((orders.ordered_at <= orders.called_at) & (orders.ordered_at >= orders.called_at - before))
    buying = recent.select("callback_id").distinct().mutate(buys=ibis.literal(1))
    regions = tables.accounts.select("account_id", "region")
    found = calls.left_join(regions, "account_id").drop("account_id_right")
    found = found.left_join(owners, "callback_id").drop("callback_id_right")
    found = found.left_join(teams, "owner").drop("owner_right")
    found = found.left_join(buying, "callback_id").drop("callback_id_right")
    return found.mutate(
        still=found.buys.fill_null(0),
        region=found.region.fill_null(""),
        team_id=found.team_id.fill_null(""),
        owner=found.owner.fill_null(""),
    )


def _tied_firms(tables: Tables) -> Expression:
    """Return the firms that one of our people, or a relative whom they declared, stands behind: as holder or officer, or
    by a telephone number that few share. An interest that was declared and approved is no tie.
    """
    own = employee_identifiers(tables).select("kind", "key", "employee_id").distinct()
    people = tables.company_people.select("company_id", key="person_key")
    behind = people.inner_join(own.filter(own.kind.isin(["id", "person"])), "key")
    numbered = tables.companies.filter(ibis._.phone_key.notnull()).select("company_id", key="phone_key")
    shared = numbered.group_by("key").agg(firms=numbered.company_id.nunique())
    few = numbered.semi_join(shared.filter(shared.firms <= MOST_SHARING), "key")
    called = few.inner_join(own.filter(own.kind == "phone"), "key")
    tied = behind.select("employee_id", "company_id").union(called.select("employee_id", "company_id"))
    allowed = tables.declared_interests.filter(ibis._.approved.fill_null(True) & ibis._.company_id.notnull())
    return tied.anti_join(allowed, ["employee_id", "company_id"]).select("company_id").distinct()


def _first_dealings(tables: Tables) -> tuple[np.ndarray, np.ndarray]:
    """Return months in order, and how many customers had their first deal or order in each."""
    deals = tables.opportunities.select("account_id", at="created_at")
    dealt = deals.union(tables.orders.select("account_id", at="ordered_at")).filter(ibis._.account_id.notnull())
    first = dealt.group_by("account_id").agg(at=dealt["at"].min())
    counted = (
        first.mutate(month=first["at"].year() * 12 + first["at"].month() - 1).group_by("month").agg(n=ibis._.count())
    )
    found = tables.columns(counted, order_by=["month"])
    return found["month"], found["n"].astype(np.float64)


def _chances(columns: Columns, months: np.ndarray, dealt: np.ndarray) -> np.ndarray:
    """Return each call's chance: the known one, else drawn over known customers of its month, never above 1."""
    known = columns["known"].astype(np.float64)
    unknown = np.isnan(known)
    month = columns["month"]
    drawn = np.array([(unknown & (month == one)).sum() for one in month], dtype=np.float64)
    there = np.concatenate([[0.0], np.cumsum(dealt)])[np.searchsorted(months, month, side="right")]
    return np.where(unknown, np.minimum(1.0, drawn / np.maximum(there, drawn)), known)
