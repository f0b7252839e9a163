"""What the register says of a few firms: age, size, people, group; and which of their customers are unrelated."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import ibis

from mingdan.engine.findings import Status
from mingdan.engine.methods.account_firms import firms_of_accounts
from mingdan.engine.methods.firm_wins import Win
from mingdan.engine.methods.listed import among
from mingdan.engine.methods.payers import share_a_stem
from mingdan.engine.trail import Tables

Row = dict[str, Any]
Pair = tuple[str, str]


@dataclass(frozen=True)
class FirmTraits:
    """Rows of the register by firm, and the names of the people behind each."""

    rows: Mapping[str, Row]
    people: Mapping[str, frozenset[str]]
    keys: Mapping[str, frozenset[str]]

    def young_and_small(self, firm: str, at: datetime, young_days: int, few_staff: int) -> int | None:
        """Return how many of the two a firm was at that time; None where the register knows neither."""
        row = self.rows.get(firm)
        if row is None or (row["established_date"] is None and row["staff_count"] is None):
            return None
        founded, staff = row["established_date"], row["staff_count"]
        is_young = founded is not None and (at.date() - founded).days <= young_days
        return int(is_young) + int(staff is not None and staff <= few_staff)

    def founded(self, firm: str) -> date | None:
        row = self.rows.get(firm)
        day: date | None = row["established_date"] if row else None
        return day

    def led_by_leaver(self, tables: Tables, firms: Sequence[str], day: date) -> Status:
        """Return whether somebody of these firms has the name of one who left us before that day."""
        if not tables.has("company_people") and not tables.has("companies", "legal_representative"):
            return "open"
        gone = tables.employees.filter(ibis._.left_date.notnull() & (ibis._.left_date <= day)).select("name").distinct()
        names = {row["name"] for row in tables.records(gone, order_by=["name"])}
        theirs = {name for firm in firms for name in self.people.get(firm, frozenset())}
        return "supported" if names & theirs else "ruled_out" if theirs else "open"

    def customers_apart(self, tables: Tables, wins: Mapping[Pair, Sequence[Win]]) -> dict[Pair, list[str]]:
        """Return for each pair the customers that do not belong together, nor to the firm's own group.

        Firms of one holder, under one registration or of one beginning of the name are one customer.
        """
        accounts = sorted({win.account_id for ones in wins.values() for win in ones})
        if not accounts:
            return {pair: [] for pair in wins}
        names = among(tables.accounts, "account_id", accounts).select("account_id", "name")
        called = {row["account_id"]: row["name"] for row in tables.records(names, order_by=["account_id"])}
        groups = _groups_of(tables, accounts)
        apart: dict[Pair, list[str]] = {}
        for pair, ones in wins.items():
            kept: list[str] = []
            own = {win.firm for win in ones}
            for account in sorted({win.account_id for win in ones}):
                mine = groups.get(account, frozenset())
                is_of_the_group = bool(mine & own)
                again = any(
                    mine & groups.get(other, frozenset()) or share_a_stem(called.get(account), called.get(other))
                    for other in kept
                )
                if not is_of_the_group and not again:
                    kept.append(account)
            apart[pair] = kept
        return apart


def firm_traits(tables: Tables, firms: Sequence[str]) -> FirmTraits:
    """Read what the register knows of these firms."""
    if not firms:
        return FirmTraits({}, {}, {})
    wanted = among(tables.companies, "company_id", firms).select(
        "company_id", "name", "legal_representative", "established_date", "staff_count", "email_domain"
    )
    rows = {row["company_id"]: row for row in tables.records(wanted, order_by=["company_id"])}
    names: dict[str, set[str]] = defaultdict(set)
    keys: dict[str, set[str]] = defaultdict(set)
    for firm, row in rows.items():
        names[firm] |= {row["legal_representative"]} if row["legal_representative"] else set()
    people = among(tables.company_people.filter(ibis._.holder_company_id.isnull()), "company_id", firms)
    listed = people.select("company_id", "person_name", "person_key").distinct()
    for row in tables.records(listed, order_by=["company_id", "person_name", "person_key"]):
        names[row["company_id"]] |= {row["person_name"]} if row["person_name"] else set()
        keys[row["company_id"]] |= {row["person_key"]} if row["person_key"] else set()
    return FirmTraits(
        rows,
        {firm: frozenset(ones) for firm, ones in names.items()},
        {firm: frozenset(ones) for firm, ones in keys.items()},
    )


def _groups_of(tables: Tables, accounts: Sequence[str]) -> dict[str, frozenset[str]]:
    """Return for each account its firm and the firms that hold it."""
    tied = among(firms_of_accounts(tables), "account_id", accounts)
    held = tables.company_people.filter(ibis._.holder_company_id.notnull() & ibis._.to_date.isnull())
    both = tied.left_join(held.select("company_id", "holder_company_id"), "company_id").drop("company_id_right")
    grouped: dict[str, set[str]] = defaultdict(set)
    rows = both.select("account_id", "company_id", "holder_company_id").distinct()
    for row in tables.records(rows, order_by=["account_id", "company_id", "holder_company_id"]):
        grouped[row["account_id"]] |= {row["company_id"], row["holder_company_id"]} - {None}
    return {account: frozenset(ones) for account, ones in grouped.items()}
