"""Write SVG elements; every text in both languages, shown and hidden like the rest of the page."""

from datetime import date

from markupsafe import Markup, escape

from mingdan.engine.findings import Text
from mingdan.engine.report.typography import chinese

LETTER = 6.3
"""Width of a Latin letter at the figures' type size (12 px), in px; a Chinese one takes about twice as much."""


def element(name: str, *children: Markup | str, **attributes: str | float) -> Markup:
    """Return one element; a trailing underscore is dropped and other underscores become hyphens (`class_`, `text_anchor`)."""
    said = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), _written(value))
        for key, value in attributes.items()
    )
    inside = Markup("").join(children)
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(name), said, inside)  # noqa: S704  # names are our own


def _written(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")


def label(text: Text | str, **attributes: str | float) -> Markup:
    """Return a text element, or one for each language."""
    if isinstance(text, str):
        return element("text", escape(text), **attributes)
    if text.en == text.zh:
        return element("text", escape(text.en), **attributes)
    own = f"l {attributes.pop('class_', '')}".strip()
    return element("text", escape(text.en), class_=own, lang="en", **attributes) + element(
        "text", escape(chinese(text.zh)), class_=own, lang="zh", **attributes
    )


def picture(width: float, height: float, *children: Markup, kind: str, labelled_by: str) -> Markup:
    """Return the svg element; `kind` is "wide" or "narrow" and says on which screens it shows."""
    return element(
        "svg",
        *children,
        class_=kind,
        viewBox=f"0 0 {width:.0f} {height:.0f}",
        preserveAspectRatio="xMinYMid meet",
        role="img",
        aria_labelledby=labelled_by,
        focusable="false",
    )


def shortened(text: str, width: float) -> str:
    """Cut a text to what fits into `width` px."""
    taken = 0.0
    for index, letter in enumerate(text):
        taken += LETTER * (1 if ord(letter) < 0x2E80 else 2)
        if taken > width:
            return text[: max(1, index - 1)].rstrip() + "…"
    return text


def shortened_text(text: Text, width: float) -> Text:
    return Text(shortened(text.en, width), shortened(text.zh, width))


def days(value: date) -> int:
    return value.toordinal()
