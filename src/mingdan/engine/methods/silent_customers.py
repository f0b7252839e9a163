"""Which stopped customers are told: a few for each salesperson, or an order of all where no salespeople are known."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.special import expit

from mingdan.engine.methods.purchase_stops import Stop, last_days, own_gap, stop_of
from mingdan.engine.methods.purchases import Purchases
from mingdan.engine.methods.self_injection import stop_evidence, stop_order

MOST_LISTED = 20_000
"""The most customers that are put in order where no salespeople are known."""

LISTED_WEIGHT = 0.3
"""The most weight in such an order: it says whom to ask first, and names nobody."""

LEAST_TOLD = 0.02
"""The least weight worth telling of a customer with a salesperson."""


def agreed(stops: Sequence[Stop], purchases: Purchases) -> list[Stop]:
    """Return the stops with no more weight than the company's own histories, cut off on random days, allow.

    A law of gaps trusts short bursts of purchases; customers who paused or left here show how little they may mean. A stop
    that the company's leavers make as likely as not keeps what it had at least (see `Bounds.clear_weight`), if it was clear.
    """
    evidence = stop_evidence(purchases)
    if evidence is None:
        return list(stops)
    return [
        stop if stop.slowed else replace(stop, weight=min(stop.weight, max(float(evidence[stop.customer]), LEAST_TOLD)))
        for stop in stops
    ]


def weightiest(stops: Sequence[Stop], salespeople: Sequence[str | None], most: int) -> list[int]:
    """Return the places of at most so many stops of each salesperson, those with the most weight (then money) first kept.

    Many customers of everybody leave; a list of them all says nothing that the first few do not.
    """
    by_person: dict[str | None, list[int]] = defaultdict(list)
    for place in sorted(
        range(len(stops)), key=lambda one: (-stops[one].weight, -stops[one].missing * stops[one].amount)
    ):
        by_person[salespeople[place]].append(place)
    kept = [places if person is None else places[:most] for person, places in by_person.items()]
    return sorted(place for places in kept for place in places)


def in_order(purchases: Purchases) -> list[Stop]:
    """Return every customer silent for longer than its usual gap as a stop whose weight only orders; empty if too few bought.

    The weight is LISTED_WEIGHT / (1 + 10^-s), s being the order's value (`self_injection.stop_order`) over two.
    """
    order = stop_order(purchases)
    if order is None:
        return []
    start, last = purchases.start, last_days(purchases)
    counts = np.diff(start)
    found = []
    for who in np.argsort(-order, kind="stable").tolist():  # NaN comes last
        days = purchases.day[start[who] : start[who + 1]]
        gap, silence = own_gap(days) if counts[who] > 1 else 0.0, purchases.until - int(last[who])
        if counts[who] == 0 or silence < max(gap, 1.0):
            continue
        weight = LISTED_WEIGHT * float(expit(order[who] * np.log(10) / 2))
        found.append(
            stop_of(
                purchases,
                who,
                int(counts[who]) - 1,
                slowed=False,
                gap=gap,
                chance=0.0,
                weight=weight,
                missing=silence / gap if gap else 0.0,
            )
        )
        if len(found) == MOST_LISTED:
            break
    return found
