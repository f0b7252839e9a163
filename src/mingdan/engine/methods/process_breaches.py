"""Which deals broke which rules of procedure, and how rare that is among other people's deals."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mingdan.engine.methods.deal_events import ACTIVITIES, deal_cases, deal_events
from mingdan.engine.methods.declare import Checked, check
from mingdan.engine.methods.event_log import EventLog
from mingdan.engine.methods.process_rules import Rule
from mingdan.engine.methods.rarity import peer_rates
from mingdan.engine.trail import Columns, Tables

Ints = NDArray[np.int64]

WORTH = 50
"""How many of the owner's cases the others' rate is worth."""


@dataclass(frozen=True)
class Breach:
    """One rule broken in one case: the case's number, the day of the last break, and the rate among others' cases.

    `habit` is the rate at which the owner breaks it in other cases, shrunk towards the others' rate; `cases` is how many
    the owner has to which the rule applies.
    """

    rule: Rule
    case: int
    day: int
    rate: float
    peers: int
    habit: float = 0.0
    cases: int = 1


@dataclass(frozen=True)
class Judged:
    """One rule on all cases: how often it was broken, and the breaches worth telling, each with its owner's number."""

    rate: float
    breaches: tuple[tuple[Breach, int], ...]


@dataclass(frozen=True)
class Procedure:
    """The log of all cases, and what each is compared on (numbers; 0 where unknown).

    `year` tells deals from loose orders too: they take different courses.
    """

    log: EventLog
    owner: Ints
    year: Ints
    region: Ints

    @classmethod
    def of(cls, tables: Tables) -> "Procedure":
        """Read the cases and events of a trail; only numbers are fetched, not the rows' names."""
        cases = deal_cases(tables)
        numbered = cases.select(
            "number",
            year=cases.year * 2 + cases.opportunity_id.notnull().ifelse(1, 0),
            owner=cases.owner_id.fill_null("").dense_rank(),
            region=cases.region.fill_null("").dense_rank(),
        )  # fmt: skip
        traits = tables.columns(numbered, order_by=["number"])
        events = deal_events(tables).inner_join(cases.select("number", "case_key"), "case_key")
        found = tables.columns(
            events.select("number", "day", "activity").distinct(), order_by=["number", "day", "activity"]
        )
        log = EventLog.ordered(found["number"], found["activity"], found["day"], ACTIVITIES, len(traits["number"]))
        return cls(log, _ints(traits, "owner"), _ints(traits, "year"), _ints(traits, "region"))

    def judge(self, rule: Rule, until: int, *, largest_rate: float, least_peers: int, since: int) -> Judged:
        """Judge a rule on every case; tell the breaches since a day that are rare among enough cases of others."""
        checked = check(self.log, rule.constraint, until=until)
        called = np.flatnonzero(checked.activations)
        if not len(called):
            return Judged(0.0, ())
        broken = checked.violations[called] > 0
        owners, years = self.owner[called], self.year[called] - int(self.year.min())
        regions = years * (int(self.region.max()) + 1) + self.region[called]
        rates = peer_rates(broken, owners, [years, regions])
        cases = np.bincount(owners)[owners]
        others = len(called) - cases
        habits = (np.bincount(owners, weights=broken)[owners] - 1 + WORTH * rates) / (cases - 1 + WORTH)
        days = _last_breaks(self.log, checked)[called]
        told = np.flatnonzero(broken & (rates <= largest_rate) & (others >= least_peers) & (days >= since))
        breaches = (
            (
                Breach(
                    rule,
                    int(called[at]),
                    int(days[at]),
                    float(rates[at]),
                    int(others[at]),
                    float(habits[at]),
                    int(cases[at]),
                ),
                int(owners[at]),
            )
            for at in told
        )
        return Judged(float(broken.sum()) / self.log.cases, tuple(breaches))


def rate_of_any(breach: Breach, overall: Sequence[float]) -> float:
    """Return how often a case breaks some rule at least as rarely broken as this one.

    Asking many rules finds a rare breach of one of them somewhere: the chances of the rarer ones are added. `overall` are
    the rates of all rules over all cases. Whoever breaks the rule often anyway is held to his own habit.
    """
    own = max(breach.rate, breach.habit)
    return min(1.0, own + sum(rate for rate in overall if rate < breach.rate))


def rarest(breaches: Sequence[tuple[Breach, int]], most: int) -> list[list[Breach]]:
    """Return the breaches by case, each case's rarest first; of one owner's cases only the `most` rarest and newest."""
    by_case: dict[tuple[int, int], list[Breach]] = {}
    for breach, owner in breaches:
        by_case.setdefault((owner, breach.case), []).append(breach)
    kept: dict[int, list[list[Breach]]] = {}
    for (owner, _), some in by_case.items():
        kept.setdefault(owner, []).append(sorted(some, key=lambda one: (one.rate, one.rule.breach.en)))
    return [
        case
        for owner in sorted(kept)
        for case in sorted(kept[owner], key=lambda some: (some[0].rate, -some[0].day, some[0].case))[:most]
    ]


def _last_breaks(log: EventLog, checked: Checked) -> Ints:
    """Return for each case the day of the last event that broke the rule."""
    days = np.zeros(log.cases, dtype=np.int64)
    at = checked.at[~checked.kept]
    if log.time is not None:
        np.maximum.at(days, log.case[at], log.time[at])
    return days


def _ints(columns: Columns, name: str) -> Ints:
    filled = np.nan_to_num(columns[name].astype(np.float64))
    return filled.astype(np.int64)
