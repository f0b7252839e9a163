"""Money that a person collected and that reached the books only long afterwards."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
from ibis.expr.types import Table as Expression

from mingdan.engine.methods.beta_binomial import fit_beta
from mingdan.engine.methods.listed import among
from mingdan.engine.methods.posting_lags import SECONDS_A_DAY, longest_first, receipts
from mingdan.engine.trail import Tables

HAND = r"现金|微信|支付宝|支票|cash|wechat|alipay|cheque|check"
"""Channels that pass through hands; a bill of exchange may rightly fall due months later."""
BILL = r"承兑|汇票|acceptance|draft|bill"


Row = dict[str, Any]


@dataclass(frozen=True)
class Held:
    """One person's receipts that lay longest: `held` of `collected`, from so many `customers`.

    `p` is P(at least so many) among what the other people collected, of which `usual` lay so long.
    """

    person: str
    held: int
    collected: int
    customers: int
    longest: int
    usual: float
    p: float


def held_receipts(tables: Tables, days: int) -> dict[str, Held]:
    """Return the people whose collected receipts lay more than so many days before they were posted.

    Beta-binomial, its rates fitted to what everybody else collected (see `beta_binomial.py`).
    """
    lay = collected(tables)
    is_held = lay.lag > days
    counted = lay.group_by("person").agg(
        n=lay.count(),
        held=is_held.ifelse(1, 0).sum(),
        customers=lay.account_id.nunique(where=is_held),
        longest=lay.lag.max(),
    )
    rows = tables.records(counted, order_by=["person"])
    chances = np.array([row["n"] for row in rows], dtype=np.float64)
    held = np.array([row["held"] for row in rows], dtype=np.float64)
    found = {}
    for index in np.flatnonzero(held) if len(rows) > 1 else ():
        row = rows[index]
        peers = fit_beta(np.delete(held, index), np.delete(chances, index))
        p = peers.tail(row["held"], row["n"])
        found[row["person"]] = Held(
            row["person"], row["held"], row["n"], row["customers"], row["longest"], peers.mean, p
        )
    return found


def collected(tables: Tables) -> Expression:
    """Return the posted receipts that passed through somebody's hands, with `person` and the `lag` in whole days.

    Where the trail says who collected, that counts; else the channel does. Bills of exchange are left out.
    """
    paid = receipts(tables).filter(ibis._.posted_at.notnull() & ibis._.received_at.notnull() & ibis._.person.notnull())
    channel = paid.channel.lower()
    by_name = tables.has("payments", "collected_by")
    in_hand = paid.collected_by.notnull() if by_name else channel.re_search(HAND).fill_null(False)
    paid = paid.filter(in_hand & ~channel.re_search(BILL).fill_null(False))
    seconds = paid.posted_at.truncate("s").epoch_seconds() - paid.received_at.truncate("s").epoch_seconds()
    return paid.mutate(lag=(seconds // SECONDS_A_DAY).cast("int64"))


def longest_receipts(
    tables: Tables, holding: Sequence[str], late: Sequence[str], days: int, most: int
) -> dict[str, list[Row]]:
    """Return by person the receipts that lay longest: of some people those held more than so many days, of others any."""
    parts = []
    if holding:
        parts.append(among(collected(tables).filter(ibis._.lag > days), "person", holding))
    if late:
        parts.append(among(receipts(tables).filter(ibis._.posted_at.notnull()), "person", late))
    found: dict[str, list[Row]] = defaultdict(list)
    for paid in parts:
        for row in tables.records(longest_first(paid, most), order_by=["person", "place"]):
            found[row["person"]].append(row)
    return dict(found)
