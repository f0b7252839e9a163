"""Write the deals: opportunities, stages, quotes, approvals, contracts, and what was waved through."""

import numpy as np

from mingdan.engine.simulate.catalogue import LINES
from mingdan.engine.simulate.deals import (
    LOSS_REASONS,
    LOST,
    OUTCOMES,
    QUOTATION,
    WON,
    Deals,
    loss_reasons,
    quote_versions,
)
from mingdan.engine.simulate.dice import Dice, Flags, Floats, Ints, chance, repeats
from mingdan.engine.simulate.effects import CAUSES, DIVERTED
from mingdan.engine.simulate.ledger import Coded, Ledger
from mingdan.engine.simulate.provenance import by_effect
from mingdan.engine.simulate.world import World
from mingdan.engine.tables import STAGES

VIA = ("ui", "api", "import", "mass")
SOURCES = ("展会", "官网", "转介绍", "老客户", "电话开发", "招标网")


def recorded_late(world: World, owner: Ints, happened: Floats, dice: Dice) -> tuple[Floats, Ints]:
    """Return when things were entered and how: at once, on Friday in one go, late, or by an import."""
    n = len(owner)
    lag = dice.exponential(0.15, n) + chance(dice, world.assumed.entered_late, n) * dice.exponential(5.0, n)
    whole = np.floor(happened)
    to_friday = np.mod(4 - np.mod(whole + world.clock.start.weekday(), 7), 7)
    batch = world.staff.batches[owner] & chance(dice, 0.7, n)
    recorded = np.where(batch, np.maximum(whole + to_friday + dice.uniform(8, 10, n) / 24, happened), happened + lag)
    via = np.where(chance(dice, 0.04, n), 1, 0)
    for rep, start, day in world.plan.migrations:
        moved = (owner == rep) & (happened >= start) & (happened < day)
        recorded[moved] = day + dice.uniform(0, 0.02, int(moved.sum()))
        via[moved] = 2
    return np.minimum(recorded, np.maximum(world.clock.days - 0.01, happened)), via


def write_deals(world: World, deals: Deals, ledger: Ledger, dice: Dice) -> Ints:
    """Write opportunities and their stages; return each deal's opportunity number, -1 where it was never entered."""
    kept = np.flatnonzero(deals.recorded)
    number = np.full(len(deals), -1, dtype=np.int64)
    number[kept] = ledger.numbers("opportunities", len(kept))
    latest = kept[np.argsort(-deals.created[kept], kind="stable")]
    world.first_deal[deals.customer[latest]] = number[latest]
    n = len(kept)
    lost = deals.outcome[kept] == LOST
    guilty = (world.effects.number("scheme", deals.effect[kept]) >= 0) & (deals.code[kept] == DIVERTED)
    reason = np.where(lost, loss_reasons(world, deals.effect[kept], guilty, dice), -1)
    competitor, winner = _rivals(world, deals, kept, lost, guilty, dice)
    recorded, via = recorded_late(world, deals.owner[kept], deals.created[kept], dice)
    ledger.write(
        "opportunities",
        by="created_at",
        cause=by_effect(world, deals.effect[kept]),
        opportunity_id=number[kept],
        account_id=deals.account[kept],
        owner_id=deals.owner[kept],
        created_at=deals.created[kept],
        recorded_at=recorded,
        written_via=Coded(VIA, via),
        outcome=Coded(OUTCOMES, deals.outcome[kept]),
        closed_at=deals.decided[kept],
        amount=np.round(
            np.where(deals.outcome[kept] == WON, deals.net[kept], deals.list_amount[kept] * dice.uniform(0.85, 1.0, n)),
            2,
        ),
        currency=world.currency(n),
        product_line=Coded(LINES, world.customers.line[deals.customer[kept]]),
        source=Coded(SOURCES, dice.integers(0, len(SOURCES), n)),
        loss_reason=world.words.reasons(world.words.loss, LOSS_REASONS, reason, dice),
        competitor=Coded([world.register.firms[one].name for one in world.register.competitors], competitor),
        winner_company_id=winner,
    )
    _write_stages(world, deals, number, ledger, dice)
    return number


