"""A sample drawn with known chances: unbiased over repeated draws, and intervals that cover as often as they say."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingdan.engine.fuse.callbacks import inclusion_probabilities
from mingdan.engine.methods.horvitz_thompson import (
    after_non_response,
    effective_size,
    poisson_variance,
    ratio,
    share,
    systematic_variance,
    total,
)

DRAWS = 1200


def systematic(chances: np.ndarray, dice: np.random.Generator) -> np.ndarray:
    """Draw once: along a list in random order, every time the summed chances pass a whole number (Madow 1949)."""
    order = dice.permutation(len(chances))
    passed = np.cumsum(chances[order]) - dice.random()
    drawn = np.zeros(len(chances), dtype=bool)
    drawn[order] = np.floor(passed + 1) > np.floor(np.concatenate([[-1.0], passed[:-1]]) + 1)
    return drawn


def company(seed: int, customers: int, asked: int, rate: float) -> tuple[np.ndarray, np.ndarray]:
    """Return who bought elsewhere and everybody's chance to be asked: the riskier buy elsewhere more often."""
    dice = np.random.default_rng(seed)
    risk = dice.beta(0.2, 3, customers)
    bought = (dice.random(customers) < rate * (0.5 + 0.5 * risk / risk.mean())).astype(np.float64)
    chances = inclusion_probabilities({f"{n:05d}": float(risk[n]) for n in range(customers)}, asked)
    return bought, np.array([chances[f"{n:05d}"] for n in range(customers)])


@pytest.mark.parametrize("design", ["poisson", "systematic"])
def test_the_total_is_unbiased_over_repeated_draws(design: str) -> None:
    bought, chances = company(1, 600, 120, 0.2)
    dice = np.random.default_rng(2)
    estimates = []
    for _ in range(DRAWS):
        drawn = systematic(chances, dice) if design == "systematic" else dice.random(len(chances)) < chances
        estimates.append(total(bought[drawn], chances[drawn]))
    standard_error = np.std(estimates) / math.sqrt(DRAWS)
    assert abs(np.mean(estimates) - bought.sum()) < 3.5 * standard_error


@pytest.mark.parametrize(
    ("customers", "asked", "rate", "answer"),
    [(400, 60, 0.02, 1.0), (400, 60, 0.15, 1.0), (2000, 200, 0.1, 1.0), (2000, 200, 0.1, 0.6), (300, 200, 0.3, 0.8)],
)
def test_the_interval_covers_at_least_as_often_as_it_says(
    customers: int, asked: int, rate: float, answer: float
) -> None:
    bought, chances = company(3, customers, asked, rate)
    dice = np.random.default_rng(4)
    covered = 0
    for _ in range(DRAWS):
        drawn = systematic(chances, dice)
        answered = dice.random(int(drawn.sum())) < answer
        adjusted = after_non_response(chances[drawn], answered, ["all"] * len(answered))
        one = share(bought[drawn][answered], adjusted)
        covered += one.low <= bought.mean() <= one.high
    assert covered / DRAWS >= 0.95 - 1.65 * math.sqrt(0.95 * 0.05 / DRAWS)


def test_the_variances_are_those_seen_over_repeated_draws() -> None:
    bought, chances = company(5, 500, 100, 0.3)
    dice = np.random.default_rng(6)
    for draw, variance in (
        (lambda: dice.random(len(chances)) < chances, poisson_variance),
        (lambda: systematic(chances, dice), systematic_variance),
    ):
        totals, estimated = [], []
        for _ in range(DRAWS):
            drawn = draw()
            totals.append(total(bought[drawn], chances[drawn]))
            estimated.append(variance(bought[drawn], chances[drawn]))
        assert np.mean(estimated) == pytest.approx(np.var(totals), rel=0.15)


def test_a_simple_random_sample_is_worth_its_answers_and_a_little_more_for_a_small_population() -> None:
    values, chances = np.array([1.0] * 8 + [0.0] * 32), np.full(40, 0.1)
    assert ratio(values, chances) == pytest.approx(0.2)
    assert total(values, chances) == pytest.approx(80)
    assert effective_size(np.zeros(40), chances) == pytest.approx(40 / 0.9)
    exact = share(np.zeros(40), np.full(40, 1e-9))
    assert exact.high == pytest.approx(1 - 0.025 ** (1 / 40), rel=1e-6)


def test_a_census_leaves_nothing_open() -> None:
    one = share(np.array([1.0, 0.0, 0.0, 0.0]), np.ones(4))
    assert (one.rate, one.low, one.high, one.effective) == (0.25, 0.25, 0.25, math.inf)


def test_one_answer_with_a_large_weight_keeps_the_interval_wide() -> None:
    """Fifty sure draws without a hit say little of the thousand customers for whom one answer stands."""
    one = share(np.zeros(51), np.array([1.0] * 50 + [0.001]))
    assert one.high > 0.9


def test_those_who_answered_stand_for_their_class() -> None:
    chances = np.full(100, 0.5)
    classes = ["buying"] * 60 + ["gone"] * 40
    answered = np.array([True] * 45 + [False] * 15 + [True] * 20 + [False] * 20)
    adjusted = after_non_response(chances, answered, classes)
    assert adjusted[:45] == pytest.approx(0.5 * 45 / 60)
    assert adjusted[45:] == pytest.approx(0.5 * 20 / 40)


@given(
    st.lists(st.tuples(st.booleans(), st.floats(0.01, 1.0), st.booleans(), st.sampled_from("abc")), min_size=1).filter(
        lambda rows: any(row[2] for row in rows)
    )
)
@settings(max_examples=60, deadline=None)
def test_whoever_answers_the_rate_lies_in_its_interval_and_the_weights_still_add_up(
    rows: list[tuple[bool, float, bool, str]],
) -> None:
    values, chances, answered = (np.array([row[at] for row in rows]) for at in range(3))
    adjusted = after_non_response(chances, answered, [row[3] for row in rows])
    assert (1 / adjusted).sum() == pytest.approx((1 / chances).sum())
    one = share(values[answered].astype(np.float64), adjusted)
    assert -1e-9 <= one.low <= one.rate + 1e-9
    assert one.rate - 1e-9 <= one.high <= 1 + 1e-9
