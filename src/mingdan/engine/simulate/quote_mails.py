"""Mails that carry quotes: to the customer, now and then to a design institute or a forwarder, and where they should not go."""

import numpy as np

from mingdan.engine.simulate import names
from mingdan.engine.simulate.contact import write_mail_rows
from mingdan.engine.simulate.customers import FREE_DOMAINS
from mingdan.engine.simulate.dice import Dice, Floats, Ints, chance
from mingdan.engine.simulate.ledger import Ledger
from mingdan.engine.simulate.world import World

TO_CUSTOMER = 0.45


def write_quote_mails(world: World, quoted: tuple[Ints, Floats, Ints], ledger: Ledger, dice: Dice) -> None:
    """Write the mails with which honest quotes go out: the same file that the quote's hash tells."""
    account, sent, quote = quoted
    others = [*names.domains(dice, 6), *FREE_DOMAINS]
    to_customer = chance(dice, TO_CUSTOMER, len(quote))
    outside = chance(dice, world.assumed.outside_mail, len(quote))
    row = np.concatenate([np.flatnonzero(to_customer), np.flatnonzero(outside)])
    other = dice.integers(0, len(others), int(outside.sum()))
    domain = [world.customers.domain[one] for one in account[to_customer]] + [others[one] for one in other]
    time = np.minimum(sent[row] + dice.exponential(0.1, len(row)), world.clock.days - 0.05)
    who = world.customers.owner_at(account[row], time)
    write_mail_rows(world, who, time, account[row], domain, ledger.refer("documents", quote[row]), ledger, dice)
