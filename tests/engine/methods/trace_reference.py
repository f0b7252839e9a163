"""The Declare templates read off one trace, word for word and slowly: what the vectorised engine must agree with."""

from collections.abc import Callable, Sequence

from mingdan.engine.methods.declare import FULFILLED, VACUOUS, VIOLATED, Constraint

Trace = Sequence[tuple[str, int]]
"""Events of one case in order, each with its time."""


def verdict(trace: Trace, rule: Constraint, until: int | None = None) -> int:
    """Return the verdict of one rule on one trace."""
    if rule.template in WHOLE_CASE:
        return FULFILLED if WHOLE_CASE[rule.template]([name for name, _ in trace], rule) else VIOLATED
    judged = [
        kept
        for activating, keeps in HALVES[rule.template]
        for place in range(len(trace))
        if trace[place][0] == getattr(rule, activating)
        for kept in [keeps(trace, place, rule)]
        if kept or not waits(trace, place, rule, until)
    ]
    if not judged:
        return VACUOUS
    return FULFILLED if all(judged) else VIOLATED


def waits(trace: Trace, place: int, rule: Constraint, until: int | None) -> bool:
    """Return whether a response could still come in its window."""
    waiting = rule.template in ("response", "alternate_response", "chain_response")
    return waiting and until is not None and rule.within is not None and trace[place][1] + rule.within > until


def near(trace: Trace, one: int, other: int, rule: Constraint) -> bool:
    return rule.within is None or abs(trace[one][1] - trace[other][1]) <= rule.within


def names(trace: Trace, start: int, stop: int) -> list[str]:
    return [name for name, _ in trace[start:stop]]


def followed(trace: Trace, at: int, rule: Constraint) -> bool:
    return any(trace[j][0] == rule.b and near(trace, at, j, rule) for j in range(at + 1, len(trace)))


def preceded(trace: Trace, at: int, rule: Constraint) -> bool:
    return any(trace[j][0] == rule.a and near(trace, at, j, rule) for j in range(at))


def followed_before_another(trace: Trace, at: int, rule: Constraint) -> bool:
    later = range(at + 1, len(trace))
    return any(
        trace[j][0] == rule.b and near(trace, at, j, rule) and rule.a not in names(trace, at + 1, j) for j in later
    )


def preceded_after_another(trace: Trace, at: int, rule: Constraint) -> bool:
    earlier = range(at)
    return any(
        trace[j][0] == rule.a and near(trace, at, j, rule) and rule.b not in names(trace, j + 1, at) for j in earlier
    )


def followed_at_once(trace: Trace, at: int, rule: Constraint) -> bool:
    return at + 1 < len(trace) and trace[at + 1][0] == rule.b and near(trace, at, at + 1, rule)


def preceded_at_once(trace: Trace, at: int, rule: Constraint) -> bool:
    return at > 0 and trace[at - 1][0] == rule.a and near(trace, at, at - 1, rule)


def has_b(trace: Trace, at: int, rule: Constraint) -> bool:
    return any(name == rule.b and near(trace, at, j, rule) for j, (name, _) in enumerate(trace))


def has_a(trace: Trace, at: int, rule: Constraint) -> bool:
    return any(name == rule.a and near(trace, at, j, rule) for j, (name, _) in enumerate(trace))


def as_many(trace: Trace, at: int, rule: Constraint) -> bool:
    seen = names(trace, 0, len(trace))
    return seen.count(rule.a) == seen.count(rule.b)


Keeps = Callable[[Trace, int, Constraint], bool]


def never(keeps: Keeps) -> Keeps:
    return lambda trace, at, rule: not keeps(trace, at, rule)


HALVES: dict[str, tuple[tuple[str, Keeps], ...]] = {
    "response": (("a", followed),),
    "precedence": (("b", preceded),),
    "succession": (("a", followed), ("b", preceded)),
    "alternate_response": (("a", followed_before_another),),
    "alternate_precedence": (("b", preceded_after_another),),
    "alternate_succession": (("a", followed_before_another), ("b", preceded_after_another)),
    "chain_response": (("a", followed_at_once),),
    "chain_precedence": (("b", preceded_at_once),),
    "chain_succession": (("a", followed_at_once), ("b", preceded_at_once)),
    "responded_existence": (("a", has_b),),
    "co_existence": (("a", has_b), ("b", has_a)),
    "not_co_existence": (("a", never(has_b)), ("b", never(has_a))),
    "not_succession": (("a", never(followed)),),
    "not_chain_succession": (("a", never(followed_at_once)),),
    "equal_count": (("a", as_many),),
}

WHOLE_CASE: dict[str, Callable[[list[str], Constraint], bool]] = {
    "existence": lambda seen, rule: seen.count(rule.a) >= rule.counts[0],
    "absence": lambda seen, rule: seen.count(rule.a) < rule.counts[0],
    "count_in": lambda seen, rule: seen.count(rule.a) in rule.counts,
    "init": lambda seen, rule: seen[:1] == [rule.a],
    "end": lambda seen, rule: seen[-1:] == [rule.a],
    "choice": lambda seen, rule: rule.a in seen or rule.b in seen,
    "exclusive_choice": lambda seen, rule: (rule.a in seen) != (rule.b in seen),
}
