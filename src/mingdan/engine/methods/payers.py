"""Who pays for which customer, and why that may be in order."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import ibis
from ibis.expr.types import Table as Expression

from mingdan.engine.methods.account_firms import firms_of_accounts, folded
from mingdan.engine.trail import Tables
from mingdan.lib.company_names import person_or_firm_name

FINANCIERS = re.compile(
    r"银行|保理|租赁|财务公司|财务有限|支付|财付通|支付宝|信托|商城|供应链金融|法院|财政|"
    r"\bbank|factor|leasing|paypal|stripe|treasury|finance (?:company|ltd)",
    re.IGNORECASE,
)
"""Names of those who pay for others as a trade, and of public treasuries."""

SMALL = 0.2

_LEAST_STEM_HAN, _LEAST_STEM_LATIN = 4, 6


@dataclass(frozen=True)
class Paying:
    """One payer of one customer: how often, how much, when; `usual` if he paid at least 3 times from the first day on.

    `holder` is the employee whose bank account or identity number the payer's is; `share` his part of what the customer
    ever paid; `of_name` how many of its payments (`of_all`) payers of his name made; `own` how often he paid as a customer himself.
    """

    account_id: str
    payer: str
    payer_key: str | None
    name: str | None
    payments: int
    amount: Decimal
    first_at: datetime
    last_at: datetime
    holder: str | None
    usual: bool
    share: float
    of_name: int
    of_all: int
    own: int

    @property
    def is_substantial(self) -> bool:
        """Return whether it was more than a single payment of a small part of what the customer paid."""
        return self.payments > 1 or self.share >= SMALL


def payer_of(tables: Tables, payments: Expression) -> Expression:
    """Add `holder` and `payer`, what tells payers apart: the employee's id, the payer's key, bank account or name."""
    held = _with_holder(tables, payments)
    employee = ibis.literal("employee ") + held.holder
    bank = ibis.literal("bank ") + held.payer_bank_key
    return held.mutate(payer=ibis.coalesce(employee, held.payer_key, bank, folded(held.payer_name)))


def strange_payers(tables: Tables) -> list[Paying]:
    """Return who paid for a customer without being it, ordered by customer and payer.

    By name where the payer has one: the customer's own, its firm's in the register, or one that differs in legal form
    or branch only is the customer. A payer without a name is the customer if he pays most often for this one only.
    """
    pairs = _pairs(tables)
    mains = _mains(pairs)
    served: dict[str, int] = defaultdict(int)
    for row in pairs:
        served[row["payer"]] += 1
    firsts: dict[str, datetime] = {}
    totals: dict[str, Decimal] = defaultdict(Decimal)
    counts: dict[str, int] = defaultdict(int)
    of_name: dict[tuple[str, str], int] = defaultdict(int)
    for row in pairs:
        firsts[row["account_id"]] = min(row["first_at"], firsts.get(row["account_id"], row["first_at"]))
        totals[row["account_id"]] += row["amount"]
        counts[row["account_id"]] += row["payments"]
        of_name[row["account_id"], row["name"] or row["payer"]] += row["payments"]
    is_strange = [bool(row["holder"]) or not _is_customer(row, mains, served) for row in pairs]
    own: dict[str, int] = defaultdict(int)
    for row, strange in zip(pairs, is_strange, strict=True):
        own[row["payer"]] += 0 if strange else row["payments"]
    return [
        Paying(
            **{name: row[name] for name in _TAKEN},
            usual=row["payments"] >= 3 and row["first_at"] == firsts[row["account_id"]],
            share=float(row["amount"] / totals[row["account_id"]]) if totals[row["account_id"]] > 0 else 1.0,
            of_name=of_name[row["account_id"], row["name"] or row["payer"]],
            of_all=counts[row["account_id"]],
            own=own[row["payer"]],
        )
        for row, strange in zip(pairs, is_strange, strict=True)
        if strange
    ]


_TAKEN = ("account_id", "payer", "payer_key", "name", "payments", "amount", "first_at", "last_at", "holder")


def _is_customer(row: dict[str, Any], mains: dict[str, str], served: dict[str, int]) -> bool:
    if row["name"] is None:
        return mains[row["account_id"]] == row["payer"] and served[row["payer"]] == 1
    return bool(row["is_alike"]) or any(_same(row["name"], name) for name in (row["customer"], row["firm"]) if name)


def is_financier(name: str | None) -> bool:
    """Return whether the name is one of a bank, factor, lessor, payment platform or public treasury."""
    return bool(name and FINANCIERS.search(name))


def share_a_stem(one: str | None, other: str | None) -> bool:
    """Return whether two names begin alike, as firms of one group do (four Chinese signs, or a word of six letters)."""
    left, right = (person_or_firm_name(name or "") for name in (one, other))
    least = _LEAST_STEM_LATIN if left.isascii() else _LEAST_STEM_HAN
    common = next((n for n, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    return common >= least


def _same(one: str, other: str) -> bool:
    left, right = person_or_firm_name(one), person_or_firm_name(other)
    return left == right or (min(len(left), len(right)) >= _LEAST_STEM_HAN and (left in right or right in left))


def _pairs(tables: Tables) -> list[dict[str, Any]]:
    payments = payer_of(tables, tables.payments)
    known = payments.filter(payments.payer.notnull()).group_by("account_id", "payer")
    pairs = known.agg(
        payer_key=ibis._.payer_key.min(),
        holder=ibis._.holder.min(),
        name=ibis._.payer_name.min(),
        payments=ibis._.count(),
        amount=ibis._.amount.sum(),
        first_at=ibis._.received_at.min(),
        last_at=ibis._.received_at.max(),
    )
    firms = firms_of_accounts(tables).inner_join(tables.companies.select("company_id", firm="name"), "company_id")
    accounts = tables.accounts.select("account_id", customer="name")
    named = pairs.left_join(accounts, "account_id").drop("account_id_right")
    named = named.left_join(firms.select("account_id", "firm"), "account_id").drop("account_id_right")
    is_alike = (folded(named.name) == folded(named.customer)) | (folded(named.name) == folded(named.firm))
    return tables.records(named.mutate(is_alike=is_alike), order_by=["account_id", "payer"])


def _with_holder(tables: Tables, payments: Expression) -> Expression:
    """Add `holder`: the employee whose account or identity number the payer used (payers may be keyed by either)."""
    banks = tables.employees.filter(ibis._.bank_key.notnull()).group_by(payer_bank_key="bank_key")
    identities = tables.employees.filter(ibis._.id_key.notnull()).group_by(payer_key="id_key")
    by_bank = payments.left_join(banks.agg(of_bank=ibis._.employee_id.min()), "payer_bank_key").drop(
        "payer_bank_key_right"
    )
    by_both = by_bank.left_join(identities.agg(of_id=ibis._.employee_id.min()), "payer_key").drop("payer_key_right")
    return by_both.mutate(holder=ibis.coalesce(by_both.of_bank, by_both.of_id))


def _mains(pairs: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Return each customer's most frequent payer (the first by key where two tie)."""
    best: dict[str, tuple[int, str]] = {}
    for row in pairs:
        if row["account_id"] not in best or row["payments"] > best[row["account_id"]][0]:
            best[row["account_id"]] = (row["payments"], row["payer"])
    return {account: payer for account, (_, payer) in best.items()}
