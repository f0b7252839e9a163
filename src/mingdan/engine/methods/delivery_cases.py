"""Which deliveries of a salesperson's customers go where they should not, and what that weighs."""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from mingdan.engine.findings import Evidence
from mingdan.engine.methods.account_firms import firms_of_accounts
from mingdan.engine.methods.delivery_places import Delivery, DeliveryCounts, by_key, deliveries, delivery_counts
from mingdan.engine.methods.delivery_ties import STRONGEST, Tie, ties
from mingdan.engine.methods.firm_ties import FirmTies
from mingdan.engine.methods.listed import among
from mingdan.engine.methods.payers import share_a_stem
from mingdan.engine.trail import Tables


@dataclass(frozen=True)
class Limits:
    """`home`, `firm`, `relative`, `winner`, `shared` and `pair` cap the weight by what ties the place.

    `expected` is how often a side deal's goods go such a way, `occasional` how often by one small order, which carries
    `small` at most. A place of `hub_sellers` salespeople's customers, or of more than `hub` unrelated customers, is a
    warehouse or forwarder; a home of more than `crowd` employees is a dormitory or an office. `people` is how often whoever
    diverts has one small order or a pair of customers that go such a way; colleagues who have, with a prior of one in
    `worth`, say how often it is innocent.
    """

    home: float = 2.7
    firm: float = 1.8
    relative: float = 1.0
    winner: float = 1.0
    shared: float = 1.0
    pair: float = 0.8
    small: float = 1.0
    expected: float = 0.3
    occasional: float = 0.1
    hub: int = 8
    hub_sellers: int = 3
    crowd: int = 3
    people: float = 0.15
    worth: int = 30


@dataclass(frozen=True)
class Case:
    """Customers of one salesperson with goods delivered to one place; `how` the place is tied, `shared` if by nothing."""

    employee: str
    how: str
    rows: tuple[Delivery, ...]
    company_id: str | None
    ties: tuple[Evidence, ...]
    weight: float
    usual: float


def delivery_cases(tables: Tables, limits: Limits) -> list[Case]:
    """Return the cases that carry weight, one for each salesperson and place."""
    known = ties(tables, limits.hub)
    rows = deliveries(tables, {tie.key for tie in known})
    if not rows:
        return []
    places, counts = by_key(rows), delivery_counts(tables)
    tied = _tied(tables, known, places, limits)
    cases = _tied_cases(tied, counts, limits) + _shared_cases(tables, tied, places, counts, limits)
    return [case for case in cases if case.weight > 0]


Tied = Mapping[tuple[str, str, str], tuple[list[Tie], list[Delivery]]]


Places = Mapping[tuple[str, str], Sequence[Delivery]]


def _tied(tables: Tables, known: Sequence[Tie], places: Places, limits: Limits) -> Tied:
    """Return by place and salesperson the ties and the deliveries the salesperson sold; a firm's own goods are its own."""
    near = {row.account_id for tie in known for row in places.get((tie.kind, tie.key), ())}
    firms = among(firms_of_accounts(tables), "account_id", near)
    firm_of = {row["account_id"]: row["company_id"] for row in tables.records(firms, order_by=["account_id"])}
    found: dict[tuple[str, str, str], tuple[list[Tie], list[Delivery]]] = {}
    for tie in known:
        at_place = places.get((tie.kind, tie.key), ())
        if _is_hub(at_place, limits):
            continue
        for row in at_place:
            foreign = tie.how == "home" or not (row.own or firm_of.get(row.account_id) == tie.company_id)
            in_time = tie.until is None or row.first_at <= tie.until
            if row.seller == tie.employee_id and foreign and in_time:
                entry = found.setdefault((tie.employee_id, tie.kind, tie.key), ([], []))
                entry[0].append(tie)
                entry[1].extend([row] if row not in entry[1] else [])
    return found


def _is_hub(rows: Sequence[Delivery], limits: Limits) -> bool:
    sellers = {row.seller for row in rows if row.seller}
    return len(sellers) >= limits.hub_sellers or len({row.account_id for row in rows}) > limits.hub


