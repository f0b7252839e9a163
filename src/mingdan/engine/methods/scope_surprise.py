"""How surprising it is which strangers' customers a salesperson opened in a quarter."""

from dataclasses import dataclass

import ibis
import numpy as np
from ibis import _
from ibis.expr.types import NumericValue, TimestampValue
from ibis.expr.types import Table as Expression
from numpy.typing import NDArray

from mingdan.engine.methods.conformal import upper_p_values
from mingdan.engine.methods.negative_binomial import size_by_moments, tail
from mingdan.engine.methods.ownership import ownership
from mingdan.engine.methods.stranger_reads import opened, sellers_only, strangers
from mingdan.engine.trail import Columns, Tables

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

TEAM, REGION, ELSEWHERE, NOBODY = range(4)
"""Whose customer it was: a team mate's, somebody's of the same region, somebody's elsewhere, nobody's."""

QUARTERS_A_YEAR = 4
LEAST_OPENINGS = 10
"""A quarter with fewer openings is not at work."""


@dataclass(frozen=True)
class Quarters:
    """One row per salesperson and quarter at work (or `span` quarters to it): strangers' customers opened, expected number, yearly p-value."""

    people: tuple[str, ...]
    person: Ints
    quarter: Ints
    seen: Ints
    expected: Floats
    p: Floats
    span: int = 1


def strangers_opened(tables: Tables) -> Expression:
    """Return each stranger's customer that a salesperson opened in a quarter, the owner not being away on the first day.

    employee_id, account_id, quarter (number since year 0), kind (see above) and at (the first opening).
    """
    rows = opened(tables)
    quarterly = rows.group_by("employee_id", "account_id", quarter=_quarter(rows.happened_at))
    reads = strangers(tables, quarterly.agg(at=_.happened_at.min()))
    spans = ownership(tables).rename(owner="employee_id")
    then = reads.inner_join(spans, "account_id")
    then = then.filter((then.since.isnull() | (then.since <= then.at)) & (then.until.isnull() | (then.until > then.at)))
    owners = then.group_by("employee_id", "account_id", "quarter").agg(owner=_.owner.min())
    owned = reads.left_join(owners, ["employee_id", "account_id", "quarter"])
    named = owned.select("employee_id", "account_id", "quarter", "at", "owner").mutate(day=_.at.date())
    leaves = tables.leaves.select("from_date", "to_date", absent="employee_id")
    during = [named.owner == leaves.absent, named.day >= leaves.from_date, named.day <= leaves.to_date]
    at_work = named.left_join(leaves, during).filter(_.absent.isnull())
    at_work = at_work.select("employee_id", "account_id", "quarter", "at", "owner")
    people = tables.employees.select("employee_id", "team_id", "region")
    theirs = people.select(owner="employee_id", their_team="team_id", their_region="region")
    wide = at_work.left_join(people, "employee_id").left_join(theirs, "owner")
    same_team = (wide.team_id == wide.their_team).fill_null(False)
    same_region = (wide.region == wide.their_region).fill_null(False)
    kind = ibis.cases((wide.owner.isnull(), NOBODY), (same_team, TEAM), (same_region, REGION), else_=ELSEWHERE)
    return wide.select("employee_id", "account_id", "quarter", "at", kind=kind)


def openings(tables: Tables) -> Columns:
    """Return employee_id, quarter and n: how much each salesperson opened at all."""
    rows = sellers_only(tables, opened(tables))
    counted = rows.group_by("employee_id", quarter=_quarter(rows.happened_at)).agg(n=_.count())
    return tables.columns(counted, order_by=["employee_id", "quarter"])


def _quarter(at: TimestampValue) -> NumericValue:
    return at.year() * 4 + at.quarter() - 1


def surprising_quarters(total: Columns, strangers: Columns, group_of: dict[str, int]) -> Quarters:
    """Measure every quarter at work by a log-linear model: openings times the rate of each kind among others.

    Whoever opens little else is still expected to open as many of others' customers as people do on average.

    A customer's surprise is -log10 of its kind's rate (so an opening in another region weighs more than a team mate's customer).
    The sum's excess over what is expected is ranked among the peers' quarters, and the number has its negative binomial tail;
    the larger p-value, over the quarters of a year, counts.
    """
    kept = total["n"] >= LEAST_OPENINGS
    people, person = np.unique(total["employee_id"][kept].astype(str), return_inverse=True)
    quarter, effort = total["quarter"][kept].astype(np.int64), total["n"][kept].astype(np.float64)
    counts = _counts(people, person, quarter, strangers)
    rate = _rates_of_others(counts, effort, person)
    expected = np.maximum(effort[:, None] * rate, _means_of_others(counts, person))
    weight = -np.log10(rate)
    mean, surprise = (expected * weight).sum(axis=1), (counts * weight).sum(axis=1)
    spread = np.sqrt((expected * weight**2).sum(axis=1))
    group = np.array([group_of[str(people[one])] for one in person], dtype=np.int64)
    ranked = upper_p_values((surprise - mean) / np.maximum(spread, 1e-9), group, person.astype(np.int64))
    seen, usual = counts.sum(axis=1), expected.sum(axis=1)
    by_model = np.ones(len(seen))
    for one in range(len(people)):  # the spread is that of others, so that nobody widens his own yardstick
        mine = person == one
        by_model[mine] = tail(seen[mine], usual[mine], size_by_moments(seen[~mine], usual[~mine]))
    yearly = 1 - (1 - np.maximum(ranked, by_model)) ** QUARTERS_A_YEAR
    named = tuple(str(one) for one in people)
    return Quarters(named, person.astype(np.int64), quarter, seen.astype(np.int64), usual, yearly)


