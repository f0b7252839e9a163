import numpy as np
import pytest

from mingdan.engine.methods.rarity import chance_in_any, peer_rates, rarity_weight


def test_nobody_s_own_breaches_make_them_usual() -> None:
    owners = np.repeat(np.arange(10), 20)
    broken = owners == 4
    rates = peer_rates(broken, owners, [])
    assert rates[owners == 4].max() < 0.01
    assert rates[owners == 2].min() > 0.1


def test_what_a_region_always_does_is_usual_there() -> None:
    owners = np.repeat(np.arange(20), 50)
    region = owners // 10
    broken = (region == 1) & (np.arange(1000) % 10 != 0)
    rates = peer_rates(broken, owners, [region])
    assert rates[region == 1].min() > 0.75
    assert rates[region == 0].max() < 0.1


def test_a_small_group_backs_off_to_all() -> None:
    owners = np.arange(200)
    group = (owners >= 198).astype(np.int64)
    broken = group == 1
    assert peer_rates(broken, owners, [group])[199] < 0.05


def test_no_case_counts_twice() -> None:
    owners = np.arange(51)
    broken, all_in_one = owners == 0, np.zeros(51, dtype=np.int64)
    assert peer_rates(broken, owners, [all_in_one, all_in_one])[0] == pytest.approx(0.5 / 51)


def test_the_usual_weighs_nothing_and_the_rare_more() -> None:
    assert rarity_weight(0.3) == 0
    assert rarity_weight(0.002) == pytest.approx(2.0)


def test_who_has_more_cases_has_a_rare_one_sooner() -> None:
    assert chance_in_any(0.001, 1) == pytest.approx(0.001)
    assert chance_in_any(0.001, 100) == pytest.approx(1 - 0.999**100)
    assert chance_in_any(1.0, 5) == pytest.approx(1.0)
    assert chance_in_any(0.0, 1000) == 0.0
