"""One p-value from several independent ones."""

import math
from collections.abc import Sequence

from scipy.stats import chi2


def joint_p(chances: Sequence[float]) -> float:
    """Return Fisher's joint p-value (1925): -2 times the sum of logs is chi-square with two degrees for each chance."""
    return float(chi2.sf(-2 * sum(math.log(max(chance, 1e-300)) for chance in chances), 2 * len(chances)))
