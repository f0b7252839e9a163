"""The shallow tree finds what can be found, and nothing in noise."""

import numpy as np
import pytest

from mingdan.engine.simulate.dice import Flags, stream
from mingdan.engine.simulate.leak_tree import average_precision, grow, tree_leak
from mingdan.engine.simulate.leaks import World


def world(seed: int, *, leaking: bool) -> World:
    dice = stream(seed, "tree")
    is_guilty: Flags = np.arange(60) % 6 == 0
    features = dice.normal(0, 1, (60, 40))
    if leaking:
        features[:, 7] += 5.0 * is_guilty
    return World(tuple(f"f{i:02d}" for i in range(40)), features, is_guilty, ~is_guilty)


def test_one_split_parts_what_one_threshold_parts() -> None:
    features = np.array([[1.0, 5], [2, 1], [3, 4], [4, 2], [5, 9], [6, 3], [7, 8], [8, 0], [9, 7], [10, 6]])
    labels = features[:, 0] > 5
    tree = grow(features, labels, depth=1)
    assert (tree.feature, tree.threshold) == (0, 5.5)
    assert (tree.predict(features) > 0.5).tolist() == labels.tolist()


def test_two_levels_find_what_only_two_features_tell() -> None:
    dice = stream(3, "both")
    features = dice.random((400, 3))
    labels = (features[:, 0] > 0.5) & (features[:, 2] > 0.5)
    assert ((grow(features, labels, depth=2).predict(features) > 0.5) == labels).mean() > 0.97


def test_a_side_holds_at_least_five_people() -> None:
    features = np.arange(12.0)[:, None]
    assert grow(features, np.arange(12) == 0, depth=3).threshold >= 4.5
    assert grow(features[:9], np.arange(9) == 0).low is None


def test_average_precision_of_known_orders() -> None:
    labels = np.array([True, False, True, False])
    assert average_precision(np.array([4.0, 3, 2, 1]), labels) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision(np.ones(4), labels) == pytest.approx(0.5)


def test_a_leak_is_found_and_noise_is_not() -> None:
    precision, prevalence = tree_leak([world(seed, leaking=True) for seed in range(4)])
    assert precision > 0.8
    assert prevalence == pytest.approx(1 / 6)
    assert tree_leak([world(seed, leaking=False) for seed in range(4)])[0] < 0.35
