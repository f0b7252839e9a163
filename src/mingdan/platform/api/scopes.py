"""Scopes: what a token is good for, at most; never more than its owner may do at that moment."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mingdan.platform.access.rights import Reach, Right, declare
from mingdan.platform.access.roles import Role


@dataclass(frozen=True)
class Scope:
    """One thing that a token may be good for, named `part:read` or `part:write`."""

    code: str
    label: str | Promise


_declared: dict[str, Scope] = {}


def declare_scope(code: str, label: str | Promise) -> Scope:
    """Make a scope known; a part of the application does so when it is loaded."""
    return _declared.setdefault(code, Scope(code, label))


def declared_scopes() -> tuple[Scope, ...]:
    """Return all scopes in the order of their codes."""
    return tuple(_declared[code] for code in sorted(_declared))


HOLD_TOKENS = declare(
    Right(
        "api.hold_tokens",
        _("hold tokens for the API"),
        {role: Reach.OWN for role in Role if role is not Role.EXTERNAL_AUDITOR},
        can_be_lent=False,
    )
)
"""A token signs in without a second factor; who audits from outside must come in person."""
