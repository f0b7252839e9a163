"""Rates of peers and tails of counts."""

import numpy as np
import pytest
from scipy.stats import nbinom

from mingdan.engine.methods.gamma_poisson import at_most, fit_rates


def test_the_tail_is_the_negative_binomial_distribution() -> None:
    told = at_most(np.array([3.0]), np.array([2.0]), np.array([1.5]), np.array([0.7]))[0]
    assert told == pytest.approx(nbinom.cdf(3, 1.5, 0.7 / 2.7))


def test_rates_of_peers_are_recovered() -> None:
    rng = np.random.default_rng(1)
    exposure = rng.uniform(1, 5, 3000)
    shape, rate = fit_rates(rng.poisson(rng.gamma(2.0, 3.0, 3000) * exposure).astype(float), exposure)
    assert shape == pytest.approx(2.0, rel=0.15)
    assert shape / rate == pytest.approx(6.0, rel=0.1)


def test_peers_who_never_buy_make_nothing_of_another_who_never_buys() -> None:
    counts = np.r_[np.zeros(30), np.full(5, 20.0)]
    shape, rate = fit_rates(counts, np.ones(35))
    assert at_most(np.zeros(1), np.ones(1), np.array([shape]), np.array([rate]))[0] > 0.3
