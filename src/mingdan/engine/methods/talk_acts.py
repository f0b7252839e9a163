"""What the turns of a talk amount to: who proposed what, and whether it was declined."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mingdan.engine.methods.talk_model import DECLINE, DIVERT, PAY, SHIFT, act_probabilities

Act = Literal["none", "shift", "private", "decline"]

LEAST = 0.5
"""An act is taken as said from this probability on."""


@dataclass(frozen=True)
class Turn:
    """One message as its sender and text."""

    by_employee: bool
    text: str


def acts_of(turns: Sequence[Turn]) -> list[Act]:
    """Return what each message does; a private payment and a deal outside the company are one act, `private`."""
    shares = act_probabilities([one.text for one in turns], np.array([one.by_employee for one in turns], dtype=bool))
    return [_named(row) for row in shares]


def _named(shares: NDArray[np.float64]) -> Act:
    likely: dict[Act, float] = {
        "shift": float(shares[SHIFT]),
        "private": float(shares[PAY] + shares[DIVERT]),
        "decline": float(shares[DECLINE]),
    }
    best = max(likely, key=lambda act: likely[act])
    return best if likely[best] >= LEAST else "none"


def outcome(turns: Sequence[tuple[bool, Act]]) -> Act:
    """Return what a talk amounts to for the salesperson: what he proposed himself, else that he declined, else nothing."""
    own = {act for by_employee, act in turns if by_employee}
    orders: tuple[Act, ...] = ("private", "shift", "decline")
    for act in orders:
        if act in own:
            return act
    return "none"
