"""A small trail without a blemish, and what is left of it after it was read."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from mingdan.engine.reading import ReadTrail, read_trail

ORDERS = [
    ["order_id", "account_id", "ordered_at", "amount", "employee_id", "payment_days", "written_via", "ship_to_area"],
    ["O1", "A1", "2024-01-05", "1000.50", "E1", "30", "ui", "苏州"],
    ["O2", "A1", "2024-02-05T09:30:00", "1100", "E1", "30", "ui", "江苏省,苏州市\n工业园区"],
    ["O3", "A2", "2024-03-05 10:00:00", "1200", "E2", "60", "api", 'the "old" dock'],
    ["O4", "A2", "2024-04-05T18:00:00+08:00", "1300", "E2", "", "ui", "杭州"],
    ["O5", "A2", "2024-05-05", "1400", "E2", "60", "import", ""],
    ["O6", "A1", "2024-06-05", "1500", "", "30", "ui", "上海"],
]
ACCOUNTS = [["account_id", "name"], ["A1", "晨光机械"], ["A2", "Nordlicht GmbH"]]
EMPLOYEES = [["employee_id", "name", "role"], ["E1", "林晓", "rep"], ["E2", "周航", "rep"]]
ROWS = {"orders": 6, "accounts": 2, "employees": 2}


def as_csv(rows: Sequence[Sequence[str]], separator: str = ",", end: str = "\n") -> str:
    """Write rows as a spreadsheet program would."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator=end).writerows(rows)
    return out.getvalue()


def write_parquet(table: pa.Table, where: Path | IO[bytes]) -> None:
    """Write a table as Parquet."""
    pq.write_table(table, where)  # type: ignore[no-untyped-call]  # pyarrow has no types


def write_clean(folder: Path) -> None:
    """Write the clean trail as three CSV files."""
    for name, rows in {"orders": ORDERS, "accounts": ACCOUNTS, "employees": EMPLOYEES}.items():
        (folder / f"{name}.csv").write_bytes(as_csv(rows).encode())


def opened(folder: Path, **options: Any) -> ReadTrail:
    """Read a trail with a workspace and a key file beside it."""
    workspace = folder.parent / f"workspace of {folder.name}"
    workspace.mkdir(exist_ok=True)
    return read_trail(folder, workspace=workspace, **{"key_file": folder.parent / "key", **options})


def orders_by_id(trail: ReadTrail) -> dict[str, dict[str, Any]]:
    """Return the orders as of the trail's end."""
    tables = trail.as_of(trail.latest)
    return {row["order_id"]: row for row in tables.records(tables.orders, order_by=["order_id"])}
