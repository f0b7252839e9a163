"""Customers whose purchases stopped or thinned out: measured over all customers, told for the few that stand out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from mingdan.engine.findings import Status
from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.gap_laws import Histories
from mingdan.engine.methods.purchase_rhythm import Rhythm, fit_rhythm, fit_segment
from mingdan.engine.methods.purchases import Purchases, clock_of, histories_of
from mingdan.engine.methods.rate_change import Slowing, deflated, shape_of, slowing
from mingdan.engine.methods.season import Clock

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LEAST_SEGMENT, MOST_SEGMENTS = 100, 12
"""A segment is fitted apart from so many customers with repeated purchases on, and no more than so many segments."""

YEAR = 365
LEAST_USUAL = 5
SHOWN = 60
"""How many of a customer's last purchases a chart shows."""


@dataclass(frozen=True)
class Bounds:
    """What stands out: `late` bounds P(gap >= silence | still a customer), `silent` that with ordinary leaving added.

    `least_odds` bounds how much likelier the silence is if purchases moved away; `slowed_p` and `slowed_ratio` a slowing.
    After `clear_purchases`, a silence rarer than `clear_late` is told whatever the odds, with `clear_weight` at least:
    where many customers leave it says little about anybody, but that it happened is beyond doubt. Of each salesperson's
    customers at most `most_each` are told.
    """

    least_purchases: int
    late: float
    silent: float
    least_odds: float
    least_days: int
    slowed_p: float
    slowed_ratio: float
    clear_purchases: int = 10
    clear_late: float = 1e-4
    clear_days: int = 90
    clear_weight: float = 0.05
    most_each: int = 4


@dataclass(frozen=True)
class Stop:
    """One customer whose purchases stopped or slowed; `last` is the last purchase at the old pace, `due` the next expected.

    `gap` is the usual days between purchases, `chance` what is left to chance, `missing` the expected purchases that did
    not come, `amount` the usual amount of one. `stocked` and `same_season` are innocent explanations read from history.
    """

    customer: int
    slowed: bool
    purchases: int
    gap: float
    last: int
    due: int
    until: int
    chance: float
    weight: float
    missing: float
    amount: float
    points: tuple[tuple[date, float], ...]
    stocked: Status
    same_season: Status


@dataclass(frozen=True)
class Measured:
    """All customers measured: P(late), P(silent), odds of a stop, the slowing, and the usual gap in days of the clock."""

    late: Floats
    silent: Floats
    odds: Floats
    slowing: Slowing
    gap: Floats
    rhythm: Rhythm


def measure(
    purchases: Purchases, histories: Histories, clock: Clock, segments: Sequence[str], bounds: Bounds
) -> Measured:
    """Fit company and segments, and measure every customer; `segments` holds each customer's ("" where unknown)."""
    rhythm = fit_rhythm(histories)
    late, silent, odds = (np.ones(len(histories.repeats)) for _ in range(3))
    enough = histories.repeats >= bounds.least_purchases - 1
    for model, members in _models(rhythm, histories, np.array(segments, dtype=object)):
        regular = np.flatnonzero(members & enough)
        late[regular] = model.late(histories.take(regular))
        silent[regular] = model.silent(histories.take(regular))
        standing_out = regular[late[regular] < bounds.late]
        odds[standing_out] = model.stopped_odds(histories.take(standing_out))
    shape = shape_of(histories, heavy_tailed=rhythm.law.name == "log-normal")
    slow = slowing(clock.at(purchases.day), purchases.start, shape, bounds.slowed_ratio)
    gap = (histories.span + rhythm.unit) / (histories.repeats + 1)
    return Measured(late, silent, odds, slow, gap, rhythm)


def find_stops(purchases: Purchases, segments: Sequence[str], bounds: Bounds) -> tuple[list[Stop], Measured | None]:
    """Return the customers that stand out, and the measures of all (None where nobody bought twice)."""
    clock = clock_of(purchases)
    histories = histories_of(purchases, clock)
    if not histories.repeats.sum():
        return [], None
    measured = measure(purchases, histories, clock, segments, bounds)
    silence = np.array([purchases.until - last for last in last_days(purchases)])
    stopped = (measured.late < bounds.late) & (measured.silent < bounds.silent) & (silence >= bounds.least_days)
    stopped &= measured.odds >= bounds.least_odds
    clear = (measured.late < bounds.clear_late) & (silence >= bounds.clear_days)
    stopped |= clear & (histories.repeats >= bounds.clear_purchases - 1)
    p = deflated(measured.slowing.p)
    slowed = (p < bounds.slowed_p) & ~stopped
    found = [_stopped(purchases, measured, int(who), bounds.clear_weight) for who in np.flatnonzero(stopped)]
    found += [_slowed(purchases, measured, int(who), float(p[who])) for who in np.flatnonzero(slowed)]
    return [stop for stop in found if stop.missing >= 1], measured


def peers_stopped(
    stops: Sequence[Stop], measured: Measured, purchases: Purchases, groups: Mapping[int, Flags]
) -> list[Status]:
    """Return for each stop whether its peers' purchases stopped in the same weeks too.

    `groups` gives, by customer, which customers are peers (empty where none are known: then all are). Peers count if they
    bought regularly until that time; the share of them that fell silent within 60 days of it is set against the share of
    everybody at any time by an exact binomial test (one in a hundred), and must be double.
    """
    last = last_days(purchases)
    regular = measured.late < 1
    silent = measured.late < 0.05
    due = last + measured.gap
    usual = max(float(silent[regular].mean()) * 0.2, 0.02) if regular.any() else 0.02
    everyone = np.ones(len(last), dtype=np.bool_)
    statuses: list[Status] = []
    for stop in stops:
        there = regular & groups.get(stop.customer, everyone) & (last >= stop.last - 60)
        there[stop.customer] = False
        count, fell = int(there.sum()), int((there & silent & (np.abs(due - stop.due) <= 60)).sum())
        statuses.append(_shared(fell, count, usual))
    return statuses


