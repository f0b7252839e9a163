"""Write the simulated tables, a part of the company at a time, in the types of the contract."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from mingdan.engine.schema import Column
from mingdan.engine.simulate.clock import Clock
from mingdan.engine.simulate.dice import Floats, Ints
from mingdan.engine.simulate.gaps import NO_GAPS, Gaps
from mingdan.engine.simulate.identifiers import Identifiers, Keys
from mingdan.engine.tables import TABLES

_DAY_US = 86_400_000_000


@dataclass(frozen=True)
class Coded:
    """A text column as numbers into `values`; a negative number is null."""

    values: Sequence[str]
    numbers: Ints


@dataclass
class Ledger:
    """Takes columns as numbers and writes them as the contract says.

    References and own ids are running numbers, keys are numbers of `Keys`, times are days of the clock, amounts floats;
    -1 or NaN is null. An Arrow array passes as it is. `gaps` leaves out what this company's trail lacks; `causes`
    gathers which rows something other than ordinary business brought forth or bent.
    """

    out: Path
    clock: Clock
    ids: Identifiers
    keys: Keys
    gaps: Gaps = NO_GAPS
    rows: dict[str, int] = field(default_factory=dict)
    causes: list[pa.Table] = field(default_factory=list)
    _written: dict[str, int] = field(default_factory=dict)
    _writers: dict[str, pq.ParquetWriter] = field(default_factory=dict)

    def numbers(self, table: str, n: int) -> Ints:
        """Return the next n running numbers of a table."""
        first = self.rows.get(table, 0)
        self.rows[table] = first + n
        return np.arange(first, first + n, dtype=np.int64)

    def refer(self, table: str, numbers: Ints) -> pa.Array:
        """Return ids of another table, for columns that may point to several."""
        return self.ids.encode(table, numbers)

    def write(self, table: str, *, by: str, cause: Coded | None = None, **columns: Any) -> None:
        """Append rows in the order of the column `by`; the first call decides which columns the table has.

        `cause` names for each row what lies behind it; it goes to the truth, never into the trail.
        """
        if table in self.gaps.tables:
            return
        declared = TABLES[table]
        order = np.argsort(columns[by], kind="stable")
        first = self._written.get(table, 0)
        self._written[table] = first + len(order)
        if cause is not None:
            self._note(table, columns[declared.key[0]], cause)
        arrays, names = [], []
        for name, values in columns.items():
            if f"{table}.{name}" in self.gaps.columns:
                continue
            array = _in_order(self._arrow(table, declared.column(name), values), order)
            holes = self.gaps.holes(table, name, first, len(order))
            arrays.append(array if holes is None else _emptied(array, holes))
            names.append(name)
        batch = pa.table(arrays, names=names)
        if table not in self._writers:
            self._writers[table] = pq.ParquetWriter(  # type: ignore[no-untyped-call]
                self.out / f"{table}.parquet", batch.schema, compression="zstd", store_schema=False
            )
        self._writers[table].write_table(batch)  # type: ignore[no-untyped-call]

    def _note(self, table: str, numbers: Ints, cause: Coded) -> None:
        known = np.flatnonzero(cause.numbers >= 0)
        if len(known):
            self.causes.append(
                pa.table(
                    {
                        "table_name": pa.repeat(table, len(known)),
                        "row_id": self.ids.encode(table, numbers[known]),
                        "cause": _coded(Coded(cause.values, cause.numbers[known])),
                    }
                )
            )

    def close(self) -> None:
        """Finish every file; one that got no rows is taken away."""
        for writer in self._writers.values():
            writer.close()  # type: ignore[no-untyped-call]

    def _arrow(self, table: str, column: Column, values: Any) -> pa.Array:
        if isinstance(values, pa.Array | pa.ChunkedArray):
            return values
        if isinstance(values, Coded):
            return _coded(values)
        if column.kind == "id":
            return self.ids.encode(column.refers_to or table, values)
        if column.kind == "key":
            return self.keys.encode(values)
        if column.kind == "timestamp":
            return _times(values, self.clock.epoch_days)
        if column.kind == "date":
            return pa.array(
                np.floor(_filled(values)).astype(np.int32) + self.clock.epoch_days, mask=np.isnan(values)
            ).cast(pa.date32())
        return _plain(column, values)


def _plain(column: Column, values: Any) -> pa.Array:
    if column.kind == "decimal":
        return decimals(values)
    if column.kind == "fraction":
        return pa.array(np.round(values, 4), mask=np.isnan(values))
    if column.kind == "integer":
        values = np.asarray(values, dtype=np.float64)
        return pa.array(_filled(values).astype(np.int64), mask=np.isnan(values))
    if column.kind == "boolean":
        values = np.asarray(values, dtype=np.float64)
        return pa.array(_filled(values) > 0.5, mask=np.isnan(values))
    if column.kind == "list":
        return pa.array(list(values), pa.list_(pa.string()))
    return pa.array(list(values), pa.string())


def decimals(values: Floats) -> pa.Array:
    """Return amounts as decimal(18, 2), half a cent rounded to even; NaN is null."""
    known = ~np.isnan(values)
    words = np.empty((len(values), 2), dtype=np.int64)
    words[:, 0] = np.rint(_filled(values) * 100)
    words[:, 1] = words[:, 0] >> 63
    validity = pa.py_buffer(np.packbits(known, bitorder="little"))
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(values), [validity, pa.py_buffer(words)])


def _times(values: Floats, epoch_days: int) -> pa.Array:
    seconds = np.rint((_filled(values) + epoch_days) * 86_400).astype(np.int64)
    return pa.array(seconds * 1_000_000, mask=np.isnan(values)).cast(pa.timestamp("us"))


def _filled(values: Floats) -> Floats:
    return np.where(np.isnan(values), 0.0, values)


def _coded(values: Coded) -> pa.Array:
    pool = pa.array(list(values.values), pa.string())
    return pool.take(pa.array(values.numbers, mask=values.numbers < 0))


def _emptied(array: pa.Array, holes: NDArray[np.bool_]) -> pa.Array:
    filled: pa.Array = pc.call_function("if_else", [pa.array(holes), pa.scalar(None, array.type), array])
    return filled


def _in_order(array: pa.Array, order: Ints) -> pa.Array:
    return array.take(pa.array(order))
