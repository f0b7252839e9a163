"""One simulated company before a single deal is drawn, and what its people are going to do."""

from dataclasses import dataclass, field

import numpy as np

from mingdan.engine.simulate.assumptions import Assumptions
from mingdan.engine.simulate.catalogue import Catalogue
from mingdan.engine.simulate.clock import Clock
from mingdan.engine.simulate.customers import Customers
from mingdan.engine.simulate.dice import Ints
from mingdan.engine.simulate.effects import Effect, Effects
from mingdan.engine.simulate.identifiers import Keys
from mingdan.engine.simulate.ledger import Coded
from mingdan.engine.simulate.register import Register
from mingdan.engine.simulate.staff import Staff
from mingdan.engine.simulate.tells import Tells
from mingdan.engine.simulate.texts.words import Words


@dataclass(frozen=True)
class Export:
    """A salesperson takes a list of customers out on that day; `planned` where that serves a scheme."""

    rep: int
    day: float
    accounts: Ints
    planned: bool = False


@dataclass(frozen=True)
class PhoneChange:
    """Somebody overwrites the phone number of a customer's contact; `new` is a key, -1 empties it."""

    account: int
    day: float
    by: int
    new: int


@dataclass(frozen=True)
class Mail:
    """A mail to somebody outside the customer; `document` is the account whose last quote is attached, or -1."""

    rep: int
    day: float
    domain: str
    account: int
    document: int = -1


@dataclass(frozen=True)
class Cause:
    """An entry of the register of innocent causes; -1 or None where it does not limit the cause."""

    kind: str
    start: float
    end: float
    region: int = -1
    segment: int = -1
    product: int = -1
    account: int = -1
    rep: int = -1


@dataclass(frozen=True)
class Leave:
    rep: int
    start: float
    end: float
    kind: str


@dataclass(frozen=True)
class Interest:
    rep: int
    day: float
    relation: str
    person: str
    firm: int


@dataclass(frozen=True)
class Voice:
    """A ticket, complaint or tip that a cause of this world brings forth: `what` says which."""

    what: str
    day: float
    account: int = -1
    rep: int = -1
    kind: str = ""


@dataclass(frozen=True)
class Talk:
    """A chat on one of the topics of `texts.talk`."""

    account: int
    day: float
    topic: str


@dataclass(frozen=True)
class Passing:
    """A customer released to the pool and picked up again; `after` may be the one who let it go."""

    account: int
    released: float
    taken: float
    before: int
    after: int
    by: int
    reason: str


@dataclass(frozen=True)
class Lapping:
    """Receipts of one customer that somebody holds back for a while, a share of them."""

    start: float
    end: float
    rep: int
    scheme: int
    share: float


@dataclass(frozen=True)
class Siphon:
    """Leads that somebody calls worthless and serves himself, so many a year, for `firm`."""

    rep: int
    start: float
    yearly: float
    firm: int


@dataclass(frozen=True)
class Role:
    """What one salesperson stands for: a scheme, or an innocent twin of one, from a day and for a share of business."""

    rep: int
    name: str
    scheme: int
    start: float
    share: float


@dataclass
class Plan:
    """What people will do or suffer, beyond their habits.

    `quiet` says from when on, and to which share, contact with a customer leaves the channels that machines record.
    """

    roles: list[Role] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    exports: list[Export] = field(default_factory=list)
    phone_changes: list[PhoneChange] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)
    causes: list[Cause] = field(default_factory=list)
    leaves: list[Leave] = field(default_factory=list)
    interests: list[Interest] = field(default_factory=list)
    voices: list[Voice] = field(default_factory=list)
    owner_pays: set[int] = field(default_factory=set)
    collectors: set[int] = field(default_factory=set)
    migrations: list[tuple[int, float, float]] = field(default_factory=list)
    talks: list[Talk] = field(default_factory=list)
    quiet: dict[int, tuple[float, float]] = field(default_factory=dict)
    passings: list[Passing] = field(default_factory=list)
    lapping: dict[int, Lapping] = field(default_factory=dict)
    colluding: dict[int, float] = field(default_factory=dict)
    spent_on: dict[int, float] = field(default_factory=dict)
    win_back: set[int] = field(default_factory=set)
    sites: dict[int, tuple[float, int]] = field(default_factory=dict)
    posted_late: set[int] = field(default_factory=set)
    hard_projects: set[int] = field(default_factory=set)
    bad_leads: set[int] = field(default_factory=set)
    siphons: list[Siphon] = field(default_factory=list)
    deceiving: dict[int, float] = field(default_factory=dict)
    deletions: list[tuple[int, float]] = field(default_factory=list)
    cleaners: set[int] = field(default_factory=set)
    fronts: dict[int, str] = field(default_factory=dict)


@dataclass
class World:
    """Everything that the tables are drawn from; `effects` are the settled ones of the plan.

    `tells` says how strongly schemes show; `our_banks` are the keys of our own accounts: old, new, online, escrow.
    `first_contact` and `first_deal` are the numbers of each account's first contact person and deal once they are written.
    """

    seed: int
    scenario: str
    clock: Clock
    assumed: Assumptions
    keys: Keys
    staff: Staff
    catalogue: Catalogue
    register: Register
    customers: Customers
    plan: Plan
    tells: Tells
    our_banks: Ints
    words: Words
    own_name: str
    own_domain: str
    effects: Effects = field(default_factory=Effects)
    first_contact: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    first_deal: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def currency(self, n: int) -> Coded:
        """Return the column that says which currency n amounts are in."""
        return Coded((self.assumed.currency,), np.zeros(n, dtype=np.int64))
