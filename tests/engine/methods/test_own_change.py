import numpy as np

from mingdan.engine.methods.own_change import LEAST_EACH, own_change


def spread(lost: int, deals: int) -> list[bool]:
    return [number * 7 % deals < lost for number in range(deals)]


def test_a_rise_is_found_where_it_began_and_weighs_what_the_page_says() -> None:
    change = own_change(np.full(40, 0.25), np.array(spread(3, 20) + spread(15, 20)))
    assert change.p == 0.001
    assert 16 <= change.place <= 24
    assert change.surplus > 8


def test_a_level_that_was_always_high_is_no_rise() -> None:
    assert own_change(np.full(40, 0.25), np.array(spread(12, 20) * 2)).p > 0.3


def test_a_fall_is_no_rise() -> None:
    assert own_change(np.full(40, 0.25), np.array(spread(15, 20) + spread(3, 20))).p > 0.5


def test_a_rise_that_colleagues_share_is_no_rise() -> None:
    chances = np.array([0.15] * 20 + [0.75] * 20)
    assert own_change(chances, np.array(spread(3, 20) + spread(15, 20))).p > 0.05


def test_few_deals_and_all_lost_show_nothing() -> None:
    assert own_change(np.full(2 * LEAST_EACH - 1, 0.5), np.arange(2 * LEAST_EACH - 1) > LEAST_EACH).p == 1.0
    assert own_change(np.full(40, 0.5), np.ones(40, dtype=bool)).p == 1.0


def test_rises_by_chance_are_as_frequent_as_p_says() -> None:
    rng = np.random.default_rng(5)
    values = [own_change(np.full(40, 0.3), rng.random(40) < 0.45).p for _ in range(200)]
    assert np.mean(np.array(values) <= 0.1) <= 0.16
