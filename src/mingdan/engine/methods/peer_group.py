"""Who a salesperson is compared with."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

import ibis

from mingdan.engine.trail import Tables

LEAST_PEERS = 20
"""A group smaller than this backs off one level: to say what is usual takes that many people."""

Traits = tuple[str, ...]


def peer_groups(tables: Tables, employee_ids: Iterable[str], least: int = LEAST_PEERS) -> dict[str, Traits]:
    """Return each salesperson's peer group: role, region and main segment, less of it where that is too few people.

    The groups of a level hold whoever shares those traits, whether or not they backed off themselves; the last level is
    everybody. Peer group analysis after Bolton and Hand (2001).
    """
    traits = _traits(tables, sorted(set(employee_ids)))
    return {one: mine[: _level(mine, traits, least)] for one, mine in traits.items()}


def peers_by_group(tables: Tables, employee_ids: Iterable[str], least: int = LEAST_PEERS) -> dict[str, tuple[str, ...]]:
    """Return for each salesperson everybody in the peer group, the person included, sorted."""
    listed = sorted(set(employee_ids))
    traits = _traits(tables, listed)
    groups = peer_groups(tables, listed, least)
    members: dict[Traits, tuple[str, ...]] = {
        group: tuple(one for one in listed if traits[one][: len(group)] == group) for group in set(groups.values())
    }
    return {one: members[groups[one]] for one in listed}


def _level(mine: Traits, traits: Mapping[str, Traits], least: int) -> int:
    for level in range(len(mine), 0, -1):
        if sum(1 for other in traits.values() if other[:level] == mine[:level]) >= least:
            return level
    return 0


def _traits(tables: Tables, employee_ids: list[str]) -> dict[str, Traits]:
    segments = _main_segments(tables)
    rows = tables.records(tables.employees.select("employee_id", "role", "region"), order_by=["employee_id"])
    known = {row["employee_id"]: (row["role"] or "", row["region"] or "") for row in rows}
    return {one: (*known.get(one, ("", "")), segments.get(one, "")) for one in employee_ids}


def _main_segments(tables: Tables) -> dict[str, str]:
    """Return the segment in which each salesperson owns most customers (the first by name where two tie)."""
    owned = tables.accounts.filter(ibis._.owner_id.notnull() & ibis._.segment.notnull())
    counted = owned.group_by("owner_id", "segment").agg(n=ibis._.count())
    by_owner: dict[str, Counter[str]] = defaultdict(Counter)
    for row in tables.records(counted, order_by=["owner_id", "segment"]):
        by_owner[row["owner_id"]][row["segment"]] = row["n"]
    return {owner: counts.most_common(1)[0][0] for owner, counts in by_owner.items()}
