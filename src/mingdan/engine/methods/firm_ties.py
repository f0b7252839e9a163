"""Whether two customers belong together by the company register or by what their accounts say."""

from collections.abc import Sequence
from typing import Any

import ibis

from mingdan.engine.findings import Status
from mingdan.engine.methods.account_firms import firms_of_accounts, folded
from mingdan.engine.trail import Tables

Row = dict[str, Any]


class FirmTies:
    """The accounts named, their firms, and the firms' people, read once for a small list of accounts."""

    def __init__(self, tables: Tables, accounts: Sequence[str]) -> None:
        named = sorted(set(accounts))
        self.accounts = _accounts(tables, named)
        self.firms = _firms(tables, named)
        self._people = _people(tables, sorted({firm["company_id"] for firm in self.firms.values()}))
        self._knows_people = tables.has("company_people")

    def same_customer(self, one: str, other: str) -> Status:
        """Say whether two accounts are one customer twice: the same registration number, name, phone or e-mail domain."""
        a, b = self.accounts.get(one, {}), self.accounts.get(other, {})
        told = [name for name in ("number", "called", "phone_key") if a.get(name) and b.get(name)]
        if any(a[name] == b[name] for name in told):
            return "supported"
        return "ruled_out" if "number" in told else "open"

    def same_group(self, one: str, other: str) -> Status:
        """Say whether the firms share a holder, officer or legal representative, or one holds the other."""
        a, b = self.firms.get(one), self.firms.get(other)
        if a is None or b is None:
            return "open"
        if a["company_id"] == b["company_id"] or self._around(a) & self._around(b):
            return "supported"
        return "ruled_out" if self._knows_people else "open"

    def _around(self, firm: Row) -> set[str]:
        """Return what identifies the firm and whoever stands behind it; a bare name is not enough."""
        return {f"firm:{firm['company_id']}", *self._people.get(firm["company_id"], set())}


def _accounts(tables: Tables, named: list[str]) -> dict[str, Row]:
    accounts = tables.accounts.filter(ibis._.account_id.isin(named)).select(
        "account_id", "phone_key", number=ibis._.registration_no.strip().upper().nullif(""), called=folded(ibis._.name)
    )
    return {row["account_id"]: row for row in tables.records(accounts, order_by=["account_id"])}


def _firms(tables: Tables, named: list[str]) -> dict[str, Row]:
    tied = firms_of_accounts(tables).filter(ibis._.account_id.isin(named)).inner_join(tables.companies, "company_id")
    wanted = tied.select("account_id", "company_id", "established_date", "staff_count")
    return {row["account_id"]: row for row in tables.records(wanted, order_by=["account_id", "company_id"])}


def _people(tables: Tables, firms: list[str]) -> dict[str, set[str]]:
    people = tables.company_people.filter(ibis._.company_id.isin(firms))
    wanted = people.select("company_id", "person_key", "holder_company_id").distinct()
    around: dict[str, set[str]] = {}
    for row in tables.records(wanted, order_by=["company_id", "person_key", "holder_company_id"]):
        own = around.setdefault(row["company_id"], set())
        own |= {f"person:{row['person_key']}"} if row["person_key"] else set()
        own |= {f"firm:{row['holder_company_id']}"} if row["holder_company_id"] else set()
    return around
