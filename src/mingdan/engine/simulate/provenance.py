"""Which rows something other than ordinary business brought forth or bent: for the truth, never for the trail."""

import numpy as np

from mingdan.engine.simulate.dice import Flags, Ints
from mingdan.engine.simulate.effects import CAUSES
from mingdan.engine.simulate.ledger import Coded
from mingdan.engine.simulate.schemes import SCHEME_NAMES
from mingdan.engine.simulate.world import World

LABELS = (*SCHEME_NAMES, *(f"innocent: {cause}" for cause in CAUSES))


def by_effect(world: World, effect: Ints) -> Coded:
    """Return for each row the scheme or innocent cause whose effect touched it."""
    scheme = world.effects.number("scheme", effect)
    cause = len(SCHEME_NAMES) + world.effects.get("cause", effect, 0.0).astype(np.int64)
    return Coded(LABELS, np.where(effect < 0, -1, np.where(scheme >= 0, scheme, cause)))


def by_person(world: World, person: Ints, which: Flags) -> Coded:
    """Return the scheme of these people for the rows that come of it."""
    scheme = np.full(len(world.staff.name) + 1, -1, dtype=np.int64)
    for role in world.plan.roles:
        scheme[role.rep] = role.scheme
    return Coded(LABELS, np.where(which, scheme[person], -1))
