"""How a clean trail is damaged, and what must become of it."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import xlsxwriter

from tests.engine.reading.clean_trail import ORDERS, as_csv, write_parquet

Change = Callable[[Path], None]
Aside = tuple[str, int, str, str]


@dataclass(frozen=True)
class Corruption:
    """`lost` are the orders that may not survive; `aside` what is set aside (table, row, column, part of the reason).

    `notice` is part of what people are told, `error` of the sentence where nothing can be read. `rows` gives the tables
    whose number of rows changes otherwise.
    """

    name: str
    change: Change
    lost: frozenset[str] = frozenset()
    aside: Sequence[Aside] = ()
    notice: str = ""
    error: str = ""
    rows: Mapping[str, int] = field(default_factory=dict)


def orders(text: str | bytes) -> Change:
    return beside("orders.csv", text if isinstance(text, bytes) else text.encode())


def lines(change: Callable[[list[str]], list[str]]) -> Change:
    """Change the file's lines, of which the headings are 0 and O2 takes two (2 and 3)."""
    return orders("\n".join(change(as_csv(ORDERS).splitlines())) + "\n")


def cell(row: int, column: str, value: str) -> Change:
    rows = [list(cells) for cells in ORDERS]
    rows[row][rows[0].index(column)] = value
    return orders(as_csv(rows))


def headings(names: Mapping[str, str]) -> Change:
    return orders(as_csv([[names.get(name, name) for name in ORDERS[0]], *ORDERS[1:]]))


def beside(name: str, content: bytes) -> Change:
    def change(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return change


def instead(name: str, content: bytes) -> Change:
    def change(folder: Path) -> None:
        (folder / "orders.csv").unlink()
        (folder / name).write_bytes(content)

    return change


def folder_instead(folder: Path) -> None:
    (folder / "orders.csv").unlink()
    (folder / "orders.csv").mkdir()


def workbook(rows: Sequence[Sequence[str]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("orders")
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return out.getvalue()


def parquet() -> bytes:
    out = io.BytesIO()
    columns = {name: [row[at] or None for row in ORDERS[1:]] for at, name in enumerate(ORDERS[0])}
    write_parquet(pa.table(columns), out)
    return out.getvalue()


def zipped(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("export/orders.csv", content)
    return out.getvalue()


TEXT = as_csv(ORDERS)
SIX = frozenset({"O1", "O2", "O3", "O4", "O5", "O6"})
CHINESE = {
    "order_id": "订单编号",
    "account_id": "客户编号",
    "ordered_at": "下单日期",
    "amount": "订单金额",
    "employee_id": "业务员",
    "payment_days": "账期",
    "written_via": "录入方式",
    "ship_to_area": "收货地区",
}
NARROW = [[cell for at, cell in enumerate(row) if at != 7] for row in ORDERS]