def _tied_cases(tied: Tied, counts: DeliveryCounts, limits: Limits) -> list[Case]:
    chosen = {place: min((tie.how for tie in some), key=STRONGEST.index) for place, (some, _) in tied.items()}
    hits: dict[str, Counter[str | None]] = defaultdict(Counter)
    for place, (_, rows) in tied.items():
        hits[chosen[place]][place[0]] += len({row.account_id for row in rows})
    small = {
        how: {place[0] for place, (_, rows) in tied.items() if chosen[place] == how and not _is_substantial(rows)}
        for how in STRONGEST
    }
    holders = Counter((kind, key) for (_, kind, key), how in chosen.items() if how == "home")
    cases = []
    for (employee, kind, key), (some, rows) in sorted(tied.items()):
        how = chosen[employee, kind, key]
        usual = counts.share(hits[how], employee)
        substantial = _is_substantial(rows)
        most = getattr(limits, how)
        if not substantial:
            most = min(limits.small, most, _rare_among(small[how], employee, counts.sellers, limits))
        expected = limits.expected if substantial else limits.occasional
        weight = min(most, math.log10(expected / usual)) / max(1, holders[kind, key])
        own = [tie for tie in some if tie.how == how]
        cited = tuple(sorted({row for tie in own for row in tie.evidence}))
        crowded = holders[kind, key] > limits.crowd
        cases.append(Case(employee, how, tuple(rows), own[0].company_id, cited, 0.0 if crowded else weight, usual))
    return cases


def _shared_cases(
    tables: Tables,
    tied: Tied,
    shared: Places,
    counts: DeliveryCounts,
    limits: Limits,
) -> list[Case]:
    """Return the places, own to none of them, to which goods of several unrelated customers of one salesperson go."""
    away: dict[tuple[str, str, str], list[Delivery]] = {}
    for (kind, key), rows in sorted(shared.items()):
        for seller in sorted({row.seller for row in rows if row.seller}):
            mine = [row for row in rows if row.seller == seller and not row.own]
            several = len({row.account_id for row in mine}) >= 2
            if several and not _is_hub(rows, limits) and (seller, kind, key) not in tied:
                away[seller, kind, key] = mine
    firms = FirmTies(tables, [row.account_id for rows in away.values() for row in rows])
    several_firms = {place: n for place, rows in away.items() if (n := _unrelated(rows, firms)) >= 2}
    hits: Counter[str | None] = Counter()
    for place in several_firms:
        hits[place[0]] += len({row.account_id for row in away[place]})
    pairs = {place[0] for place, n in several_firms.items() if n == 2 or not _is_substantial(away[place])}
    cases = []
    for (seller, kind, key), n in sorted(several_firms.items()):
        there = tuple(away[seller, kind, key])
        users = {row.account_id for row in shared[kind, key]}
        usual = counts.share(hits, seller)
        chance = counts.together_by_chance(users, n, seller)
        several = n > 2 and _is_substantial(there)
        most = limits.shared if several else min(limits.pair, _rare_among(pairs, seller, counts.sellers, limits))
        weight = min(most, math.log10(limits.expected / max(usual * chance, 1e-12)))
        cases.append(Case(seller, "shared", there, None, (), weight, usual))
    return cases


def _is_substantial(rows: Sequence[Delivery]) -> bool:
    return any(row.is_substantial for row in rows)


def _rare_among(having: Collection[str], employee: str, people: int, limits: Limits) -> float:
    """Return what it weighs that somebody has a case of a kind, by how many colleagues have one."""
    others = len(set(having) - {employee})
    usual = (1 + others) / (limits.worth + max(people - 1, others))
    return max(0.0, math.log10(limits.people / usual))


def _unrelated(rows: Sequence[Delivery], firms: FirmTies) -> int:
    """Return how many customers these are if one registration, group or beginning of the name counts as one."""
    kept: list[str] = []
    for account in sorted({row.account_id for row in rows}):
        name = (firms.accounts.get(account) or {}).get("called")
        related = any(
            "supported" in (firms.same_customer(account, other), firms.same_group(account, other))
            or share_a_stem(name, (firms.accounts.get(other) or {}).get("called"))
            for other in kept
        )
        if not related:
            kept.append(account)
    return len(kept)
