"""Write today's price list."""

import numpy as np

from mingdan.engine.simulate.catalogue import CATEGORIES, LINES, PER_LINE
from mingdan.engine.simulate.ledger import Coded, Ledger
from mingdan.engine.simulate.world import World


def write_products(world: World, ledger: Ledger) -> None:
    """Write today's price list."""
    catalogue, days = world.catalogue, world.clock.days
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
        currency=world.currency(n),
        consumable_for=catalogue.machine,
        yearly_use=catalogue.yearly_use,
    )
