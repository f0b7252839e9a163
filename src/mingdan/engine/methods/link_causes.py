"""What may explain innocently that an account buys for another's place, looked up in the registers."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from mingdan.engine.context import Context, Scope
from mingdan.engine.findings import Status
from mingdan.engine.methods.account_standing import Standing
from mingdan.engine.methods.firm_ties import FirmTies
from mingdan.engine.methods.innocent_causes import any_of, settled
from mingdan.engine.methods.successors import Succession
from mingdan.engine.trail import Tables


def causes_of(
    tables: Tables, pair: Succession, ties: FirmTies, standing: Standing, places: int | None, places_of_dealer: int
) -> dict[str, Status]:
    """Return the status of each innocent cause of one pair; `places` are the new account's addresses nobody had before it."""
    context, day = tables.context, pair.first_at.date()
    start, end = pair.last_at - timedelta(days=90), pair.first_at + timedelta(days=90)
    scope = Scope(pair.old, standing.employee_id, standing.region, standing.segment)
    firm = ties.firms.get(pair.new)
    approved = context.is_distributor(firm["company_id"] if firm else None, day) if firm else "open"
    trades: Status = "open" if places is None else "supported" if places >= places_of_dealer else "ruled_out"
    return {
        "dealer": "supported" if approved == "supported" else _by_policy(context, approved, start, end, scope),
        "same-customer": ties.same_customer(pair.old, pair.new),
        "own-purchasing": settled(
            [ties.same_group(pair.old, pair.new), *_supporting(context.status(["regrouping"], start, end, scope))]
        ),
        "trades-with-many": trades,
        "general-price": context.status(["promotion", "end_of_life"], pair.first_at, end, scope),
        "declared": context.declared(standing.employee_id, day, company_id=firm["company_id"] if firm else None),
    }


def shared_causes(causes: Iterable[Mapping[str, Status]]) -> dict[str, Status]:
    """Return the causes of several pairs of one new account: what explains one of its customers explains the account."""
    every = list(causes)
    return {code: any_of(one[code] for one in every) for code in every[0]}


def _by_policy(context: Context, approved: Status, start: datetime, end: datetime, scope: Scope) -> Status:
    """Return what channel policies say of a firm that is no approved distributor: one for a whole region leaves it open."""
    policies = context.events(["channel_policy"], start, end, scope)
    general = context.events(["channel_policy"], start, end, replace(scope, account_id=None, employee_id=None))
    if approved == "ruled_out" and len(policies) == len(general):
        return "open" if policies else "ruled_out"
    return "supported" if policies else approved


def _supporting(status: Status) -> tuple[Status, ...]:
    """Return the status of a register that can support an explanation, but whose silence rules out nothing."""
    return (status,) if status == "supported" else ()
