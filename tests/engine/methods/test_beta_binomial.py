"""Rates shrunk towards peers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from mingdan.engine.methods.beta_binomial import Beta, fit_beta
from mingdan.engine.methods.excess_rates import excesses

counts = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40)), min_size=1, max_size=30)


@given(counts)
def test_the_fitted_rate_lies_between_none_and_all(people: list[tuple[int, int]]) -> None:
    chances = np.array([max(pair) for pair in people], dtype=float)
    successes = np.array([min(pair) for pair in people], dtype=float)
    fitted = fit_beta(successes, chances)
    assert 0 < fitted.mean < 1
    assert fitted.a + fitted.b >= 2


@given(st.integers(0, 20), st.integers(0, 19))
def test_more_bad_outcomes_are_never_likelier(chances: int, seen: int) -> None:
    peers = Beta(2.0, 18.0)
    assert peers.tail(min(seen + 1, chances + 1), chances) <= peers.tail(min(seen, chances), chances) + 1e-12


def test_alike_peers_give_nearly_the_binomial_tail() -> None:
    chances = np.full(60, 100.0)
    successes = np.random.default_rng(7).binomial(100, 0.1, 60).astype(float)
    assert fit_beta(successes, chances).tail(25, 100) == pytest.approx(binom.sf(24, 100, 0.1), abs=0.01)


def test_different_peers_excuse_more_than_alike_peers() -> None:
    chances = np.full(20, 50.0)
    alike, different = np.full(20, 10.0), np.tile([0.0, 20.0], 10)
    assert fit_beta(different, chances).tail(20, 50) > 5 * fit_beta(alike, chances).tail(20, 50)


def test_somebody_with_bad_outcomes_is_compared_with_everybody_else_only() -> None:
    rows = [{"employee_id": f"E{person}", "bad": person == 0} for person in range(12) for _ in range(10)]
    found = excesses(rows, lambda row: bool(row["bad"]), least_chances=3, least_seen=2)
    assert [person for person, _, _ in found] == ["E0"]
    assert found[0][2] < 1e-4
