"""Holidays: when people are away, and what then comes back to the books."""

import numpy as np

from mingdan.engine.simulate.dice import Dice, Flags, Floats, Ints, repeats
from mingdan.engine.simulate.world import Leave, World

_KINDS = ("年假", "年假", "事假", "强制休假")
_MANDATORY_DAYS = 10.0


def plan_holidays(world: World, dice: Dice) -> None:
    """Plan everybody's holidays; where a company has mandatory leave, one of ten is two weeks long."""
    staff, days = world.staff, world.clock.days
    rep, _ = repeats(dice.poisson(dice.uniform(1.0, 2.5) * days / 365, len(staff.name)))
    start = np.floor(dice.uniform(0, days - 2, len(rep)))
    kind = dice.integers(0, len(_KINDS) if dice.random() < 0.5 else len(_KINDS) - 1, len(rep))
    length = 2 + dice.poisson(4, len(rep)) + np.where(kind == len(_KINDS) - 1, _MANDATORY_DAYS, 0.0)
    there = (start > staff.hired[rep]) & ~(start > np.nan_to_num(staff.left[rep], nan=np.inf))
    world.plan.leaves += [
        Leave(int(who), float(day), float(day + more), _KINDS[which])
        for who, day, more, which in zip(rep[there], start[there], length[there], kind[there], strict=True)
    ]


def is_away(world: World, rep: Ints, time: Floats) -> Flags:
    """Return whether these offenders are on leave at these times; everybody else counts as present."""
    away = np.zeros(len(rep), dtype=bool)
    offenders = {role.rep for role in world.plan.roles if role.scheme >= 0}
    for leave in world.plan.leaves:
        if leave.rep in offenders:
            away |= (rep == leave.rep) & (time >= leave.start) & (time <= leave.end)
    return away
