"""Check rules on the order of events, case by case: the Declare templates.

Templates as in Pesic, Schonenberg and van der Aalst (2007, EDOC), "DECLARE: full support for loosely-structured
processes", with time windows as in Westergaard and Maggi (2012, CoopIS). Written from the definitions, in numpy: a rule
costs two searches in sorted positions, not a walk through every trace.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mingdan.engine.methods.event_log import EventLog

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

WAITING = frozenset({"response", "alternate_response", "chain_response"})
"""The templates whose activation waits for a later event."""

VACUOUS, FULFILLED, VIOLATED = 0, 1, 2
"""The verdicts: nothing called the rule up, it was kept each time, or broken at least once."""


@dataclass(frozen=True)
class Constraint:
    """A rule on the order of events.

    `within` is the longest time between the two events, in the log's unit; None asks for the order only. `counts` are
    the numbers of occurrences that `existence` (at least the first), `absence` (fewer than the first) and `count_in`
    (one of them) speak of.
    """

    template: str
    a: str
    b: str = ""
    within: int | None = None
    counts: tuple[int, ...] = (1,)


@dataclass(frozen=True)
class Checked:
    """Each time the rule was called up: the event's place in the log, whether it was kept; and the sums by case.

    A rule about the whole case (`existence`, `init`, ...) is called up once, at the case's first event (place -1 where
    the case has no event).
    """

    at: Ints
    kept: Flags
    activations: Ints
    violations: Ints

    @property
    def verdicts(self) -> NDArray[np.int8]:
        """One of VACUOUS, FULFILLED, VIOLATED for each case."""
        called = np.where(self.activations > 0, FULFILLED, VACUOUS)
        return np.where(self.violations > 0, VIOLATED, called).astype(np.int8)

    @property
    def never_kept(self) -> Flags:
        """Return for each case whether the rule was called up and not kept even once (the log skeleton's reading)."""
        never: Flags = (self.activations > 0) & (self.violations == self.activations)
        return never


def check(log: EventLog, rule: Constraint, *, until: int | None = None) -> Checked:
    """Check one rule on every case; raise ValueError on an unknown template or a window without times.

    `until` is when watching ended: a response whose window is still open then is left out, neither kept nor broken.
    """
    if rule.template not in TEMPLATES:
        raise ValueError(f"no template {rule.template!r}; there are {', '.join(sorted(TEMPLATES))}")
    if rule.within is not None and log.time is None:
        raise ValueError(f"{rule.template} has a window but the log has no times")
    if rule.template in _OF_CASES:
        return _whole_cases(log, _OF_CASES[rule.template](log, rule))
    at, kept = _BY_EVENT[rule.template](log, rule)
    if until is not None and rule.within is not None and log.time is not None and rule.template in WAITING:
        pending = ~kept & (log.time[at] + rule.within > until)
        at, kept = at[~pending], kept[~pending]
    called, broken = log.case[at], log.case[at[~kept]]
    sums = np.bincount(called, minlength=log.cases), np.bincount(broken, minlength=log.cases)
    return Checked(at, kept, *sums)


Found = tuple[Ints, Flags]


def _whole_cases(log: EventLog, kept: Flags) -> Checked:
    first = np.where(np.diff(log.starts) > 0, log.starts[:-1], -1)
    return Checked(first, kept, np.ones(log.cases, dtype=np.int64), (~kept).astype(np.int64))


def _existence(log: EventLog, rule: Constraint) -> Flags:
    return log.counts(rule.a) >= rule.counts[0]


def _absence(log: EventLog, rule: Constraint) -> Flags:
    return log.counts(rule.a) < rule.counts[0]


def _count_in(log: EventLog, rule: Constraint) -> Flags:
    return np.isin(log.counts(rule.a), rule.counts)


def _init(log: EventLog, rule: Constraint) -> Flags:
    return _at_edge(log, rule.a, log.starts[:-1])


def _end(log: EventLog, rule: Constraint) -> Flags:
    return _at_edge(log, rule.a, log.starts[1:] - 1)


def _at_edge(log: EventLog, name: str, places: Ints) -> Flags:
    """A case without events neither starts nor ends with anything."""
    is_named = np.zeros(len(log.case) + 1, dtype=np.bool_)
    is_named[log.of(name)] = True
    return (np.diff(log.starts) > 0) & is_named[places]


def _choice(log: EventLog, rule: Constraint) -> Flags:
    return (log.counts(rule.a) > 0) | (log.counts(rule.b) > 0)


def _exclusive_choice(log: EventLog, rule: Constraint) -> Flags:
    return (log.counts(rule.a) > 0) ^ (log.counts(rule.b) > 0)


def _next(log: EventLog, at: Ints, wanted: Ints, within: int | None) -> Ints:
    """Return for each place the next wanted one of the same case (within the window), or the number of events."""
    none = len(log.case)
    if not len(wanted):
        return np.full(len(at), none, dtype=np.int64)
    found = np.searchsorted(wanted, at, side="right")
    place = wanted[np.minimum(found, len(wanted) - 1)]
    good = (found < len(wanted)) & (log.case[place] == log.case[at])
    return np.where(good & _in_window(log, at, place, within), place, none)


def _previous(log: EventLog, at: Ints, wanted: Ints, within: int | None) -> Ints:
    """Return for each place the last wanted one before it in the same case (within the window), or -1."""
    if not len(wanted):
        return np.full(len(at), -1, dtype=np.int64)
    found = np.searchsorted(wanted, at, side="left") - 1
    place = wanted[np.maximum(found, 0)]
    good = (found >= 0) & (log.case[place] == log.case[at])
    return np.where(good & _in_window(log, at, place, within), place, -1)


def _in_window(log: EventLog, one: Ints, other: Ints, within: int | None) -> Flags:
    if within is None or log.time is None:
        return np.ones(len(one), dtype=np.bool_)
    near: Flags = np.abs(log.time[one] - log.time[other]) <= within
    return near


def _response(log: EventLog, rule: Constraint) -> Found:
    at = log.of(rule.a)
    return at, _next(log, at, log.of(rule.b), rule.within) < len(log.case)


def _precedence(log: EventLog, rule: Constraint) -> Found:
    at = log.of(rule.b)
    return at, _previous(log, at, log.of(rule.a), rule.within) >= 0


def _alternate_response(log: EventLog, rule: Constraint) -> Found:
    at = log.of(rule.a)
    answer = _next(log, at, log.of(rule.b), rule.within)
    return at, (answer < len(log.case)) & (answer <= _next(log, at, at, None))


def _alternate_precedence(log: EventLog, rule: Constraint) -> Found:
    at = log.of(rule.b)
    cause = _previous(log, at, log.of(rule.a), rule.within)
    return at, (cause >= 0) & (cause >= _previous(log, at, at, None))


def _chain_response(log: EventLog, rule: Constraint) -> Found:
    at = log.of(rule.a)
    answer = _next(log, at, log.of(rule.b), rule.within)
    return at, (answer < len(log.case)) & (answer == at + 1)


def _chain_precedence(log: EventLog, rule: Constraint) -> Found:
    at = log.of(rule.b)
    cause = _previous(log, at, log.of(rule.a), rule.within)
    return at, (cause >= 0) & (cause == at - 1)


def _responded_existence(log: EventLog, rule: Constraint) -> Found:
    at, wanted = log.of(rule.a), log.of(rule.b)
    if rule.a == rule.b:  # an activity answers itself
        return at, np.ones(len(at), dtype=np.bool_)
    after = _next(log, at, wanted, rule.within) < len(log.case)
    return at, after | (_previous(log, at, wanted, rule.within) >= 0)


def _co_existence(log: EventLog, rule: Constraint) -> Found:
    return _both(_responded_existence(log, rule), _responded_existence(log, _turned(rule)))


def _not_co_existence(log: EventLog, rule: Constraint) -> Found:
    at, kept = _co_existence(log, rule)
    return at, ~kept


def _not_succession(log: EventLog, rule: Constraint) -> Found:
    at, kept = _response(log, rule)
    return at, ~kept


def _not_chain_succession(log: EventLog, rule: Constraint) -> Found:
    at, kept = _chain_response(log, rule)
    return at, ~kept


def _equal_count(log: EventLog, rule: Constraint) -> Found:
    at = log.of(rule.a)
    same = log.counts(rule.a) == log.counts(rule.b)
    return at, same[log.case[at]]


def _succession(log: EventLog, rule: Constraint) -> Found:
    return _both(_response(log, rule), _precedence(log, rule))


def _alternate_succession(log: EventLog, rule: Constraint) -> Found:
    return _both(_alternate_response(log, rule), _alternate_precedence(log, rule))


def _chain_succession(log: EventLog, rule: Constraint) -> Found:
    return _both(_chain_response(log, rule), _chain_precedence(log, rule))


def _both(one: Found, other: Found) -> Found:
    return np.concatenate([one[0], other[0]]), np.concatenate([one[1], other[1]])


def _turned(rule: Constraint) -> Constraint:
    return Constraint(rule.template, rule.b, rule.a, rule.within, rule.counts)


_OF_CASES: dict[str, Callable[[EventLog, Constraint], Flags]] = {
    "existence": _existence,
    "absence": _absence,
    "count_in": _count_in,
    "init": _init,
    "end": _end,
    "choice": _choice,
    "exclusive_choice": _exclusive_choice,
}

_BY_EVENT: dict[str, Callable[[EventLog, Constraint], Found]] = {
    "response": _response,
    "precedence": _precedence,
    "succession": _succession,
    "alternate_response": _alternate_response,
    "alternate_precedence": _alternate_precedence,
    "alternate_succession": _alternate_succession,
    "chain_response": _chain_response,
    "chain_precedence": _chain_precedence,
    "chain_succession": _chain_succession,
    "responded_existence": _responded_existence,
    "co_existence": _co_existence,
    "not_co_existence": _not_co_existence,
    "not_succession": _not_succession,
    "not_chain_succession": _not_chain_succession,
    "equal_count": _equal_count,
}

TEMPLATES = frozenset(_OF_CASES) | frozenset(_BY_EVENT)
"""The names a constraint may use; where two activities matter, `a` comes first in time."""
