"""Who talked to whom: every contact happens first; then a machine records it or not, and the salesperson enters it or not."""

from dataclasses import dataclass

import numpy as np

from mingdan.engine.simulate.books import is_diverting
from mingdan.engine.simulate.deal_tables import recorded_late
from mingdan.engine.simulate.deals import Deals
from mingdan.engine.simulate.dice import Dice, Flags, Floats, Ints, chance, repeats, weighted
from mingdan.engine.simulate.effects import GONE
from mingdan.engine.simulate.ledger import Coded, Ledger
from mingdan.engine.simulate.staff import Staff
from mingdan.engine.simulate.world import Leave, World

KINDS = ("call", "email", "meeting", "visit", "chat", "demo", "technical", "note")
CALL, EMAIL, MEETING, VISIT, CHAT, DEMO, TECHNICAL, NOTE = range(8)
WORKING_DAYS = 240


@dataclass
class Contacts:
    """One entry per contact; `deal` is the opportunity number or -1."""

    account: Ints
    rep: Ints
    time: Floats
    kind: Ints
    deal: Ints


def draw_contacts(world: World, accounts: Ints, deals: Deals, opportunity: Ints, dice: Dice) -> Contacts:
    """Return the contacts with these accounts: the usual ones, and those that a deal needs."""
    customers, clock = world.customers, world.clock
    since = np.maximum(customers.created[accounts], 0)
    until = np.minimum(customers.closes[accounts], clock.days)
    rep = customers.owners[accounts, 0]
    each = world.staff.calls[rep] * WORKING_DAYS / np.maximum(accounts_of(world)[rep], 20)
    usual = dice.poisson(each * customers.chatty[accounts] * np.maximum(until - since, 0) / 365)
    which, _ = repeats(usual)
    time = since[which] + dice.random(len(which)) * (until - since)[which]
    account = accounts[which]
    faded = time > customers.until[account]
    gone = world.effects.number("code", world.effects.match(account, time, np.zeros(len(account)), "orders")) == GONE
    stays = dice.random(len(account)) < np.where(faded, 0.15, np.where(gone, 0.7, 1.0))
    of_deal, deal_time = _around_deals(deals, clock.days, dice)
    account = np.concatenate([account[stays], deals.customer[of_deal]])
    time = clock.at_work(np.concatenate([time[stays], deal_time]), dice)
    deal = np.concatenate([np.full(int(stays.sum()), -1), opportunity[of_deal]])
    who = customers.owner_at(account, time)
    there = (time < clock.days) & is_there(world.staff, world.plan.leaves, who, time)
    mail = world.assumed.mail_share
    kinds = np.array([0.42, mail, 0.06, 0.12, 0.25, 0.03, 0.04, 0.05])
    kind = weighted(dice, kinds, len(account))
    there &= ~(np.isin(kind, (CALL, EMAIL, CHAT)) & (dice.random(len(account)) > _kept_in_sight(world, account, time)))
    return Contacts(account[there], who[there], time[there], kind[there], deal[there])


def _kept_in_sight(world: World, account: Ints, time: Floats) -> Floats:
    """Return the share of calls, mails and chats that still go through the company's channels."""
    since, share = np.full(len(world.customers), np.inf), np.ones(len(world.customers))
    for one, (day, kept) in world.plan.quiet.items():
        since[one], share[one] = day, kept
    return np.where(time >= since[account], share[account], 1.0)


def accounts_of(world: World) -> Floats:
    """Return how many accounts each employee looked after at first."""
    return np.bincount(world.customers.owners[:, 0], minlength=len(world.staff.name)).astype(np.float64)


def _around_deals(deals: Deals, days: float, dice: Dice) -> tuple[Ints, Floats]:
    """Return deal and time of contacts from the first stage to the decision."""
    end = np.minimum(np.nan_to_num(deals.decided, nan=days), np.minimum(deals.settled + 20, days))
    which, _ = repeats(dice.poisson(np.clip((end - deals.created) / 12, 0.5, 12)))
    return which, deals.created[which] + dice.random(len(which)) * np.maximum(end - deals.created, 0.1)[which]


def is_there(staff: Staff, leaves: list[Leave], who: Ints, time: Floats) -> Flags:
    """Return whether people work here on that day and are not on a long leave."""
    there: Flags = (time >= staff.hired[who]) & ~(time > np.nan_to_num(staff.left[who], nan=np.inf))
    for leave in leaves:
        if leave.end - leave.start > 20:
            there &= ~((who == leave.rep) & (time >= leave.start) & (time <= leave.end))
    return there


