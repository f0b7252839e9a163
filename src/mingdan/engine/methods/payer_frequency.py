"""How often customers of this company are paid for by somebody else, and by somebody who pays for several."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis
from scipy.stats import hypergeom

from mingdan.engine.methods.payers import Paying, payer_of
from mingdan.engine.trail import Tables


@dataclass(frozen=True)
class PayerFrequency:
    """Counts over the customers that ever paid; `owner` and `region` are the customers' own.

    `strange` are customers with a payer who is not the customer, `several` those whose payer pays for two firms or more.
    """

    owner: Mapping[str, str | None]
    region: Mapping[str, str | None]
    strange: frozenset[str]
    several: frozenset[str]

    def share(self, accounts: frozenset[str], without: str | None) -> float:
        """Return the share of these among the customers of everybody but one salesperson, one added on each side."""
        others = [account for account, owner in self.owner.items() if owner is None or owner != without]
        return (1 + sum(account in accounts for account in others)) / (2 + len(others))

    def shared_by_chance(self, accounts: Sequence[str], mine: int, employee: str | None) -> float:
        """Return the chance that `mine` of these customers have one salesperson in common.

        Hypergeometric, drawing as many customers from the same regions, times the number of salespeople there.
        """
        regions = {self.region.get(account) for account in accounts}
        there = [account for account, region in self.region.items() if region in regions]
        book: dict[str | None, int] = defaultdict(int)
        for account in there:
            book[self.owner.get(account)] += 1
        drawn = min(len(accounts), len(there))
        one = float(hypergeom.sf(mine - 1, len(there), book.get(employee, 0), drawn))
        return min(1.0, one * len(book)) if book.get(employee) else 1.0


def payer_frequency(tables: Tables, strange: Sequence[Paying], several: frozenset[str]) -> PayerFrequency:
    """Count the customers that paid; `several` are payers of two firms or more."""
    paid = tables.payments.select("account_id").distinct()
    accounts = tables.accounts.select("account_id", "owner_id", "region")
    rows = tables.records(
        paid.left_join(accounts, "account_id").select(account_id="account_id", owner_id="owner_id", region="region"),
        order_by=["account_id"],
    )
    return PayerFrequency(
        owner={row["account_id"]: row["owner_id"] for row in rows},
        region={row["account_id"]: row["region"] for row in rows},
        strange=frozenset(one.account_id for one in strange),
        several=frozenset(one.account_id for one in strange if one.payer in several),
    )


def salespeople_of_payments(tables: Tables, strange: Sequence[Paying]) -> dict[tuple[str, str], str | None]:
    """Return by customer and payer whose deal was paid: the order's salesperson where known, else the customer's owner.

    Of several the one with most payments (the first by id where two tie).
    """
    wanted = payer_of(
        tables, tables.payments.filter(ibis._.account_id.isin(sorted({one.account_id for one in strange})))
    )
    orders = tables.orders.select("order_id", seller="employee_id")
    owners = tables.accounts.select("account_id", "owner_id")
    joined = wanted.left_join(orders, "order_id").drop("order_id_right").left_join(owners, "account_id")
    seller = ibis.coalesce(joined.seller, joined.collected_by, joined.owner_id)
    counted = joined.mutate(seller=seller).filter(ibis._.seller.notnull()).group_by("account_id", "payer", "seller")
    best: dict[tuple[str, str], tuple[int, str]] = {}
    for row in tables.records(counted.agg(n=ibis._.count()), order_by=["account_id", "payer", "seller"]):
        pair = (row["account_id"], row["payer"])
        if pair not in best or row["n"] > best[pair][0]:
            best[pair] = (row["n"], row["seller"])
    return {(one.account_id, one.payer): best.get((one.account_id, one.payer), (0, None))[1] for one in strange}
