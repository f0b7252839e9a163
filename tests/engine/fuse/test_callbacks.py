import itertools
import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingdan.engine.fuse import draw_callbacks, matters_of
from mingdan.engine.fuse.callbacks import inclusion_probabilities
from tests.engine.fuse.cases import DETECTORS, f

ACCOUNTS = [f"A{number}" for number in range(40)]
MATTERS = matters_of([f("payer", weight=1.8, accounts=("A1",)), f(accounts=("A2",), employee="E2")], DETECTORS)

risks = st.dictionaries(st.text(min_size=1, max_size=3), st.floats(0, 1), min_size=1, max_size=60)


@given(risks, st.integers(1, 80))
def test_the_chances_sum_to_the_sample_and_everybody_has_one(risk: dict[str, float], size: int) -> None:
    chances = inclusion_probabilities(risk, size)
    assert math.isclose(sum(chances.values()), min(size, len(risk)), rel_tol=1e-9)
    assert all(0 < chance <= 1 + 1e-12 for chance in chances.values())


@given(risks, st.integers(1, 80))
def test_a_riskier_customer_is_never_less_likely_to_be_drawn(risk: dict[str, float], size: int) -> None:
    chances = inclusion_probabilities(risk, size)
    ordered = sorted(risk, key=lambda one: risk[one])
    assert all(chances[low] <= chances[high] + 1e-12 for low, high in itertools.pairwise(ordered))


@given(st.integers(1, 39), st.text())
def test_the_sample_has_the_size_asked_for(size: int, seed: str) -> None:
    assert abs(len(draw_callbacks(ACCOUNTS, MATTERS, size=size, seed=seed)) - size) <= 1


@pytest.mark.row("P3.5")
def test_customers_are_drawn_as_often_as_their_probability_says() -> None:
    draws = 2000
    drawn: Counter[str] = Counter()
    chance = {}
    for seed in range(draws):
        for callback in draw_callbacks(ACCOUNTS, MATTERS, size=5, seed=str(seed)):
            drawn[callback.account_id] += 1
            chance[callback.account_id] = callback.inclusion_probability
    for account in ACCOUNTS:
        allowed = 5 * math.sqrt(chance[account] * (1 - chance[account]) / draws) + 1e-9
        assert drawn[account] / draws == pytest.approx(chance[account], abs=allowed)


def test_the_order_of_the_frame_cannot_steer_the_draw() -> None:
    forwards = draw_callbacks(ACCOUNTS, MATTERS, size=5, seed="2025-03-31")
    assert forwards == draw_callbacks(list(reversed(ACCOUNTS)), MATTERS, size=5, seed="2025-03-31")


def test_each_drawn_customer_says_why() -> None:
    reasons = {one.account_id: one.reason.en for one in draw_callbacks(ACCOUNTS, MATTERS, size=40, seed="x")}
    assert reasons["A1"] != reasons["A30"]
