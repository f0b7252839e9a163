import numpy as np
import pytest

from mingdan.engine.methods.survival import survival_at


def test_survival_is_the_share_that_lasts_where_all_ended() -> None:
    times = np.array([1.0, 2.0, 3.0, 4.0])
    assert survival_at(times, np.ones(4, dtype=bool), np.array([0.5, 2.0, 2.5])).tolist() == [1.0, 0.75, 0.5]


def test_what_has_not_ended_is_counted_while_it_was_watched() -> None:
    times = np.array([1.0, 2.0, 2.5, 4.0])
    ended = np.array([True, False, True, True])
    assert survival_at(times, ended, np.array([3.0]))[0] == pytest.approx(0.75 * 0.5)


def test_few_cases_show_nothing_rare() -> None:
    assert survival_at(np.array([1.0, 2.0]), np.ones(2, dtype=bool), np.array([99.0]))[0] == pytest.approx(1 / 3)
    assert survival_at(np.empty(0), np.empty(0, dtype=bool), np.array([99.0])).tolist() == [1.0]