def _rivals(world: World, deals: Deals, kept: Ints, lost: Flags, guilty: Flags, dice: Dice) -> tuple[Ints, Ints]:
    """Return the competitor named and the winner found out, -1 for none; three rivals compete in each region."""
    n = len(kept)
    effect = deals.effect[kept]
    rival = 3 * world.customers.region[deals.customer[kept]] + np.minimum(dice.geometric(0.5, n) - 1, 2)
    tender = world.effects.get("cause", effect, 0.0) == CAUSES.index("tender")
    named = np.where(tender, 0.8, np.where(deals.late[kept], 1.0, 0.35) * world.assumed.rival_named) * np.where(
        guilty, 1 - 0.5 * world.tells["bad reason"], 1.0
    )
    competitor = np.where(lost & chance(dice, named, n), rival, -1)
    known = (
        world.assumed.winner_known
        * np.where(tender, 2.0, np.where(guilty, 1 - 0.7 * world.tells["bad reason"], 1.0))
        * deals.late[kept]
    )
    firm = world.effects.number("firm", effect)
    went_to = np.where(firm >= 0, firm, np.array(world.register.competitors)[rival])
    return competitor, np.where(lost & chance(dice, known, n), went_to, -1)


def _write_stages(world: World, deals: Deals, number: Ints, ledger: Ledger, dice: Dice) -> None:
    """Write stage changes; now and then somebody skips one, which a bypass row may tell."""
    deal, stage = np.nonzero(~np.isnan(deals.entered) & deals.recorded[:, None])
    skipped = chance(dice, world.assumed.skipped_stage, len(deal)) & (stage > 0) & (stage < QUOTATION)
    _write_bypasses(world, deals, number, deal[skipped], deals.entered[deal, stage][skipped], ledger, dice)
    deal, stage = deal[~skipped], stage[~skipped]
    entered = deals.entered[deal, stage]
    owner = world.customers.owner_at(deals.customer[deal], entered)
    recorded, _ = recorded_late(world, owner, entered, dice)
    ledger.write(
        "stage_changes",
        by="entered_at",
        opportunity_id=number[deal],
        stage=Coded(STAGES, stage),
        entered_at=entered,
        recorded_at=recorded,
        changed_by=owner,
    )


def _write_bypasses(
    world: World, deals: Deals, number: Ints, deal: Ints, time: Floats, ledger: Ledger, dice: Dice
) -> None:
    told = chance(dice, 0.6, len(deal))
    deal, time = deal[told], time[told]
    n = len(deal)
    owner = deals.owner[deal]
    ledger.write(
        "bypasses",
        by="happened_at",
        bypass_id=ledger.numbers("bypasses", n),
        happened_at=time,
        employee_id=owner,
        opportunity_id=number[deal],
        object_kind=Coded(("opportunity",), np.zeros(n, dtype=np.int64)),
        object_id=ledger.refer("opportunities", number[deal]),
        kind=Coded(("stage_skipped",), np.zeros(n, dtype=np.int64)),
        accepted_by=world.staff.manager[owner],
        reason=Coded(("老客户直接报价", "客户催得急", "展会现场"), dice.integers(0, 3, n)),
    )


def write_quotes(world: World, deals: Deals, number: Ints, ledger: Ledger, dice: Dice) -> tuple[Ints, Floats, Ints]:
    """Write quotes, their lines and approvals; return account, time and document number of each quote."""
    deal, version, sent, discount = quote_versions(deals, world.clock.days, dice)
    n = len(deal)
    quote = ledger.numbers("quotes", n)
    owner = world.customers.owner_at(deals.customer[deal], sent)
    sent = world.clock.at_work(sent, dice)
    recorded, via = recorded_late(world, owner, sent, dice)
    limit = world.staff.limit[owner]
    since = np.array([world.plan.colluding.get(rep, np.inf) for rep in range(world.staff.reps)])
    looks_away = np.where(sent >= since[owner], 0.4 * world.tells["waved through"], 0.0)
    approved = (discount > limit) & ~chance(dice, np.maximum(world.assumed.unapproved, looks_away), n)
    domain = _recipients(world, deals.account[deal], dice)
    ledger.write(
        "quotes",
        by="sent_at",
        quote_id=quote,
        opportunity_id=number[deal],
        account_id=deals.account[deal],
        employee_id=owner,
        version=version.astype(np.float64),
        sent_at=sent,
        list_amount=deals.list_amount[deal],
        net_amount=np.round(deals.list_amount[deal] * (1 - discount), 2),
        discount=discount,
        approval_limit=limit,
        payment_days=dice.choice([0.0, 30.0, 60.0, 90.0], n, p=[0.2, 0.4, 0.3, 0.1]),
        freight=np.round(dice.gamma(2, 150, n), 2),
        currency=world.currency(n),
        recorded_at=recorded,
        written_via=Coded(VIA, via),
        approved_by=np.where(approved, world.staff.manager[owner], -1),
        approved_at=np.where(approved, sent - dice.uniform(0.01, 0.8, n), np.nan),
        document_hash=ledger.refer("documents", quote),
        recipient_domain=domain,
    )
    _write_quote_lines(deals, deal, quote, discount, ledger)
    _write_approvals(world, quote[approved], owner[approved], sent[approved], ledger, dice)
    _write_overrides(world, deals, number, deal[~approved & (discount > limit)], ledger, dice)
    return deals.account[deal], sent, quote


