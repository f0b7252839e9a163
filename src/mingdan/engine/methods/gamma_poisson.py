"""Counts whose rates differ between customers: gamma-Poisson, from the peers' rates and the customer's own past."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import betainc, gammaln

Floats = NDArray[np.float64]


def fit_rates(counts: Floats, exposure: Floats) -> tuple[float, float]:
    """Return shape and rate of the gamma distribution of counts per exposure among peers, by maximum likelihood.

    The mean is that of all peers together plus half a count; only the shape is searched, from 0.05 to 50, with a weak
    log-normal prior around 1. Counts may be fractions (amounts in units of a usual purchase).
    """
    mean = (counts.sum() + 0.5) / (exposure.sum() + 0.5)

    def loss(log_shape: float) -> float:
        shape = np.exp(log_shape)
        seen = gammaln(shape + counts) - gammaln(shape) - counts * np.log(shape / mean + exposure)
        seen += shape * (np.log(shape / mean) - np.log(shape / mean + exposure))
        return float(-seen.sum() + 0.5 * log_shape**2)

    shape = float(np.exp(minimize_scalar(loss, bounds=(-3.0, 3.9), method="bounded").x))
    return shape, shape / float(mean)


def at_most(counts: Floats, exposure: Floats, shape: Floats, rate: Floats) -> Floats:
    """Return P(count <= counts) in each exposure for gamma rates with this shape and rate (negative binomial)."""
    share = rate / (rate + np.maximum(exposure, 1e-12))
    return np.asarray(betainc(shape, counts + 1, share), dtype=np.float64)
