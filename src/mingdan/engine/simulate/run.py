"""Run one simulation from its seed to its files."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np

from mingdan.engine.simulate import (
    access,
    callbacks,
    channel,
    contact,
    contract_tables,
    deal_tables,
    leads,
    messages,
    names,
    order_tables,
    outside,
    payments,
    products,
    quote_mails,
    spending,
    support,
    tickets,
    voice,
)
from mingdan.engine.simulate.absences import plan_holidays
from mingdan.engine.simulate.assumptions import assume
from mingdan.engine.simulate.books import Truth, book, truth_of
from mingdan.engine.simulate.casting import TRACES, cast
from mingdan.engine.simulate.catalogue import stock_up
from mingdan.engine.simulate.clock import clock_for
from mingdan.engine.simulate.customers import acquire
from mingdan.engine.simulate.deals import draw_deals
from mingdan.engine.simulate.demand import draw_purchases
from mingdan.engine.simulate.dice import Ints, stream
from mingdan.engine.simulate.effects import Effects
from mingdan.engine.simulate.gaps import NO_GAPS, draw_gaps
from mingdan.engine.simulate.identifiers import Identifiers, Keys
from mingdan.engine.simulate.ledger import Ledger
from mingdan.engine.simulate.register import open_register, write_register
from mingdan.engine.simulate.staff import hire, write_staff
from mingdan.engine.simulate.tells import draw_tells
from mingdan.engine.simulate.texts.words import draw_words
from mingdan.engine.simulate.truth_tables import write_truth
from mingdan.engine.simulate.world import Plan, World

Scenario = Literal["mixed", "subtle", "adaptive", "none"]
ACCOUNTS_AT_ONCE = 4000
"""Accounts drawn and written together: bounds the memory of a large run."""


def simulate(
    out: Path,
    *,
    reps: int,
    accounts: int,
    years: float,
    seed: int,
    scenario: Scenario = "mixed",
    on_progress: Callable[[float], None] | None = None,
    guilty_share: float | None = None,
    complete: bool = False,
) -> None:
    """Write the trail of a simulated company to `out` and the truth about it to `out/truth`.

    `guilty_share` of the salespeople take part in a scheme (default: 1 to 8 %, at least one; nobody in "none").
    A `complete` trail has every table and column; by default some are missing, as they are in real companies.
    `on_progress` is told the share that is done. The same arguments give the same bytes. Raise ValueError on a company
    too small to have any of it.
    """
    if reps < 2 or accounts < 10 * reps or years <= 0 or seed < 0:
        raise ValueError("a company needs at least 2 salespeople, 10 accounts for each, some time, and a seed from 0")
    out.mkdir(parents=True, exist_ok=True)
    world = build(reps=reps, accounts=accounts, years=years, seed=seed, scenario=scenario, guilty_share=guilty_share)
    gaps = NO_GAPS if complete else draw_gaps(seed, stream(seed, "gaps"))
    ledger = Ledger(out, world.clock, Identifiers(seed), world.keys, gaps)
    truths = _write_all(world, ledger, on_progress or (lambda _: None))
    ledger.close()
    write_truth(world, ledger, truths, out / "truth")
    about = {
        "key_fingerprint": world.keys.fingerprint,
        "simulated": {"reps": reps, "accounts": accounts, "years": years, "seed": seed, "scenario": scenario},
    }
    (out / "trail.json").write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n")


def build(
    *, reps: int, accounts: int, years: float, seed: int, scenario: Scenario, guilty_share: float | None = None
) -> World:
    """Return a company with its people, customers and plans, before the first deal."""
    assumed = assume(stream(seed, "assumptions"))
    clock = clock_for(years, stream(seed, "clock"))
    keys = Keys(seed)
    staff = hire(reps, assumed, clock, keys, stream(seed, "staff"))
    own_name, own_domain = names.own_firm(stream(seed, "own firm"))
    register = open_register(keys, stream(seed, "register"), assumed)
    catalogue = stock_up(assumed, stream(seed, "catalogue"))
    customers = acquire(accounts, staff, catalogue, register, assumed, clock, stream(seed, "customers"))
    world = World(
        seed=seed,
        scenario=scenario,
        clock=clock,
        assumed=assumed,
        keys=keys,
        staff=staff,
        catalogue=catalogue,
        register=register,
        customers=customers,
        plan=Plan(),
        tells=draw_tells(stream(seed, "tells"), TRACES[scenario]),
        our_banks=keys.add("bank", names.numbered(stream(seed, "banks"), 4, 15, "3302")),
        words=draw_words(stream(seed, "words")),
        own_name=own_name,
        own_domain=own_domain,
    )
    cast(world, guilty_share)
    plan_holidays(world, stream(seed, "holidays"))
    world.effects = Effects.of(world.plan.effects)
    return world


def _write_all(world: World, ledger: Ledger, on_progress: Callable[[float], None]) -> list[tuple[Truth, Ints]]:
    seed = world.seed
    write_staff(world.staff, world.own_domain, ledger, stream(seed, "write staff"))
    products.write_products(world, ledger)
    first_contact = outside.write_customers(world, ledger, stream(seed, "write customers"))
    world.first_contact, world.first_deal = first_contact, np.full(len(world.customers), -1, dtype=np.int64)
    truths: list[tuple[Truth, Ints]] = []
    groups = _groups(world)
    for number, accounts in enumerate(groups):
        truths += _write_group(world, accounts, number, ledger)
        on_progress((number + 1) / (len(groups) + 1))
    access.write_exports(world, ledger, stream(seed, "exports"))
    channel.write_channel_events(world, first_contact, ledger, stream(seed, "channel"))
    kept_back = leads.write_leads(world, ledger, stream(seed, "leads"))
    truths.append((kept_back, np.empty(0, dtype=np.int64)))
    access.write_field_changes(world, first_contact, ledger, stream(seed, "field changes"))
    voice.write_opinions(world, ledger, stream(seed, "opinions"))
    outside.write_surroundings(world, ledger, stream(seed, "surroundings"))
    write_register(world.register, ledger, _struck_off(world))
    on_progress(1.0)
    return truths


def _groups(world: World) -> list[Ints]:
    """Cut the accounts into random groups, so that a group's place in a file says nothing."""
    order = stream(world.seed, "groups").permutation(len(world.customers))
    return [np.sort(part) for part in np.array_split(order, max(1, -(-len(order) // ACCOUNTS_AT_ONCE)))]


def _struck_off(world: World) -> Ints:
    """Return the firms that the register shows as closed at the end: most of those that are."""
    closed = np.flatnonzero(world.customers.closes < world.clock.days - 20)
    return world.customers.firm[closed[stream(world.seed, "struck off").random(len(closed)) < 0.8]]


def _write_group(world: World, accounts: Ints, number: int, ledger: Ledger) -> list[tuple[Truth, Ints]]:
    seed = world.seed
    deals = draw_deals(world, accounts, stream(seed, "deals", number))
    purchases = draw_purchases(world, accounts, deals, stream(seed, "purchases", number))
    orders = book(world, deals, purchases, stream(seed, "orders", number))
    opportunity = deal_tables.write_deals(world, deals, ledger, stream(seed, "write deals", number))
    quoted = deal_tables.write_quotes(world, deals, opportunity, ledger, stream(seed, "quotes", number))
    contract = contract_tables.write_contracts(world, deals, opportunity, ledger, stream(seed, "contracts", number))
    order = order_tables.write_orders(
        world, orders, opportunity, contract, ledger, stream(seed, "write orders", number)
    )
    machines = order_tables.write_shipments(world, orders, order, ledger, stream(seed, "shipments", number))
    lapped = payments.write_money(world, orders, order, ledger, stream(seed, "money", number))
    contacts = contact.draw_contacts(world, accounts, deals, opportunity, stream(seed, "contacts", number))
    spending.write_expenses(world, contacts, accounts, ledger, stream(seed, "expenses", number))
    spending.write_samples(world, deals, ledger, stream(seed, "samples", number))
    contact.write_contacts(world, contacts, ledger, stream(seed, "write contacts", number))
    messages.write_messages(world, accounts, contacts, ledger, stream(seed, "messages", number))
    contact.write_planned_mails(world, accounts, quoted, ledger, stream(seed, "mails", number))
    access.write_views(world, accounts, ledger, stream(seed, "views", number))
    tickets.write_tickets(world, accounts, deals, orders, order, machines, ledger, stream(seed, "tickets", number))
    callbacks.write_callbacks(world, accounts, deals, opportunity, ledger, stream(seed, "callbacks", number))
    support.write_support(world, deals, opportunity, ledger, stream(seed, "support", number))
    quote_mails.write_quote_mails(world, quoted, ledger, stream(seed, "quote mails", number))
    return [(truth_of(world, deals, purchases), opportunity), (lapped, np.empty(0, dtype=np.int64))]