def _recipients(world: World, account: Ints, dice: Dice) -> list[str]:
    other = chance(dice, world.assumed.other_recipient, len(account))
    return ["163.com" if odd else world.customers.domain[one] for one, odd in zip(account, other, strict=True)]


def _write_quote_lines(deals: Deals, deal: Ints, quote: Ints, discount: Floats, ledger: Ledger) -> None:
    counts = np.bincount(deals.line_deal, minlength=len(deals))
    first = np.cumsum(counts) - counts
    which, place = repeats(counts[deal])
    line = first[deal[which]] + place
    ledger.write(
        "quote_lines",
        by="quote_id",
        quote_id=quote[which],
        product_id=deals.line_product[line],
        quantity=deals.line_quantity[line],
        list_price=deals.line_list[line],
        net_price=np.round(deals.line_list[line] * (1 - discount[which]), 2),
    )


def _write_approvals(world: World, quote: Ints, owner: Ints, sent: Floats, ledger: Ledger, dice: Dice) -> None:
    n = len(quote)
    brisk = np.mod(world.staff.manager[owner] * 7919, 97) / 97
    since = np.array([world.plan.colluding.get(rep, np.inf) for rep in range(world.staff.reps)])
    waved = (sent >= since[owner]) & chance(dice, world.tells["waved through"], n)
    takes = np.where(waved, 0.01, 0.05 + 1.2 * brisk) * dice.exponential(1.0, n)
    decided = sent - dice.uniform(0.01, 0.3, n)
    asked = decided - takes
    no = ~waved & chance(dice, 0.5 * world.assumed.rejected, n)
    ledger.write(
        "approvals",
        by="requested_at",
        approval_id=ledger.numbers("approvals", n),
        object_kind=Coded(("quote",), np.zeros(n, dtype=np.int64)),
        object_id=ledger.refer("quotes", quote),
        requested_by=owner,
        requested_at=asked,
        decided_by=world.staff.manager[owner],
        decided_at=decided,
        decision=Coded(("approved", "rejected"), no.astype(np.int64)),
    )


def _write_overrides(world: World, deals: Deals, number: Ints, deal: Ints, ledger: Ledger, dice: Dice) -> None:
    """Write that a discount went out unapproved because somebody allowed it: some of them, and no others."""
    deal = np.unique(deal)
    deal = deal[(number[deal] >= 0) & chance(dice, 0.5, len(deal)) & (deals.settled[deal] < world.clock.days)]
    n, owner = len(deal), deals.owner[deal]
    ledger.write(
        "bypasses",
        by="happened_at",
        bypass_id=ledger.numbers("bypasses", n),
        happened_at=deals.settled[deal],
        employee_id=owner,
        opportunity_id=number[deal],
        object_kind=Coded(("quote",), np.zeros(n, dtype=np.int64)),
        object_id=ledger.refer("opportunities", number[deal]),
        kind=Coded(("override", "approval_off"), dice.integers(0, 2, n)),
        accepted_by=world.staff.manager[owner],
        reason=Coded(("领导口头同意", "补审批", "急单", "框架协议"), dice.integers(0, 4, n)),
    )
