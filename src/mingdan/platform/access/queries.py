"""What a person holds at a time."""

import datetime
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from mingdan.platform.access.models import ExtraRight, RoleGrant, in_force
from mingdan.platform.access.rights import Reach, Right
from mingdan.platform.access.roles import Role

Person = AbstractBaseUser | AnonymousUser


@dataclass(frozen=True)
class Standing:
    """The roles and extra rights of one person at one time."""

    roles: frozenset[Role]
    extra: tuple[ExtraRight, ...]

    def reach_by_role(self, right: Right) -> Reach:
        """Return how far a right goes by the roles alone."""
        return max((right.reach.get(role, Reach.NONE) for role in self.roles), default=Reach.NONE)

    def lent(self, right: Right) -> tuple[ExtraRight, ...]:
        """Return the extra rights of this kind."""
        return tuple(extra for extra in self.extra if extra.right == right.code)

    def reach(self, right: Right) -> Reach:
        """Return how far a right goes, a right lent over everything included."""
        everything = any(extra.employee_id is None and extra.team_id is None for extra in self.lent(right))
        return Reach.ALL if everything else self.reach_by_role(right)

    def has(self, right: Right) -> bool:
        """Return whether a right is held over anything at all."""
        return self.reach_by_role(right) > Reach.NONE or bool(self.lent(right))


NOBODY = Standing(frozenset(), ())


def standing_of(user: Person, at: datetime.datetime) -> Standing:
    """Return what somebody holds; nobody who is signed out or closed holds anything."""
    if not user.is_authenticated or not user.is_active:
        return NOBODY
    roles = RoleGrant.objects.filter(in_force(at), user_id=user.pk).values_list("role", flat=True)
    return Standing(
        frozenset(Role(role) for role in roles), tuple(ExtraRight.objects.filter(in_force(at), user_id=user.pk))
    )


def roles_of(user: Person, at: datetime.datetime) -> frozenset[Role]:
    """Return the roles that somebody has at a time."""
    return standing_of(user, at).roles


def has_right(user: Person, right: Right, at: datetime.datetime) -> bool:
    """Return whether somebody holds a right over anything at all."""
    return standing_of(user, at).has(right)
