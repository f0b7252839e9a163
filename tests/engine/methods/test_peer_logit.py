import numpy as np
import pytest

from mingdan.engine.methods.peer_logit import expected_chances


def test_a_person_s_own_rows_do_not_move_what_is_expected_of_him() -> None:
    owners = np.repeat(np.arange(8), 30)
    segment = np.array(["north"] * len(owners), dtype=object)
    happened = np.tile(np.arange(30) % 4 == 0, 8)
    spoiled = happened.copy()
    spoiled[owners == 3] = True
    before, after = (expected_chances(seen, [segment], owners) for seen in (happened, spoiled))
    assert after[owners == 3] == pytest.approx(before[owners == 3])
    assert after[owners == 2].mean() > before[owners == 2].mean()


def test_a_trait_s_effect_is_learnt_from_the_others() -> None:
    rng = np.random.default_rng(1)
    owners = np.repeat(np.arange(10), 100)
    tender = rng.random(1000) < 0.5
    happened = rng.random(1000) < np.where(tender, 0.6, 0.2)
    expected = expected_chances(happened, [np.where(tender, "tender", "direct").astype(object)], owners)
    assert expected[tender].mean() == pytest.approx(0.6, abs=0.06)
    assert expected[~tender].mean() == pytest.approx(0.2, abs=0.06)


def test_a_trait_seen_among_few_backs_off_to_all() -> None:
    owners = np.arange(200)
    rare = np.array(["rare" if index < 2 else "usual" for index in range(200)], dtype=object)
    happened = np.array([index < 2 or index % 5 == 0 for index in range(200)])
    assert expected_chances(happened, [rare], owners)[:2].max() < 0.6


def test_one_person_alone_has_nobody_to_be_compared_with() -> None:
    assert expected_chances(
        np.array([True, False]), [np.array(["a", "a"], dtype=object)], np.zeros(2, dtype=int)
    ).tolist() == [0.5, 0.5]
