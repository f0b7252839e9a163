"""What customers say they owe, set against our books: gaps that money or goods on the way do not explain."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import ibis
import numpy as np
from ibis.expr.types import Table as Expression

from mingdan.engine.findings import Evidence
from mingdan.engine.methods.beta_binomial import fit_beta
from mingdan.engine.methods.listed import among
from mingdan.engine.trail import Tables, row_id


@dataclass(frozen=True)
class Answer:
    """One confirmation: `gap` is our balance less theirs, None without an answer; the money and goods that were on the way.

    `paid_after` was received in the days after, `billed_before` invoiced or ordered in the days before.
    """

    row_id: str
    account_id: str
    seller: str | None
    day: date
    ours: Decimal
    gap: Decimal | None
    paid_after: Decimal = Decimal(0)
    billed_before: Decimal = Decimal(0)


def answers(tables: Tables, transit_days: int, billed_days: int) -> list[Answer]:
    """Return every confirmation with a balance of ours above nothing, the oldest of a customer first."""
    owners = tables.accounts.select("account_id", seller="owner_id")
    asked = tables.balance_confirmations.filter(ibis._.our_balance > 0).mutate(row_id=row_id("balance_confirmations"))
    named = asked.left_join(owners, "account_id").drop("account_id_right")
    rows = tables.records(named, order_by=["account_id", "as_of_date", "row_id"])
    known = among(named.filter(named.their_balance < named.our_balance), "row_id", [row["row_id"] for row in rows])
    paid = _sums(tables, known, tables.payments, "received_at", 0, transit_days)
    billed = [
        _sums(tables, known, tables[name], column, -billed_days, 0)
        for name, column in (("invoices", "issued_at"), ("orders", "ordered_at"))
    ]
    return [
        Answer(
            row["row_id"],
            row["account_id"],
            row["seller"],
            row["as_of_date"],
            row["our_balance"],
            _gap(row),
            paid.get(row["row_id"], Decimal(0)),
            max(sums.get(row["row_id"], Decimal(0)) for sums in billed),
        )
        for row in rows
    ]


def _gap(row: Mapping[str, Any]) -> Decimal | None:
    """A customer that agrees has no gap, even where nobody wrote its figure down; one that did not answer none known."""
    if row["their_balance"] is not None and row["status"] != "no_reply":
        return Decimal(row["our_balance"] - row["their_balance"])
    return Decimal(0) if row["status"] == "agreed" else None


def _sums(tables: Tables, asked: Expression, rows: Expression, at: str, after: int, until: int) -> dict[str, Decimal]:
    """Return by confirmation the sum of what happened from `after` to `until` days after its day."""
    moved = rows.filter((rows.amount > 0) & rows[at].notnull()).select(
        "account_id", "amount", happened_on=rows[at].date()
    )
    both = asked.select("row_id", "account_id", "as_of_date").inner_join(moved, "account_id")
    near = both.filter(
        (both.happened_on > both.as_of_date + ibis.interval(days=after))
        & (both.happened_on <= both.as_of_date + ibis.interval(days=until))
    )
    summed = near.group_by("row_id").agg(total=near.amount.sum())
    return {row["row_id"]: row["total"] for row in tables.records(summed, order_by=["row_id"])}


def is_gap(answer: Answer, least_share: Decimal) -> bool:
    """Return whether the customer says it owes less by a material part of our balance."""
    return answer.gap is not None and answer.gap >= least_share * answer.ours


def usual_share(told: Sequence[Answer], least_share: Decimal, without: str | None) -> float:
    """Return the share of other salespeople's answers with a gap that nothing on the way explains, one added on each side."""
    others = [one for one in told if one.gap is not None and (one.seller != without or without is None)]
    odd = sum(is_gap(one, least_share) and not explained(one) for one in others)
    return (1 + odd) / (2 + len(others))


def explained(answer: Answer) -> bool:
    """Return whether money received just afterwards, or goods billed just before, make up (nearly) all of the gap."""
    return answer.gap is not None and max(answer.paid_after, answer.billed_before) >= answer.gap * Decimal("0.95")


def made_of_invoices(tables: Tables, gaps: Mapping[str, Answer]) -> set[str]:
    """Return the customers whose gap is, to 1 %, one invoice (or order), or the sum of some that follow each other.

    What a customer has paid is made of whole invoices; a slip of the pen is not.
    """
    table, column = ("invoices", "issued_at") if tables.has("invoices") else ("orders", "ordered_at")
    rows = among(tables[table].filter(ibis._.amount > 0), "account_id", gaps) if gaps else None
    amounts: dict[str, list[float]] = defaultdict(list)
    wanted = rows.select("account_id", "amount", at=rows[column], row_id=row_id(table)) if rows is not None else None
    for row in tables.records(wanted, order_by=["account_id", "at", "row_id"]) if wanted is not None else ():
        if row["at"].date() <= gaps[row["account_id"]].day:
            amounts[row["account_id"]].append(float(row["amount"]))
    return {account for account, listed in amounts.items() if _is_run(listed[-60:], float(gaps[account].gap or 0))}


def _is_run(amounts: Sequence[float], wanted: float) -> bool:
    """Return whether up to six neighbouring amounts sum to the wanted one within 1 %."""
    runs = (sum(amounts[first:last]) for first in range(len(amounts)) for last in range(first + 1, first + 7))
    return any(abs(run - wanted) <= 0.01 * wanted for run in runs)


def silent_customers(told: Sequence[Answer]) -> dict[str, tuple[list[Answer], float, float]]:
    """Return by salesperson the requests without answer, the others' share of such, and P(at least so many of theirs).

    Beta-binomial, fitted to the other salespeople. The largest balance comes first: whom to ask again.
    """
    asked, silent = Counter(one.seller for one in told if one.seller), defaultdict(list)
    for one in told:
        if one.seller and one.gap is None:
            silent[one.seller].append(one)
    people = sorted(asked)
    found = {}
    for person in people:
        others = [other for other in people if other != person]
        if not others or not silent[person]:
            continue
        beta = fit_beta(
            np.array([len(silent[other]) for other in others], dtype=np.float64),
            np.array([asked[other] for other in others], dtype=np.float64),
        )
        ranked = sorted(silent[person], key=lambda one: (-one.ours, one.row_id))
        found[person] = (ranked, beta.mean, beta.tail(len(ranked), asked[person]))
    return found


def strange_payees(tables: Tables, accounts: Sequence[str]) -> dict[str, tuple[Evidence, ...]]:
    """Return by customer the contracts and payments that name a payee account which is none of ours."""
    if not tables.has("company_bank_accounts"):
        return {}
    ours = tables.company_bank_accounts.select(payee_bank_key="bank_key")
    found: dict[str, tuple[Evidence, ...]] = defaultdict(tuple)
    for name in ("contracts", "payments"):
        rows = among(tables[name].filter(ibis._.payee_bank_key.notnull()), "account_id", accounts)
        rows = rows.anti_join(ours, "payee_bank_key").mutate(row_id=row_id(name)).select("account_id", "row_id")
        for row in tables.records(rows, order_by=["account_id", "row_id"]):
            found[row["account_id"]] += (Evidence(name, row["row_id"]),)
    return dict(found)
