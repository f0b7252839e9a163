"""What a customer's purchases look like to somebody who asks whether they were cut off: one row of numbers each."""

import numpy as np
from numpy.typing import NDArray

from mingdan.engine.methods.purchases import Purchases

Floats = NDArray[np.float64]
RECENT = 3
"""How many of the last gaps are recent, and how many usual gaps a recent spell lasts."""


def usual_gap(purchases: Purchases) -> float:
    """Return the geometric mean of all gaps between purchases, in days (30 where nobody bought twice)."""
    gaps = np.diff(purchases.day, prepend=0)[purchases.repeated]
    return float(np.exp(np.log(np.maximum(gaps, 0.5)).mean())) if len(gaps) else 30.0


def history_traits(purchases: Purchases, unit: float) -> Floats:
    """Return one row per customer, each of whom has bought; `unit` is the company's usual gap in days.

    Silence; silence against the usual, the longest and the last three own gaps, and the share of own gaps as long; time
    from first to last, time since the first; purchases, and those of the last spell; mean and spread of the log gap; where
    within the time they gather; the last amount against the usual; and purchases times silence.
    """
    start = purchases.start
    count = np.diff(start)
    first, last = purchases.day[start[:-1]], purchases.day[start[1:] - 1]
    silence, span = (purchases.until - last).astype(np.float64), (last - first).astype(np.float64)
    x, bits = (count - 1).astype(np.float64), 0.1 * unit
    sums, squares, longest, as_long = _gap_sums(purchases, silence)
    recent = np.minimum(count - 1, RECENT)
    lately = (last - purchases.day[start[1:] - 1 - recent]) / np.maximum(recent, 1)
    near = np.add.reduceat((last[purchases.customer] - purchases.day <= RECENT * unit).astype(np.float64), start[:-1])
    middle = np.add.reduceat((purchases.day - first[purchases.customer]).astype(np.float64), start[:-1])
    often, quiet = np.log1p(x), np.log1p(silence / unit * 30)
    return np.column_stack(
        [
            quiet,
            np.log((silence + bits) / ((span + unit) / (x + 1) + bits)),
            np.log((silence + bits) / (longest + bits)),
            np.log((silence + bits) / (lately + bits)),
            (as_long + 0.5) / (x + 1),
            np.log1p(span / unit * 30),
            np.log1p((silence + span) / unit * 30),
            often,
            np.log1p(near) - often,
            (sums + np.log(unit)) / (x + 1),
            np.maximum(squares - sums**2 / np.maximum(x, 1), 0) / (x + 1),
            middle / count / np.maximum(span, 1),
            _last_amount(purchases),
            often * quiet,
        ]
    )


def _gap_sums(purchases: Purchases, silence: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return sum and sum of squares of the log gaps, the longest gap, and how many gaps are as long as the silence."""
    gaps = np.where(purchases.repeated, np.diff(purchases.day, prepend=0), 0).astype(np.float64)
    logs = np.where(purchases.repeated, np.log(np.maximum(gaps, 0.5)), 0.0)
    begins = purchases.start[:-1]
    long = (purchases.repeated & (gaps >= silence[purchases.customer])).astype(np.float64)
    return (
        np.add.reduceat(logs, begins),
        np.add.reduceat(logs**2, begins),
        np.maximum.reduceat(gaps, begins),
        np.add.reduceat(long, begins),
    )


def _last_amount(purchases: Purchases) -> Floats:
    """Return the logarithm of the last amount over the customer's usual one; unknown is 0."""
    logs = np.log(np.maximum(np.nan_to_num(purchases.amount), 1.0))
    usual = np.add.reduceat(logs, purchases.start[:-1]) / np.diff(purchases.start)
    return np.asarray(np.clip(logs[purchases.start[1:] - 1] - usual, -3, 3), dtype=np.float64)
