"""An event log in columns: what happened in which case, in order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

RUN = 1 << 15
"""Events hashed and compared at a time."""


@dataclass(frozen=True, eq=False)
class EventLog:
    """Events of all cases, each case's together and in their order.

    `case` numbers the cases from 0 and never falls; `activity` indexes `activities`; `time` is in any one unit (days,
    microseconds) or None where only the order is known. `cases` is the number of cases, those without events included.
    """

    case: NDArray[np.int32]
    activity: NDArray[np.int16]
    activities: tuple[str, ...]
    cases: int
    time: Ints | None = None

    @classmethod
    def ordered(
        cls,
        case: NDArray[np.integer],
        activity: NDArray[np.integer],
        time: NDArray[np.integer] | None,
        activities: Sequence[str],
        cases: int,
    ) -> "EventLog":
        """Build a log from events in any order; those of one case and time keep the order in which they are given."""
        if not _is_ordered(case, time):
            order = np.lexsort((case,) if time is None else (time, case))
            case, activity = case[order], activity[order]
            time = None if time is None else time[order]
        in_time = None if time is None else time.astype(np.int64, copy=False)
        narrow = case.astype(np.int32, copy=False), activity.astype(np.int16, copy=False)
        return cls(*narrow, tuple(activities), cases, in_time)

    @classmethod
    def of_traces(cls, traces: Sequence[Sequence[str]], times: Sequence[Sequence[int]] | None = None) -> "EventLog":
        """Build a small log from one sequence of activities for each case."""
        activities = sorted({name for trace in traces for name in trace})
        number = {name: index for index, name in enumerate(activities)}
        case = np.repeat(np.arange(len(traces), dtype=np.int32), [len(trace) for trace in traces])
        codes = np.array([number[name] for trace in traces for name in trace], dtype=np.int16)
        flat = None if times is None else np.array([time for row in times for time in row], dtype=np.int64)
        return cls(case, codes, tuple(activities), len(traces), flat)

    @cached_property
    def positions(self) -> tuple[Ints, ...]:
        """The places of each activity's events in the log, in order."""
        order = np.argsort(self.activity, kind="stable")
        ends = np.cumsum(np.bincount(self.activity, minlength=len(self.activities)))
        return tuple(np.split(order, ends[:-1])) if len(self.activities) else ()

    @cached_property
    def starts(self) -> Ints:
        """The place of each case's first event, and after the last case the number of events."""
        return np.searchsorted(self.case, np.arange(self.cases + 1)).astype(np.int64)

    def of(self, activity: str) -> Ints:
        """Return the places of this activity's events; none where the log does not know it."""
        if activity not in self.activities:
            return np.empty(0, dtype=np.int64)
        return self.positions[self.activities.index(activity)]

    def counts(self, activity: str) -> Ints:
        """Return how often each case has this activity."""
        return np.bincount(self.case[self.of(activity)], minlength=self.cases)

    def variants(self) -> tuple["EventLog", Ints]:
        """Return one case for each different sequence of activities, and for each case which of these it is.

        What holds for a sequence holds for every case that has it, so rules without time need only the variants.
        Cases are first told apart by a hash and then compared event by event, so that a collision cannot mix two.
        """
        base = 0x9E3779B97F4A7C15
        while True:
            first, inverse = self._grouped(base)
            chosen = self._only(first)
            if self._same(chosen, inverse):
                return chosen, inverse
            base += 2  # another odd multiplier: two sequences that collided will not again

    def _grouped(self, base: int) -> tuple[Ints, Ints]:
        lengths = np.diff(self.starts)
        powers = np.cumprod(np.full(int(lengths.max(initial=0)) + 1, base, dtype=np.uint64))
        hashes = np.zeros(self.cases, dtype=np.uint64)
        for some in _runs(self.starts):  # a part at a time: memory stays small beside the log itself
            start, stop = self.starts[some.start], self.starts[some.stop]
            mixed = powers[np.arange(start, stop) - self.starts[self.case[start:stop]]]
            mixed *= self.activity[start:stop].astype(np.uint64) + np.uint64(1)
            total = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(mixed)])
            ends = self.starts[some.start : some.stop + 1] - start
            hashes[some] = total[ends[1:]] - total[ends[:-1]]
        _, first, inverse = np.unique(hashes, return_index=True, return_inverse=True)
        return first, inverse

    def _only(self, wanted: Ints) -> "EventLog":
        lengths = np.diff(self.starts)[wanted]
        case = np.repeat(np.arange(len(wanted), dtype=np.int32), lengths)
        offset = np.arange(len(case)) - (np.cumsum(lengths) - lengths)[case]
        return EventLog(case, self.activity[self.starts[wanted][case] + offset], self.activities, len(wanted))

    def _same(self, chosen: "EventLog", inverse: Ints) -> bool:
        if not np.array_equal(np.diff(self.starts), np.diff(chosen.starts)[inverse]):
            return False
        for some in _runs(self.starts):
            start, stop = self.starts[some.start], self.starts[some.stop]
            case = self.case[start:stop]
            at = np.arange(start, stop) - self.starts[case] + chosen.starts[inverse[case]]
            if not np.array_equal(self.activity[start:stop], chosen.activity[at]):
                return False
        return True


def _runs(starts: Ints) -> Iterator[slice]:
    """Yield slices of cases that together have about RUN events each."""
    case, cases = 0, len(starts) - 1
    while case < cases:
        stop = max(int(np.searchsorted(starts, starts[case] + RUN, side="right")) - 1, case + 1)
        yield slice(case, stop)
        case = stop


def _is_ordered(case: NDArray[np.integer], time: NDArray[np.integer] | None) -> bool:
    later = case[1:] > case[:-1]
    if time is None:
        return bool(np.all(later | (case[1:] == case[:-1])))
    return bool(np.all(later | ((case[1:] == case[:-1]) & (time[1:] >= time[:-1]))))
