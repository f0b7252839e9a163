"""Which cluster of firms won how much of what one salesperson lost."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from mingdan.engine.methods.firm_traits import firm_traits
from mingdan.engine.methods.firm_wins import Win
from mingdan.engine.methods.winner_share import Excess, Losses, excess_of
from mingdan.engine.trail import Tables


@dataclass(frozen=True)
class WinnerCase:
    """One salesperson and one cluster of firms: what it won there, and how surprising that is."""

    employee_id: str
    wins: tuple[Win, ...]
    customers: int
    excess: Excess
    peers: int

    @property
    def firms(self) -> tuple[str, ...]:
        return tuple(sorted({win.firm for win in self.wins}))

    @property
    def first_at(self) -> datetime:
        return self.wins[0].at


def winner_cases(
    tables: Tables, wins: Sequence[Win], cluster: Mapping[str, str], concentrated: float
) -> list[WinnerCase]:
    """Return the pairs of salesperson and cluster with at least two unrelated customers.

    A cluster that wins a smaller part than `concentrated` of what it wins from us from this salesperson is left out.
    """
    by_pair: dict[tuple[str, str], list[Win]] = defaultdict(list)
    total: dict[str, set[str]] = defaultdict(set)
    for win in wins:
        by_pair[win.employee_id, cluster[win.firm]].append(win)
        total[cluster[win.firm]].add(win.account_id)
    likely = {
        pair: mine
        for pair, mine in sorted(by_pair.items())
        if 2 <= len({win.account_id for win in mine}) >= concentrated * len(total[pair[1]])
    }
    traits = firm_traits(tables, sorted({firm for _, firm in likely if not firm.startswith("name:")}))
    apart = traits.customers_apart(tables, likely)
    likely = {pair: mine for pair, mine in likely.items() if len(apart[pair]) >= 2}
    reps, firms = ({one: n for n, one in enumerate(sorted(ones))} for ones in _names(wins, cluster))
    losses, groups = _losses(wins, cluster, reps, firms)
    excess = excess_of(losses, [(reps[rep], firms[firm]) for rep, firm in likely])
    return [
        WinnerCase(
            rep,
            tuple(mine),
            len(apart[rep, firm]),
            excess[reps[rep], firms[firm]],
            _peers(losses, groups, mine, reps[rep]),
        )
        for (rep, firm), mine in likely.items()
    ]


def _names(wins: Sequence[Win], cluster: Mapping[str, str]) -> tuple[set[str], set[str]]:
    return {win.employee_id for win in wins}, set(cluster.values())


def _losses(
    wins: Sequence[Win], cluster: Mapping[str, str], reps: Mapping[str, int], firms: Mapping[str, int]
) -> tuple[Losses, dict[tuple[str, str], int]]:
    """Return each customer that a salesperson lost to a cluster once, and the number of each region and segment."""
    once = {(win.employee_id, win.account_id, cluster[win.firm]): win for win in reversed(wins)}
    places = sorted({(win.region, win.segment) for win in once.values()})
    regions = {region: n for n, region in enumerate(sorted({region for region, _ in places}))}
    groups = {place: n for n, place in enumerate(places)}
    rows = sorted(once)
    return Losses(
        rep=np.array([reps[rep] for rep, _, _ in rows], dtype=np.int64),
        firm=np.array([firms[firm] for _, _, firm in rows], dtype=np.int64),
        groups=(
            np.array([regions[once[row].region] for row in rows], dtype=np.int64),
            np.array([groups[once[row].region, once[row].segment] for row in rows], dtype=np.int64),
        ),
    ), groups


def _peers(losses: Losses, groups: Mapping[tuple[str, str], int], wins: Sequence[Win], rep: int) -> int:
    """Return how many customers others lost in the regions and segments of these wins: whom a local rival would meet."""
    places = np.array(sorted({groups[win.region, win.segment] for win in wins}), dtype=np.int64)
    return int((np.isin(losses.groups[1], places) & (losses.rep != rep)).sum())
