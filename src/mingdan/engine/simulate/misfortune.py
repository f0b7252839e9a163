"""What befalls an honest salesperson: customers lost to a cause, or moved to another buyer."""

from dataclasses import dataclass

from mingdan.engine.simulate.dice import Dice, Ints
from mingdan.engine.simulate.effects import CAUSES, GONE, MOVED, Effect
from mingdan.engine.simulate.targets import touched
from mingdan.engine.simulate.vehicles import open_account
from mingdan.engine.simulate.world import Cause, Role, World


@dataclass(frozen=True)
class Innocent:
    """One salesperson and what befalls him."""

    world: World
    role: Role
    dice: Dice

    def accounts(self, kinds: tuple[int, ...] = (0, 1, 2, 3)) -> Ints:
        return touched(self.world, self.role.rep, self.role.start, self.role.share, self.dice, kinds)

    def register_cause(self, cause: Cause) -> None:
        """Enter the cause in the register, unless nobody thought of it: the register has gaps."""
        if self.dice.random() < self.world.assumed.causes_registered:
            self.world.plan.causes.append(cause)

    def lose(
        self,
        accounts: Ints,
        cause: str,
        start: float,
        end: float,
        orders: tuple[float, float],
        deals: tuple[float, float],
    ) -> None:
        for account in accounts:
            first = start + float(self.dice.uniform(0, max(0.0, min(60, 0.5 * (end - start)))))
            self.world.plan.effects.append(
                Effect(
                    account=int(account),
                    start=first,
                    end=end,
                    code=GONE,
                    orders=float(self.dice.uniform(*orders)),
                    deals=float(self.dice.uniform(*deals)),
                    cause=CAUSES.index(cause),
                )
            )


def move(one: Innocent, accounts: Ints, firm: int, price: tuple[float, float]) -> None:
    world, role, dice = one.world, one.role, one.dice
    through = open_account(world, int(accounts[0]), firm, role.rep, role.start - float(dice.uniform(2, 40)), dice)
    for account in accounts:
        world.plan.effects.append(
            Effect(
                account=int(account),
                start=role.start + float(dice.uniform(0, 120)),
                end=world.clock.days + 1,
                code=MOVED,
                orders=1.0,
                deals=0.9,
                firm=firm,
                to_account=through,
                price=float(dice.uniform(*price)),
                cause=CAUSES.index("moved"),
            )
        )
