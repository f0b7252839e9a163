"""Write contracts: with whom, on which form, and to which account the customer is to pay."""

import numpy as np

from mingdan.engine.simulate.deal_tables import recorded_late
from mingdan.engine.simulate.deals import WON, Deals
from mingdan.engine.simulate.dice import Dice, Flags, Floats, Ints, chance
from mingdan.engine.simulate.effects import PRIVATE
from mingdan.engine.simulate.ledger import Coded, Ledger
from mingdan.engine.simulate.world import Cause, World


def write_contracts(world: World, deals: Deals, number: Ints, ledger: Ledger, dice: Dice) -> Ints:
    """Write contracts of won deals; return each deal's contract number, -1 for none."""
    won = np.flatnonzero((deals.outcome == WON) & deals.recorded)
    won = won[chance(dice, world.assumed.contract_share, len(won))]
    n = len(won)
    contract = np.full(len(deals), -1, dtype=np.int64)
    contract[won] = ledger.numbers("contracts", n)
    firms = [world.register.firms[one] for one in world.customers.firm[deals.account[won]]]
    signed, owner = deals.decided[won], deals.owner[won]
    recorded, _ = recorded_late(world, owner, signed, dice)
    bank = _payees(world, deals, won, signed, dice)
    off = chance(dice, world.assumed.off_template + 0.2 * (deals.code[won] == PRIVATE), n)
    ledger.write(
        "contracts",
        by="signed_at",
        contract_id=contract[won],
        account_id=deals.account[won],
        opportunity_id=number[won],
        employee_id=owner,
        signed_at=signed,
        recorded_at=recorded,
        amount=deals.net[won],
        currency=world.currency(n),
        counterparty_name=[firm.name for firm in firms],
        counterparty_registration_no=[firm.registration_no for firm in firms],
        payee_name=Coded((world.own_name.removesuffix("有限公司"),), np.where(bank >= 0, 0, -1)),
        payee_bank_key=bank,
        template_id=ledger.refer("templates", np.where(off, -1, dice.integers(0, 3, n))),
        document_hash=ledger.refer("contract_documents", contract[won]),
    )
    _write_back_dated(world, number[won], recorded, recorded - signed > 4, owner, ledger, dice)
    return contract


def _write_back_dated(
    world: World, number: Ints, recorded: Floats, late: Flags, owner: Ints, ledger: Ledger, dice: Dice
) -> None:
    """Write that a contract was entered long after it was signed, where somebody noticed."""
    told = np.flatnonzero(late & chance(dice, 0.4, len(late)) & (recorded < world.clock.days))
    n = len(told)
    ledger.write(
        "bypasses",
        by="happened_at",
        bypass_id=ledger.numbers("bypasses", n),
        happened_at=recorded[told],
        employee_id=owner[told],
        opportunity_id=number[told],
        object_kind=Coded(("contract",), np.zeros(n, dtype=np.int64)),
        object_id=ledger.refer("opportunities", number[told]),
        kind=Coded(("back_dated",), np.zeros(n, dtype=np.int64)),
        accepted_by=world.staff.manager[owner[told]],
        reason=Coded(("客户盖章慢", "补录", "合同邮寄"), dice.integers(0, 3, n)),
    )


def _allow_escrow(world: World, account: Ints, signed: Floats, dice: Dice) -> None:
    """Enter the waiver for an escrow account, where somebody thought of it."""
    for one, day in zip(account, signed, strict=True):
        if dice.random() < world.assumed.causes_registered:
            world.plan.causes.append(Cause("waiver", float(day) - 5, float(day) + 30, account=int(one)))


def _payees(world: World, deals: Deals, won: Ints, signed: Floats, dice: Dice) -> Ints:
    """Return the account that each contract names: ours, rarely an escrow account that nobody registered, or another."""
    n = len(won)
    old, new, _, escrow = world.our_banks
    bank = np.where(signed < 0.55 * world.clock.days, old, new)
    held = chance(dice, world.assumed.escrow, n)
    bank = np.where(held, escrow, bank)
    _allow_escrow(world, deals.account[won[held]], signed[held], dice)
    private = (deals.code[won] == PRIVATE) & chance(dice, world.tells["named in contract"], n)
    bank = np.where(private, world.effects.number("bank", deals.effect[won]), bank)
    return np.where(chance(dice, world.assumed.named_payee, n), bank, -1)
