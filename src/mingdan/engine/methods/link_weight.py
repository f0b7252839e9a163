"""What it weighs that an account buys for one customer's place after that customer stopped or shrank."""

from dataclasses import dataclass
from typing import Any

from mingdan.engine.methods.successors import Goods, Succession


@dataclass(frozen=True)
class LinkSigns:
    """Signs of a sham link and their weights (log10 likelihood ratios, by judgement until call-backs measure them)."""

    most_sharers: int = 3
    alone: float = 0.9
    shared: float = 0.6
    shrunk: float = -0.3
    cosine: float = 0.8
    same_basket: float = 0.3
    cheaper: float = 0.05
    lower_price: float = 0.7
    young_days: int = 730
    young: float = 0.3
    few_staff: int = 5
    small: float = 0.2
    unpriced: float = 0.6


def weight_of_pair(pair: Succession, goods: Goods, firm: dict[str, Any] | None, signs: LinkSigns) -> float:
    """Add the weights of the signs; 0 where the goods are others or dearer, `unpriced` at most where the prices are unknown."""
    weight = signs.alone if pair.sharers <= 2 else signs.shared
    weight += signs.shrunk if pair.shrunk else 0.0
    if goods.cosine is not None and goods.cosine < signs.cosine / 2:
        return 0.0
    if goods.cosine is not None and goods.cosine > signs.cosine:
        weight += signs.same_basket
    weight += _of_firm(pair, firm, signs)
    if goods.price_change is None:
        return min(weight, signs.unpriced)
    return weight + signs.lower_price if goods.price_change < -signs.cheaper else 0.0


def _of_firm(pair: Succession, firm: dict[str, Any] | None, signs: LinkSigns) -> float:
    if firm is None:
        return 0.0
    weight, founded, staff = 0.0, firm["established_date"], firm["staff_count"]
    if founded is not None:
        weight += signs.young if (pair.first_at.date() - founded).days < signs.young_days else -signs.young
    if staff is not None and staff <= signs.few_staff:
        weight += signs.small
    return weight
