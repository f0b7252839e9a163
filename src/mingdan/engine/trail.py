"""The trail as detectors see it: typed tables as of a date, on an Ibis backend."""

import functools
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb
import ibis
import numpy as np
import pyarrow as pa
from ibis.expr.types import StringValue
from ibis.expr.types import Table as Expression
from numpy.typing import NDArray

from mingdan.engine.queries import fetched
from mingdan.engine.schema import DUCKDB_TYPES, Table
from mingdan.engine.tables import TABLES

if TYPE_CHECKING:
    from mingdan.engine.context import Context

Columns = dict[str, NDArray[Any]]
Answer = TypeVar("Answer")


class Tables:
    """Every table of the contract, empty where the trail has none, every declared column present.

    Rows that became visible after `as_of` (naive UTC) do not exist, and cells stamped later are as they were before.
    `supplied` says which columns the trail really brought, by table.
    """

    def __init__(
        self, con: ibis.BaseBackend, supplied: Mapping[str, frozenset[str]], as_of: datetime, currency: str = "CNY"
    ) -> None:
        self.con = con
        self.supplied = supplied
        self.as_of = as_of
        self.currency = currency
        self._views: dict[str, Expression] = {}
        self._known: dict[tuple[Any, ...], Any] = {}

    def __getattr__(self, name: str) -> Expression:
        if name not in TABLES:
            raise AttributeError(f"the contract has no table {name!r}")
        return self[name]

    def __getitem__(self, name: str) -> Expression:
        if name not in self._views:
            self._views[name] = ibis.table(self.con.table(name).schema(), name=name)
        return self._views[name]

    def has(self, table: str, *columns: str) -> bool:
        """Return whether the trail brought this table, and all of these columns of it."""
        return table in self.supplied and self.supplied[table].issuperset(columns)

    def columns(self, expression: Expression, *, order_by: Sequence[str]) -> Columns:
        """Fetch an expression as numpy columns in a fixed order.

        `order_by` must make the order of rows unique. Decimals and integers with nulls become float64 (null is NaN),
        times datetime64[us] (NaT), dates datetime64[D] (NaT), text and booleans with nulls object (None).
        """
        rows = fetched(self.con, expression.order_by([expression[name] for name in order_by]))
        return {name: _as_numpy(rows.column(name)) for name in rows.column_names}

    def records(self, expression: Expression, *, order_by: Sequence[str]) -> list[dict[str, Any]]:
        """Fetch a small expression as dictionaries in a fixed order; decimals stay Decimal, times are naive UTC."""
        rows = fetched(self.con, expression.order_by([expression[name] for name in order_by]))
        records: list[dict[str, Any]] = rows.to_pylist()
        return records

    def once(self, compute: Callable[..., Answer], *arguments: Hashable) -> Answer:
        """Return `compute(self, *arguments)`, computed once for this trail: what several detectors share."""
        key = (compute, *arguments)
        if key not in self._known:
            self._known[key] = compute(self, *arguments)
        answer: Answer = self._known[key]
        return answer

    @cached_property
    def context(self) -> "Context":
        """The registers of innocent causes of this trail (see `context.py`)."""
        from mingdan.engine.context import Context  # the registers are themselves read through these tables

        return Context(self)

    @classmethod
    def from_records(cls, records: Mapping[str, Sequence[Mapping[str, object]]], *, as_of: str) -> "Tables":
        """Build a trail in memory from rows by table; raise on a value that is not of its column's kind."""
        raw = duckdb.connect()
        raw.execute("SET TimeZone='UTC'")
        supplied = {}
        for table in TABLES.values():
            rows = records.get(table.name, ())
            _create(raw, table, rows)
            if rows:
                filled = (name for row in rows for name, value in row.items() if value is not None)
                supplied[table.name] = frozenset(filled)
        seen_at = datetime.fromisoformat(as_of)
        if seen_at.tzinfo:
            seen_at = seen_at.astimezone(UTC).replace(tzinfo=None)
        return cls(ibis.duckdb.from_connection(raw), supplied, seen_at)


def row_id(table: str) -> StringValue:
    """Return the deferred expression of a row's id in `table`: its key columns joined with '|' (null is empty)."""
    key = TABLES[table].key
    parts: list[StringValue] = [ibis._[name].cast("string").fill_null("") for name in key]
    return functools.reduce(lambda joined, part: joined.concat("|", part), parts)


def _create(raw: duckdb.DuckDBPyConnection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    declared = ", ".join(f'"{column.name}" {DUCKDB_TYPES[column.kind]}' for column in table.columns)
    raw.execute(f'CREATE TABLE "{table.name}" ({declared})')
    for row in rows:
        names = [table.column(name).name for name in row]
        marks = ", ".join(f"CAST(? AS {DUCKDB_TYPES[table.column(name).kind]})" for name in names)
        listed = ", ".join(f'"{name}"' for name in names)
        raw.execute(f'INSERT INTO "{table.name}" ({listed}) VALUES ({marks})', list(row.values()))


def _as_numpy(column: pa.ChunkedArray) -> NDArray[Any]:
    """Turn one Arrow column into numpy; see `Tables.columns` for the types."""
    if pa.types.is_decimal(column.type) or (pa.types.is_integer(column.type) and column.null_count):
        column = column.cast(pa.float64())
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us"))
    if pa.types.is_string(column.type) or (column.null_count and pa.types.is_boolean(column.type)):
        return np.array(column.to_pylist(), dtype=object)
    values: NDArray[Any] = column.to_numpy()
    return values.astype("datetime64[D]") if pa.types.is_date(column.type) else values


def money(value: float | Decimal) -> Decimal:
    """Return an amount rounded to the cent (half up on the printed value); NaN counts as nothing."""
    if isinstance(value, float):
        value = Decimal(0) if value != value else Decimal(repr(value))
    return value.quantize(Decimal("0.01"), rounding="ROUND_HALF_UP")


def moment(value: np.datetime64 | datetime | date) -> datetime:
    """Return a time as naive UTC datetime; a date counts from its midnight."""
    if isinstance(value, np.datetime64):
        stamped: datetime = value.astype("datetime64[us]").item()
        return stamped
    if isinstance(value, datetime):
        return value
    return datetime(value.year, value.month, value.day)  # noqa: DTZ001  # the trail is naive UTC throughout
