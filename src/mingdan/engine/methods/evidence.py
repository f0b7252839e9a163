"""From a p-value to a weight of evidence."""

import math


def weight_from_p(p: float) -> float:
    """Return the most weight (log10 likelihood ratio) that a p-value can carry against its null hypothesis.

    Uses the bound -1 / (e p ln p) of Sellke, Bayarri and Berger (2001, The American Statistician 55:62-71), valid for
    p < 1/e; a larger p carries nothing. p = 0 counts as 1e-12.
    """
    p = max(p, 1e-12)
    if p >= 1 / math.e:
        return 0.0
    return math.log10(-1 / (math.e * p * math.log(p)))
