"""How common a match key is: among unrelated firms, among our own people, and in what our people typed."""

from collections.abc import Sequence
from typing import Any

import ibis
from ibis.expr.types import Table as Expression

from mingdan.engine.methods.listed import among
from mingdan.engine.trail import Tables

Row = dict[str, Any]


def frequencies(
    tables: Tables, outside: Expression, rows: Sequence[Row]
) -> tuple[dict[tuple[str, str], int], dict[str, int]]:
    """Return how many unrelated entities carry each matched key, and how many carry any key of the kind."""
    keys = {row["key"] for row in rows}
    carried = among(outside, "key", keys).group_by("kind", "key").agg(n=ibis._.entity.nunique())
    every = outside.group_by("kind").agg(n=ibis._.entity.nunique())
    spread = {(row["kind"], row["key"]): row["n"] for row in tables.records(carried, order_by=["kind", "key"])}
    return spread, {row["kind"]: row["n"] for row in tables.records(every, order_by=["kind"])}


def is_typed(row: Row) -> bool:
    """A number in the customer's own record was typed by somebody of ours; the register and the bank speak for others."""
    return row["kind"] == "phone" and row["table_name"] in ("contacts", "accounts", "leads", "field_changes")


def typed_by_others(rows: Sequence[Row], size: dict[str, int]) -> dict[str, float]:
    """Return for each of our people how often others' numbers stand in customers' own records, one added on each side."""
    typed = {(row["employee_id"], row["entity"]) for row in rows if is_typed(row)}
    people = {row["employee_id"] for row in rows}
    return {one: (1 + sum(other != one for other, _ in typed)) / (2 + size.get("phone", 0)) for one in people}


def holders(tables: Tables, own: Expression) -> dict[tuple[str, str], int]:
    counted = own.group_by("kind", "key").agg(n=ibis._.employee_id.nunique())
    return {(row["kind"], row["key"]): row["n"] for row in tables.records(counted, order_by=["kind", "key"])}
