"""How long things last when some of them have not ended yet."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def survival_at(times: Floats, ended: NDArray[np.bool_], at: Floats) -> Floats:
    """Return P(lasting at least `at`) by Kaplan and Meier (1958, J. Amer. Stat. Assoc. 53:457-481).

    `times` of all, `ended` where the end was seen (else it lasted at least so long). Never less than 1 / (n + 1): n cases
    cannot show anything rarer. 1 where there is no case.
    """
    if not len(times):
        return np.ones(len(at))
    order = np.argsort(times, kind="stable")
    moments, first = np.unique(times[order], return_index=True)
    ends = np.add.reduceat(ended[order].astype(np.float64), first)
    at_risk = len(times) - first
    after = np.concatenate([[1.0], np.cumprod(1 - ends / at_risk)])
    lasting: Floats = after[np.searchsorted(moments, at, side="left")]
    return np.maximum(lasting, 1 / (len(times) + 1))
