"""What customers say unasked or on paper: surveys, complaints, tips."""

import numpy as np

from mingdan.engine.simulate.books import is_diverting
from mingdan.engine.simulate.dice import Dice, Ints, chance, weighted
from mingdan.engine.simulate.ledger import Coded, Ledger
from mingdan.engine.simulate.provenance import by_person
from mingdan.engine.simulate.world import Voice, World

CATEGORIES = ("delivery", "payment", "quality", "service")
_SAID_AS = {
    "payment": ("payment", "paid to a person"),
    "delivery": ("delivery", "sold by another firm"),
    "lost": ("service", "lost project"),
}
SURVEYS = ("满意度", "NPS", "交付回访")
_MISTAKEN = 0.06


def write_opinions(world: World, ledger: Ledger, dice: Dice) -> None:
    """Write surveys, complaints and tips; a good part of the tips is mistaken or meant to hurt."""
    _write_surveys(world, ledger, dice)
    _write_complaints(world, ledger, dice)
    _write_tips(world, ledger, dice)


def _write_surveys(world: World, ledger: Ledger, dice: Dice) -> None:
    days, comments = world.clock.days, world.words.comments
    n = int(dice.poisson(world.assumed.survey_rate * len(world.customers) * days / 365))
    account = dice.integers(0, len(world.customers), n)
    time = world.clock.at_work(dice.uniform(0, days - 4, n), dice)
    known = time > world.customers.created[account]
    account, time, n = account[known], time[known], int(known.sum())
    angry = (is_diverting(world, account, time) >= 0) & chance(dice, world.tells["surveyed in anger"], n)
    score = np.clip(np.rint(dice.normal(8.1, 1.6, n) - 2.5 * angry), 0, 10)
    topic = np.select(
        [angry & chance(dice, 0.5, n), score >= 8, score >= 6],
        [comments.numbers[name] for name in ("now bought elsewhere", "good", "middling")],
        comments.numbers["bad"],
    ).astype(np.int64)
    ledger.write(
        "survey_responses",
        by="answered_at",
        response_id=ledger.numbers("survey_responses", n),
        account_id=account,
        answered_at=time,
        kind=Coded(SURVEYS, dice.integers(0, len(SURVEYS), n)),
        score=score,
        employee_id=world.customers.owner_at(account, time),
        comment=Coded(comments.pool, comments.draw(np.where(chance(dice, 0.45, n), topic, -1), dice)),
    )


def _write_complaints(world: World, ledger: Ledger, dice: Dice) -> None:
    days, words = world.clock.days, world.words.complaints
    ordinary = int(dice.poisson(world.assumed.complaint_rate * len(world.customers) * days / 365))
    planned = [one for one in world.plan.voices if one.what == "complaint" and one.day < days - 4]
    account = np.concatenate(
        [dice.integers(0, len(world.customers), ordinary), [one.account for one in planned]]
    ).astype(np.int64)
    when = np.concatenate([dice.uniform(0, days - 4, ordinary), [one.day for one in planned]])
    time, n = world.clock.at_work(when, dice), len(account)
    category = np.concatenate(
        [dice.integers(0, 4, ordinary), [CATEGORIES.index(_SAID_AS[one.kind][0]) for one in planned]]
    ).astype(np.int64)
    ledger.write(
        "complaints",
        by="opened_at",
        cause=by_person(world, world.customers.owner_at(account, time), np.arange(n) >= ordinary),
        complaint_id=ledger.numbers("complaints", n),
        opened_at=time,
        account_id=account,
        about_employee_id=np.where(chance(dice, 0.4, n), world.customers.owner_at(account, time), -1),
        category=Coded(CATEGORIES, category),
        text=Coded(words.pool, words.draw(_subjects(world, category[:ordinary], planned, dice), dice)),
    )


def _subjects(world: World, category: Ints, planned: list[Voice], dice: Dice) -> Ints:
    """Return what each complaint is about: mostly its category, now and then hearsay, seldom something that only sounds bad."""
    numbers = world.words.complaints.numbers
    n = len(category)
    plain = np.array([numbers[one] for one in CATEGORIES], dtype=np.int64)[category]
    sounds_bad = np.array(
        [numbers[one] for one in ("paid to a person", "sold by another firm", "lost project")], dtype=np.int64
    )
    odd = weighted(dice, np.array([1 - _MISTAKEN, 0.75 * _MISTAKEN, 0.25 * _MISTAKEN]), n)
    said = np.where(odd == 1, numbers["mistaken"], np.where(odd == 2, sounds_bad[dice.integers(0, 3, n)], plain))
    subject = np.concatenate([said, [numbers[_SAID_AS[one.kind][1]] for one in planned]]).astype(np.int64)
    return np.where(chance(dice, 0.8, len(subject)), subject, -1)


def _write_tips(world: World, ledger: Ledger, dice: Dice) -> None:
    days, staff = world.clock.days, world.staff
    mistaken = int(dice.poisson(world.assumed.tip_rate * staff.reps * days / 365))
    tips = [one for one in world.plan.voices if one.what == "tip" and one.day < days - 4]
    planned = len(tips)
    tips += [
        Voice(
            "tip",
            float(dice.uniform(0, days - 4)),
            int(dice.integers(0, len(world.customers))),
            int(dice.integers(0, staff.reps)),
        )
        for _ in range(mistaken)
    ]
    true = np.array([place < planned and one.kind != "rivalry" for place, one in enumerate(tips)], dtype=bool)
    n, about = len(tips), np.array([one.rep for one in tips], dtype=np.int64)
    ledger.write(
        "tips",
        by="received_at",
        cause=by_person(world, about, true),
        tip_id=ledger.numbers("tips", n),
        received_at=world.clock.at_work(np.array([one.day for one in tips], dtype=np.float64), dice),
        channel=Coded(("邮箱", "电话", "内部系统", "匿名信"), dice.integers(0, 4, n)),
        about_employee_id=about,
        account_id=np.where(chance(dice, 0.4, n), np.array([one.account for one in tips], dtype=np.int64), -1),
    )
