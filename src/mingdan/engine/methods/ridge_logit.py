"""A shrunk logistic regression on continuous traits, each with three bends."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]

BENDS = (0.2, 0.5, 0.8)
"""Quantiles of a trait at which its effect may bend."""

STEPS = 15
LARGEST_STEP = 3.0


@dataclass(frozen=True)
class BentLogit:
    """A fitted regression; traits are standardised by `centre` and `spread`, and bend at `knots` (bends, traits)."""

    centre: Floats
    spread: Floats
    knots: Floats
    effects: Floats

    def log_odds(self, traits: Floats) -> Floats:
        """Return the natural logarithm of the odds for each row."""
        return np.asarray(_bent(traits, self.centre, self.spread, self.knots) @ self.effects, dtype=np.float64)


def fit_bent_logit(traits: Floats, happened: NDArray[np.bool_], weights: Floats, shrink: float = 5.0) -> BentLogit:
    """Fit by Newton's steps under a normal prior on every effect but the level's (`shrink` is its precision)."""
    centre, spread = traits.mean(axis=0), traits.std(axis=0) + 1e-9
    knots = np.quantile((traits - centre) / spread, BENDS, axis=0)
    columns = _bent(traits, centre, spread, knots)
    penalty = np.full(columns.shape[1], shrink)
    penalty[0] = 1e-6
    effects = np.zeros(columns.shape[1])
    for _ in range(STEPS):
        chance = expit(columns @ effects)
        slope = columns.T @ (weights * (happened - chance)) - penalty * effects
        curve = (columns * (weights * chance * (1 - chance))[:, None]).T @ columns + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        effects += np.clip(step, -LARGEST_STEP, LARGEST_STEP)
        if np.abs(step).max() < 1e-6:
            break
    return BentLogit(centre, spread, knots, effects)


def _bent(traits: Floats, centre: Floats, spread: Floats, knots: Floats) -> Floats:
    standing = (traits - centre) / spread
    bends = [np.maximum(standing - knot, 0) for knot in knots]
    return np.column_stack([np.ones(len(standing)), standing, *bends])
