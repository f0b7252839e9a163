"""Who plays which part: offenders, innocent twins, and the many who are neither."""

import numpy as np

from mingdan.engine.simulate import names
from mingdan.engine.simulate.dice import Dice, stream
from mingdan.engine.simulate.misfortune import Innocent
from mingdan.engine.simulate.schemes import LEAVER, SCHEMES
from mingdan.engine.simulate.targets import onset, own_accounts
from mingdan.engine.simulate.twins import TWIN_NAMES, TWINS
from mingdan.engine.simulate.vehicles import Offender
from mingdan.engine.simulate.world import Interest, Role, World

SHARES = {"mixed": (0.05, 0.5), "subtle": (0.05, 0.15), "adaptive": (0.05, 0.35), "none": (0.05, 0.5)}
TRACES = {"mixed": 1.0, "subtle": 0.5, "adaptive": 0.4, "none": 0.0}
INNOCENT = -1
HONEST_LEAVER = TWIN_NAMES.index("honest_leaver")
LEAST_ACCOUNTS = 8


def cast(world: World, guilty_share: float | None) -> None:
    """Give out the parts, let every offender and twin plan, and settle what comes of it."""
    dice = stream(world.seed, "cast")
    free = [int(rep) for rep in dice.permutation(world.staff.reps)]
    offenders = _cast_offenders(world, free, guilty_share, dice)
    taken = {role.rep for role in offenders}
    twins = _cast_twins(world, [rep for rep in free if rep not in taken], dice)
    world.plan.roles = [*offenders, *twins]
    for role in world.plan.roles:
        own = stream(world.seed, "role", role.rep)
        if role.scheme == INNOCENT:
            dict(TWINS)[role.name](Innocent(world, role, own))
        else:
            careful = world.scenario == "adaptive"
            SCHEMES[role.scheme][1](Offender(world, role, own, careful))
    _have_relatives(world, {role.rep for role in offenders})
    world.customers.settle()


def _have_relatives(world: World, offenders: set[int]) -> None:
    """Give honest people relatives with firms: most have nothing to do with us, a few are customers and look bad."""
    dice = stream(world.seed, "relatives")
    for rep in range(world.staff.reps):
        if rep in offenders or dice.random() > world.assumed.relatives_firms:
            continue
        relative = names.relative_of(dice, world.staff.name[rep], world.assumed.relative_named_alike)
        age = float(dice.uniform(100, 3000))
        firm = world.register.found(region=int(world.staff.region[rep]), established=-age, legal=relative)
        entry = world.register.firms[firm]
        entry.phone = int(world.staff.phone[rep]) if dice.random() < world.assumed.relative_phone else entry.phone
        entry.address = (
            int(world.staff.address[rep]) if dice.random() < world.assumed.relative_address else entry.address
        )
        if dice.random() < world.assumed.relative_declared:
            world.plan.interests.append(
                Interest(rep, float(dice.uniform(1, world.clock.days - 3)), "亲属", relative, firm)
            )
        own = own_accounts(world, rep, max(1.0, float(world.staff.hired[rep]) + 60))
        if len(own) and dice.random() < world.assumed.customer_with_our_number:
            theirs = world.register.firms[int(world.customers.firm[dice.choice(own)])]
            theirs.phone = int(world.staff.phone[rep])


def _cast_offenders(world: World, free: list[int], guilty_share: float | None, dice: Dice) -> list[Role]:
    if world.scenario == "none":
        return []
    share = world.assumed.guilty_share if guilty_share is None else guilty_share
    wanted = max(1, round(share * world.staff.reps))
    order = [int(scheme) for scheme in dice.permutation(len(SCHEMES))]
    roles: list[Role] = []
    for rep in free:
        if len(roles) == wanted:
            break
        scheme = order[len(roles) % len(order)]
        leaves = not np.isnan(world.staff.left[rep])
        if leaves and scheme != LEAVER:
            scheme = LEAVER if dice.random() < 0.5 else scheme
        elif not leaves and scheme == LEAVER:
            scheme = order[(len(roles) + 1) % len(order)]
        role = _role(world, rep, SCHEMES[scheme][0], scheme, dice)
        if role:
            roles.append(role)
    return roles


def _cast_twins(world: World, free: list[int], dice: Dice) -> list[Role]:
    """Cast one kind of twin after the other until a third or more of the salespeople are twins."""
    wanted = round(world.assumed.twin_share * len(free))
    kinds = [
        int(kind) for kind in np.concatenate([dice.permutation(len(TWINS)) for _ in range(1 + wanted // len(TWINS))])
    ][:wanted]
    roles: list[Role] = []
    leavers = [rep for rep in free if not np.isnan(world.staff.left[rep])]
    stayers = [rep for rep in free if np.isnan(world.staff.left[rep])]
    for kind in kinds:
        pool = leavers if kind == HONEST_LEAVER else stayers
        while pool:
            role = _role(world, pool.pop(0), TWINS[kind][0], INNOCENT, dice)
            if role:
                roles.append(role)
                break
    return roles


def _role(world: World, rep: int, name: str, scheme: int, dice: Dice) -> Role | None:
    """Return the part, or None where somebody has not been there long enough or has too few customers for it."""
    staff = world.staff
    start = onset(world, dice)
    if not np.isnan(staff.left[rep]):
        start = min(start, float(staff.left[rep]) - 70)
    if staff.hired[rep] > 0:
        start = max(start, float(staff.hired[rep]) + 60)
    if start < 1 or start > world.clock.days - 60 or len(own_accounts(world, rep, start)) < LEAST_ACCOUNTS:
        return None
    return Role(rep, name, scheme, start, float(dice.uniform(*SHARES[world.scenario])))
