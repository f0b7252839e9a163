"""Whether a silence looks like a purchase history cut off on a random day: learnt on the company's own customers.

Every customer's history is cut off on a random day, and a logistic regression learns to tell such histories from those
left whole. Its odds are the ratio P(history | cut off) / P(history | as customers here are) (density ratio by classification:
Qin 1998, Biometrika 85:619-630). Ordinary leaving, pauses, bursts and cohorts of this very company are so in the yardstick,
and no law of gaps need hold. Where a share of the customers were really cut off, the order stays the same (Elkan and Noto 2008,
KDD: learning from positive and unlabelled data).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mingdan.engine.methods.history_traits import history_traits, usual_gap
from mingdan.engine.methods.purchases import Purchases
from mingdan.engine.methods.ridge_logit import fit_bent_logit

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SEED = 20301
SAMPLE = 6000
"""So many customers are enough to learn from."""

LEAST_CUSTOMERS = 200
"""With fewer customers of the class there is too little to learn from."""

REGULARS = (3, 6, 10)
"""What may have been a regular customer before a cut: so many purchases or more. Nobody knows, so the answers are averaged."""

ONCE = 0.7
"""How far up the others' order a customer with one purchase may stand at most (quantile): it has no rhythm to break."""


def stop_evidence(purchases: Purchases, least: int = 3) -> Floats | None:
    """Return log10 P(history | cut off) / P(history | innocent) for each customer, NaN for who never bought.

    Histories of `least` purchases or more are cut; all customers are the yardstick. None where there are too few to learn from.
    """
    odds = _learnt(purchases, least, yardstick=np.ones(len(purchases.account_ids), dtype=np.bool_))
    return None if odds is None else np.asarray(odds / np.log(10), dtype=np.float64)


def stop_order(purchases: Purchases, classes: Sequence[int] = REGULARS) -> Floats | None:
    """Return the mean of that logarithm over four yardsticks: all customers, and those of each class alone.

    By a class's yardstick somebody who bought twice and was once regular is cut off for certain. So this orders customers
    given that they may have been regular, and is no evidence of its own. None where there are too few to learn from.
    """
    counts = np.diff(purchases.start)
    evidence = stop_evidence(purchases)
    if evidence is None:
        return None
    learnt = [_learnt(purchases, least, yardstick=counts >= least) for least in classes]
    order = np.mean([evidence, *(odds / np.log(10) for odds in learnt if odds is not None)], axis=0)
    once = counts == 1
    order[once] = np.minimum(order[once], np.quantile(order[counts > 1], ONCE) + 0.001 * order[once])
    return np.asarray(order, dtype=np.float64)


def _learnt(purchases: Purchases, least: int, *, yardstick: NDArray[np.bool_]) -> Floats | None:
    """Return the natural logarithm of the odds; a customer that never bought has none (NaN)."""
    bought = np.diff(purchases.start) > 0
    if not bought.all():
        learnt = _learnt(_of(purchases, bought), least, yardstick=yardstick[bought])
        return None if learnt is None else _spread(learnt, bought)
    rng = np.random.default_rng([SEED, least])
    regular = np.flatnonzero(np.diff(purchases.start) >= least)
    if len(regular) < LEAST_CUSTOMERS:
        return None
    unit = usual_gap(purchases)
    traits = history_traits(purchases, unit)
    cut = history_traits(cut_off(purchases, _sample(regular, rng), rng), unit)
    whole = traits[_sample(np.flatnonzero(yardstick), rng)]
    happened = np.r_[np.zeros(len(whole), dtype=np.bool_), np.ones(len(cut), dtype=np.bool_)]
    weights = np.r_[np.full(len(whole), len(cut) / len(whole)), np.ones(len(cut))]
    return fit_bent_logit(np.concatenate([whole, cut]), happened, weights).log_odds(traits)


def cut_off(purchases: Purchases, customers: Ints, rng: np.random.Generator) -> Purchases:
    """Return these customers' purchases up to a day drawn evenly between the first purchase and the end.

    Who bought nothing after that day lost nothing and is left out.
    """
    first = purchases.day[purchases.start[:-1]][customers]
    last = purchases.day[purchases.start[1:] - 1]
    day = np.full(len(purchases.account_ids), -1.0)
    day[customers] = first + rng.random(len(customers)) * (purchases.until - first)
    lost = (day >= 0) & (last > day)
    place = np.cumsum(lost) - 1
    kept = lost[purchases.customer] & (purchases.day <= day[purchases.customer])
    return Purchases(
        tuple(str(one) for one in range(int(lost.sum()))),
        place[purchases.customer[kept]],
        purchases.day[kept],
        purchases.amount[kept],
        purchases.until,
    )


def _of(purchases: Purchases, customers: NDArray[np.bool_]) -> Purchases:
    """Return the purchases of these customers alone, the customers numbered anew."""
    place = np.cumsum(customers) - 1
    names = tuple(name for name, kept in zip(purchases.account_ids, customers.tolist(), strict=True) if kept)
    kept = customers[purchases.customer]
    return Purchases(
        names, place[purchases.customer[kept]], purchases.day[kept], purchases.amount[kept], purchases.until
    )


def _spread(values: Floats, places: NDArray[np.bool_]) -> Floats:
    spread = np.full(len(places), np.nan)
    spread[places] = values
    return spread


def _sample(places: Ints, rng: np.random.Generator) -> Ints:
    if len(places) <= SAMPLE:
        return places
    chosen: Ints = np.sort(rng.choice(places, SAMPLE, replace=False))
    return chosen
