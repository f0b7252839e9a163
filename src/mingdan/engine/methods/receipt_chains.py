"""Receipts of one customer booked to another, and whether they cover each other one after the other (lapping)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import ibis
from ibis.expr.types import Table as Expression
from scipy.stats import poisson

from mingdan.engine.methods.firm_ties import FirmTies
from mingdan.engine.methods.payers import share_a_stem
from mingdan.engine.methods.posting_lags import receipts
from mingdan.engine.trail import Tables

LEAST_PAID, OWN_SHARE = 3, 0.8
MOST, MOST_OF_ONE = 20_000, 300
"""Where more receipts are crossed, it is how the books are kept (branches, head offices) and says nothing."""


@dataclass(frozen=True, order=True)
class Crossed:
    """A receipt of `payer`'s money that was booked to `credited`."""

    at: datetime
    payment_id: str
    person: str
    payer: str
    credited: str
    amount: Decimal


@dataclass(frozen=True)
class Chains:
    """One person's crossed receipts: `links` are those where the customer whose money was used got another's soon after.

    `expected` links if what was credited were drawn from the person's customers; `p` is the Poisson tail.
    """

    crossed: tuple[Crossed, ...]
    links: tuple[tuple[Crossed, Crossed], ...]
    expected: float
    p: float


def crossed_receipts(tables: Tables) -> list[Crossed]:
    """Return receipts booked to another customer than the one who paid: a payer of a known customer, its invoice, its order.

    Pairs where one has paid for the other three times are left out.
    """
    rows = tables.records(
        _by_document(tables).union(_by_payer(tables)), order_by=["at", "payment_id", "payer", "credited"]
    )
    found: dict[str, Crossed] = {}
    for row in rows:
        found.setdefault(row["payment_id"], Crossed(**row))
    return _without_the_usual(sorted(found.values())) if len(found) <= MOST else []


def chains_of(crossed: Sequence[Crossed], books: Mapping[str, int], days: int) -> dict[str, Chains]:
    """Return each person's chains: B's money credited to A, then within `days` C's money credited to B, and so on.

    Two customers credited with each other's money are a slip put right, and no link. Under the null the customer credited is any of the person's `books`, so that each pair of receipts in the window
    links with chance 1 / (customers - 1): the mean number over permutations of who was credited, Poisson.
    """
    own: dict[str, list[Crossed]] = defaultdict(list)
    for one in crossed:
        own[one.person].append(one)
    found = {}
    for person, rows in sorted(own.items()):
        if len(rows) > MOST_OF_ONE:
            continue
        window = timedelta(days=days)
        pairs = [(a, b) for a in rows for b in rows if a.at < b.at <= a.at + window and a.payer != b.payer]
        links = tuple((a, b) for a, b in pairs if b.credited == a.payer and b.payer != a.credited)
        expected = len(pairs) / max(1, books.get(person, 2) - 1)
        p = float(poisson.sf(len(links) - 1, expected)) if links else 1.0
        found[person] = Chains(tuple(rows), links, expected, p)
    return found


def books_of(tables: Tables) -> dict[str, int]:
    """Return how many customers paid through each person."""
    counted = receipts(tables).filter(ibis._.person.notnull()).group_by("person").agg(n=ibis._.account_id.nunique())
    return {row["person"]: row["n"] for row in tables.records(counted, order_by=["person"])}


def _shaped(rows: Expression) -> Expression:
    known = rows.filter(rows.person.notnull() & rows.payer.notnull() & rows.credited.notnull())
    other = known.filter(known.payer != known.credited)
    return other.select("payment_id", "person", "payer", "credited", "amount", at=other.received_at)


def _by_document(tables: Tables) -> Expression:
    """Receipts whose invoice (or else order) is another customer's."""
    billed = tables.invoices.select("invoice_id", of_invoice="account_id")
    ordered = tables.orders.select("order_id", of_order="account_id")
    paid = receipts(tables).left_join(billed, "invoice_id").drop("invoice_id_right")
    paid = paid.left_join(ordered, "order_id").drop("order_id_right")
    credited = ibis.coalesce(paid.of_invoice, paid.of_order)
    return _shaped(paid.mutate(payer=paid.account_id, credited=credited))


def _by_payer(tables: Tables) -> Expression:
    """Receipts from an account that (nearly) always pays for one customer, booked to another."""
    paid = receipts(tables)
    source = ibis.coalesce(paid.payer_bank_key, paid.payer_key)
    paid = paid.mutate(source=source)
    paid = paid.filter(paid.source.notnull())
    pairs = paid.group_by("source", "account_id").agg(n=paid.count())
    of_source = ibis.window(group_by="source")  # type: ignore[no-untyped-call]
    shares = pairs.mutate(every=pairs.n.sum().over(of_source), served=pairs.account_id.count().over(of_source))
    home = shares.filter((shares.n >= LEAST_PAID) & (shares.n >= OWN_SHARE * shares.every) & (shares.served > 1))
    home = home.select("source", payer="account_id")
    return _shaped(paid.inner_join(home, "source").mutate(credited=ibis._.account_id))


def _without_the_usual(crossed: Sequence[Crossed]) -> list[Crossed]:
    """Leave out the pairs where one has paid for the other again and again."""
    times: dict[tuple[str, str], int] = defaultdict(int)
    for one in crossed:
        times[one.payer, one.credited] += 1
    return [one for one in crossed if times[one.payer, one.credited] < LEAST_PAID]


def without_groups(tables: Tables, chains: Mapping[str, Chains], least: int) -> dict[str, Chains]:
    """Return the chains of at least so many links, without links between customers of one group or name."""
    long = {person: one for person, one in chains.items() if len(one.links) >= least}
    named = {name for one in long.values() for pair in one.links for row in pair for name in (row.payer, row.credited)}
    if not named:
        return {}
    firms = FirmTies(tables, sorted(named))
    found = {}
    for person, one in long.items():
        links = tuple(pair for pair in one.links if not any(_belong_together(firms, r.payer, r.credited) for r in pair))
        p = float(poisson.sf(len(links) - 1, one.expected)) if links else 1.0
        found[person] = Chains(one.crossed, links, one.expected, p)
    return found


def _belong_together(firms: FirmTies, one: str, other: str) -> bool:
    names = [(firms.accounts.get(account) or {}).get("called") for account in (one, other)]
    told = (firms.same_customer(one, other), firms.same_group(one, other))
    return "supported" in told or share_a_stem(names[0], names[1])
