"""Products: machines, what they consume, and parts."""

from dataclasses import dataclass

import numpy as np

from mingdan.engine.simulate.assumptions import Assumptions
from mingdan.engine.simulate.dice import Dice, Flags, Floats, Ints

LINES = ("分析仪器", "过滤系统", "检测设备", "包装机械", "激光加工")
CATEGORIES = ("machine", "consumable", "part")
MACHINE, CONSUMABLE, PART = range(3)
PER_LINE = 12
MACHINES, CONSUMABLES = 3, 6
"""The first three products of a line are machines, the next six their consumables (two each), the last three parts."""


@dataclass(frozen=True)
class Catalogue:
    """One entry per product; `base` is the list price at the start, `yearly_use` units per machine and year."""

    line: Ints
    category: Ints
    base: Floats
    floor_share: Floats
    cost_share: Floats
    machine: Ints
    yearly_use: Floats
    yearly_rise: float

    @property
    def lines(self) -> int:
        return len(self.line) // PER_LINE

    def list_price(self, product: Ints, days: Floats) -> Floats:
        """Return the list price on these days: it rises a little each calendar half-year."""
        return np.round(self.base[product] * (1 + self.yearly_rise / 2) ** np.floor(np.maximum(days, 0) / 182), 2)

    def cost(self, product: Ints) -> Floats:
        return np.round(self.base[product] * self.cost_share[product], 2)


def stock_up(assumed: Assumptions, dice: Dice) -> Catalogue:
    """Return the products of three to five product lines."""
    lines = int(dice.integers(3, len(LINES) + 1))
    place = np.tile(np.arange(PER_LINE), lines)
    category = np.where(place < MACHINES, MACHINE, np.where(place < MACHINES + CONSUMABLES, CONSUMABLE, PART))
    n = len(place)
    base = np.where(
        category == MACHINE,
        np.round(assumed.price_scale * dice.lognormal(np.log(42_000), dice.uniform(0.2, 0.8), n), -2),
        np.where(
            category == CONSUMABLE,
            np.maximum(5, np.round(assumed.price_scale * dice.lognormal(np.log(dice.uniform(120, 420)), 0.5, n))),
            np.maximum(9, np.round(assumed.price_scale * dice.lognormal(np.log(900), 0.5, n))),
        ),
    )
    first = np.arange(n) - place
    machine = np.where(category == CONSUMABLE, first + (place - MACHINES) // 2, -1)
    return Catalogue(
        line=(first // PER_LINE).astype(np.int64),
        category=category.astype(np.int64),
        base=base,
        floor_share=_between(0.64, 0.88, n, dice),
        cost_share=_between(0.3, 0.58, n, dice),
        machine=machine.astype(np.int64),
        yearly_use=np.where(category == CONSUMABLE, np.round(dice.uniform(10, 40) * dice.uniform(0.6, 1.8, n)), np.nan),
        yearly_rise=assumed.price_rise,
    )


def _between(low: float, high: float, n: int, dice: Dice) -> Floats:
    """Return n shares from a part of this range that differs from company to company."""
    first, second = np.sort(dice.uniform(low, high, 2))
    return dice.uniform(float(first), float(second), n)


def is_machine(catalogue: Catalogue, product: Ints) -> Flags:
    found: Flags = catalogue.category[product] == MACHINE
    return found
