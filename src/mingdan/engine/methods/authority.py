"""How far a salesperson may go alone, and quotes seen from that limit."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LEAST_SIDE = 20
"""Quotes needed on each side of a limit that nobody wrote down."""


def learnt_limit(values: Floats, approved: Flags) -> float | None:
    """Return the value from which quotes were mostly approved by somebody, or None where approvals show no limit.

    The cut that separates approved from unapproved quotes best (Youden's difference), if at least 80 % above it and at
    most 20 % below it were approved, with LEAST_SIDE quotes on each side.
    """
    order = np.argsort(values, kind="stable")
    ordered, hits = values[order], approved[order].astype(np.float64)
    if len(ordered) < 2 * LEAST_SIDE:
        return None
    below = np.concatenate([[0.0], np.cumsum(hits)])[:-1]
    before = np.arange(len(ordered))
    above = hits.sum() - below
    after = len(ordered) - before
    is_cut = (before >= LEAST_SIDE) & (after >= LEAST_SIDE)
    is_cut[1:] &= ordered[1:] > ordered[:-1]
    if not is_cut.any():
        return None
    low, high = below / np.maximum(before, 1), above / after
    best = int(np.argmax(np.where(is_cut, high - low, -np.inf)))
    return float(ordered[best]) if high[best] >= 0.8 and low[best] <= 0.2 else None


def just_inside(discount: Floats, limit: Floats, width: Floats | float) -> Flags:
    """Return which discounts use the last `width` of the authority, the limit itself included."""
    room = limit - discount
    inside: Flags = (room >= -1e-9) & (room < width - 1e-9)
    return inside


def density_jump(discount: Floats, limit: Floats, width: float) -> tuple[int, int]:
    """Return how many discounts lie within `width` inside the limit, and how many within `width` beyond it."""
    room = limit - discount
    beyond = (room < -1e-9) & (room >= -width - 1e-9)
    return int(just_inside(discount, limit, width).sum()), int(beyond.sum())
