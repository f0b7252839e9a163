"""Weighted peers, robust distances and the CUSUM: known values, and what must not move them."""

import numpy as np
import pytest

from mingdan.engine.methods.peer_drift import (
    contributions,
    highest_cusum,
    peer_weights,
    robust_scores,
    weighted_median,
)


def test_a_weighted_median_is_the_first_value_with_half_of_the_weight() -> None:
    values, weights = np.array([[5.0, 1.0, 3.0]]), np.array([[1.0, 1.0, 1.0]])
    assert weighted_median(values, weights)[0] == 3
    assert weighted_median(values, np.array([[5.0, 1.0, 1.0]]))[0] == 5


def test_nobody_is_his_own_peer_and_who_is_alike_weighs_more() -> None:
    weights = peer_weights(np.array([[0.0], [0.1], [5.0], [9.0]]))
    assert np.all(np.diag(weights) == 0)
    assert weights[0, 1] > weights[0, 2] > weights[0, 3] > 0


def test_one_person_far_off_has_the_largest_distance_and_his_feature_makes_it() -> None:
    dice = np.random.default_rng(1)
    values = dice.normal(size=(60, 4))
    values[7, 2] += 8
    parts = contributions(robust_scores(values, peer_weights(dice.normal(size=(60, 2)))))
    assert parts.sum(axis=1).argmax() == 7
    assert parts[7].argmax() == 2


def test_a_feature_that_nobody_has_says_nothing() -> None:
    values = np.random.default_rng(2).normal(size=(30, 3))
    values[:, 1] = 0.0
    parts = contributions(robust_scores(values, peer_weights(values)))
    assert np.all(parts[:, 1] == 0)
    assert np.all(np.isfinite(parts))


def test_the_cusum_grows_with_a_lasting_shift_and_forgets_a_single_month() -> None:
    quiet = np.random.default_rng(3).normal(size=(20, 24))
    shifted, once = quiet.copy(), quiet.copy()
    shifted[0, 14:] += 3
    once[0, 14] += 3
    assert highest_cusum(shifted)[0] > 3 * max(highest_cusum(once)[0], 4.0)
    assert highest_cusum(quiet[:, :5]) == pytest.approx(np.zeros(20))
