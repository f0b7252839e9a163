"""Days on which somebody took out or opened far more customers' rows than is usual."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from mingdan.engine.findings import Status
from mingdan.engine.methods.access_days import AccessDays
from mingdan.engine.methods.count_surprise import daily_p_values, group_numbers, yearly_p_values
from mingdan.engine.methods.peer_group import peer_groups
from mingdan.engine.trail import Tables


@dataclass(frozen=True)
class Spike:
    """A day of a person: how many, what was usual, how rare in a year, and how peers and the person's past compare."""

    employee: str
    day: date
    count: float
    usual: float
    p: float
    review: Status
    habit: Status


def spikes(tables: Tables, days: AccessDays, least: int, *, rare: float, review_days: int) -> list[Spike]:
    """Return the worst day of each person and 30 days from `least` rows on that somebody innocent has in `rare` of years."""
    if not days.people:
        return []
    groups = group_numbers(days.people, peer_groups(tables, days.people))
    p = np.where(days.counts >= least, daily_p_values(days, groups), 1.0)
    yearly, worst = yearly_p_values(p, days, groups)
    found = []
    for person, block in np.argwhere(yearly <= rare):
        day = int(worst[person, block])
        found.append(_spike(days, int(person), day, float(yearly[person, block]), review_days))
    return found


def _spike(days: AccessDays, person: int, day: int, p: float, review_days: int) -> Spike:
    before = days.counts[person, max(0, day - 400) : day]
    count = float(days.counts[person, day])
    history = int(days.present[person, :day].sum())
    past = before[before > 0]
    return Spike(
        employee=days.people[person],
        day=days.days[day].item(),
        count=count,
        usual=float(np.median(past)) if len(past) else 0.0,
        p=p,
        review=_review(days, person, day, count, review_days),
        habit="supported" if (before >= 0.8 * count).any() else "ruled_out" if history >= 180 else "open",
    )


def _review(days: AccessDays, person: int, day: int, count: float, near: int) -> Status:
    """A review makes peers export alike: a quarter of them, and three at least, half as much within a few days."""
    others = np.delete(np.arange(len(days.people)), person)
    window = slice(max(0, day - near), day + near + 1)
    present = days.present[others, window].any(axis=1)
    alike = (days.counts[others, window] >= count / 2).any(axis=1)
    if present.sum() < 3:
        return "open"
    return "supported" if alike.sum() >= max(3, present.sum() / 4) else "ruled_out"
