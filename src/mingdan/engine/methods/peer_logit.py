"""What like cases of other people lead one to expect: a shrunk logistic regression, fitted without the person's own rows."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FOLDS = 10
STEPS = 25


def expected_chances(
    happened: NDArray[np.bool_], traits: Sequence[NDArray[Any]], owners: Ints, shrink: float = 4.0
) -> Floats:
    """Return each row's chance of the event, by a model that saw no row of the row's owner.

    `traits` are categories, one array each; an owner falls into one of ten folds, and each fold is judged by a model of the
    others. Every trait's effect is drawn towards none as `shrink` rows without effect would draw it (a normal prior), so that a trait seen
    among few peers backs off to all of them. Rows of one owner only get 0.5: there is nobody to compare with.
    """
    cells, inverse = _cells(traits, len(happened))
    fold = owners % FOLDS
    expected = np.full(len(happened), 0.5)
    for one in np.unique(fold):
        judged, other = fold == one, fold != one
        if other.any():
            seen = np.bincount(inverse[other], minlength=len(cells)).astype(np.float64)
            events = np.bincount(inverse[other], weights=happened[other], minlength=len(cells)).astype(np.float64)
            expected[judged] = _fitted(cells, events, seen, shrink)[inverse[judged]]
    return expected


def _cells(traits: Sequence[NDArray[Any]], rows: int) -> tuple[Floats, Ints]:
    """Return the different combinations of traits as indicator columns, and each row's combination."""
    codes: list[Ints] = []
    combined = np.zeros(rows, dtype=np.int64)
    for trait in traits:
        values = trait if trait.dtype.kind in "iu" else np.array([str(value) for value in trait], dtype=str)
        _, code = np.unique(values, return_inverse=True)
        combined = combined * (int(code.max(initial=0)) + 1) + code
        codes.append(code)
    _, first, inverse = np.unique(combined, return_index=True, return_inverse=True)
    indicators = [np.eye(int(code.max(initial=0)) + 1)[code[first]] for code in codes]
    return np.concatenate([np.ones((len(first), 1)), *indicators], axis=1), inverse


def _fitted(cells: Floats, events: Floats, seen: Floats, shrink: float) -> Floats:
    """Fit by Newton's steps; the level itself is nearly free, effects are shrunk."""
    rate = (events.sum() + 1) / (seen.sum() + 2)
    penalty = np.full(cells.shape[1], shrink * rate * (1 - rate))
    penalty[0] = 1e-6
    effects = np.zeros(cells.shape[1])
    effects[0] = logit(rate)
    for _ in range(STEPS):
        chance = expit(cells @ effects)
        slope = cells.T @ (events - seen * chance) - penalty * np.where(np.arange(len(effects)) == 0, 0.0, effects)
        curve = (cells * (seen * chance * (1 - chance))[:, None]).T @ cells + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        effects += np.clip(step, -2.0, 2.0)
        if np.abs(step).max() < 1e-8:
            break
    return np.asarray(expit(cells @ effects), dtype=np.float64)
