"""The negative binomial, conformal ranks and what they make of a day."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom

from mingdan.engine.methods.access_days import AccessDays
from mingdan.engine.methods.conformal import upper_p_values
from mingdan.engine.methods.count_surprise import daily_p_values, yearly_p_values
from mingdan.engine.methods.negative_binomial import shrunk_mean, size_by_moments, tail


def test_the_tail_is_the_sum_of_its_probabilities() -> None:
    mean, size = 3.0, 0.4
    summed = nbinom.pmf(np.arange(7, 4000), size, size / (size + mean)).sum()
    assert tail(np.array([7.0]), np.array([mean]), size)[0] == pytest.approx(summed)


def test_the_size_is_found_again() -> None:
    counts = np.random.default_rng(3).negative_binomial(2.0, 2.0 / (2.0 + 6.0), 40_000).astype(float)
    assert size_by_moments(counts, np.full(len(counts), 6.0)) == pytest.approx(2.0, rel=0.1)


def test_nobody_knows_better_than_the_peers_on_the_first_day() -> None:
    mean = shrunk_mean(np.array([0.0, 900.0]), np.array([0.0, 90.0]), np.array([2.0, 2.0]), 30.0)
    assert mean.tolist() == pytest.approx([2.0, 8.0])


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 5)), min_size=1, max_size=40))
def test_a_rank_counts_only_others_of_the_group(rows: list[tuple[int, int, int]]) -> None:
    groups, owners, scores = (np.array(column) for column in zip(*rows, strict=True))
    ranked = upper_p_values(scores.astype(float), groups, owners)
    for index, (group, owner, score) in enumerate(rows):
        others = [s for g, o, s in rows if g == group and o != owner]
        assert ranked[index] == pytest.approx((1 + sum(s >= score for s in others)) / (1 + len(others)))


def exporters(rows: float) -> AccessDays:
    """Twelve people who export some twenty rows on a random day in ten for two years, the first once this many."""
    dice = np.random.default_rng(11)
    counts = np.where(dice.random((12, 720)) < 0.1, dice.poisson(20, (12, 720)), 0).astype(float)
    counts[0, 700] = rows
    days = np.arange(720) + np.datetime64("2023-01-01")
    return AccessDays(tuple(f"E{n}" for n in range(12)), days, counts, np.ones(counts.shape, dtype=bool))


def test_a_day_far_beyond_everybody_is_the_rarest_and_found_again() -> None:
    days, groups = exporters(2000.0), np.zeros(12, dtype=np.int64)
    yearly, day = yearly_p_values(daily_p_values(days, groups), days, groups)
    assert np.unravel_index(yearly.argmin(), yearly.shape)[0] == 0
    assert day.ravel()[yearly.argmin()] == 700
    assert yearly.min() < 0.06


def test_a_usual_day_stands_out_from_nothing() -> None:
    days, groups = exporters(21.0), np.zeros(12, dtype=np.int64)
    yearly, _ = yearly_p_values(daily_p_values(days, groups), days, groups)
    assert (yearly > 0.04).all()
    assert yearly[0, -1] > 0.2
