"""Topics: what somebody may hear of live. Asked at delivery, for all listeners at once, so nothing outlives a right."""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from mingdan.platform.access.models import ExtraRight, RoleGrant, in_force
from mingdan.platform.access.queries import Standing
from mingdan.platform.access.rights import UnknownRightError, right_named
from mingdan.platform.access.roles import Role

logger = logging.getLogger(__name__)


@dataclass
class Audience:
    """The people who listen at a time, by primary key, and what they hold."""

    users: frozenset[int]
    at: datetime
    _heard: dict[str, frozenset[int]] = field(default_factory=dict)

    @cached_property
    def standings(self) -> dict[int, Standing]:
        """Return what everybody holds, in two queries."""
        roles: dict[int, set[Role]] = {}
        for user, role in RoleGrant.objects.filter(in_force(self.at), user__in=self.users).values_list("user", "role"):
            roles.setdefault(user, set()).add(Role(role))
        extra: dict[int, list[ExtraRight]] = {}
        for one in ExtraRight.objects.filter(in_force(self.at), user__in=self.users):
            extra.setdefault(one.user_id, []).append(one)
        return {user: Standing(frozenset(roles.get(user, ())), tuple(extra.get(user, ()))) for user in self.users}

    def of(self, topics: Collection[str]) -> frozenset[int]:
        """Return who may hear of something that belongs to any of these topics; of an unknown topic nobody may."""
        return frozenset().union(*(self._of_one(topic) for topic in topics))

    def _of_one(self, topic: str) -> frozenset[int]:
        if topic not in self._heard:
            family, _, key = topic.partition(":")
            asked = _FAMILIES.get(family)
            if asked is None:
                logger.warning("an event belongs to a topic that nobody declares")
            self._heard[topic] = frozenset(asked(key, self)) & self.users if asked else frozenset()
        return self._heard[topic]


MayHear = Callable[[str, Audience], Collection[int]]
"""Takes a topic's key and the audience, and returns who of them may hear of it: one answer for all."""

_FAMILIES: dict[str, MayHear] = {}


def declare_topic(family: str, may_hear: MayHear) -> None:
    """Make a family of topics known: `crm.deal` for the topics `crm.deal:12`."""
    if _FAMILIES.setdefault(family, may_hear) is not may_hear or ":" in family:
        raise ValueError(f"the topic {family} is declared twice")


def _own(key: str, audience: Audience) -> Collection[int]:
    return {int(key)} if key.isdecimal() else ()


def _by_right(key: str, audience: Audience) -> Collection[int]:
    try:
        right = right_named(key)
    except UnknownRightError:
        return ()
    return {user for user, standing in audience.standings.items() if standing.has(right)}


declare_topic("person", _own)
declare_topic("right", _by_right)
