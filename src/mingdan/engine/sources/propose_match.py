"""Guess which table of the contract a raw table is, and which heading fills which column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mingdan.engine.reading.raw import RawTable
from mingdan.engine.schema import Column, Table
from mingdan.engine.sources.headings import (
    FILE_WORDS,
    HEADING_WORDS,
    OUTCOME_WORDS,
    REFERENCE_WORDS,
    fit,
    heading_words,
)
from mingdan.engine.sources.profile import Profile
from mingdan.engine.sources.sheets import heading_form
from mingdan.engine.tables import TABLES

_NAMED_BY_THEMSELVES = ("accounts", "employees", "products")
_LEAST_SCORE = 1.6
_TELLING = ("opportunities", "orders", "order_lines", *_NAMED_BY_THEMSELVES)
"""Tables whose required columns tell them from others; any list with a date could be tickets, so that needs a word for it."""

_REFERENCES = (
    "account_id",
    "owner_id",
    "employee_id",
    "assigned_to",
    "manager_id",
    "product_id",
    "opportunity_id",
    "order_id",
    "contact_id",
)


@dataclass(frozen=True)
class Pick:
    """A heading for a column; `surety` runs from 0 to 1."""

    heading: str
    surety: float


@dataclass(frozen=True)
class Look:
    """A raw table and what its columns look like."""

    table: RawTable
    profiles: tuple[Profile, ...]

    def profile(self, heading: str) -> Profile:
        return next(profile for profile in self.profiles if profile.heading == heading)


@dataclass
class Guess:
    """What a raw table could be: picks by column (plain names of match keys), and how well it fits."""

    table: str
    look: Look
    picks: dict[str, Pick] = field(default_factory=dict)
    score: float = 0.0

    @property
    def id_column(self) -> str:
        return TABLES[self.table].key[0]

    @property
    def id_heading(self) -> str | None:
        pick = self.picks.get(self.id_column)
        return pick.heading if pick else None


def best_guess(look: Look) -> Guess | None:
    """Return the table that a raw table fits best, or None if it fits none."""
    guesses = [guess for table in HEADING_WORDS if (guess := _guess(look, TABLES[table])) is not None]
    return max(guesses, key=lambda guess: guess.score, default=None)


def _guess(look: Look, table: Table) -> Guess | None:
    guess = Guess(table.name, look, _picks(look, table))
    _take_names_as_ids(guess)
    required = [column for column in table.columns if column.required and not _is_derivable(table, column)]
    found = [guess.picks.get(_name(column)) for column in required]
    if not all(found) or (table.name in _NAMED_BY_THEMSELVES and guess.id_heading is None):
        return None
    if table.name not in _TELLING and not _is_named(guess):
        return None
    sure = [pick.surety for pick in found if pick] or [0.0]
    hint = 1.5 if _is_called(look.table, table.name) else 0.0
    optional = len(guess.picks) - len(found)
    guess.score = 2 * sum(sure) / len(sure) + hint + 0.2 * optional + (0.5 if table.name == "opportunities" else 0.0)
    return guess if guess.score >= _LEAST_SCORE else None


def _picks(look: Look, table: Table) -> dict[str, Pick]:
    """Give each heading to the column that it fits best, surest first."""
    rated = []
    for column in table.columns:
        if _name(column) in HEADING_WORDS[table.name] or column.name in _REFERENCES:
            words = _words(table, column)
            for profile in look.profiles:
                surety = fit(heading_form(profile.heading), words) * _suits(table, column, profile)
                if surety > 0.2:
                    rated.append((surety, _name(column), profile.heading))
    picks: dict[str, Pick] = {}
    taken: set[str] = set()
    for surety, name, heading in sorted(rated, key=lambda one: -one[0]):
        if name not in picks and heading not in taken:
            picks[name] = Pick(heading, surety)
            taken.add(heading)
    return picks


def _words(table: Table, column: Column) -> list[str]:
    if column.name == table.key[0] or column.refers_to is None:
        words = heading_words(table.name, _name(column))
        return words if column.refers_to is None else [*words, *_reference_words(column)]
    return [*_reference_words(column), column.name.replace("_", "")]


def _reference_words(column: Column) -> list[str]:
    target = "managers" if column.name == "manager_id" else column.refers_to or ""
    return REFERENCE_WORDS.get(target, "").split()


def _suits(table: Table, column: Column, profile: Profile) -> float:
    """Return how well the values of a heading suit the kind of a column."""
    if profile.looks == "empty":
        return 0.0
    if column.name == table.key[0] and column.refers_to is None:
        return 1.0 if profile.is_unique and profile.looks != "date" else 0.0
    match column.kind:
        case "timestamp" | "date":
            return float(profile.looks == "date")
        case "decimal" | "integer" | "fraction":
            return float(profile.looks == "number")
        case "enum":
            return _suits_choice(column, profile)
        case "key":
            return _suits_key(_name(column), profile)
    return 0.1 if profile.looks == "date" else 1.0


def _suits_choice(column: Column, profile: Profile) -> float:
    if column.name == "outcome":
        said = {meant for choice in profile.choices for meant in (outcome_of(choice),) if meant != "open"}
        return len(said) / 2
    return float(bool(profile.choices))


def _suits_key(name: str, profile: Profile) -> float:
    if name in ("phone", "email"):
        return {name: 1.0, "text": 0.5, "number": 0.5}.get(profile.looks, 0.0)
    return float(profile.looks in ("text", "number"))


def outcome_of(stage: str) -> str:
    """Return won or lost by the words in the name of a stage, else open."""
    return meant_by(stage, OUTCOME_WORDS) or "open"


def meant_by(choice: str, meanings: Sequence[tuple[str, str]]) -> str | None:
    """Return the first meaning one of whose words stands in a choice."""
    said = choice.lower()
    return next((meant for meant, words in meanings if any(word in said for word in words.split())), None)


def _take_names_as_ids(guess: Guess) -> None:
    """Where a list has no numbers, the name identifies; where it has no names, the number must serve as one."""
    if guess.table not in _NAMED_BY_THEMSELVES:
        return
    name, own = guess.picks.get("name"), guess.picks.get(guess.id_column)
    if own is None and name is not None and guess.look.profile(name.heading).is_unique:
        guess.picks[guess.id_column] = name
    elif name is None and own is not None:
        guess.picks["name"] = own


def _is_derivable(table: Table, column: Column) -> bool:
    """Return whether a required column can be made without a heading: a row's number as id, a constant, the id as name."""
    if column.name == table.key[0] and column.refers_to is None:
        return table.name not in _NAMED_BY_THEMSELVES
    return (table.name, column.name) in {("employees", "role"), ("activities", "kind"), ("products", "name")}


def _is_named(guess: Guess) -> bool:
    """Return whether the file's name or the heading of the id speaks of the table."""
    heading = heading_form(guess.id_heading or "")
    return _is_called(guess.look.table, guess.table) or any(word in heading for word in FILE_WORDS[guess.table].split())


def _is_called(raw: RawTable, table: str) -> bool:
    name = heading_form(raw.name)
    called = [
        (name.rfind(word), len(word), other)
        for other, words in FILE_WORDS.items()
        for word in words.split()
        if word in name
    ]
    # the last word of a name says what it is (客户订单 are orders), and of two that end together the longer one
    return bool(called) and max(called, key=lambda one: (one[0] + one[1], one[1]))[2] == table


def _name(column: Column) -> str:
    return column.plain_name or column.name


def by_table(guesses: Sequence[Guess]) -> Mapping[str, list[Guess]]:
    """Return the guesses by table, the surest first."""
    found: dict[str, list[Guess]] = {}
    for guess in sorted(guesses, key=lambda guess: -guess.score):
        found.setdefault(guess.table, []).append(guess)
    return found
