"""Whether histories that were cut off are told from those that were not, and which stops are told."""

import numpy as np

from mingdan.engine.methods.purchases import Purchases
from mingdan.engine.methods.ridge_logit import fit_bent_logit
from mingdan.engine.methods.self_injection import ONCE, cut_off, stop_evidence, stop_order
from mingdan.engine.methods.silent_customers import LISTED_WEIGHT, in_order, weightiest

UNTIL = 900


def company(customers: int, seed: int = 5) -> Purchases:
    """Return customers of different pace; every fifth leaves for good on some day."""
    rng = np.random.default_rng(seed)
    who, days = [], []
    for number in range(customers):
        own = np.cumsum(rng.gamma(2, rng.gamma(3, 12), 80)).astype(np.int64)
        own = np.unique(own[own < (rng.uniform(100, UNTIL) if number % 5 == 0 else UNTIL)])
        own = own if len(own) else np.array([50])
        who.append(np.full(len(own), number))
        days.append(own)
    day = np.concatenate(days)
    return Purchases(tuple(f"A{n:04}" for n in range(customers)), np.concatenate(who), day, np.ones(len(day)), UNTIL)


def test_a_regression_finds_a_bent_effect() -> None:
    rng = np.random.default_rng(2)
    trait = rng.normal(size=(4000, 1))
    happened = rng.random(4000) < 1 / (1 + np.exp(-2 * np.maximum(trait[:, 0], 0)))
    fitted = fit_bent_logit(trait, happened, np.ones(4000)).log_odds(np.array([[-1.5], [-0.5], [0.5], [1.5]]))
    assert np.allclose(fitted, [0, 0, 1, 3], atol=0.4)


def test_cutting_keeps_what_came_before_and_takes_something_from_everybody() -> None:
    purchases = company(300)
    cut = cut_off(purchases, np.arange(300), np.random.default_rng(1))
    assert 200 < len(cut.account_ids) <= 300
    assert len(cut.day) < len(purchases.day)
    assert (np.diff(cut.start) >= 1).all()


def test_cut_off_histories_stand_first() -> None:
    purchases = company(800)
    rng = np.random.default_rng(7)
    chosen = rng.choice(np.flatnonzero(np.diff(purchases.start) >= 8), 60, replace=False)
    day = np.full(800, UNTIL)
    day[chosen] = rng.integers(UNTIL - 400, UNTIL - 150, 60)
    left = purchases.keep(purchases.day <= day[purchases.customer])
    for scores in (stop_evidence(left), stop_order(left)):
        assert scores is not None
        rest = np.delete(scores, chosen)
        assert np.mean([np.mean(score > rest) for score in scores[chosen]]) > 0.8


def test_evidence_is_a_likelihood_ratio_that_rarely_misleads() -> None:
    # Under innocence P(ratio >= c) <= 1 / c for any c (Markov).
    evidence = stop_evidence(company(1500))
    assert evidence is not None
    assert np.mean(evidence >= 0.5) <= 10**-0.5


def test_one_purchase_is_no_rhythm_and_stands_below_the_first() -> None:
    purchases = company(600)
    order, counts = stop_order(purchases), np.diff(purchases.start)
    assert order is not None
    if (counts == 1).any():
        assert order[counts == 1].max() < np.quantile(order[counts > 1], ONCE) + 0.05


def test_few_customers_teach_nothing() -> None:
    assert stop_evidence(company(60)) is None
    assert stop_order(company(60)) is None
    assert in_order(company(60)) == []


def test_customers_who_never_bought_have_no_evidence() -> None:
    purchases = company(400)
    without = purchases.keep(purchases.customer != 17)
    evidence = stop_evidence(without)
    assert evidence is not None
    assert np.flatnonzero(np.isnan(evidence)).tolist() == [17]


def test_the_order_lists_silent_customers_with_falling_weights() -> None:
    stops = in_order(company(500))
    weights = [stop.weight for stop in stops]
    assert weights == sorted(weights, reverse=True)
    assert 0 < weights[-1] < weights[0] < LISTED_WEIGHT
    assert all(stop.chance == 0 and stop.until - stop.last >= stop.gap for stop in stops)


def test_only_the_weightiest_of_each_salesperson_are_kept() -> None:
    stops = in_order(company(500))[:6]
    assert weightiest(stops, ["E1", "E1", "E1", "E2", None, None], 2) == [0, 1, 3, 4, 5]
