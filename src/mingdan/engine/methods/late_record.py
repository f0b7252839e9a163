"""One salesperson's closed late deals against what others' like deals let expect."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mingdan.engine.methods.own_change import Change, own_change
from mingdan.engine.methods.poisson_binomial import count_tail, sum_tail
from mingdan.engine.trail import Columns

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Record:
    """One person's closed late deals in the order of time, and the chance of loss that others' like deals give each."""

    deals: Columns
    chances: Floats
    spread: float

    @property
    def lost(self) -> Flags:
        return self.deals["is_lost"].astype(bool)

    @cached_property
    def change(self) -> Change:
        """The greatest rise over the person's own level."""
        return own_change(self.chances, self.lost)

    @property
    def surplus(self) -> float:
        return float(self.lost.sum() - self.chances.sum())

    def p_value(self, kept: Flags | slice = slice(None)) -> float:
        """Return the smaller p-value of the count and the amount lost, doubled because there are two."""
        chances, lost = self.chances[kept], self.lost[kept]
        amounts = np.nan_to_num(self.deals["amount"][kept])
        by_count = count_tail(chances, int(lost.sum()), self.spread)
        by_amount = sum_tail(chances, amounts, float(amounts[lost].sum()), self.spread)
        return min(1.0, 2 * min(by_count, by_amount))

    def without_chief_account(self) -> Flags:
        """Return the deals of all accounts but the one that lost most of them."""
        accounts = self.deals["account_id"]
        counted = Counter(account for account in accounts[self.lost] if account is not None)
        if not counted:
            return np.ones(len(accounts), dtype=np.bool_)
        chief = min(counted, key=lambda account: (-counted[account], account))
        return np.array([account != chief for account in accounts], dtype=np.bool_)

    def is_one_account(self, start: int, rose: bool) -> bool:
        """Return whether one account alone explains the losses: most of those since the start, or what makes the level high."""
        kept = self.without_chief_account()
        if rose:
            since = self.lost[start:]
            return 2 * int((since & ~kept[start:]).sum()) > int(since.sum())
        return self.p_value(kept) > 0.05

    def by_surprise(self) -> list[int]:
        """Return the places of the lost deals, the most surprising first: -log10 of the chance times the amount's share."""
        amounts = np.nan_to_num(self.deals["amount"])
        share = (amounts + 1e-9) / (amounts + 1e-9).sum()
        score = -np.log10(np.clip(self.chances, 1e-6, 1.0)) * share
        return sorted(np.flatnonzero(self.lost).tolist(), key=lambda place: (-score[place], place))