def write_contacts(world: World, contacts: Contacts, ledger: Ledger, dice: Dice) -> None:
    """Write calls, mails and messages as machines saw them, and activities as salespeople entered them."""
    _write_calls(world, contacts, ledger, dice)
    _write_mails(world, contacts, ledger, dice)
    n = len(contacts.account)
    hushed = is_diverting(world, contacts.account, contacts.time) >= 0
    share = world.staff.logging[contacts.rep] * np.where(hushed, 1 - world.tells["hushed"], 1.0)
    share = np.where(
        np.isin(contacts.kind, (MEETING, VISIT, DEMO, TECHNICAL, NOTE)), np.minimum(share * 1.4, 1.0), share
    )
    entered = np.flatnonzero(chance(dice, share, n))
    recorded, _ = recorded_late(world, contacts.rep[entered], contacts.time[entered], dice)
    m, notes = len(entered), world.words.notes
    seconds = np.where(contacts.kind[entered] == CALL, np.rint(dice.lognormal(4.6, 0.9, m)), np.nan)
    ledger.write(
        "activities",
        by="happened_at",
        activity_id=ledger.numbers("activities", m),
        kind=Coded(KINDS, contacts.kind[entered]),
        employee_id=contacts.rep[entered],
        happened_at=contacts.time[entered],
        recorded_at=recorded,
        account_id=contacts.account[entered],
        contact_id=np.where(chance(dice, 0.4, m), world.first_contact[contacts.account[entered]], -1),
        opportunity_id=contacts.deal[entered],
        duration_seconds=seconds,
        text=Coded(notes.pool, notes.draw(np.where(chance(dice, 0.6, m), notes.numbers["usual"], -1), dice)),
    )


def _write_calls(world: World, contacts: Contacts, ledger: Ledger, dice: Dice) -> None:
    calls = np.flatnonzero((contacts.kind == CALL) & chance(dice, 0.88, len(contacts.account)))
    n = len(calls)
    known = chance(dice, 0.9, n)
    ledger.write(
        "calls",
        by="started_at",
        call_id=ledger.numbers("calls", n),
        employee_id=contacts.rep[calls],
        started_at=contacts.time[calls] + dice.uniform(0, 0.004, n),
        phone_key=world.customers.phone[contacts.account[calls]],
        account_id=np.where(known, contacts.account[calls], -1),
        seconds=np.rint(dice.lognormal(4.5, 1.0, n)),
        direction=Coded(("out", "in"), chance(dice, 0.3, n).astype(np.int64)),
    )


def _write_mails(world: World, contacts: Contacts, ledger: Ledger, dice: Dice) -> None:
    mails = np.flatnonzero(contacts.kind == EMAIL)
    n = len(mails)
    write_mail_rows(
        world,
        contacts.rep[mails],
        contacts.time[mails],
        contacts.account[mails],
        [world.customers.domain[one] for one in contacts.account[mails]],
        ledger.refer("mail_documents", np.where(chance(dice, 0.25, n), dice.integers(0, 1 << 32, n), -1)),
        ledger,
        dice,
    )


def write_mail_rows(
    world: World,
    rep: Ints,
    time: Floats,
    account: Ints,
    domain: list[str],
    attachment: object,
    ledger: Ledger,
    dice: Dice,
) -> None:
    """Write mails with these addresses; the account is not always known to the mail gateway."""
    n = len(rep)
    ledger.write(
        "emails",
        by="sent_at",
        email_id=ledger.numbers("emails", n),
        employee_id=rep,
        sent_at=time + dice.uniform(0, 0.003, n),
        direction=Coded(("out", "in"), chance(dice, 0.35, n).astype(np.int64)),
        account_id=np.where(chance(dice, 0.92, n), account, -1),
        counterpart_domain=domain,
        attachment_hash=attachment,
    )


def write_planned_mails(
    world: World, accounts: Ints, quoted: tuple[Ints, Floats, Ints], ledger: Ledger, dice: Dice
) -> None:
    """Write mails to outside firms about these accounts, some with a quote of ours attached."""
    inside = set(accounts.tolist())
    mails = [one for one in world.plan.mails if one.account in inside and 0 <= one.day < world.clock.days - 4]
    if not mails:
        return
    account, sent, quote = quoted
    attached = []
    for mail in mails:
        before = quote[(account == mail.document) & (sent < mail.day)]
        attached.append(int(before[-1]) if len(before) else -1)
    write_mail_rows(
        world,
        np.array([one.rep for one in mails]),
        world.clock.at_work(np.array([one.day for one in mails]), dice),
        np.full(len(mails), -1),
        [one.domain for one in mails],
        ledger.refer("documents", np.array(attached)),
        ledger,
        dice,
    )
