import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingdan.engine.methods.declare import FULFILLED, TEMPLATES, VACUOUS, VIOLATED, Constraint, check
from mingdan.engine.methods.event_log import EventLog
from tests.engine.methods import trace_reference

V, F, X = VACUOUS, FULFILLED, VIOLATED


@pytest.mark.parametrize(
    ("template", "traces", "expected"),
    [
        ("existence", ["b", "ab", ""], [X, F, X]),
        ("absence", ["b", "ab", ""], [F, X, F]),
        ("init", ["ab", "ba", ""], [F, X, X]),
        ("end", ["ab", "ba", ""], [X, F, X]),
        ("response", ["c", "ab", "aba", "cba"], [V, F, X, X]),
        ("precedence", ["a", "ab", "ba", "bab"], [V, F, X, X]),
        ("succession", ["c", "ab", "b", "a", "aab"], [V, F, X, X, F]),
        ("alternate_response", ["ab", "aab", "acbab"], [F, X, F]),
        ("alternate_precedence", ["ab", "abb", "abcab"], [F, X, F]),
        ("chain_response", ["ab", "acb", "aba"], [F, X, X]),
        ("chain_precedence", ["ab", "acb", "bab"], [F, X, X]),
        ("not_co_existence", ["c", "a", "bca"], [V, F, X]),
        ("co_existence", ["c", "a", "bca"], [V, X, F]),
        ("responded_existence", ["b", "a", "ba"], [V, X, F]),
        ("exclusive_choice", ["c", "a", "ba"], [X, F, X]),
        ("not_succession", ["ba", "ab", "b"], [F, X, V]),
        ("equal_count", ["b", "abab", "aab"], [V, F, X]),
    ],
)
def test_a_template_says_what_its_definition_says(template: str, traces: list[str], expected: list[int]) -> None:
    log = EventLog.of_traces([tuple(trace) for trace in traces])
    assert check(log, Constraint(template, "a", "b")).verdicts.tolist() == expected


def test_existence_and_absence_count() -> None:
    log = EventLog.of_traces(["a", "aa", "aaa"])
    assert check(log, Constraint("existence", "a", counts=(2,))).verdicts.tolist() == [X, F, F]
    assert check(log, Constraint("absence", "a", counts=(3,))).verdicts.tolist() == [F, F, X]
    assert check(log, Constraint("count_in", "a", counts=(1, 3))).verdicts.tolist() == [F, X, F]


def test_an_answer_after_the_window_is_no_answer() -> None:
    log = EventLog.of_traces(["ab", "ab"], times=[[0, 60], [0, 61]])
    assert check(log, Constraint("response", "a", "b", within=60)).verdicts.tolist() == [F, X]


def test_a_window_still_open_when_watching_ended_is_neither_kept_nor_broken() -> None:
    log = EventLog.of_traces(["a", "a", "ab"], times=[[0], [50], [50, 55]])
    assert check(log, Constraint("response", "a", "b", within=60), until=100).verdicts.tolist() == [X, V, F]


def test_the_broken_events_can_be_cited() -> None:
    log = EventLog.of_traces(["abb", "bab"])
    found = check(log, Constraint("precedence", "a", "b"))
    assert found.at[~found.kept].tolist() == [3]
    assert found.activations.tolist() == [2, 2]
    assert found.violations.tolist() == [0, 1]
    assert found.never_kept.tolist() == [False, False]


def test_an_activity_that_never_happened_is_known_to_every_template() -> None:
    log = EventLog.of_traces(["a", ""])
    for template in sorted(TEMPLATES):
        assert len(check(log, Constraint(template, "z", "a")).verdicts) == 2


def test_events_in_any_order_are_put_in_order() -> None:
    log = EventLog.ordered(np.array([1, 0, 1]), np.array([1, 0, 0]), np.array([5, 9, 2]), ("a", "b"), 3)
    assert log.case.tolist() == [0, 1, 1]
    assert log.activity.tolist() == [0, 0, 1]
    assert log.starts.tolist() == [0, 1, 3, 3]


def test_an_unknown_template_is_refused() -> None:
    with pytest.raises(ValueError, match="no template 'respond'"):
        check(EventLog.of_traces(["a"]), Constraint("respond", "a", "b"))


def test_a_window_without_times_is_refused() -> None:
    with pytest.raises(ValueError, match="no times"):
        check(EventLog.of_traces(["a"]), Constraint("response", "a", "b", within=1))


events = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 4)), max_size=7)
rules = st.builds(
    Constraint,
    st.sampled_from(sorted(TEMPLATES)),
    st.sampled_from("ab"),
    st.sampled_from("bcz"),
    st.none() | st.integers(0, 6),
    st.just((1,)) | st.just((2,)) | st.just((0, 2)),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(events, min_size=1, max_size=6), rules, st.none() | st.integers(0, 30))
def test_every_verdict_is_that_of_reading_the_trace_slowly(
    steps: list[list[tuple[str, int]]], rule: Constraint, until: int | None
) -> None:
    traces = []
    for case in steps:
        times = np.cumsum([step for _, step in case]).tolist()
        traces.append([(name, time) for (name, _), time in zip(case, times, strict=True)])
    log = EventLog.of_traces([[n for n, _ in trace] for trace in traces], [[t for _, t in trace] for trace in traces])
    slowly = [trace_reference.verdict(trace, rule, until) for trace in traces]
    assert check(log, rule, until=until).verdicts.tolist() == slowly


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text("abc", max_size=6), min_size=1, max_size=12), rules)
def test_judging_each_different_sequence_once_changes_nothing(traces: list[str], rule: Constraint) -> None:
    log = EventLog.of_traces(traces)
    order = Constraint(rule.template, rule.a, rule.b, None, rule.counts)
    chosen, which = log.variants()
    assert check(chosen, order).verdicts[which].tolist() == check(log, order).verdicts.tolist()


def test_sequences_are_grouped_exactly() -> None:
    log = EventLog.of_traces(["ab", "ba", "ab", "", "abab", "ba"])
    chosen, which = log.variants()
    assert chosen.cases == 4
    assert len({int(which[0]), int(which[1]), int(which[3]), int(which[4])}) == 4
    assert which[0] == which[2]
    assert which[1] == which[5]
