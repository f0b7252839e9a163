"""Whether a silence is longer than chance and ordinary leaving explain: MBG/CNBD-k, fitted by maximum likelihood.

A customer buys at gaps of a law (`gap_laws.py`); after each purchase, the first included, the customer leaves for good
with a probability that is beta over customers (modified beta-geometric). So the chance of a silence has two parts:
left in the ordinary way, or still there and late.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import betaln

from mingdan.engine.methods.gap_laws import Erlang, Floats, GapLaw, Histories, LogNormal

LAWS: tuple[GapLaw, ...] = (Erlang(), LogNormal())
SAMPLE, CHOICE_SAMPLE = 6000, 1200
"""So many different histories are enough to fit a law, and so many to choose between the laws."""

SEED = 20201
SEGMENT_SPREAD = 0.35
"""How far a segment's parameters may lie from the company's before the prior resists (log units)."""

_LEAVING_CENTRE = (-1.2, 1.8, 0.0, 0.0)
_LEAVING_SPREAD = (1.5, 1.5, 0.5, 0.5)
_LEGENDRE, _LEGENDRE_WEIGHTS = np.polynomial.legendre.leggauss(12)


@dataclass(frozen=True)
class Rhythm:
    """A fitted model; `theta` is four parameters of the law, then log a, log b and what size does to gap and leaving.

    `unit` is the typical gap in days; `log_likelihood` is that of the weighted sample, less the prior's penalty.
    """

    law: GapLaw
    theta: Floats
    unit: float
    log_likelihood: float

    def late(self, histories: Histories) -> Floats:
        """Return P(gap > the silence seen | still a customer), parameters of the customer integrated out."""
        scaled = histories.in_units(self.unit)
        return self._survival(scaled, scaled.silence)

    def silent(self, histories: Histories, further: float = 0.0) -> Floats:
        """Return P(no purchase in the silence seen and `further` days): late, or left in the ordinary way."""
        scaled = histories.in_units(self.unit)
        staying = _staying(self.theta, scaled)
        return 1 - staying + staying * self._survival(scaled, scaled.silence + further / self.unit)

    def alive(self, histories: Histories) -> Floats:
        """Return P(still a customer | history)."""
        scaled = histories.in_units(self.unit)
        there = _staying(self.theta, scaled) * self._survival(scaled, scaled.silence)
        return np.asarray(there / (1 - _staying(self.theta, scaled) + there), dtype=np.float64)

    def buys_within(self, histories: Histories, days: float) -> Floats:
        """Return P(at least one purchase in the next `days` | history)."""
        return 1 - self.silent(histories, days) / self.silent(histories)

    def stopped_odds(self, histories: Histories) -> Floats:
        """Return P(history | purchases moved away on some day, each since the first purchase alike) / P(history | innocent).

        Only days of the silence can be that day; for each the customer must have been silent until then by chance.
        """
        scaled = histories.in_units(self.unit)
        staying = _staying(self.theta, scaled)[:, None]
        days = scaled.silence[:, None] * (_LEGENDRE + 1) / 2
        chance = 1 - staying + staying * self._survival(scaled, days)
        average = (chance * _LEGENDRE_WEIGHTS / 2).sum(axis=1)
        share = scaled.silence / (scaled.span + scaled.silence)
        return np.asarray(share * average / self.silent(histories), dtype=np.float64)

    def _survival(self, scaled: Histories, time: Floats) -> Floats:
        """Average the levels of regularity by how well they explain the customer's own gaps."""
        levels = self.law.levels(self.theta[:4], self.theta[6] * scaled.size, scaled)
        total = np.logaddexp.reduce(levels.log_density, axis=0)
        weights = np.exp(levels.log_density - total)
        mixed = weights.reshape(weights.shape + (1,) * (time.ndim - 1)) * levels.survival(time)
        return np.asarray(np.clip(mixed.sum(axis=0), 1e-300, 1.0), dtype=np.float64)


