"""How strongly schemes show: the chance of each careless trace, drawn anew for each company."""

from dataclasses import dataclass

from mingdan.engine.simulate.dice import Dice

MEANS: dict[str, float] = {
    "firm led by a relative": 0.45, "firm with own phone": 0.25, "firm at own address": 0.2, "share in the firm": 0.1,
    "passes for us": 0.35, "list taken": 0.35, "leaver takes list": 0.7, "leaver leads the firm": 0.45,
    "numbers changed": 0.35, "each number": 0.45, "own number": 0.15, "captured number": 0.7, "mail to firm": 0.15,
    "quote in mail": 0.5, "customer deleted": 0.1, "stray service": 0.2, "stray goods known by number": 0.6,
    "paid and not delivered": 0.05, "tip": 0.15, "paid to own bank": 0.35, "named in contract": 0.4,
    "payer is a relative": 0.45, "collects in person": 0.5, "complains about payment": 0.12, "hushed": 0.4,
    "tells call-back": 0.6, "names the person": 0.3, "talks in the archive": 0.35, "leaves the archive": 0.4,
    "near the floor": 0.5, "goods to the firm": 0.2, "bad reason": 0.5, "short call kept long": 0.6,
    "added to messenger": 0.4, "resold goods serviced": 0.5, "resold goods sent on": 0.5, "mail from the like": 0.4,
    "asks about unknown order": 0.25, "receipt on another's invoice": 0.45, "balance differs": 0.5,
    "waved through": 0.5, "passed through the pool": 0.4, "spends on": 0.4, "samples for the firm": 0.4,
    "accepted and lost": 0.35, "surveyed in anger": 0.2, "back during leave": 0.4, "night work": 0.2,
}  # fmt: skip
"""Judged, not measured: the mean over companies of each chance."""

_WIDTH = 3.0
"""Alpha plus beta of the Beta distribution: so wide that a trace that is common in one company is absent in another."""


@dataclass(frozen=True)
class Tells:
    """The chance of each trace in one company; `scale` says how careless its offenders are altogether."""

    chances: dict[str, float]
    scale: float

    def __getitem__(self, name: str) -> float:
        return min(1.0, self.chances[name] * self.scale)


def draw_tells(dice: Dice, scale: float) -> Tells:
    """Draw the chance of every trace from a Beta distribution around its mean."""
    return Tells(
        {name: float(dice.beta(_WIDTH * mean, _WIDTH * (1 - mean))) for name, mean in MEANS.items()}, float(scale)
    )
