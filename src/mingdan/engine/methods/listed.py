"""A list of ids as a table: long lists of literals are slow to compile, a join with a table is not."""

from collections.abc import Iterable

import ibis
from ibis.expr.types import Table as Expression


def among(rows: Expression, column: str, values: Iterable[str]) -> Expression:
    """Return the rows whose `column` is one of these values."""
    wanted = ibis.memtable({"wanted": sorted(set(values))}, schema={"wanted": "string"})
    return rows.semi_join(wanted, rows[column] == wanted.wanted)
