"""The test for a slower rhythm: right error rate under no change, and power where there is one."""

import numpy as np

from mingdan.engine.methods.gap_laws import Histories
from mingdan.engine.methods.rate_change import deflated, shape_of, slowing


def told(times: list[np.ndarray], shape: float, ratio: float = 0.65) -> np.ndarray:
    start = np.cumsum([0, *(len(one) for one in times)])
    return slowing(np.concatenate(times), start, np.full(len(times), shape), ratio).p


def test_unchanged_rhythms_are_rarely_called_slower() -> None:
    rng = np.random.default_rng(1)
    p = told([np.cumsum(rng.gamma(4, 5, 30)) for _ in range(2000)], 4.0)
    assert (p < 0.05).mean() < 0.05


def test_a_rhythm_at_half_the_pace_is_found_and_dated() -> None:
    rng = np.random.default_rng(2)
    times = [np.cumsum(np.r_[rng.gamma(6, 5, 25), rng.gamma(6, 10, 12)]) for _ in range(200)]
    start = np.arange(201) * 37
    found = slowing(np.concatenate(times), start, np.full(200, 6.0), 0.65)
    assert (found.p < 0.005).mean() > 0.6
    assert abs(np.median(found.change[found.p < 0.005] % 37) - 24) <= 2


def test_a_final_silence_is_not_a_slowing() -> None:
    assert told([np.arange(20) * 30.0], 10.0).tolist() == [1.0]


def test_irregular_customers_get_a_smaller_shape() -> None:
    rng = np.random.default_rng(4)
    rows = []
    for spread in [0.2] * 20 + [1.0]:
        logs = rng.normal(3, spread, 30)
        rows.append((30, 0, 0, logs.sum(), (logs**2).sum(), 0))
    shapes = shape_of(Histories(*np.array(rows, dtype=float).T), heavy_tailed=False)
    assert shapes[-1] < 0.3 * np.median(shapes[:-1])


def test_p_values_too_small_as_a_whole_are_brought_back_and_others_left() -> None:
    rng = np.random.default_rng(5)
    even = rng.random(500)
    assert np.quantile(deflated(even**4), 0.1) > 0.09
    assert np.array_equal(deflated(even**0.5), even**0.5)
    assert np.array_equal(deflated(even[:20] ** 4), even[:20] ** 4)
