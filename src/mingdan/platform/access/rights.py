"""Rights: what may be done, and how far each role reaches; every part of the application declares its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from django.utils.functional import Promise

from mingdan.platform.access.roles import Role


class Reach(IntEnum):
    """How far a right goes; a wider reach holds the narrower ones."""

    NONE = 0
    OWN = 1
    TEAM = 2
    UNIT = 3
    ALL = 4


@dataclass(frozen=True)
class Right:
    """One thing that may be done, named by its code (`part.verb_object`)."""

    code: str
    label: str | Promise
    reach: Mapping[Role, Reach] = field(hash=False)
    can_be_lent: bool = True
    """Whether somebody may get it for a time beyond their roles."""


def reaching(*parts: Mapping[Role, Reach]) -> dict[Role, Reach]:
    """Return how far each role reaches; later parts win."""
    whole: dict[Role, Reach] = {}
    for part in parts:
        whole.update(part)
    return whole


class UnknownRightError(LookupError):
    """No part of the application declares this right."""


_declared: dict[str, Right] = {}


def declare(right: Right) -> Right:
    """Make a right known; a part of the application does so when it is loaded."""
    if _declared.setdefault(right.code, right) != right:
        raise ValueError(f"the right {right.code} is declared twice")
    return right


def right_named(code: str) -> Right:
    """Return a declared right; raises UnknownRightError."""
    try:
        return _declared[code]
    except KeyError:
        raise UnknownRightError(code) from None


def declared_rights() -> tuple[Right, ...]:
    """Return all rights in the order of their codes."""
    return tuple(_declared[code] for code in sorted(_declared))
