"""What customers bought, as the amount that a finding puts at risk."""

from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal

import ibis

from mingdan.engine.methods.listed import among
from mingdan.engine.trail import Tables, money

YEAR = timedelta(days=365)


def yearly_turnover(tables: Tables, account_ids: Collection[str], until: datetime | None = None) -> dict[str, Decimal]:
    """Return what each customer ordered in the 365 days up to `until` (default: the trail's end), in its currency.

    Orders in another currency are left out; a customer without orders is absent.
    """
    until = until or tables.as_of
    if not account_ids:
        return {}
    orders = among(tables.orders, "account_id", account_ids).filter(
        ibis._.ordered_at.between(until - YEAR, until)
        & (ibis._.currency.isnull() | (ibis._.currency == tables.currency))
    )
    summed = orders.group_by("account_id").agg(amount=ibis._.amount.sum())
    return {row["account_id"]: money(row["amount"]) for row in tables.records(summed, order_by=["account_id"])}
