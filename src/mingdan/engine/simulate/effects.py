"""What keeps an order from reaching the books as it would have, for guilty and innocent causes alike.

Demand is drawn first, as if nothing happened. An effect then says, for one account and some days, what became of it.
"""

from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from mingdan.engine.simulate.dice import Floats, Ints

GONE, DIVERTED, MOVED, TRIMMED, PRIVATE, RESOLD = range(6)
"""The customer needs or buys nothing here; buys from the salesperson's firm; buys through another account;
buys part elsewhere; buys here, but the money goes elsewhere; buys more than it needs and the rest goes on."""

CAUSES = (
    "none",
    "stock_out",
    "price_rise",
    "closure",
    "tender",
    "territory",
    "absence",
    "weak",
    "followed",
    "moved",
    "side_deal",
    "supplier",
    "hard_project",
    "luck",
)


@dataclass(frozen=True)
class Effect:
    """One cause on one account from `start` to `end`; `orders` and `deals` are the shares touched.

    `firm` is the outside company that gets the business, `to_account` the account through which it comes back at
    `price` times the old price, `extra` the goods sold on as a share of what is needed, `bank` the key of the account paid into; `scheme` is -1 for an innocent cause.
    """

    account: int
    start: float
    end: float
    code: int
    orders: float = 0.0
    deals: float = 0.0
    firm: int = -1
    to_account: int = -1
    bank: int = -1
    price: float = 1.0
    cause: int = 0
    scheme: int = -1
    rep: int = -1
    near_floor: float = 0.0
    extra: float = 0.0


@dataclass
class Effects:
    """All effects as columns, sorted by account (and then as they were added)."""

    columns: dict[str, NDArray[np.float64]] = field(default_factory=dict)

    @classmethod
    def of(cls, effects: list[Effect]) -> "Effects":
        ordered = sorted(effects, key=lambda effect: effect.account)
        return cls(
            {one.name: np.array([getattr(e, one.name) for e in ordered], dtype=np.float64) for one in fields(Effect)}
        )

    def __len__(self) -> int:
        return len(self.columns["account"])

    def match(self, account: Ints, time: Floats, draw: Floats, share: str) -> Ints:
        """Return for each demand the number of the effect that touches it, or -1; `share` is "orders" or "deals"."""
        found = np.full(len(account), -1, dtype=np.int64)
        if not len(self) or not len(account):
            return found
        first = np.searchsorted(self.columns["account"], account, side="left")
        count = np.searchsorted(self.columns["account"], account, side="right") - first
        for slot in range(int(count.max())):
            here = np.minimum(first + slot, len(self) - 1)
            running = (time >= self.columns["start"][here]) & (time < self.columns["end"][here])
            hit = (slot < count) & (found < 0) & running & (draw < self.columns[share][here])
            found[hit] = here[hit]
        return found

    def get(self, name: str, found: Ints, otherwise: float) -> Floats:
        """Return a column of the matched effects, `otherwise` where nothing matched."""
        if not len(self):
            return np.full(len(found), otherwise)
        return np.where(found >= 0, self.columns[name][np.maximum(found, 0)], otherwise)

    def number(self, name: str, found: Ints) -> Ints:
        """Return a column of the matched effects as numbers, -1 where nothing matched."""
        return self.get(name, found, -1.0).astype(np.int64)
