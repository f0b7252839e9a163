"""Amounts, chances and counts the way people write them in each language."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from mingdan.engine.findings import Text

SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "JPY": "JP¥", "SGD": "S$", "TWD": "NT$"}


def amount(value: Decimal | float, currency: str) -> str:
    """Write an amount with separators and currency; cents are shown only below 1,000."""
    value = Decimal(str(value))
    step = Decimal(1) if abs(value) >= 1000 or value == value.to_integral_value() else Decimal("0.01")
    rounded = value.quantize(step, ROUND_HALF_UP)
    sign = "−" if rounded < 0 else ""
    return f"{sign}{_symbol(currency)}{abs(rounded):,}"


def short_amount(value: Decimal | float, currency: str) -> Text:
    """Write an amount where space is short: thousands and millions in English, 万 and 亿 in Chinese."""
    value = Decimal(str(value))
    en = _scaled(value, ((Decimal(10**6), " M"), (Decimal(10**4), " k")), thousand=Decimal(1000))
    zh = _scaled(value, ((Decimal(10**8), " 亿"), (Decimal(10**4), " 万")))
    return Text(_symbol(currency) + en, _symbol(currency) + zh)


def _scaled(value: Decimal, units: tuple[tuple[Decimal, str], ...], thousand: Decimal | None = None) -> str:
    for least, unit in units:
        if abs(value) >= least:
            scaled = value / (thousand if thousand and unit == " k" else least)
            places = Decimal(1) if abs(scaled) >= 100 else Decimal("0.1")
            text = f"{scaled.quantize(places, ROUND_HALF_UP):,}"
            return text.removesuffix(".0") + unit
    return f"{value.quantize(Decimal(1), ROUND_HALF_UP):,}"


def _symbol(currency: str) -> str:
    return SYMBOLS.get(currency, f"{currency} ")


@dataclass(frozen=True)
class Band:
    """A range of probability with its word: a band, because two decimals would claim what nobody knows."""

    low: float
    high: float
    word: Text

    @property
    def range(self) -> str:
        if self.high >= 1:
            return f"> {self.low:.0%}".replace("%", " %")
        if self.low <= 0:
            return f"< {self.high:.0%}".replace("%", " %")
        return f"{100 * self.low:.0f}–{100 * self.high:.0f} %"


BANDS = (
    Band(0.95, 1.0, Text("very likely", "极有可能")),
    Band(0.9, 0.95, Text("very likely", "极有可能")),
    Band(0.8, 0.9, Text("likely", "很可能")),
    Band(0.5, 0.8, Text("more likely than not", "可能性过半")),
    Band(0.2, 0.5, Text("possible", "有可能")),
    Band(0.05, 0.2, Text("unlikely", "可能性较小")),
    Band(0.0, 0.05, Text("very unlikely", "可能性很小")),
)


def band(probability: float) -> Band:
    """Return the band that a probability falls into."""
    return next(one for one in BANDS if probability >= one.low)


def chance(probability: float) -> str:
    """Write a probability of being drawn, to two figures."""
    percent = 100 * probability
    return f"{percent:.0f} %" if percent >= 10 else f"{percent:.2g} %"


def many(count: int, one: str, more: str) -> str:
    """Write a count with its English noun."""
    return f"{count:,} {one if count == 1 else more}"
