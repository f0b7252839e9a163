from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from mingdan.engine.methods.poisson_binomial import count_tail, onset, skill_spread, sum_tail

chances = st.lists(st.floats(0.02, 0.98), min_size=1, max_size=8)


def enumerated(chance: list[float], amounts: list[float], level: float) -> float:
    total = 0.0
    for outcome in product((0, 1), repeat=len(chance)):
        if sum(a * o for a, o in zip(amounts, outcome, strict=True)) >= level:
            total += float(np.prod([p if o else 1 - p for p, o in zip(chance, outcome, strict=True)]))
    return total


@settings(max_examples=60, deadline=None)
@given(chances, st.integers(0, 8))
def test_the_count_s_tail_is_what_enumeration_gives(chance: list[float], seen: int) -> None:
    expected = enumerated(chance, [1.0] * len(chance), seen)
    assert count_tail(np.array(chance), min(seen, len(chance) + 1)) == pytest.approx(
        expected if seen <= len(chance) else 0.0, abs=1e-9
    )


def test_equal_chances_give_the_binomial_tail() -> None:
    assert count_tail(np.full(40, 0.25), 18) == pytest.approx(binom.sf(17, 40, 0.25), rel=1e-9)


def test_a_spread_of_skill_makes_the_same_count_less_surprising() -> None:
    sharp, wide = (count_tail(np.full(40, 0.25), 18, spread) for spread in (0.0, 0.5))
    assert sharp < 0.01 < wide


def test_the_sum_s_tail_is_close_to_enumeration() -> None:
    rng = np.random.default_rng(7)
    chance, amounts = rng.uniform(0.1, 0.5, 14), rng.uniform(10, 90, 14)
    for share in (0.35, 0.5, 0.7):
        level = share * float(amounts.sum())
        expected = enumerated(chance.tolist(), amounts.tolist(), level)
        assert sum_tail(chance, amounts, level) == pytest.approx(expected, rel=0.15)


def test_the_greatest_sum_has_the_exact_chance() -> None:
    chance, amounts = np.array([0.1, 0.2, 0.3]), np.array([5.0, 7.0, 9.0])
    assert sum_tail(chance, amounts, 21.0) == pytest.approx(0.006, rel=1e-6)
    assert sum_tail(chance, amounts, 0.0) == 1.0


def test_p_values_are_even_where_people_differ_as_they_do() -> None:
    rng = np.random.default_rng(3)
    small = 0
    people, deals, spread = 300, 25, 0.4
    for _ in range(people):
        base = rng.uniform(0.15, 0.5, deals)
        own = 1 / (1 + np.exp(-(np.log(base / (1 - base)) + rng.normal(0, spread))))
        small += count_tail(base, int((rng.random(deals) < own).sum()), spread) <= 0.05
    assert small / people <= 0.09


def test_the_spread_of_skill_is_found_from_the_others() -> None:
    rng = np.random.default_rng(5)
    chance = np.full((300, 60), 0.3)
    shift = rng.normal(0, 0.5, 300)[:, None]
    events = rng.random(chance.shape) < 1 / (1 + np.exp(-(np.log(chance / (1 - chance)) + shift)))
    found = skill_spread((events - chance).sum(axis=1), (chance * (1 - chance)).sum(axis=1), usual=0.3, worth=5)
    assert found.min() > 0.35
    assert found.max() < 0.65


def test_the_run_begins_where_losses_began() -> None:
    events = np.array([False, True, False, False, False, True, True, False, True, True])
    assert onset(np.full(10, 0.25), events) == 5
    assert onset(np.full(3, 0.25), np.zeros(3, dtype=bool)) == 0
