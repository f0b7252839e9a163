"""How surprising it is that one firm wins one salesperson's customers."""

import numpy as np
import pytest
from scipy.stats import binom, hypergeom

from mingdan.engine.methods.evidence import weight_from_p
from mingdan.engine.methods.winner_share import Losses, excess_of, tail


def losses(won: int, lost: int, by_others: int, others: int) -> Losses:
    """Return one salesperson's and ten others' losses; firm 0 is asked about, firm 1 and 2 win the rest."""
    rep = np.concatenate([np.zeros(lost), 1 + np.arange(others) % 10]).astype(np.int64)
    mine, theirs = 1 + np.arange(lost) % 2, 1 + np.arange(others) // 10 % 2
    mine[:won], theirs[:by_others] = 0, 0
    nowhere = np.zeros(lost + others, dtype=np.int64)
    return Losses(rep, np.concatenate([mine, theirs]), (nowhere, nowhere))


def test_without_spread_the_tail_is_binomial() -> None:
    assert tail(3, 6, 0.1, 1e-9) == pytest.approx(binom.sf(2, 6, 0.1), rel=1e-3)


def test_with_many_others_it_comes_near_the_hypergeometric_test() -> None:
    exact = hypergeom.sf(3 - 1, 1012, 103, 12)
    assert tail(3, 12, 100 / 1000, 1e-9) == pytest.approx(exact, rel=0.1)


def test_the_worked_number_of_the_page() -> None:
    found = excess_of(losses(4, 8, 5, 200), [(0, 0)])[0, 0]
    assert found.expected == pytest.approx(0.22, abs=5e-3)
    assert found.p == pytest.approx(0.0019, abs=5e-5)
    assert weight_from_p(found.p) == pytest.approx(1.48, abs=5e-3)


def test_a_firm_that_wins_as_much_from_others_is_no_surprise() -> None:
    assert excess_of(losses(4, 8, 100, 200), [(0, 0)])[0, 0].p > 0.5


def test_the_more_it_wins_from_others_the_less_surprising() -> None:
    ps = [excess_of(losses(4, 8, by_others, 200), [(0, 0)])[0, 0].p for by_others in (0, 5, 20, 60)]
    assert ps == sorted(ps)
    assert ps[0] < 1e-4 < ps[-1]


def test_nobodys_own_losses_are_part_of_what_is_expected() -> None:
    few, many = (excess_of(losses(won, 10, 10, 100), [(0, 0)])[0, 0] for won in (1, 9))
    assert few.expected == pytest.approx(many.expected)