def fit_rhythm(histories: Histories, laws: Sequence[GapLaw] = LAWS) -> Rhythm:
    """Fit each law by maximum likelihood under weak priors and return the likelier one.

    At least one customer with a repeated purchase is needed. Where there are many, the law is chosen on CHOICE_SAMPLE
    customers and fitted on SAMPLE (fixed seed).
    """
    unit = float(np.exp(histories.log_sum.sum() / histories.repeats.sum()))
    scaled = histories.in_units(unit)
    small = _condensed(scaled, CHOICE_SAMPLE)
    fits = [_fit(law, *small, unit, _centre(law), _spread(law)) for law in laws]
    best = max(fits, key=lambda rhythm: rhythm.log_likelihood)
    large = _condensed(scaled, SAMPLE)
    if large[1].sum() == small[1].sum():
        return best
    return _fit(best.law, *large, unit, _centre(best.law), _spread(best.law), start=best.theta)


def fit_segment(histories: Histories, company: Rhythm) -> Rhythm:
    """Fit one segment's customers under the company's law, its parameters shrunk towards the company's."""
    sample, counts = _condensed(histories.in_units(company.unit), CHOICE_SAMPLE)
    spread = np.full(len(company.theta), SEGMENT_SPREAD)
    return _fit(company.law, sample, counts, company.unit, company.theta, spread)


def _fit(
    law: GapLaw,
    sample: Histories,
    counts: Floats,
    unit: float,
    centre: Floats,
    spread: Floats,
    start: Floats | None = None,
) -> Rhythm:
    def loss(standing: Floats) -> float:
        theta = centre + spread * standing
        return float(-(counts * _log_likelihood(law, theta, sample)).sum() + 0.5 * (standing**2).sum())

    total = float(counts.sum())
    found = minimize(  # type: ignore[call-overload]  # its stubs want arrays of one known dimension
        lambda standing: loss(standing) / total,
        np.zeros(len(centre)) if start is None else (start - centre) / spread,
        method="L-BFGS-B",
        bounds=[(-5.0, 5.0)] * len(centre),
        options={"maxiter": 60, "ftol": 1e-8},
    )
    return Rhythm(law, centre + spread * found.x, unit, -float(found.fun) * total)


def _log_likelihood(law: GapLaw, theta: Floats, histories: Histories) -> Floats:
    staying = _staying(theta, histories)
    stayed = betaln(_leaving(theta, histories), np.exp(theta[5]) + histories.repeats)
    stayed -= betaln(_leaving(theta, histories), np.exp(theta[5]))
    levels = law.levels(theta[:4], theta[6] * histories.size, histories)
    end = np.log(np.maximum(1 - staying + staying * levels.survival(histories.silence), 1e-300))
    return np.asarray(stayed + np.logaddexp.reduce(levels.log_density + end, axis=0), dtype=np.float64)


def _leaving(theta: Floats, histories: Histories) -> Floats:
    return np.asarray(np.exp(theta[4] + theta[7] * histories.size), dtype=np.float64)


def _staying(theta: Floats, histories: Histories) -> Floats:
    """Return P(stays after the last purchase | stayed after all the earlier ones)."""
    there = np.exp(theta[5]) + histories.repeats
    return np.asarray(there / (_leaving(theta, histories) + there), dtype=np.float64)


def _centre(law: GapLaw) -> Floats:
    return np.array([*law.centre, *_LEAVING_CENTRE])


def _spread(law: GapLaw) -> Floats:
    return np.array([*law.spread, *_LEAVING_SPREAD])


def _condensed(histories: Histories, limit: int) -> tuple[Histories, Floats]:
    """Return the different histories and how many customers share each; a sample of customers where there are too many."""
    rows = np.column_stack([getattr(histories, name) for name in Histories.__dataclass_fields__])
    different, places, counts = np.unique(rows, axis=0, return_index=True, return_counts=True)
    if len(different) <= limit:
        return histories.take(places), counts.astype(np.float64)
    chosen: NDArray[np.int64] = np.random.default_rng(SEED).choice(len(rows), limit, replace=False)
    _, places, counts = np.unique(rows[chosen], axis=0, return_index=True, return_counts=True)
    return histories.take(chosen[places]), counts.astype(np.float64)
