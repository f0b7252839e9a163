"""Customers that were given back, and who picked them up how soon."""

from dataclasses import dataclass

import ibis
import numpy as np
from ibis import _
from numpy.typing import NDArray

from mingdan.engine.trail import Columns, Tables

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

A_DAY = 86_400
LEAST_BULK = 10
"""So many customers that pass between the same two people on one day are a hand-over, not a pick-up."""


@dataclass(frozen=True)
class Pickups:
    """Each release that somebody picked up, in the order of time: from whom, by whom, and seconds in between.

    `giver` and `taker` index `people`; `self_made` tells that neither step was recorded as made by a third person.
    """

    people: tuple[str, ...]
    rows: Columns
    giver: Ints
    taker: Ints
    seconds: Ints


def pickups(tables: Tables) -> Pickups:
    """Return releases into the pool with the pick-up that follows; moves ordered by others and hand-overs are left out.

    A release is a change to nobody, its pick-up the account's next change from nobody. A change straight from one salesperson to
    another is no pick-up: somebody assigned it. Where `changed_by` is known, the giver must have released and the taker picked
    up; a robot or manager who deals customers out is nobody's doing.
    """
    changes = tables.owner_changes
    in_time = ibis.window(group_by="account_id", order_by=["changed_at", "from_employee_id", "to_employee_id"])  # type: ignore[no-untyped-call]
    ordered = changes.mutate(
        taker=_.to_employee_id.lead().over(in_time),
        next_from=_.from_employee_id.lead().over(in_time),
        picked_at=_.changed_at.lead().over(in_time),
        picked_by=_.changed_by.lead().over(in_time),
    )
    released = ordered.filter(
        _.from_employee_id.notnull()
        & _.to_employee_id.isnull()
        & _.taker.notnull()
        & _.next_from.isnull()
        & (_.changed_by.isnull() | (_.changed_by == _.from_employee_id))
        & (_.picked_by.isnull() | (_.picked_by == _.taker))
    )
    wanted = released.select(
        "account_id", "taker", "changed_at", "picked_at",
        giver="from_employee_id",
        seconds=_.picked_at.truncate("s").epoch_seconds() - _.changed_at.truncate("s").epoch_seconds(),
        day=_.changed_at.date(),
    )  # fmt: skip
    rows = tables.columns(wanted, order_by=["changed_at", "account_id"])
    rows = {name: column[_single(rows)] for name, column in rows.items()}
    people = np.unique(np.concatenate([rows["giver"].astype(str), rows["taker"].astype(str)]))
    return Pickups(
        tuple(str(one) for one in people),
        rows,
        np.searchsorted(people, rows["giver"].astype(str)).astype(np.int64),
        np.searchsorted(people, rows["taker"].astype(str)).astype(np.int64),
        rows["seconds"].astype(np.int64),
    )


def _single(rows: Columns) -> Flags:
    """Return which rows are no part of a hand-over of many customers between two people on one day."""
    key = np.char.add(np.char.add(rows["giver"].astype(str), "|"), rows["taker"].astype(str))
    key = np.char.add(np.char.add(key, "|"), rows["day"].astype(str))
    _, code, counts = np.unique(key, return_inverse=True, return_counts=True)
    return np.asarray(counts[code] < LEAST_BULK)
