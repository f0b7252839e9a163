"""Customers whose data a salesperson took out, or opened as a stranger, and whether they were lost more often than like ones."""

from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
from ibis import _
from numpy.typing import NDArray

from mingdan.engine.methods.listed import among
from mingdan.engine.methods.loss_grid import LossGrid
from mingdan.engine.methods.poisson_binomial import count_tail, skill_spread
from mingdan.engine.methods.stranger_reads import opened, own_pairs, sellers_only, taken
from mingdan.engine.methods.stratified_permutation import dealt_tail
from mingdan.engine.trail import Columns, Tables

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

WORTH = 20.0
"""How many like customers all customers together stand for in the chance of one."""

OWNER_WORTH = 10.0
"""How many expected losses it takes before an owner's own rate counts as much as everybody's."""


@dataclass(frozen=True)
class Exposed:
    """One row per salesperson, customer and year, that could be lost then: its stratum, whether it was lost, its chance by unexposed ones."""

    people: tuple[str, ...]
    person: Ints
    account: Ints
    at: NDArray[np.datetime64]
    stratum: Ints
    lost: Flags
    chance: Floats
    spread: Floats
    sizes: Ints
    losses: Ints

    def p_value(self, one: int) -> float:
        """Return the larger of two answers: losses dealt at random in each stratum; and people and owners that differ."""
        mine = self.person == one
        seen = int(self.lost[mine].sum())
        by_chance = count_tail(self.chance[mine], seen, float(self.spread[one]))
        if by_chance > 0.05:
            return by_chance
        strata, own = np.unique(self.stratum[mine], return_counts=True)
        return max(by_chance, dealt_tail(self.sizes[strata], self.losses[strata], own, seen))


def exposures(tables: Tables) -> Columns:
    """Return the first time in each year that a salesperson took out a customer's data, or opened a stranger's.

    employee_id, account_id, year, at, and own: 1 where the customer was ever the person's, else 0.
    """
    columns = ("employee_id", "account_id", "happened_at")
    read = opened(tables).select(*columns, was_taken=ibis.literal(0))
    both = read.union(taken(tables).select(*columns, was_taken=ibis.literal(1)))
    yearly = both.group_by("employee_id", "account_id", "was_taken", year=_.happened_at.year())
    each = sellers_only(tables, yearly.agg(at=_.happened_at.min()))
    pairs = own_pairs(tables).mutate(own=ibis.literal(1))
    known = each.left_join(pairs, ["employee_id", "account_id"])
    known = known.select("employee_id", "account_id", "was_taken", "year", "at", own=_.own.fill_null(0))
    counted = known.filter((_.own == 0) | (_.was_taken == 1))
    first = counted.group_by("employee_id", "account_id", "own", "year").agg(at=_.at.min())
    return tables.columns(first, order_by=["employee_id", "account_id", "year", "own"])


def exposed_customers(tables: Tables, grid: LossGrid, seen: Columns, *, usual: float, worth: float) -> Exposed:
    """Compare the losses of exposed customers with those of like customers that the same person had not touched."""
    people, person = np.unique(seen["employee_id"].astype(str), return_inverse=True)
    account = np.array([grid.place.get(one, -1) for one in seen["account_id"].tolist()], dtype=np.int64)
    column = grid.column(seen["at"].astype("datetime64[D]").astype(np.int64) + 1)
    inside = (account >= 0) & (column >= 0) & (column < grid.stratum.shape[1])
    stratum = np.full(len(account), -1)
    stratum[inside] = grid.stratum[account[inside], column[inside]]
    kept = np.flatnonzero(stratum >= 0)
    person, account, stratum = person[kept].astype(np.int64), account[kept], stratum[kept]
    lost = grid.lost[account, column[kept]]
    at_risk = grid.stratum >= 0
    most = int(grid.stratum.max(initial=0)) + 1
    sizes = np.bincount(grid.stratum[at_risk], minlength=most)
    losses = np.bincount(grid.stratum[at_risk], weights=grid.lost[at_risk], minlength=most).astype(np.int64)
    chance = _chance(person, stratum, lost, sizes, losses) * _owners(tables, grid, account, sizes, losses)
    chance = np.clip(chance, 1e-4, 0.95)
    excess = np.bincount(person, weights=lost - chance, minlength=len(people)).astype(np.float64)
    variance = np.bincount(person, weights=chance * (1 - chance), minlength=len(people)).astype(np.float64)
    spread = skill_spread(excess, variance, usual=usual, worth=worth)
    named = tuple(str(one) for one in people)
    return Exposed(named, person, account, seen["at"][kept], stratum, lost, chance, spread, sizes, losses)


def _chance(person: Ints, stratum: Ints, lost: Flags, sizes: Ints, losses: Ints) -> Floats:
    """Return the rate of loss in the stratum without the person's own exposed customers, drawn towards everybody's."""
    pair = stratum * (int(person.max(initial=0)) + 1) + person
    _, code = np.unique(pair, return_inverse=True)
    own, own_lost = np.bincount(code)[code], np.bincount(code, weights=lost)[code]
    overall = (losses.sum() + 1) / (sizes.sum() + 2)
    chance: Floats = (losses[stratum] - own_lost + WORTH * overall) / (sizes[stratum] - own + WORTH)
    return chance


def _owners(tables: Tables, grid: LossGrid, account: Ints, sizes: Ints, losses: Ints) -> Floats:
    """Return how much more than like customers each customer's owner loses, shrunk: a weak owner explains losses."""
    rows = tables.columns(tables.accounts.select("account_id", "owner_id"), order_by=["account_id"])
    owner_of = dict(zip(rows["account_id"].tolist(), rows["owner_id"].tolist(), strict=True))
    named = np.array([str(owner_of.get(one) or "") for one in grid.accounts], dtype=str)
    _, owner = np.unique(named, return_inverse=True)
    rate = losses / np.maximum(sizes, 1)
    expected = np.where(grid.stratum >= 0, rate[np.maximum(grid.stratum, 0)], 0.0).sum(axis=1)
    by_owner = np.bincount(owner, weights=grid.lost.sum(axis=1)), np.bincount(owner, weights=expected)
    ratio = (by_owner[0] + OWNER_WORTH) / (by_owner[1] + OWNER_WORTH)
    return np.asarray(ratio[owner][account], dtype=np.float64)


def events_of(tables: Tables, employee: str, accounts: list[str]) -> list[dict[str, Any]]:
    """Return the person's first opening or taking of each of these customers: event_id, account_id, happened_at."""
    columns = ("event_id", "account_id", "happened_at", "employee_id")
    both = opened(tables).select(*columns).union(taken(tables).select(*columns))
    mine = among(both.filter(_.employee_id == employee), "account_id", accounts)
    in_time = ibis.window(group_by="account_id", order_by=["happened_at", "event_id"])  # type: ignore[no-untyped-call]
    first = mine.mutate(place=ibis.row_number().over(in_time)).filter(_.place == 0)
    return tables.records(first.select("event_id", "account_id", "happened_at"), order_by=["account_id"])
