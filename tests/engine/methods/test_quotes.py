"""Limits of authority and quotes that stay below them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingdan.engine.methods.authority import density_jump, just_inside, learnt_limit
from mingdan.engine.methods.split_quotes import split_groups, splits, starts


def test_a_limit_is_learnt_from_what_needed_approval() -> None:
    amounts = np.arange(1.0, 101.0)
    assert learnt_limit(amounts, amounts >= 60) == 60


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_no_limit_is_learnt_from_approvals_that_follow_no_amount(share: float) -> None:
    amounts = np.arange(1.0, 201.0)
    assert learnt_limit(amounts, np.random.default_rng(5).random(200) < share) is None


def test_few_quotes_teach_no_limit() -> None:
    amounts = np.arange(1.0, 31.0)
    assert learnt_limit(amounts, amounts >= 15) is None


def test_the_limit_itself_is_inside_and_a_step_beyond_is_not() -> None:
    discount = np.array([0.10, 0.095, 0.0901, 0.09, 0.101, 0.12])
    limit = np.full(6, 0.10)
    assert just_inside(discount, limit, 0.01).tolist() == [True, True, True, False, False, False]
    assert density_jump(discount, limit, 0.01) == (3, 1)


def test_quotes_of_one_customer_within_days_that_reach_the_limit_together_are_a_group() -> None:
    account, day = np.array([1, 1, 1, 2, 2, 3]), np.array([0, 5, 40, 0, 30, 2])
    amount = np.array([60.0, 50.0, 60.0, 60.0, 60.0, 150.0])
    assert split_groups(account, day, amount, 100.0, 14) == ((0, 1),)
    assert starts(account, day, amount, 100.0, 14) == 1


quotes = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 300), st.integers(1, 120)), min_size=1, max_size=40)


@given(quotes)
def test_every_group_keeps_its_promises(rows: list[tuple[int, int, int]]) -> None:
    account, day, amount = (np.array(column) for column in zip(*rows, strict=True))
    for group in split_groups(account, day, amount.astype(float), 100.0, 14):
        members = list(group)
        assert len(set(account[members])) == 1
        assert day[members].max() - day[members].min() <= 14
        assert (amount[members] < 100).all()
        assert amount[members].sum() >= 100


def test_customers_quoted_evenly_all_year_do_not_stand_out() -> None:
    dice = np.random.default_rng(1)
    account, day = dice.integers(0, 30, 300), dice.integers(0, 360, 300)
    amount = dice.uniform(20, 90, 300)
    assert splits(account, day, amount, 100.0, 14, seed=0).p > 0.05


def test_halves_quoted_within_days_stand_out() -> None:
    dice = np.random.default_rng(2)
    account, first = np.repeat(np.arange(30), 2), dice.integers(0, 350, 30)
    day = np.column_stack([first, first + 2]).ravel()
    amount = np.full(60, 70.0)
    cut = splits(account, day, amount, 100.0, 14, seed=0)
    assert len(cut.groups) == 30
    assert cut.p == pytest.approx(1 / 200)


def test_the_same_seed_gives_the_same_answer() -> None:
    dice = np.random.default_rng(4)
    given_quotes = (dice.integers(0, 9, 80), dice.integers(0, 200, 80), dice.uniform(30, 90, 80))
    assert splits(*given_quotes, 100.0, 14, seed=3) == splits(*given_quotes, 100.0, 14, seed=3)
