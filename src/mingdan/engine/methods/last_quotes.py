"""The last quote of each deal, and how many there were."""

import ibis
from ibis.expr.types import Table as Expression

from mingdan.engine.trail import Tables


def last_quotes(tables: Tables) -> Expression:
    """Return the last quote of each deal with all its columns, and `versions`, `first_sent_at` and `highest_version`."""
    quotes = tables.quotes.filter(ibis._.opportunity_id.notnull())
    newest = ibis.window(group_by="opportunity_id", order_by=[ibis.desc("sent_at"), ibis.desc("quote_id")])  # type: ignore[no-untyped-call]
    whole = ibis.window(group_by="opportunity_id")  # type: ignore[no-untyped-call]
    placed = quotes.mutate(
        place=ibis.row_number().over(newest),
        versions=ibis._.quote_id.count().over(whole),
        first_sent_at=ibis._.sent_at.min().over(whole),
        highest_version=ibis._.version.max().over(whole),
    )
    return placed.filter(placed.place == 0).drop("place")
