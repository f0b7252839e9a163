"""What a salesperson has had to do with a customer or an outside firm."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import ibis
from ibis.expr.types import Table as Expression

from mingdan.engine.methods.account_firms import firms_of_accounts
from mingdan.engine.methods.listed import among
from mingdan.engine.methods.ownership import ownership
from mingdan.engine.trail import Tables

Row = dict[str, Any]


@dataclass(frozen=True)
class Tie:
    """A salesperson and an entity (a firm's id where the register knows it, else a customer's).

    `customers` are the accounts of the firm, `dealt` what the salesperson sold by account (`amount` in the last 365
    days, `last_at`), `lost` the salesperson's deals that the firm won.
    """

    name: str
    customers: tuple[str, ...]
    dealt: Mapping[str, Row]
    lost: tuple[Row, ...]


def ties_of(tables: Tables, pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Tie]:
    """Return the tie of each pair of salesperson and entity; `pairs` is a small list."""
    people = sorted({employee for employee, _ in pairs})
    entities = sorted({entity for _, entity in pairs})
    names = _names(tables, entities)
    customers: dict[str, list[str]] = defaultdict(list)
    firms = among(firms_of_accounts(tables), "company_id", entities)
    for row in tables.records(firms, order_by=["account_id", "company_id"]):
        customers[row["company_id"]].append(row["account_id"])
    lost: dict[tuple[str, str], list[Row]] = defaultdict(list)
    deals = among(among(tables.opportunities, "owner_id", people), "winner_company_id", entities)
    for row in tables.records(deals, order_by=["opportunity_id"]):
        lost[row["owner_id"], row["winner_company_id"]].append(row)
    dealt: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in tables.records(dealings(tables, people), order_by=["employee_id", "account_id"]):
        dealt[row["employee_id"]][row["account_id"]] = row
    return {
        (employee, entity): Tie(
            name=names.get(entity, entity),
            customers=tuple(customers[entity]),
            dealt=dealt[employee],
            lost=tuple(lost[employee, entity]),
        )
        for employee, entity in pairs
    }


def dealings(tables: Tables, people: Sequence[str]) -> Expression:
    """Return employee_id, account_id, amount and last_at for each customer that one of these people dealt with.

    A customer counts whom they own, owned, quoted or booked orders for; `amount` sums orders of the last 365 days.
    """
    orders = among(tables.orders, "employee_id", people).group_by("employee_id", "account_id")
    of_the_year = ibis._.ordered_at >= tables.as_of - timedelta(days=365)
    sold = orders.agg(amount=ibis._.amount.sum(where=of_the_year), last_at=ibis._.ordered_at.max())
    nothing = {"amount": ibis.null(sold.amount.type()), "last_at": ibis.null(sold.last_at.type())}
    spans = ownership(tables)
    owned = among(spans, "employee_id", people).select("employee_id", "account_id").distinct()
    quoted = among(tables.quotes, "employee_id", people).select("employee_id", "account_id").distinct()
    dealt = sold.union(owned.mutate(**nothing)).union(quoted.mutate(**nothing)).group_by("employee_id", "account_id")
    return dealt.agg(amount=ibis._.amount.max(), last_at=ibis._.last_at.max())


def _names(tables: Tables, entities: Sequence[str]) -> dict[str, str]:
    firms = tables.companies.select("name", entity="company_id").select("entity", "name")
    named = firms.union(tables.accounts.select("name", entity="account_id").select("entity", "name"))
    wanted = tables.records(among(named, "entity", entities), order_by=["entity", "name"])
    return {row["entity"]: row["name"] for row in wanted}
