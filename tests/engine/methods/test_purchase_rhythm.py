"""The purchase rhythm against known values, simulation and common sense."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import gamma

from mingdan.engine.methods.gap_laws import Erlang, GapLaw, Histories, LogNormal
from mingdan.engine.methods.purchase_rhythm import Rhythm, fit_rhythm

BOTH_LAWS = pytest.mark.parametrize("law", [Erlang(), LogNormal()], ids=lambda law: law.name)


def one(repeats: int, span: float, silence: float) -> Histories:
    """Return one customer with even gaps."""
    gap = span / max(repeats, 1)
    logs = repeats * np.log(gap) if repeats else 0.0
    squares = repeats * np.log(gap) ** 2 if repeats else 0.0
    return Histories(*(np.array([float(x)]) for x in (repeats, span, silence, logs, squares, 0)))


def simulated(shape: float, *, stop_late: int, seed: int = 3, count: int = 300) -> Histories:
    """Return customers with gamma gaps of this shape, mean 30, over two years; the first `stop_late` stop half-way."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        times = np.cumsum(rng.gamma(shape, 30 / shape, 100))
        times = times[times < (365 if number < stop_late else 730)]
        logs = np.log(np.diff(times))
        rows.append((len(logs), times[-1] - times[0], 730 - times[-1], logs.sum(), (logs**2).sum(), 0.0))
    return Histories(*np.array(rows).T)


def plain(law: GapLaw) -> Rhythm:
    return Rhythm(law, np.array([*law.centre, -1.2, 1.8, 0.0, 0.0]), 30.0, 0.0)


def test_poisson_gaps_give_the_published_probability_alive() -> None:
    # MBG/NBD (Batislam, Denizel and Filiztekin 2007) in closed form: 1 / (1 + a / (b + x) * ((alpha + T) / (alpha + t)) ** (r + x)).
    r, alpha, a, b, x, t, until = 0.525, 6.183, 0.891, 1.614, 3, 20.0, 38.86
    law = Erlang()
    no_spread = -40.0
    theta = np.array([np.log(r), np.log(alpha), np.log(50 * np.arctanh(1 / 50)), no_spread, np.log(a), np.log(b), 0, 0])
    alive = Rhythm(law, theta, 1.0, 0.0).alive(one(x, t, until - t))[0]
    assert alive == pytest.approx(1 / (1 + a / (b + x) * ((alpha + until) / (alpha + t)) ** (r + x)), rel=1e-9)


def test_the_gap_tail_is_the_erlang_tail_averaged_over_the_pace() -> None:
    shape, r, alpha, x, span, silence = 3.0, 2.0, 1.5, 4, 5.0, 2.0
    theta = np.array([np.log(r), np.log(alpha), np.log(50 * np.arctanh(shape / 50)), -40.0, -1.0, 1.0, 0, 0])
    told = Rhythm(Erlang(), theta, 1.0, 0.0).late(one(x, span, silence))[0]
    pace = gamma(r + shape * x, scale=1 / (alpha / shape + span))
    averaged = quad(lambda rate: gamma.sf(silence, shape, scale=1 / rate) * pace.pdf(rate), 0, np.inf)[0]
    assert told == pytest.approx(averaged, rel=1e-6)


@BOTH_LAWS
@given(repeats=st.integers(0, 400), gap=st.floats(0.2, 900), silence=st.floats(0.0, 9000))
@settings(max_examples=40, deadline=None)
def test_probabilities_stay_probabilities_at_any_history(law: GapLaw, repeats: int, gap: float, silence: float) -> None:
    history, rhythm = one(repeats, repeats * gap, silence), plain(law)
    for value in (rhythm.late(history), rhythm.silent(history), rhythm.alive(history), rhythm.buys_within(history, 90)):
        assert 0 <= value[0] <= 1 + 1e-12
    assert np.isfinite(rhythm.stopped_odds(history)[0])


@BOTH_LAWS
def test_a_longer_silence_is_never_likelier(law: GapLaw) -> None:
    rhythm = plain(law)
    silences = [rhythm.silent(one(12, 360, days))[0] for days in (10, 40, 90, 200, 500)]
    assert silences == sorted(silences, reverse=True)


def test_regular_gaps_are_recognised_as_erlang_and_their_shape_found() -> None:
    rhythm = fit_rhythm(simulated(6.0, stop_late=0))
    assert rhythm.law.name == "erlang"
    assert np.exp(rhythm.theta[2]) == pytest.approx(6.0, rel=0.25)


def test_gaps_with_long_pauses_are_recognised_as_log_normal() -> None:
    rng = np.random.default_rng(5)
    rows = []
    for _ in range(300):
        times = np.cumsum(np.exp(rng.normal(2.5, 1.3, 60)))
        times = np.append(times[0], times[(times > times[0]) & (times < 730)])
        logs = np.log(np.diff(times))
        rows.append((len(logs), times[-1] - times[0], max(730 - times[-1], 1.0), logs.sum(), (logs**2).sum(), 0.0))
    assert fit_rhythm(Histories(*np.array(rows).T)).law.name == "log-normal"


def test_customers_who_stopped_rank_above_those_who_go_on() -> None:
    histories = simulated(4.0, stop_late=15)
    odds = fit_rhythm(histories).stopped_odds(histories)
    assert odds[:15].min() > odds[15:].max()


def test_where_leaving_is_common_a_stop_says_less() -> None:
    rare, common = simulated(4.0, stop_late=6), simulated(4.0, stop_late=200)
    assert fit_rhythm(rare).stopped_odds(rare)[0] > 3 * fit_rhythm(common).stopped_odds(common)[0]


def test_the_same_histories_give_the_same_fit() -> None:
    histories = simulated(3.0, stop_late=9)
    assert np.array_equal(fit_rhythm(histories).theta, fit_rhythm(histories).theta)
