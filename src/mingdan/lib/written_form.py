"""One writing for what people write in many: full-width letters, case, spaces, punctuation."""

import re
import unicodedata

_NOT_WORD = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    """Return text in compatibility form (full-width becomes half-width), without case, with single spaces."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).split())


def bare(text: str) -> str:
    """Return folded text with letters and digits only, of any script."""
    return _NOT_WORD.sub("", folded(text))


def is_placeholder(text: str) -> bool:
    """Return whether text is one character repeated, as people type where a form insists (0000000, xxxx)."""
    return len(set(text)) <= 1
