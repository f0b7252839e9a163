"""Set Chinese text the way it is printed: full-width punctuation, no gap between Chinese characters."""

import re

_HAN = r"\u2e80-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"
_WIDE = {ord(mark): chr(ord(mark) + 0xFEE0) for mark in ",;:?!()"}
"""The full-width forms stand 0xFEE0 above ASCII."""

_MARKS = re.compile(rf"(?<=[{_HAN}])[,;:?!]|[,;:?!](?=[{_HAN}])")
_BRACKETS = re.compile(rf"(?<=[{_HAN}])\([^()]*\)|\([^()]*[{_HAN}][^()]*\)|\([^()]*\)(?=[{_HAN}])")
_GAPS = re.compile(rf"(?<=[{_HAN}]) +(?=[{_HAN}])")
_AFTER_WIDE = re.compile(
    r"(?<=[\uff0c\uff1b\uff1a\uff1f\uff01\uff08\uff09\u3001\u3002]) +| +(?=[\uff0c\uff1b\uff1a\uff1f\uff01\uff08\uff09\u3001\u3002])"
)


def chinese(text: str) -> str:
    """Return Chinese text with full-width punctuation beside Chinese characters and without gaps between them."""
    before = None
    while text != before:
        before = text
        text = _MARKS.sub(lambda match: match[0].translate(_WIDE), text)
        text = _BRACKETS.sub(lambda match: "\uff08" + match[0][1:-1] + "\uff09", text)
        text = _AFTER_WIDE.sub("", _GAPS.sub("", text))
    return text
