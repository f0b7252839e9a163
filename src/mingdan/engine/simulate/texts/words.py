"""One company's texts: drawn once, so that each company has its own wordings."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mingdan.engine.simulate.dice import Dice, Ints
from mingdan.engine.simulate.ledger import Coded
from mingdan.engine.simulate.texts.compose import Wordings
from mingdan.engine.simulate.texts.desk import COMMENTS, COMPLAINTS, TICKETS
from mingdan.engine.simulate.texts.notes import LEADS, LOSS, NOTES
from mingdan.engine.simulate.texts.talk import EVERY_TOPIC

TOPICS = tuple(EVERY_TOPIC)
MOST_TURNS = max(len(turns) for turns in EVERY_TOPIC.values())
_EACH = {"talk": 110, "tickets": 120, "complaints": 80, "comments": 80, "notes": 350, "loss": 60, "leads": 40}
"""Wordings of each topic."""


@dataclass(frozen=True)
class Words:
    """Wordings by topic; a talk's topics are `topic#turn`. `free` says whether reasons are typed or picked from a list."""

    talk: Wordings
    tickets: Wordings
    complaints: Wordings
    comments: Wordings
    notes: Wordings
    loss: Wordings
    leads: Wordings
    free: bool

    def say(self, topic: Ints, turn: Ints, dice: Dice) -> Ints:
        """Return a place in the pool of talk for each turn of these topics."""
        return self.talk.draw(_turn_numbers(self.talk)[topic, turn], dice)

    def reasons(self, of: Wordings, listed: Sequence[str], numbers: Ints, dice: Dice) -> Coded:
        """Return reasons from a list, or typed in where this company lets people type."""
        if not self.free:
            return Coded(listed, numbers)
        places = np.array([of.numbers[one] for one in listed], dtype=np.int64)
        return Coded(of.pool, of.draw(np.where(numbers >= 0, places[np.maximum(numbers, 0)], -1), dice))


def _turn_numbers(talk: Wordings) -> Ints:
    return np.array(
        [[talk.numbers.get(f"{topic}#{turn}", 0) for turn in range(MOST_TURNS)] for topic in TOPICS], dtype=np.int64
    )


def draw_words(dice: Dice) -> Words:
    """Word everything anew for one company."""
    turns = {f"{topic}#{place}": turn[1] for topic, talk in EVERY_TOPIC.items() for place, turn in enumerate(talk)}
    topics = {"talk": turns, "tickets": TICKETS, "complaints": COMPLAINTS, "comments": COMMENTS, "notes": NOTES}
    drawn = {name: Wordings(dice, one, _EACH[name]) for name, one in {**topics, "loss": LOSS, "leads": LEADS}.items()}
    return Words(free=bool(dice.random() < 0.4), **drawn)
