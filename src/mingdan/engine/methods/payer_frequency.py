"""How often customers of this company are paid for by somebody else, and by somebody who pays for several."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import ibis
from scipy.stats import hypergeom

from mingdan.engine.methods.listed import among
from mingdan.engine.methods.payers import Paying, payer_of
from mingdan.engine.trail import Tables


class PayerFrequency:
    """Counts over the customers that ever paid, by the customers' owners and regions.

    `strange` are customers with a payer who is not the customer, `substantial` those where it was no small single payment,
    `several` those whose payer pays for two firms or more.
    """

    def __init__(
        self,
        rows: Sequence[dict[str, Any]],
        strange: frozenset[str],
        substantial: frozenset[str],
        several: frozenset[str],
    ) -> None:
        self._region = {row["account_id"]: row["region"] for row in rows}
        self._all = Counter(row["owner_id"] for row in rows)
        self._strange = Counter(row["owner_id"] for row in rows if row["account_id"] in strange)
        self._substantial = Counter(row["owner_id"] for row in rows if row["account_id"] in substantial)
        self._several = Counter(row["owner_id"] for row in rows if row["account_id"] in several)
        self._books: dict[str | None, Counter[str | None]] = defaultdict(Counter)
        for row in rows:
            self._books[row["region"]][row["owner_id"]] += 1

    def strange(self, without: str | None, *, substantial: bool) -> float:
        """Return the share of strange payers among the customers of everybody but one, one added on each side."""
        return _share(self._substantial if substantial else self._strange, self._all, without)

    def several(self, without: str | None) -> float:
        """Return the share paid by somebody who pays for several firms, as `strange` does."""
        return _share(self._several, self._all, without)

    def shared_by_chance(self, accounts: Sequence[str], mine: int, employee: str | None) -> float:
        """Return the chance that `mine` of these customers have one salesperson in common.

        Hypergeometric, drawing as many customers from the same regions, times the number of salespeople there.
        """
        book: Counter[str | None] = Counter()
        for region in {self._region.get(account) for account in accounts}:
            book.update(self._books[region])
        drawn = min(len(accounts), book.total())
        if min(book[employee], drawn) < mine:  # customers who have passed to others since: nothing to compare with
            return 1.0
        return min(1.0, float(hypergeom.sf(mine - 1, book.total(), book[employee], drawn)) * len(book))


def _share(some: Counter[str | None], every: Counter[str | None], without: str | None) -> float:
    of_one = (some[without], every[without]) if without is not None else (0, 0)
    return (1 + some.total() - of_one[0]) / (2 + every.total() - of_one[1])


def payer_frequency(tables: Tables, strange: Sequence[Paying], several: frozenset[str]) -> PayerFrequency:
    """Count the customers that paid; `several` are payers of two firms or more."""
    paid = tables.payments.select("account_id").distinct()
    accounts = tables.accounts.select("account_id", "owner_id", "region")
    rows = tables.records(
        paid.left_join(accounts, "account_id").select(account_id="account_id", owner_id="owner_id", region="region"),
        order_by=["account_id"],
    )
    paid_for = frozenset(one.account_id for one in strange if one.payer in several)
    ever = frozenset(one.account_id for one in strange)
    substantial = frozenset(one.account_id for one in strange if one.is_substantial)
    return PayerFrequency(rows, ever, substantial, paid_for)


def salespeople_of_payments(tables: Tables, strange: Sequence[Paying]) -> dict[tuple[str, str], str | None]:
    """Return by customer and payer whose deal was paid: the order's salesperson where known, else the customer's owner.

    Of several the one with most payments (the first by id where two tie).
    """
    wanted = payer_of(tables, among(tables.payments, "account_id", {one.account_id for one in strange}))
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


def payments_by_pair(
    tables: Tables, paying: Sequence[Paying], most: int
) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Return the payments by customer and payer, oldest first, as many as `most` of each."""
    accounts = sorted({one.account_id for one in paying})
    rows = payer_of(tables, among(tables.payments, "account_id", accounts))
    wanted = {(one.account_id, one.payer) for one in paying}
    by_pair: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    columns = ("payment_id", "account_id", "payer", "received_at", "channel", "collected_by")
    for row in tables.records(rows.select(*columns), order_by=["received_at", "payment_id"]) if accounts else ():
        pair = (row["account_id"], row["payer"])
        if pair in wanted and len(by_pair[pair]) < most:
            by_pair[pair].append(row)
    return by_pair
