"""Detectors see the same trail whether it was built in memory or read from files."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from mingdan.engine.detectors import DETECTORS
from mingdan.engine.schema import Table
from mingdan.engine.tables import TABLES
from mingdan.engine.trail import Tables
from tests.engine.reading.clean_trail import as_csv, opened

_VALUES = {
    "id": "X1",
    "text": '晨光, "机械"\n有限公司',
    "key": "ab12cd34",
    "timestamp": "2024-03-05 10:20:30.5",
    "date": "2024-03-05",
    "decimal": "-1234.5678",
    "fraction": "0.125",
    "integer": "42",
    "boolean": "true",
    "list": ["a.cn", "b.cn"],
}


def _records(table: Table) -> list[dict[str, Any]]:
    """Return a row with every cell filled, and one with only the required ones."""
    full = {column.name: column.values[-1] if column.values else _VALUES[column.kind] for column in table.columns}
    bare = {column.name: full[column.name] for column in table.columns if column.required}
    return [{**full, table.key[0]: full[table.key[0]]}, {**bare, table.key[0]: _another(table)}]


def _another(table: Table) -> str:
    column = table.column(table.key[0])
    return column.values[0] if column.values else "X2"


def _write(folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    cells = [[_cell(row.get(column)) for column in columns] for row in rows]
    (folder / f"{name}.csv").write_text(as_csv([columns, *cells]), encoding="utf-8")


def _cell(value: Any) -> str:
    return json.dumps(value) if isinstance(value, list) else "" if value is None else str(value)


def _everything(tables: Tables) -> dict[str, list[Any]]:
    return {name: sorted(map(repr, tables.records(tables[name], order_by=list(TABLES[name].key)))) for name in TABLES}


def test_every_column_of_every_table_is_read_as_it_was_meant(folder: Path) -> None:
    records = {table.name: _records(table) for table in TABLES.values()}
    for name, rows in records.items():
        _write(folder, name, rows)
    trail = opened(folder)
    late = "2100-01-01"
    read = trail.as_of(datetime.fromisoformat(late))
    built = Tables.from_records(records, as_of=late)
    assert _everything(read) == _everything(built)
    assert read.supplied == built.supplied
    assert trail.set_aside == ()
    trail.close()


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.code)
def test_a_detector_finds_the_same_in_files_as_in_memory(detector: Any, folder: Path) -> None:
    example = next(example for example in detector.examples if example.fires)
    records = {name: [dict(row) for row in rows] for name, rows in example.records.items() if rows}
    if "orders" not in records and "opportunities" not in records:
        records["orders"] = [{"order_id": "none", "account_id": "none", "ordered_at": "2000-01-01", "amount": 0}]
    for name, rows in records.items():
        _write(folder, name, rows)
    trail = opened(folder)
    built = Tables.from_records(records, as_of=example.as_of)
    read = trail.as_of(built.as_of)
    assert read.supplied == built.supplied
    assert detector.run(read) == detector.run(built) != []
    trail.close()
