"""How long a customer waits between two purchases: two laws, each with customers who differ in pace and regularity."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, gammaln, stdtr

Floats = NDArray[np.float64]

SHORTEST = 1e-3
"""The shortest silence, in units of the typical gap: a customer who bought on the last day waits at least so long."""

MOST_REGULAR = 50.0
"""The largest common k: nobody's gaps are believed to vary less than 14 % (days off, weekends, rounding to days)."""

_NODES, _NODE_WEIGHTS = np.polynomial.hermite_e.hermegauss(5)
_LOG_WEIGHTS = np.log(_NODE_WEIGHTS / _NODE_WEIGHTS.sum())


@dataclass(frozen=True)
class Histories:
    """What is needed of each customer's purchases, one entry per customer, times in one unit.

    `repeats` purchases after the first, `span` from first to last, `silence` from last to the end, `log_sum` and
    `log_squares` the sums of the logarithms of the gaps and of their squares, `size` the customer's standardised size.
    """

    repeats: Floats
    span: Floats
    silence: Floats
    log_sum: Floats
    log_squares: Floats
    size: Floats

    def in_units(self, unit: float) -> "Histories":
        """Return the same histories with times counted in `unit`s of the present one."""
        shift = np.log(unit)
        return Histories(
            self.repeats,
            self.span / unit,
            np.maximum(self.silence / unit, SHORTEST),
            self.log_sum - self.repeats * shift,
            self.log_squares - 2 * shift * self.log_sum + self.repeats * shift**2,
            self.size,
        )

    def take(self, which: NDArray[np.int64] | NDArray[np.bool_]) -> "Histories":
        """Return the histories at these places."""
        return Histories(*(getattr(self, field.name)[which] for field in fields(self)))


@dataclass(frozen=True)
class Levels:
    """The levels of regularity, on the first axis: log of each's weight times the density of the gaps seen (levels, n),
    and P(next gap > time), from times (n,) or (n, m) to (levels, n) or (levels, n, m).
    """

    log_density: Floats
    survival: Callable[[Floats], Floats]


class GapLaw(Protocol):
    """A law of gaps with four parameters; `centre` and `spread` are the weak normal prior of each."""

    @property
    def name(self) -> str: ...
    @property
    def centre(self) -> tuple[float, ...]: ...
    @property
    def spread(self) -> tuple[float, ...]: ...

    def levels(self, theta: Floats, shift: Floats, histories: Histories) -> Levels:
        """Return the levels of regularity; `shift` moves each customer's log gap."""
        ...


@dataclass(frozen=True)
class Erlang:
    """Gaps are gamma with shape k; pace is gamma over customers, and so the law of gaps given history is a beta prime.

    Parameters: logarithms of r, alpha (pace), k and of the spread of log k between customers. The gap law of
    (M)BG/CNBD-k: Platzer and Reutterer (2016, Marketing Science 35:779-799); Reutterer, Platzer and Schroeder (2020,
    International Journal of Research in Marketing), with k a real number that may differ between customers.
    """

    name: str = "erlang"
    centre: tuple[float, ...] = (0.0, 0.0, 0.7, -1.0)
    spread: tuple[float, ...] = (1.5, 1.5, 1.0, 0.7)

    def levels(self, theta: Floats, shift: Floats, histories: Histories) -> Levels:
        r, alpha, common, between = np.exp(theta)
        k = (MOST_REGULAR * np.tanh(common / MOST_REGULAR) * np.exp(np.tanh(between) * _NODES))[:, None]
        x, start = histories.repeats, alpha * np.exp(shift) / k
        evidence, seen = r + k * x, start + histories.span
        density = (k - 1) * histories.log_sum - x * gammaln(k) + gammaln(evidence) - gammaln(r)
        density += r * np.log(start) - evidence * np.log(seen) + _LOG_WEIGHTS[:, None]

        def survival(time: Floats) -> Floats:
            known, shape, own = _beside(seen, time), _beside(evidence, time), _beside(k, time)
            return np.asarray(betainc(shape, own, known / (known + time)), dtype=np.float64)

        return Levels(density, survival)


@dataclass(frozen=True)
class LogNormal:
    """Log gaps are normal; mean and variance differ between customers (normal inverse gamma, exact by conjugacy).

    Parameters: mean of the log gap, and logarithms of: purchases the population's mean is worth, purchases its variance
    is worth, its standard deviation. Heavier tail than the Erlang law: for customers who pause and come back.
    """

    name: str = "log-normal"
    centre: tuple[float, ...] = (0.0, -0.7, 2.0, -0.5)
    spread: tuple[float, ...] = (1.5, 1.2, 1.0, 0.8)

    def levels(self, theta: Floats, shift: Floats, histories: Histories) -> Levels:
        mean, (worth, freedom, deviation) = theta[0] + shift, np.exp(theta[1:])
        x = histories.repeats
        own = np.divide(histories.log_sum, x, out=np.zeros_like(x), where=x > 0)
        now_worth, now_freedom = worth + x, freedom + x
        centre = (worth * mean + histories.log_sum) / now_worth
        squares = np.maximum(histories.log_squares - x * own**2, 0) + worth * x / now_worth * (own - mean) ** 2
        squares += freedom * deviation**2
        scale = np.sqrt(squares / now_freedom * (1 + 1 / now_worth))
        density = gammaln(now_freedom / 2) - gammaln(freedom / 2) + 0.5 * np.log(worth / now_worth)
        density += freedom / 2 * np.log(freedom * deviation**2) - now_freedom / 2 * np.log(squares)
        density -= x / 2 * np.log(np.pi) + histories.log_sum

        def survival(time: Floats) -> Floats:
            late = (_beside(centre[None], time) - np.log(np.maximum(time, SHORTEST))) / _beside(scale[None], time)
            return np.asarray(stdtr(_beside(now_freedom[None], time), late), dtype=np.float64)

        return Levels(density[None], survival)


def _beside(values: Floats, time: Floats) -> Floats:
    """Shape values per level and customer so that they go with times of (n,) or (n, m)."""
    return values.reshape(values.shape + (1,) * (time.ndim - 1))
