"""The exact stratified permutation test, against the hypergeometric law and against counting every deal."""

from itertools import combinations, product

import numpy as np
import pytest
from scipy.stats import hypergeom

from mingdan.engine.methods.fisher_joint import joint_p
from mingdan.engine.methods.stratified_permutation import stratified_tail


def test_one_stratum_is_hypergeometric() -> None:
    hits, mine = np.arange(20) < 6, np.isin(np.arange(20), [0, 1, 2, 3, 18])
    assert stratified_tail(hits, np.zeros(20, dtype=np.int64), mine) == pytest.approx(hypergeom.sf(3, 20, 6, 5))


def test_two_strata_agree_with_counting_every_deal() -> None:
    strata = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1])
    mine = np.array([1, 1, 0, 0, 1, 1, 0, 0, 0], dtype=bool)
    hits = np.array([1, 1, 0, 0, 1, 0, 0, 1, 0], dtype=bool)
    deals = list(product(combinations(range(4), 2), combinations(range(4, 9), 2)))
    seen = [sum(mine[place] for place in (*first, *second)) >= 3 for first, second in deals]
    assert stratified_tail(hits, strata, mine) == pytest.approx(np.mean(seen))


def test_a_stratum_that_is_all_mine_says_nothing() -> None:
    hits, mine = np.ones(4, dtype=bool), np.ones(4, dtype=bool)
    assert stratified_tail(hits, np.zeros(4, dtype=np.int64), mine) == pytest.approx(1.0)
    assert stratified_tail(~hits, np.zeros(4, dtype=np.int64), mine) == 1.0


def test_fisher_joins_two_chances() -> None:
    assert joint_p([0.02, 0.01]) == pytest.approx(0.0002 * (1 - np.log(0.0002)))
    assert joint_p([0.3]) == pytest.approx(0.3)
