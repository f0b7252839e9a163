"""Every kind of damage that the reader is tried with."""

import gzip

from tests.engine.reading.clean_trail import ORDERS, as_csv
from tests.engine.reading.damage import (
    CHINESE,
    NARROW,
    TEXT,
    Corruption,
    beside,
    cell,
    folder_instead,
    headings,
    instead,
    lines,
    orders,
    parquet,
    workbook,
    zipped,
)

CORRUPTIONS = (
    # how the file is written
    Corruption("a byte order mark", orders("\ufeff" + TEXT)),
    Corruption("UTF-16 with a mark", orders(TEXT.encode("utf-16"))),
    Corruption("UTF-16 without a mark", orders(as_csv(NARROW).encode("utf-16-le"))),
    Corruption("GB18030", orders(TEXT.encode("gb18030"))),
    Corruption("a Latin byte among UTF-8", orders(TEXT.encode().replace("苏州\n".encode(), b"M\xfcnchen \xe9t\xe9\n"))),
    Corruption("semicolons", orders(as_csv(ORDERS, ";"))),
    Corruption("tabs", orders(as_csv(ORDERS, "\t"))),
    Corruption("pipes", orders(as_csv(ORDERS, "|"))),
    Corruption("a line that names the separator", orders("sep=;\n" + as_csv(ORDERS, ";"))),
    Corruption("Windows line ends", orders(as_csv(ORDERS, end="\r\n"))),
    Corruption("old Macintosh line ends", orders(as_csv(ORDERS, end="\r"))),
    Corruption("mixed line ends", orders(TEXT.replace("O3,", "\rO3,").replace("O5,", "\r\nO5,"))),
    Corruption("no line end at the end", orders(TEXT.rstrip("\n"))),
    Corruption("NUL bytes", orders(TEXT.replace("O3", "O\x003").replace("杭", "\x00杭"))),
    Corruption("empty lines", lines(lambda lines: [lines[0], "", *lines[1:5], "", "  ", *lines[5:], "", ""])),
    Corruption("lines of separators only", lines(lambda lines: [*lines[:5], ",,,,,,,", *lines[5:], ",,,,,,,"])),
    Corruption(
        "a separator at every line's end",
        lines(lambda lines: [line if "江苏" in line else line + "," for line in lines]),
    ),
    Corruption("a title above the headings", orders("2024年订单明细\n导出时间：2024-07-01\n" + TEXT)),
    Corruption(
        "the headings again in the middle",
        lines(lambda lines: [*lines[:5], lines[0], *lines[5:]]),
        aside=[("orders", 4, "", "the headings again")],
    ),
    Corruption(
        "an unclosed quotation mark in the middle",
        lines(lambda lines: [*lines[:5], 'O9,A1,2024-04-01,"5,E1,30,ui,x', *lines[5:]]),
        aside=[("orders", 4, "", "never closed")],
    ),
    Corruption(
        "an unclosed quotation mark before a quoted cell",
        lines(lambda lines: [lines[0], 'O9,"A1,2024-04-01,5,E1,30,ui,x', *lines[1:]]),
        aside=[("orders", 1, "", "never closed")],
    ),
    Corruption(
        "an unclosed quotation mark in the last row",
        orders(TEXT + 'O9,A1,2024-04-01,"5,E1,30,ui,x\n'),
        aside=[("orders", 7, "", "never closed")],
    ),
    Corruption(
        "two unclosed quotation marks",
        lines(
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
    Corruption("bare quotation marks in a quoted cell", orders(TEXT.replace('""old""', '"old"'))),
    Corruption(
        "a row with too many cells",
        lines(lambda lines: [*lines[:4], "O9,A1,2024-03-01,1,200,E1,30,ui,x", *lines[4:]]),
        aside=[("orders", 3, "", "more cells than headings")],
    ),
    Corruption(
        "a row without its last cells", lines(lambda lines: [line.removesuffix(",30,ui,上海") for line in lines])
    ),
    Corruption(
        "a row that breaks off", orders(TEXT + "O9,A1,2024-0"), aside=[("orders", 7, "ordered_at", "not a time")]
    ),
    # headings
    Corruption(
        "headings in capitals and with spaces", headings({name: name.replace("_", " ").upper() for name in ORDERS[0]})
    ),
    Corruption("full-width headings", headings({"order_id": "ｏｒｄｅｒ＿ｉｄ", "amount": " Ａｍｏｕｎｔ "})),
    Corruption("Chinese headings", headings(CHINESE)),
    Corruption("Chinese headings with units", headings({**CHINESE, "amount": "订单金额（元）"})),
    Corruption("a heading twice", headings({"ship_to_area": "amount"}), notice="amount_2"),
    Corruption("an unknown column", headings({"ship_to_area": "weather"}), notice="weather"),
    Corruption("a required column missing", headings({"amount": "how much"}), error="no column amount"),
    Corruption(
        "a required column missing elsewhere",
        beside("employees.csv", b"employee_id,role\nE1,rep\n"),
        notice="no column name",
        rows={"employees": 0},
    ),
    # cells
    Corruption(
        "no date", cell(3, "ordered_at", "soon"), frozenset({"O3"}), [("orders", 3, "ordered_at", "not a time")]
    ),
    Corruption(
        "a date that does not exist",
        cell(3, "ordered_at", "2024-02-30"),
        frozenset({"O3"}),
        [("orders", 3, "ordered_at", "not a time")],
    ),
    Corruption(
        "the year 3024",
        cell(3, "ordered_at", "3024-03-05"),
        frozenset({"O3"}),
        [("orders", 3, "ordered_at", "not a time")],
    ),
    Corruption(
        "a year before computers",
        cell(3, "ordered_at", "1924-03-05"),
        frozenset({"O3"}),
        [("orders", 3, "ordered_at", "not a time")],
    ),
    Corruption(
        "an empty required cell", cell(3, "account_id", " "), frozenset({"O3"}), [("orders", 3, "account_id", "empty")]
    ),
    Corruption(
        "a word for nothing in a required cell",
        cell(3, "account_id", "NULL"),
        frozenset({"O3"}),
        [("orders", 3, "account_id", "empty")],
    ),
    Corruption("no amount", cell(3, "amount", "a lot"), frozenset({"O3"}), [("orders", 3, "amount", "not an amount")]),
    Corruption(
        "an amount beyond measure",
        cell(3, "amount", "9" * 30),
        frozenset({"O3"}),
        [("orders", 3, "amount", "not an amount")],
    ),
    Corruption(
        "an id that a spreadsheet cut",
        cell(3, "account_id", "6.22202E+18"),
        frozenset({"O3"}),
        [("orders", 3, "account_id", "digits were lost")],
    ),
    Corruption(
        "an optional number that is none",
        cell(3, "payment_days", "a month"),
        notice="orders.payment_days: 1 unreadable",
    ),
    Corruption(
        "an unknown choice", cell(3, "written_via", "telex"), notice="'telex' (not one of: ui, api, import, mass)"
    ),
    Corruption("a reference that leads nowhere", cell(3, "employee_id", "E77"), notice="'E77'"),
    Corruption("spaces around everything", orders(as_csv([[f"  {cell}\u3000" for cell in row] for row in ORDERS]))),
    Corruption("cells guarded from spreadsheets", cell(3, "account_id", '="A2"')),
    # rows
    Corruption(
        "a row twice",
        lines(lambda lines: [*lines[:5], lines[4], *lines[5:]]),
        aside=[("orders", 4, "order_id", "exact duplicate of row 3")],
    ),
    Corruption(
        "an id twice",
        lines(lambda lines: [*lines[:5], lines[4].replace("1200", "1"), *lines[5:]]),
        aside=[("orders", 4, "order_id", "second row with this id, the first is row 3")],
    ),
    Corruption(
        "a file twice",
        beside("orders 2024 (副本).csv", TEXT.encode()),
        aside=[("orders", at, "order_id", "exact duplicate") for at in range(1, 7)],
    ),
    # files
    Corruption("an empty file beside", beside("payments.csv", b""), notice="payments.csv is empty"),
    Corruption("an empty file", orders(b""), error="no usable opportunities or orders"),
    Corruption("a file of spaces", orders(b" \n\n \n"), error="no usable opportunities or orders"),
    Corruption("headings only", orders(TEXT.splitlines()[0]), error="no usable opportunities or orders"),
    Corruption("a folder in place of a file", folder_instead, error="no usable opportunities or orders"),
    Corruption(
        "a picture called CSV", orders(b"\x89PNG\r\n\x1a\n" + bytes(400)), error="orders.csv is not a text file"
    ),
    Corruption("a workbook called CSV", orders(workbook(ORDERS))),
    Corruption(
        "a damaged workbook", instead("orders.xlsx", workbook(ORDERS)[:900]), error="orders.xlsx cannot be opened"
    ),
    Corruption(
        "a damaged workbook beside",
        beside("payments.xlsx", b"PK\x03\x04" + bytes(200)),
        notice="payments.xlsx cannot be opened",
    ),
    Corruption("Parquet", instead("orders.parquet", parquet())),
    Corruption(
        "a truncated Parquet file", instead("orders.parquet", parquet()[:-50]), error="orders.parquet is damaged"
    ),
    Corruption(
        "a gzip that breaks off",
        instead("orders.csv.gz", gzip.compress(TEXT.encode())[:-9]),
        error="orders.csv.gz breaks off",
    ),
    Corruption("a damaged zip", instead("orders.zip", zipped(TEXT.encode())[:-30]), error="orders.zip is damaged"),
    Corruption(
        "a database that is none",
        instead("orders.duckdb", b"no database" * 50),
        error="orders.duckdb cannot be opened",
    ),
    Corruption(
        "a damaged SQLite file",
        instead("orders.sqlite", b"SQLite format 3\x00" + bytes(range(256)) * 8),
        error="orders.sqlite cannot be read",
    ),
    Corruption(
        "a page of JSON that breaks off",
        beside("activities.json", b'{"data": [{"activity_id": "V1", "kind": '),
        aside=[("activities", 1, "", "not JSON")],
    ),
    Corruption("a damaged trail.json", beside("trail.json", b"{"), error="trail.json is damaged"),
    Corruption("other files beside", beside("readme.md", b"# Exports"), rows={}),
    Corruption("an unknown table beside", beside("weather.csv", b"day,rain\n1,2\n"), notice="weather.csv is no table"),
)
