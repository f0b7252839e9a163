"""Topics: what somebody may hear of live. Asked at delivery, for all listeners at once, so nothing outlives a right."""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime

from mingdan.platform.access.models import ExtraRight, RoleGrant, in_force
from mingdan.platform.access.rights import Reach, UnknownRightError, right_named

logger = logging.getLogger(__name__)


@dataclass
class Audience:
    """The people who listen at a time, by primary key."""

    users: frozenset[int]
    at: datetime
    _heard: dict[str, frozenset[int]] = field(default_factory=dict)

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
    """Return who holds a right over anything at all, as `Standing.has` says it of one person; two queries for all."""
    try:
        right = right_named(key)
    except UnknownRightError:
        return ()
    roles = [role for role, reach in right.reach.items() if reach > Reach.NONE]
    by_role = RoleGrant.objects.filter(in_force(audience.at), role__in=roles).values_list("user_id", flat=True)
    lent = ExtraRight.objects.filter(in_force(audience.at), right=right.code).values_list("user_id", flat=True)
    return {*by_role, *lent}


declare_topic("person", _own)
declare_topic("right", _by_right)
