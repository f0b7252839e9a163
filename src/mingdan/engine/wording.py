"""Fill a detector's sentence with facts, the way people write numbers in each language."""

import re
import string
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from mingdan.engine.findings import Fact, Text


class _Words(string.Formatter):
    """Knows the format specs of sentences.

    `money` (12,345.67, a zero fraction left out), `percent` (12.5 %), `day` (2025-03-31), `days` and `count` (whole
    numbers with separators), `times` (3.1).
    """

    def format_field(self, value: Any, format_spec: str) -> str:
        match format_spec:
            case "money":
                return _amount(Decimal(str(value)))
            case "percent":
                return f"{100 * float(value):.1f}".removesuffix(".0") + " %"
            case "day":
                return (value.date() if isinstance(value, datetime) else value).isoformat()
            case "days" | "count":
                return f"{round(float(value)):,}"
            case "times":
                return f"{float(value):.1f}"
        return str(super().format_field(value, format_spec))


def _amount(value: Decimal) -> str:
    written = f"{value.quantize(Decimal('0.01')):,}"
    return written.removesuffix(".00")


def sentence(text: Text, facts: Mapping[str, Fact]) -> Text:
    """Return the text with its facts filled in; raise KeyError on a fact that the finding does not give.

    A clause in square brackets is said only where its first fact is not 0.
    """
    en = {name: fact.en if isinstance(fact, Text) else fact for name, fact in facts.items()}
    zh = {name: fact.zh if isinstance(fact, Text) else fact for name, fact in facts.items()}
    return Text(en=_filled(text.en, en), zh=_filled(text.zh, zh))


def _filled(template: str, facts: Mapping[str, Any]) -> str:
    said = _CLAUSE.sub(lambda clause: clause[1] if facts[clause[2]] != 0 else "", template)
    if said != template:
        said = _LEFT_HANGING.sub(r"\1", said)
    return _Words().vformat(said, (), facts)


_CLAUSE = re.compile(r"\[([^\[\]{]*\{(\w+)[^\[\]]*)\]")
_LEFT_HANGING = re.compile("[;:,\uff1b\uff1a\uff0c]([.\u3002])$")
"""What separated a clause that is not said from the full stop."""