def _shared(fell: int, count: int, usual: float) -> Status:
    if count < 10:
        return "open"
    expected = min(usual, 0.5)
    many = fell >= 2 * expected * count and fell >= 3 and binom.sf(fell - 1, count, expected) < 0.01
    return "supported" if many else "ruled_out"


def _models(rhythm: Rhythm, histories: Histories, segments: NDArray[np.object_]) -> list[tuple[Rhythm, Flags]]:
    """Return each model with the customers it measures: the large segments' own, and the company's for all others."""
    names, counts = np.unique(segments[histories.repeats > 0].astype(str), return_counts=True)
    large = [(int(count), name) for count, name in zip(counts, names, strict=True) if count >= LEAST_SEGMENT and name]
    left = np.ones(len(segments), dtype=np.bool_)
    models = []
    for _, name in sorted(large, key=lambda pair: (-pair[0], pair[1]))[:MOST_SEGMENTS]:
        members = np.asarray(segments == name)
        models.append((fit_segment(histories.take(members), rhythm), members))
        left &= ~members
    return [*models, (rhythm, left)]


def last_days(purchases: Purchases) -> NDArray[np.int64]:
    start = purchases.start
    last = np.full(len(start) - 1, purchases.until)
    has = np.diff(start) > 0
    last[has] = purchases.day[start[1:][has] - 1]
    return last


def _stopped(purchases: Purchases, measured: Measured, who: int, least_weight: float) -> Stop:
    own = slice(purchases.start[who], purchases.start[who + 1])
    days, gap = purchases.day[own], own_gap(purchases.day[own])
    silence = purchases.until - int(days[-1])
    return stop_of(
        purchases,
        who,
        len(days) - 1,
        slowed=False,
        gap=gap,
        chance=float(measured.silent[who]),
        weight=max(float(np.log10(measured.odds[who])), least_weight),
        missing=silence / gap,
    )


def _slowed(purchases: Purchases, measured: Measured, who: int, p: float) -> Stop:
    own = slice(purchases.start[who], purchases.start[who + 1])
    days = purchases.day[own]
    place = int(measured.slowing.change[who] - purchases.start[who])
    gap = (days[place] - days[0]) / place
    missing = (purchases.until - days[place]) / gap - (len(days) - 1 - place)
    before, after = _pace(purchases, who, place)
    if after >= 0.8 * before:
        missing = 0.0
    return stop_of(
        purchases, who, place, slowed=True, gap=float(gap), chance=p, weight=weight_from_p(p), missing=float(missing)
    )


def stop_of(
    purchases: Purchases,
    who: int,
    place: int,
    *,
    slowed: bool,
    gap: float,
    chance: float,
    weight: float,
    missing: float,
) -> Stop:
    """Describe a stop or slowing after the customer's purchase at `place`; chance 0 says that nothing was tested."""
    own = slice(purchases.start[who], purchases.start[who + 1])
    days, amounts = purchases.day[own], purchases.amount[own]
    last = int(days[place])
    due = min(last + round(gap), purchases.until)
    recent = amounts[max(0, place - 11) : place + 1]
    known = recent[np.isfinite(recent)]
    dates = days[-SHOWN:].astype("datetime64[D]").tolist()
    points = zip(dates, np.nan_to_num(amounts[-SHOWN:]).tolist(), strict=True)
    return Stop(
        customer=who,
        slowed=slowed,
        purchases=len(days),
        gap=gap,
        last=last,
        due=due,
        until=purchases.until,
        chance=chance,
        weight=weight,
        missing=missing,
        amount=float(np.minimum(known, 3 * np.median(known)).mean()) if len(known) else 0.0,
        points=tuple(points),
        stocked=_stocked(amounts[: place + 1], gap, purchases.until - last),
        same_season=_same_season(days, due, purchases.until),
    )


def own_gap(days: NDArray[np.int64]) -> float:
    return float(max(days[-1] - days[0], 1) / max(len(days) - 1, 1))


def _pace(purchases: Purchases, who: int, place: int) -> tuple[float, float]:
    """Return revenue a day before and after the change; equal zeros become a clear fall where amounts are unknown."""
    own = slice(purchases.start[who], purchases.start[who + 1])
    days, amounts = purchases.day[own], np.nan_to_num(purchases.amount[own])
    before = amounts[:place].sum() / max(days[place] - days[0], 1)
    after = amounts[place + 1 :].sum() / max(purchases.until - days[place], 1)
    return (float(before), float(after)) if before > 0 else (1.0, 0.0)


def _stocked(amounts: Floats, gap: float, silence: int) -> Status:
    """Say whether the last purchase was so large that it may still last; of fewer than five nobody knows what is usual."""
    if len(amounts) < LEAST_USUAL:
        return "open"
    earlier = amounts[:-1][np.isfinite(amounts[:-1])]
    if len(earlier) == 0 or not np.isfinite(amounts[-1]):
        return "open"
    times = amounts[-1] / max(float(np.median(earlier)), 1e-9)
    return "supported" if times >= 2 and times * gap >= 0.7 * silence else "ruled_out"


def _same_season(days: NDArray[np.int64], due: int, until: int) -> Status:
    """Say whether the customer was as silent in the same weeks of the year before."""
    if until - due >= YEAR - 30:
        return "ruled_out"
    if days[0] > due - YEAR or len(days) < LEAST_USUAL:
        return "open"
    bought = ((days >= due - YEAR) & (days <= until - YEAR)).any()
    return "ruled_out" if bought else "supported"