def surprising_years(quarters: Quarters, group_of: dict[str, int]) -> Quarters:
    """Return each person's most surprising four quarters in a row: a few customers every month, that no quarter shows.

    Numbers and expectations are summed over the quarters; the larger of the rank among the peers' years and the negative
    binomial tail counts, over the four windows that end in a year.
    """
    seen, usual = np.zeros(len(quarters.person)), np.zeros(len(quarters.person))
    rows = [np.flatnonzero(quarters.person == one) for one in range(len(quarters.people))]
    for mine in rows:
        start = np.searchsorted(quarters.quarter[mine], quarters.quarter[mine] - QUARTERS_A_YEAR + 1)
        for sums, values in ((seen, quarters.seen), (usual, quarters.expected)):
            total = np.concatenate([[0.0], np.cumsum(values[mine])])
            sums[mine] = total[1:] - total[start]
    group = np.array([group_of[quarters.people[one]] for one in quarters.person], dtype=np.int64)
    p = upper_p_values((seen - usual) / np.sqrt(np.maximum(usual, 1e-9)), group, quarters.person)
    for one, mine in enumerate(rows):
        others = quarters.person != one
        by_model = tail(seen[mine], usual[mine], size_by_moments(seen[others], usual[others]))
        p[mine] = np.maximum(p[mine], by_model)
    worst = np.array([mine[np.lexsort((usual[mine] - seen[mine], p[mine]))[0]] for mine in rows if len(mine)], np.int64)
    yearly = 1 - (1 - p[worst]) ** QUARTERS_A_YEAR
    return Quarters(
        quarters.people,
        quarters.person[worst],
        quarters.quarter[worst],
        seen[worst].astype(np.int64),
        usual[worst],
        yearly,
        span=QUARTERS_A_YEAR,
    )


def _counts(people: NDArray[np.str_], person: Ints, quarter: Ints, strangers: Columns) -> Floats:
    """Return how many strangers' customers of each kind each row holds; quarters not at work are left out."""
    counts = np.zeros((len(person), NOBODY + 1))
    if not len(person) or not len(strangers["quarter"]):
        return counts
    first = int(quarter.min())
    width = int(quarter.max()) - first + 1
    row = np.full(len(people) * width, -1)
    row[person * width + quarter - first] = np.arange(len(person))
    names = strangers["employee_id"].astype(str)
    who = np.minimum(np.searchsorted(people, names), len(people) - 1)
    when = strangers["quarter"].astype(np.int64) - first
    known = (people[who] == names) & (when >= 0) & (when < width)
    at = row[who[known] * width + when[known]]
    np.add.at(counts, (at[at >= 0], strangers["kind"].astype(np.int64)[known][at >= 0]), 1)
    return counts


def _rates_of_others(counts: Floats, effort: Floats, person: Ints) -> Floats:
    """Return for each row the rate of each kind for each opening, without the person's own quarters; one half added."""
    people = int(person.max(initial=-1)) + 1
    own = np.stack([np.bincount(person, weights=column, minlength=people) for column in counts.T], axis=1)
    own_effort = np.bincount(person, weights=effort, minlength=people)
    rest = counts.sum(axis=0)[None, :] - own
    rates: Floats = ((rest + 0.5) / (effort.sum() - own_effort + 1.0)[:, None])[person]
    return np.minimum(rates, 0.9)


def _means_of_others(counts: Floats, person: Ints) -> Floats:
    """Return for each row the mean count of each kind in others' quarters, a half added."""
    people = int(person.max(initial=-1)) + 1
    own = np.stack([np.bincount(person, weights=column, minlength=people) for column in counts.T], axis=1)
    rest = counts.sum(axis=0)[None, :] - own
    quarters = len(person) - np.bincount(person, minlength=people)
    means: Floats = ((rest + 0.5) / (quarters + 1.0)[:, None])[person]
    return means
