"""Products: machines, what they consume, and parts."""

from dataclasses import dataclass

import numpy as np

from mingdan.engine.simulate.dice import Dice, Flags, Floats, Ints
from mingdan.engine.simulate.ledger import Coded, Ledger

LINES = ("分析仪器", "过滤系统", "检测设备", "包装机械", "激光加工")
CATEGORIES = ("machine", "consumable", "part")
MACHINE, CONSUMABLE, PART = range(3)
PER_LINE = 12
MACHINES, CONSUMABLES = 3, 6
"""The first three products of a line are machines, the next six their consumables (two each), the last three parts."""

YEARLY_PRICE_RISE = 0.03


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

    @property
    def lines(self) -> int:
        return len(self.line) // PER_LINE

    def list_price(self, product: Ints, days: Floats) -> Floats:
        """Return the list price on these days: it rises a little each calendar half-year."""
        return np.round(self.base[product] * (1 + YEARLY_PRICE_RISE / 2) ** np.floor(np.maximum(days, 0) / 182), 2)

    def cost(self, product: Ints) -> Floats:
        return np.round(self.base[product] * self.cost_share[product], 2)


def stock_up(dice: Dice) -> Catalogue:
    """Return the products of three to five product lines."""
    lines = int(dice.integers(3, len(LINES) + 1))
    place = np.tile(np.arange(PER_LINE), lines)
    category = np.where(place < MACHINES, MACHINE, np.where(place < MACHINES + CONSUMABLES, CONSUMABLE, PART))
    n = len(place)
    base = np.where(
        category == MACHINE,
        np.round(dice.lognormal(np.log(42_000), 0.5, n), -2),
        np.where(
            category == CONSUMABLE,
            np.round(dice.lognormal(np.log(260), 0.5, n)),
            np.round(dice.lognormal(np.log(900), 0.5, n)),
        ),
    )
    first = np.arange(n) - place
    machine = np.where(category == CONSUMABLE, first + (place - MACHINES) // 2, -1)
    return Catalogue(
        line=(first // PER_LINE).astype(np.int64),
        category=category.astype(np.int64),
        base=base,
        floor_share=dice.uniform(0.70, 0.82, n),
        cost_share=dice.uniform(0.42, 0.64, n),
        machine=machine.astype(np.int64),
        yearly_use=np.where(category == CONSUMABLE, np.round(dice.uniform(16, 70, n)), np.nan),
    )


def write_products(catalogue: Catalogue, ledger: Ledger, days: float) -> None:
    """Write today's price list."""
    n = len(catalogue.line)
    product = ledger.numbers("products", n)
    listed = catalogue.list_price(product, np.full(n, days))
    ledger.write(
        "products",
        by="list_price",
        product_id=product,
        name=[
            f"{LINES[line]} {CATEGORIES[kind][0].upper()}{number:02d}"
            for line, kind, number in zip(catalogue.line, catalogue.category, product % PER_LINE, strict=True)
        ],
        category=Coded(CATEGORIES, catalogue.category),
        list_price=listed,
        floor_price=np.round(listed * catalogue.floor_share, 2),
        unit_cost=catalogue.cost(product),
        currency=Coded(("CNY",), np.zeros(n, dtype=np.int64)),
        consumable_for=catalogue.machine,
        yearly_use=catalogue.yearly_use,
    )


def is_machine(catalogue: Catalogue, product: Ints) -> Flags:
    found: Flags = catalogue.category[product] == MACHINE
    return found
