"""Whether a customer already had a contract under which a deal may have been called off."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import ibis

from mingdan.engine.trail import Tables

Row = dict[str, Any]

YEARS_VALID = timedelta(days=3 * 365 + 1)


def contracts_of(tables: Tables, accounts: Iterable[str | None]) -> dict[str, list[Row]]:
    """Return each account's contracts in the order of signing: contract_id, signed_at, opportunity_id."""
    found: dict[str, list[Row]] = defaultdict(list)
    known = [{"account_id": account} for account in sorted({one for one in accounts if one is not None})]
    if not known:
        return found
    wanted = ibis.memtable(known, schema=ibis.schema({"account_id": "string"}))
    contracts = tables.contracts.semi_join(wanted, "account_id")
    listed = contracts.select("account_id", "signed_at", "contract_id", "opportunity_id")
    for row in tables.records(listed, order_by=["account_id", "signed_at", "contract_id"]):
        found[row["account_id"]].append(row)
    return found


def has_frame(contracts: Sequence[Row], deal: str | None, at: datetime) -> bool:
    """Return whether one of these contracts, of no deal or of another, was signed in the three years before."""
    return any(
        at - YEARS_VALID <= row["signed_at"] <= at and (row["opportunity_id"] is None or row["opportunity_id"] != deal)
        for row in contracts
    )
