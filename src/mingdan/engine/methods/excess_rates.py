"""Who has more bad outcomes than the peers' rates explain."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mingdan.engine.methods.beta_binomial import fit_beta

Row = dict[str, Any]


def excesses(
    rows: Sequence[Row], is_bad: Callable[[Row], bool], *, least_chances: int, least_seen: int
) -> list[tuple[str, list[Row], float]]:
    """Return each person of `employee_id` with enough chances and bad outcomes: the rows, and the tail probability.

    Beta-binomial, its rates fitted to everybody else (see `beta_binomial.py`), so that nobody is his own yardstick.
    """
    by_person: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_person[row["employee_id"]].append(row)
    people = sorted(by_person)
    chances = np.array([len(by_person[one]) for one in people], dtype=np.float64)
    bad = np.array([sum(map(is_bad, by_person[one])) for one in people], dtype=np.float64)
    found = []
    for index in np.flatnonzero((chances >= least_chances) & (bad >= least_seen)):
        peers = fit_beta(np.delete(bad, index), np.delete(chances, index))
        p = peers.tail(int(bad[index]), int(chances[index]))
        found.append((people[index], by_person[people[index]], p))
    return found
