"""The outside register: customers' firms, competitors, distributors, agents' post boxes, relatives' firms, shells."""

from dataclasses import dataclass, field

import numpy as np

from mingdan.engine.simulate import names
from mingdan.engine.simulate.assumptions import Assumptions
from mingdan.engine.simulate.dice import Dice, Floats, Ints
from mingdan.engine.simulate.identifiers import Keys
from mingdan.engine.simulate.ledger import Ledger

NOBODY = -1


@dataclass
class Firm:
    """One entry of the register; times are days of the clock, keys are numbers of `Keys`, NOBODY for none."""

    name: str
    established: float
    registration_no: str
    legal: str
    phone: int = NOBODY
    domain: str | None = None
    address: int = NOBODY
    staff: float = np.nan
    status: str = "存续"
    scope: str = "设备及耗材销售"
    holders: tuple[tuple[str, float], ...] = ()
    parent: int = NOBODY


@dataclass
class Register:
    """All firms; a firm's number is its place. `hubs` are (phone, address) of registration agents and shared offices."""

    keys: Keys
    dice: Dice
    firms: list[Firm] = field(default_factory=list)
    hubs: list[tuple[int, int]] = field(default_factory=list)
    distributors: list[tuple[int, float, float]] = field(default_factory=list)
    competitors: list[int] = field(default_factory=list)
    person_numbers: dict[str, int] = field(default_factory=dict)

    def add(self, firm: Firm) -> int:
        self.firms.append(firm)
        return len(self.firms) - 1

    def phone(self) -> int:
        return int(self.keys.add("phone", names.phones(self.dice, 1))[0])

    def address(self) -> int:
        return int(self.keys.add("address", names.numbered(self.dice, 1, 9, "firm"))[0])

    def hub(self) -> tuple[int, int]:
        return self.hubs[int(self.dice.integers(0, len(self.hubs)))]

    def person(self, name: str) -> int:
        """Return the key of a person or firm by name, as a bank slip or a register extract would give it."""
        if name not in self.person_numbers:
            self.person_numbers[name] = int(self.keys.add("person", [name])[0])
        return self.person_numbers[name]

    def found(
        self,
        *,
        region: int,
        established: float,
        legal: str,
        agent: float = 0.2,
        young: bool = False,
        name: str | None = None,
        domain: str | None = None,
    ) -> int:
        """Register a new small firm and return its number; some sit at an agent's address."""
        dice = self.dice
        at_agent = dice.random() < agent
        hub = self.hub()
        return self.add(
            Firm(
                name=name or names.firms(dice, np.array([region]))[0],
                established=established,
                registration_no=names.registration_numbers(dice, 1)[0],
                legal=legal,
                phone=hub[0] if at_agent and dice.random() < 0.6 else self.phone(),
                domain=domain or (names.domains(dice, 1)[0] if dice.random() < 0.4 else None),
                address=hub[1] if at_agent else self.address(),
                staff=float(dice.integers(1, 6)) if young else float(dice.integers(5, 80)),
                holders=((legal, round(float(dice.uniform(0.5, 1.0)), 2)),),
            )
        )


def open_register(keys: Keys, dice: Dice, assumed: Assumptions) -> Register:
    """Return a register with registration agents, competitors and firms that have nothing to do with us."""
    register = Register(keys, dice)
    regions = assumed.regions
    register.hubs = [(register.phone(), register.address()) for _ in range(6)]
    for region in np.repeat(np.arange(regions), 3):
        number = register.found(
            region=int(region), established=float(-dice.integers(800, 6000)), legal=names.people(dice, 1)[0], agent=0
        )
        register.firms[number].staff = float(dice.integers(20, 400))
        register.competitors.append(number)
    for _ in range(assumed.bystanders):
        register.found(
            region=int(dice.integers(0, regions)),
            established=float(-dice.integers(100, 4000)),
            legal=names.people(dice, 1)[0],
            agent=1.0,
        )
    return register


def write_register(register: Register, ledger: Ledger, closed: Ints) -> None:
    """Write the firms in the order of their founding, and their people; `closed` are struck off."""
    firms = register.firms
    for number in closed:
        firms[int(number)].status = "注销"
    ledger.write(
        "companies",
        by="established_date",
        company_id=ledger.numbers("companies", len(firms)),
        name=[firm.name for firm in firms],
        registration_no=[firm.registration_no for firm in firms],
        legal_representative=[firm.legal for firm in firms],
        phone_key=np.array([firm.phone for firm in firms]),
        email_domain=[firm.domain for firm in firms],
        address_key=np.array([firm.address for firm in firms]),
        established_date=np.array([firm.established for firm in firms]),
        status=[firm.status for firm in firms],
        staff_count=np.array([firm.staff for firm in firms]),
        scope=[firm.scope for firm in firms],
    )
    _write_people(register, ledger)


def _write_people(register: Register, ledger: Ledger) -> None:
    rows: list[tuple[int, str, str, float, int]] = []
    for number, firm in enumerate(register.firms):
        rows.append((number, "legal_representative", firm.legal, np.nan, NOBODY))
        rows.extend((number, "holder", name, share, NOBODY) for name, share in dict(firm.holders).items())
        if firm.parent != NOBODY:
            rows.append((number, "holder", register.firms[firm.parent].name, 0.8, firm.parent))
    company: Ints = np.array([row[0] for row in rows])
    since: Floats = np.array([register.firms[row[0]].established for row in rows])
    ledger.write(
        "company_people",
        by="from_date",
        company_id=company,
        role=[row[1] for row in rows],
        person_name=[row[2] for row in rows],
        person_key=np.array([register.person(row[2]) for row in rows]),
        holder_company_id=np.array([row[4] for row in rows]),
        share=np.array([row[3] for row in rows]),
        from_date=since,
        to_date=np.full(len(rows), np.nan),
    )
