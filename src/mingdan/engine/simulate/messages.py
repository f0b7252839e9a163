"""Chats in the company's messenger: everyday talk, odd talk of honest people, and what offenders let slip."""

from dataclasses import dataclass

import numpy as np

from mingdan.engine.simulate.contact import CHAT, Contacts
from mingdan.engine.simulate.dice import Dice, Floats, Ints, chance, repeats, weighted
from mingdan.engine.simulate.ledger import Coded, Ledger
from mingdan.engine.simulate.provenance import by_person
from mingdan.engine.simulate.texts.talk import EVERY_TOPIC, EVERYDAY_WEIGHTS, ODD, SIDE
from mingdan.engine.simulate.texts.words import MOST_TURNS, TOPICS
from mingdan.engine.simulate.world import World

KINDS = ("text", "image", "card", "red_packet", "transfer", "link", "file", "recall")
_USUAL = np.array([0.78, 0.11, 0.003, 0.0, 0.001, 0.045, 0.05, 0.011])
_TURNS = np.array([len(turns) for turns in EVERY_TOPIC.values()], dtype=np.int64)
_BY_CUSTOMER = np.array(
    [
        [turns[place][0] == "C" if place < len(turns) else False for place in range(MOST_TURNS)]
        for turns in EVERY_TOPIC.values()
    ]
)
_ENDS_WITH = {
    "colleague's card": ("card", 0.5), "sent by mistake": ("recall", 0.6), "collection among people": ("transfer", 0.3),
    "greeting": ("red_packet", 0.06), "elsewhere than here": ("card", 0.25), "pay another account": ("image", 0.4),
    "another firm": ("card", 0.3), "off the books": ("recall", 0.3), "thanks in money": ("red_packet", 0.2),
    "passing for the company": ("file", 0.4), "work phone broken": ("card", 0.2), "out of stock, other firm": ("card", 0.3),
    "refund": ("image", 0.1), "leaving": ("card", 0.2),
}  # fmt: skip
_SIDE_AMONG_ODD = 0.04


@dataclass
class _Chats:
    account: Ints
    rep: Ints
    time: Floats
    topic: Ints
    planned: Ints


def write_messages(world: World, accounts: Ints, contacts: Contacts, ledger: Ledger, dice: Dice) -> None:
    """Write the chats with these accounts, with text only where both consented and somebody kept it."""
    chats = _chats(world, accounts, contacts, dice)
    length = np.maximum(1, _TURNS[chats.topic] - (dice.random(len(chats.topic)) < 0.3))
    which, place = repeats(length)
    n = len(which)
    account, topic, rep = chats.account[which], chats.topic[which], chats.rep[which]
    consents = np.mod(account * 2654435761, 1000) < 1000 * world.assumed.archive_consent
    kind = np.where(chats.planned[which] >= 0, 0, weighted(dice, _USUAL, n))
    kind = np.where(chance(dice, world.staff.gifts[rep] * 0.02, n), KINDS.index("red_packet"), kind)
    by_customer = _BY_CUSTOMER[topic, place]
    last = (place >= length[which] - 2) & ~by_customer
    for name, (act, share) in _ENDS_WITH.items():
        here = last & (topic == TOPICS.index(name)) & chance(dice, share, n)
        kind = np.where(here, KINDS.index(act), kind)
    spoken = (kind == 0) & consents & chance(dice, world.assumed.text_kept, n)
    text = np.where(spoken, world.words.say(topic, place, dice), -1)
    ledger.write(
        "messages",
        by="sent_at",
        cause=by_person(world, rep, chats.planned[which] > 0),
        message_id=ledger.numbers("messages", n),
        employee_id=rep,
        sent_at=chats.time[which] + place * dice.uniform(0.0004, 0.006, len(length))[which],
        sender=Coded(("employee", "customer"), by_customer.astype(np.int64)),
        kind=Coded(KINDS, kind),
        account_id=account,
        contact_id=np.where(chance(dice, 0.7, n), world.first_contact[account], -1),
        text=Coded(world.words.talk.pool, text),
        consent=consents.astype(np.float64),
    )


def _chats(world: World, accounts: Ints, contacts: Contacts, dice: Dice) -> _Chats:
    archived = (contacts.kind == CHAT) & chance(
        dice, min(1.0, 0.4 + 0.35 * world.assumed.chat_rate), len(contacts.kind)
    )
    usual = np.flatnonzero(archived)
    n = len(usual)
    odd = np.array([TOPICS.index(name) for name in ODD], dtype=np.int64)
    side = np.array([TOPICS.index(name) for name in SIDE], dtype=np.int64)
    topic = weighted(dice, np.array(EVERYDAY_WEIGHTS), n)
    off = chance(dice, world.assumed.odd_talk, n)
    topic = np.where(off, odd[dice.integers(0, len(odd), n)], topic)
    topic = np.where(off & chance(dice, _SIDE_AMONG_ODD, n), side[dice.integers(0, len(side), n)], topic)
    inside = np.zeros(len(world.customers), dtype=bool)
    inside[accounts] = True
    talks = [one for one in world.plan.talks if inside[one.account] and 0 <= one.day < world.clock.days - 4]
    account = np.array([one.account for one in talks], dtype=np.int64)
    time = world.clock.at_work(np.array([one.day for one in talks], dtype=np.float64), dice)
    return _Chats(
        account=np.concatenate([contacts.account[usual], account]),
        rep=np.concatenate([contacts.rep[usual], world.customers.owner_at(account, time)]),
        time=np.concatenate([contacts.time[usual], time]),
        topic=np.concatenate([topic, [TOPICS.index(one.topic) for one in talks]]).astype(np.int64),
        planned=np.concatenate([np.full(n, -1), [int(one.topic in SIDE) for one in talks]]).astype(np.int64),
    )
