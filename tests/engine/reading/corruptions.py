"""Every kind of damage that the reader is tried with: how a clean trail is damaged, and what must become of it."""

import gzip
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


def _orders(text: str | bytes) -> Change:
    return _beside("orders.csv", text if isinstance(text, bytes) else text.encode())


def _lines(change: Callable[[list[str]], list[str]]) -> Change:
    """Change the file's lines, of which the headings are 0 and O2 takes two (2 and 3)."""
    return _orders("\n".join(change(as_csv(ORDERS).splitlines())) + "\n")


def _cell(row: int, column: str, value: str) -> Change:
    rows = [list(cells) for cells in ORDERS]
    rows[row][rows[0].index(column)] = value
    return _orders(as_csv(rows))


def _headings(names: Mapping[str, str]) -> Change:
    return _orders(as_csv([[names.get(name, name) for name in ORDERS[0]], *ORDERS[1:]]))


def _beside(name: str, content: bytes) -> Change:
    def change(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return change


def _instead(name: str, content: bytes) -> Change:
    def change(folder: Path) -> None:
        (folder / "orders.csv").unlink()
        (folder / name).write_bytes(content)

    return change


def _folder_instead(folder: Path) -> None:
    (folder / "orders.csv").unlink()
    (folder / "orders.csv").mkdir()


def _workbook(rows: Sequence[Sequence[str]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("orders")
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return out.getvalue()


def _parquet() -> bytes:
    out = io.BytesIO()
    columns = {name: [row[at] or None for row in ORDERS[1:]] for at, name in enumerate(ORDERS[0])}
    write_parquet(pa.table(columns), out)
    return out.getvalue()


def _zip(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("export/orders.csv", content)
    return out.getvalue()


_TEXT = as_csv(ORDERS)
_SIX = frozenset({"O1", "O2", "O3", "O4", "O5", "O6"})
_CHINESE = {
    "order_id": "订单编号",
    "account_id": "客户编号",
    "ordered_at": "下单日期",
    "amount": "订单金额",
    "employee_id": "业务员",
    "payment_days": "账期",
    "written_via": "录入方式",
    "ship_to_area": "收货地区",
}
_NARROW = [[cell for at, cell in enumerate(row) if at != 7] for row in ORDERS]

CORRUPTIONS = (
    # how the file is written
    Corruption("a byte order mark", _orders("\ufeff" + _TEXT)),
    Corruption("UTF-16 with a mark", _orders(_TEXT.encode("utf-16"))),
    Corruption("UTF-16 without a mark", _orders(as_csv(_NARROW).encode("utf-16-le"))),
    Corruption("GB18030", _orders(_TEXT.encode("gb18030"))),
    Corruption(
        "a Latin byte among UTF-8", _orders(_TEXT.encode().replace("苏州\n".encode(), b"M\xfcnchen \xe9t\xe9\n"))
    ),
    Corruption("semicolons", _orders(as_csv(ORDERS, ";"))),
    Corruption("tabs", _orders(as_csv(ORDERS, "\t"))),
    Corruption("pipes", _orders(as_csv(ORDERS, "|"))),
    Corruption("a line that names the separator", _orders("sep=;\n" + as_csv(ORDERS, ";"))),
    Corruption("Windows line ends", _orders(as_csv(ORDERS, end="\r\n"))),
    Corruption("old Macintosh line ends", _orders(as_csv(ORDERS, end="\r"))),
    Corruption("mixed line ends", _orders(_TEXT.replace("O3,", "\rO3,").replace("O5,", "\r\nO5,"))),
    Corruption("no line end at the end", _orders(_TEXT.rstrip("\n"))),
    Corruption("NUL bytes", _orders(_TEXT.replace("O3", "O\x003").replace("杭", "\x00杭"))),
    Corruption("empty lines", _lines(lambda lines: [lines[0], "", *lines[1:5], "", "  ", *lines[5:], "", ""])),
    Corruption("lines of separators only", _lines(lambda lines: [*lines[:5], ",,,,,,,", *lines[5:], ",,,,,,,"])),
    Corruption(
        "a separator at every line's end",
        _lines(lambda lines: [line if "江苏" in line else line + "," for line in lines]),
    ),
    Corruption("a title above the headings", _orders("2024年订单明细\n导出时间：2024-07-01\n" + _TEXT)),
    Corruption(
        "the headings again in the middle",
        _lines(lambda lines: [*lines[:5], lines[0], *lines[5:]]),
        aside=[("orders", 4, "", "the headings again")],
    ),
    Corruption(
        "an unclosed quotation mark in the middle",
        _lines(lambda lines: [*lines[:5], 'O9,A1,2024-04-01,"5,E1,30,ui,x', *lines[5:]]),
        aside=[("orders", 4, "", "never closed")],
    ),
    Corruption(
        "an unclosed quotation mark before a quoted cell",
        _lines(lambda lines: [lines[0], 'O9,"A1,2024-04-01,5,E1,30,ui,x', *lines[1:]]),
        aside=[("orders", 1, "", "never closed")],
    ),
    Corruption(
        "an unclosed quotation mark in the last row",
        _orders(_TEXT + 'O9,A1,2024-04-01,"5,E1,30,ui,x\n'),
        aside=[("orders", 7, "", "never closed")],
    ),
    Corruption(
        "two unclosed quotation marks",
        _lines(
            lambda lines: [
                lines[0],
                'O8,"A1,2024-04-01,5,E1,30,ui,x',
                *lines[1:5],
                'O9,"A1,2024-04-01,5,E1,30,ui,x',
                *lines[5:],
            ]
        ),
        aside=[("orders", 1, "", "never closed"), ("orders", 5, "", "never closed")],
    ),
    Corruption("bare quotation marks in a quoted cell", _orders(_TEXT.replace('""old""', '"old"'))),
    Corruption(
        "a row with too many cells",
        _lines(lambda lines: [*lines[:4], "O9,A1,2024-03-01,1,200,E1,30,ui,x", *lines[4:]]),
        aside=[("orders", 3, "", "more cells than headings")],
    ),
    Corruption(
        "a row without its last cells", _lines(lambda lines: [line.removesuffix(",30,ui,上海") for line in lines])
    ),
    Corruption(
        "a row that breaks off", _orders(_TEXT + "O9,A1,2024-0"), aside=[("orders", 7, "ordered_at", "not a time")]
    ),
    # headings
    Corruption(
        "headings in capitals and with spaces", _headings({name: name.replace("_", " ").upper() for name in ORDERS[0]})
    ),
    Corruption("full-width headings", _headings({"order_id": "ｏｒｄｅｒ＿ｉｄ", "amount": " Ａｍｏｕｎｔ "})),
    Corruption("Chinese headings", _headings(_CHINESE)),
    Corruption("Chinese headings with units", _headings({**_CHINESE, "amount": "订单金额（元）"})),
    Corruption("a heading twice", _headings({"ship_to_area": "amount"}), notice="amount_2"),
    Corruption("an unknown column", _headings({"ship_to_area": "weather"}), notice="weather"),
    Corruption("a required column missing", _headings({"amount": "how much"}), error="no column amount"),
    Corruption(
        "a required column missing elsewhere",
        _beside("employees.csv", b"employee_id,role\nE1,rep\n"),
        notice="no column name",
        rows={"employees": 0},
    ),
    # cells
    Corruption(
        "no date", _cell(3, "ordered_at", "soon"), frozenset({"O3"}), [("orders", 3, "ordered_at", "not a time")]
    ),
    Corruption(
        "a date that does not exist",
        _cell(3, "ordered_at", "2024-02-30"),
        frozenset({"O3"}),
        [("orders", 3, "ordered_at", "not a time")],
    ),
    Corruption(
        "the year 3024",
        _cell(3, "ordered_at", "3024-03-05"),
        frozenset({"O3"}),
        [("orders", 3, "ordered_at", "not a time")],
    ),
    Corruption(
        "a year before computers",
        _cell(3, "ordered_at", "1924-03-05"),
        frozenset({"O3"}),
        [("orders", 3, "ordered_at", "not a time")],
    ),
    Corruption(
        "an empty required cell", _cell(3, "account_id", " "), frozenset({"O3"}), [("orders", 3, "account_id", "empty")]
    ),
    Corruption(
        "a word for nothing in a required cell",
        _cell(3, "account_id", "NULL"),
        frozenset({"O3"}),
        [("orders", 3, "account_id", "empty")],
    ),
    Corruption("no amount", _cell(3, "amount", "a lot"), frozenset({"O3"}), [("orders", 3, "amount", "not an amount")]),
    Corruption(
        "an amount beyond measure",
        _cell(3, "amount", "9" * 30),
        frozenset({"O3"}),
        [("orders", 3, "amount", "not an amount")],
    ),
    Corruption(
        "an id that a spreadsheet cut",
        _cell(3, "account_id", "6.22202E+18"),
        frozenset({"O3"}),
        [("orders", 3, "account_id", "digits were lost")],
    ),
    Corruption(
        "an optional number that is none",
        _cell(3, "payment_days", "a month"),
        notice="orders.payment_days: 1 unreadable",
    ),
    Corruption(
        "an unknown choice", _cell(3, "written_via", "telex"), notice="'telex' (not one of: ui, api, import, mass)"
    ),
    Corruption("a reference that leads nowhere", _cell(3, "employee_id", "E77"), notice="'E77'"),
    Corruption("spaces around everything", _orders(as_csv([[f"  {cell}\u3000" for cell in row] for row in ORDERS]))),
    Corruption("cells guarded from spreadsheets", _cell(3, "account_id", '="A2"')),
    # rows
    Corruption(
        "a row twice",
        _lines(lambda lines: [*lines[:5], lines[4], *lines[5:]]),
        aside=[("orders", 4, "order_id", "exact duplicate of row 3")],
    ),
    Corruption(
        "an id twice",
        _lines(lambda lines: [*lines[:5], lines[4].replace("1200", "1"), *lines[5:]]),
        aside=[("orders", 4, "order_id", "second row with this id, the first is row 3")],
    ),
    Corruption(
        "a file twice",
        _beside("orders 2024 (副本).csv", _TEXT.encode()),
        aside=[("orders", at, "order_id", "exact duplicate") for at in range(1, 7)],
    ),
    # files
    Corruption("an empty file beside", _beside("payments.csv", b""), notice="payments.csv is empty"),
    Corruption("an empty file", _orders(b""), error="no usable opportunities or orders"),
    Corruption("a file of spaces", _orders(b" \n\n \n"), error="no usable opportunities or orders"),
    Corruption("headings only", _orders(_TEXT.splitlines()[0]), error="no usable opportunities or orders"),
    Corruption("a folder in place of a file", _folder_instead, error="no usable opportunities or orders"),
    Corruption(
        "a picture called CSV", _orders(b"\x89PNG\r\n\x1a\n" + bytes(400)), error="orders.csv is not a text file"
    ),
    Corruption("a workbook called CSV", _orders(_workbook(ORDERS))),
    Corruption(
        "a damaged workbook", _instead("orders.xlsx", _workbook(ORDERS)[:900]), error="orders.xlsx cannot be opened"
    ),
    Corruption(
        "a damaged workbook beside",
        _beside("payments.xlsx", b"PK\x03\x04" + bytes(200)),
        notice="payments.xlsx cannot be opened",
    ),
    Corruption("Parquet", _instead("orders.parquet", _parquet())),
    Corruption(
        "a truncated Parquet file", _instead("orders.parquet", _parquet()[:-50]), error="orders.parquet is damaged"
    ),
    Corruption(
        "a gzip that breaks off",
        _instead("orders.csv.gz", gzip.compress(_TEXT.encode())[:-9]),
        error="orders.csv.gz breaks off",
    ),
    Corruption("a damaged zip", _instead("orders.zip", _zip(_TEXT.encode())[:-30]), error="orders.zip is damaged"),
    Corruption(
        "a database that is none",
        _instead("orders.duckdb", b"no database" * 50),
        error="orders.duckdb cannot be opened",
    ),
    Corruption(
        "a damaged SQLite file",
        _instead("orders.sqlite", b"SQLite format 3\x00" + bytes(range(256)) * 8),
        error="orders.sqlite cannot be read",
    ),
    Corruption(
        "a page of JSON that breaks off",
        _beside("activities.json", b'{"data": [{"activity_id": "V1", "kind": '),
        aside=[("activities", 1, "", "not JSON")],
    ),
    Corruption("a damaged trail.json", _beside("trail.json", b"{"), error="trail.json is damaged"),
    Corruption("other files beside", _beside("readme.md", b"# Exports"), rows={}),
    Corruption("an unknown table beside", _beside("weather.csv", b"day,rain\n1,2\n"), notice="weather.csv is no table"),
)
