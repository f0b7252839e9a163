"""Whether a customer is new, buys to resell, or has its goods sent to others."""

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import ibis

from mingdan.engine.methods.account_firms import firms_of_accounts
from mingdan.engine.methods.listed import among
from mingdan.engine.trail import Tables

TRADES = re.compile(
    r"贸易|商贸|经销|代理|批发|零售|分销|渠道|经营部|供应链|trad(?:e|ing)\b|dealer|distribut|resell|wholesale|retail",
    re.IGNORECASE,
)
"""What the name, segment or business scope of a firm that buys to resell says."""


@dataclass(frozen=True)
class Buyer:
    """What is known of a customer; `is_new` within a year of its first order, seen from the trail's first half-year on."""

    account_id: str
    name: str
    company_id: str | None
    is_new: bool
    resells: bool
    ships_elsewhere: bool

    @property
    def is_no_end_user(self) -> bool:
        return self.resells or self.ships_elsewhere


def buyers_of(tables: Tables, account_ids: Collection[str]) -> dict[str, Buyer]:
    """Return what is known of each of these customers (a small list)."""
    wanted = sorted(account_ids)
    firms = among(firms_of_accounts(tables), "account_id", wanted)
    of_firm = {row["account_id"]: row["company_id"] for row in tables.records(firms, order_by=["account_id"])}
    register = among(tables.companies, "company_id", of_firm.values())
    scopes = {row["company_id"]: row for row in tables.records(register, order_by=["company_id"])}
    rows = tables.records(among(tables.accounts, "account_id", wanted), order_by=["account_id"])
    accounts: dict[str, dict[str, Any]] = {row["account_id"]: row for row in rows}
    newcomers, elsewhere = _newcomers(tables, wanted, accounts), _shipped_elsewhere(tables, wanted)
    return {
        one: Buyer(
            account_id=one,
            name=accounts.get(one, {}).get("name") or one,
            company_id=of_firm.get(one),
            is_new=one in newcomers,
            resells=_resells(accounts.get(one, {}), scopes.get(of_firm.get(one, ""), {})),
            ships_elsewhere=one in elsewhere,
        )
        for one in wanted
    }


def _resells(account: dict[str, Any], firm: dict[str, Any]) -> bool:
    said = [account.get("name"), account.get("segment"), account.get("industry"), firm.get("scope")]
    return any(TRADES.search(words) for words in said if words)


def _newcomers(tables: Tables, wanted: list[str], accounts: dict[str, dict[str, Any]]) -> set[str]:
    """A customer whose first order falls in the trail's first half-year may be an old one."""
    firsts = tables.orders.group_by("account_id").agg(first_at=ibis._.ordered_at.min())
    begun = tables.records(tables.orders.agg(first_at=ibis._.ordered_at.min()), order_by=["first_at"])[0]["first_at"]
    found = set()
    for row in tables.records(among(firsts, "account_id", wanted), order_by=["account_id"]):
        created: datetime | None = accounts.get(row["account_id"], {}).get("created_at")
        is_seen = row["first_at"] >= begun + timedelta(days=180)
        if is_seen and (created is None or created >= row["first_at"] - timedelta(days=365)):
            found.add(row["account_id"])
    return found


def _shipped_elsewhere(tables: Tables, wanted: list[str]) -> set[str]:
    """Return customers with goods sent to an address that another customer's records name as its own."""
    sent = among(tables.orders, "account_id", wanted).filter(ibis._.ship_to_key.notnull())
    sent = sent.select("account_id", key="ship_to_key").distinct()
    places = tables.accounts.filter(ibis._.address_key.notnull()).select(other="account_id", key="address_key")
    both = sent.inner_join(places, "key")
    owners: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in tables.records(both, order_by=["account_id", "key", "other"]):
        owners[row["account_id"], row["key"]].add(row["other"])
    return {account for (account, _), others in owners.items() if account not in others}
