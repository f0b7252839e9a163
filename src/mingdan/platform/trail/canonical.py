"""JSON in the one writing of RFC 8785, so that the same entry always has the same bytes."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

LARGEST_INTEGER = 2**53 - 1

_string = json.JSONEncoder(ensure_ascii=False).encode


class NotCanonicalError(ValueError):
    """A value that has no canonical writing; the message is one sentence that says why."""


def canonical(value: Any) -> bytes:
    """Return a value as canonical JSON in UTF-8.

    Mappings with text keys, lists, tuples, text, booleans, None, integers up to 2^53-1 and finite floats have one; raise
    NotCanonicalError for all else, so money comes as text or as an integer of minor units. Text is taken as it is:
    RFC 8785 does not normalise.
    """
    try:
        return _written(value).encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonicalError("A lone surrogate has no writing in UTF-8.") from error


def _written(value: Any) -> str:
    if isinstance(value, str):
        return _string(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, Mapping):
        return _mapping(value)
    if isinstance(value, list | tuple):
        return f"[{','.join(map(_written, value))}]"
    hint = "; write an amount as text or in minor units" if isinstance(value, Decimal) else ""
    raise NotCanonicalError(f"A {type(value).__name__} has no writing in JSON{hint}.")


def _mapping(value: Mapping[Any, Any]) -> str:
    if any(not isinstance(key, str) for key in value):
        raise NotCanonicalError("The keys of a JSON object are text.")
    keys = sorted(value) if all(map(str.isascii, value)) else sorted(value, key=_utf16)
    return f"{{{','.join(f'{_string(key)}:{_written(value[key])}' for key in keys)}}}"


def _utf16(key: str) -> bytes:
    """Sort as JavaScript does, by UTF-16 units: beyond U+FFFF this is not the order of code points."""
    return key.encode("utf-16-be")


def _integer(value: int) -> str:
    if abs(value) > LARGEST_INTEGER:
        raise NotCanonicalError(f"{value} is beyond 2^53-1, where JSON readers disagree; write it as text.")
    return str(value)


def _float(value: float) -> str:
    """Write a float as JavaScript does: the shortest digits that read back the same (ECMAScript, Number::toString)."""
    if value != value or value in (float("inf"), float("-inf")):
        raise NotCanonicalError(f"{value} has no writing in JSON.")
    if value == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    text, point = "".join(map(str, digits)), len(digits) + int(exponent)
    if 0 < point <= 21:
        number = text.ljust(point, "0") if len(text) <= point else f"{text[:point]}.{text[point:]}"
    elif -6 < point <= 0:
        number = f"0.{'0' * -point}{text}"
    else:
        fraction = f".{text[1:]}" if len(text) > 1 else ""
        number = f"{text[0]}{fraction}e{point - 1:+d}"
    return f"-{number}" if sign else number
