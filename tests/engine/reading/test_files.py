"""Every kind of file and folder that can hold a trail."""

import gzip
import json
import os
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
import xlsxwriter

from mingdan.engine.reading import UnreadableTrailError
from tests.engine.reading.clean_trail import ORDERS, as_csv, opened, orders_by_id, write_parquet

_IDS = {row[0] for row in ORDERS[1:]}
_DAYS = ("2024-01-05", "2024-02-05 09:30", "2024-03-05 10:00", "2024-04-05 10:00", "2024-05-05", "2024-06-05")
_MOMENTS = [datetime.fromisoformat(day) for day in _DAYS]


def _typed() -> pa.Table:
    """Return the orders with the types that a program would give them."""
    columns = {name: [row[at] or None for row in ORDERS[1:]] for at, name in enumerate(ORDERS[0])}
    moments = pa.array(_MOMENTS, pa.timestamp("ns", tz="UTC"))
    amounts = pa.array([float(amount) for amount in columns["amount"] if amount])
    days = pa.array([None if cell is None else float(cell) for cell in columns["payment_days"]])
    return pa.table({**columns, "ordered_at": moments, "amount": amounts, "payment_days": days})


def _csv(folder: Path) -> Path:
    (folder / "orders.csv").write_text(as_csv(ORDERS), encoding="utf-8")
    return folder


def _gzip(folder: Path) -> Path:
    (folder / "orders.csv.gz").write_bytes(gzip.compress(as_csv(ORDERS).encode("gb18030")))
    return folder


def _zip(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "export.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("export/orders.csv", as_csv(ORDERS))
        archive.writestr("__MACOSX/._orders.csv", b"\0\1\2")
        archive.writestr("../../outside.csv", "a,b\n1,2\n")
    return folder


def _parquet(folder: Path) -> Path:
    write_parquet(_typed(), folder / "orders.parquet")
    return folder


def _spark(folder: Path) -> Path:
    (folder / "orders.parquet").mkdir()
    for at in range(2):
        write_parquet(_typed().slice(3 * at, 3), folder / "orders.parquet" / f"part-0000{at}.parquet")
    (folder / "orders.parquet" / "_SUCCESS").touch()
    return folder


def _subfolder(folder: Path) -> Path:
    (folder / "订单").mkdir()
    (folder / "订单" / "2024-H1.csv").write_text(as_csv([ORDERS[0], *ORDERS[1:4]]), encoding="utf-8")
    (folder / "订单" / "2024-H2.csv").write_text(as_csv([ORDERS[0], *ORDERS[4:]]), encoding="utf-8")
    return folder


def _json(folder: Path) -> Path:
    records = _typed().to_pylist()
    lines = [{name: str(cell) for name, cell in row.items() if cell is not None} for row in records]
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    (folder / "orders.jsonl").write_text(text, encoding="utf-8")
    return folder


def _workbook(folder: Path) -> Path:
    path = folder.parent / "export.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("说明")
        sheet = book.add_worksheet("订单列表")
        sheet.merge_range(0, 0, 0, 4, "2024 年订单明细")
        sheet.write_row(1, 0, ["订单编号", "客户编号", "下单日期", "订单金额（万元）", "账期", "备注栏"])
        form = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for at, row in enumerate(ORDERS[1:]):
            sheet.write_row(2 + at, 0, [row[0], row[1]])
            sheet.write_datetime(2 + at, 2, _MOMENTS[at], form)
            sheet.write_number(2 + at, 3, float(row[3]) / 10_000)
            sheet.write(2 + at, 4, float(row[5]) if row[5] else None)
    return path


def _duckdb(folder: Path) -> Path:
    path = folder.parent / "crm.duckdb"
    with duckdb.connect(str(path)) as con:
        typed = _typed()
        con.register("typed", typed)
        con.execute("CREATE TABLE orders AS FROM typed")
        con.execute("CREATE TABLE unrelated AS SELECT 1 AS x")
    return path


def _sqlite(folder: Path) -> Path:
    path = folder.parent / "crm.db"
    con = sqlite3.connect(path)
    con.execute(f"CREATE TABLE orders ({', '.join(ORDERS[0])})")
    con.executemany(
        f"INSERT INTO orders VALUES ({', '.join('?' * len(ORDERS[0]))})",
        [[c or None for c in row] for row in ORDERS[1:]],
    )
    con.commit()
    con.close()
    return path


@pytest.mark.parametrize("form", [_csv, _gzip, _zip, _parquet, _spark, _subfolder, _json, _workbook, _duckdb, _sqlite])
def test_a_trail_is_the_same_in_every_kind_of_file(form: Callable[[Path], Path], folder: Path) -> None:
    trail = opened(form(folder))
    orders = orders_by_id(trail)
    assert set(orders) == _IDS
    assert [row["ordered_at"] for row in orders.values()] == _MOMENTS
    assert orders["O1"]["amount"] == Decimal("1000.5")
    assert [row["payment_days"] for row in orders.values()] == [30, 30, 60, None, 60, 30]
    assert trail.set_aside == ()
    trail.close()


def test_answers_of_a_simulated_world_are_never_read(clean: Path) -> None:
    (clean / "truth").mkdir()
    (clean / "truth" / "employees.csv").write_text("employee_id,name,role\nE9,nobody,rep\n")
    trail = opened(clean)
    assert {count.name: count.rows for count in trail.counts}["employees"] == 2
    trail.close()


def test_a_file_of_another_name_is_known_by_its_headings(folder: Path) -> None:
    (folder / "download (3).csv").write_text(as_csv(ORDERS), encoding="utf-8")
    trail = opened(folder)
    assert set(orders_by_id(trail)) == _IDS
    trail.close()


def test_ids_that_became_floats_are_whole_again(folder: Path) -> None:
    table = pa.table(
        {"order_id": [1.0, 2.0], "account_id": [7, 8], "ordered_at": [date(2024, 1, 1)] * 2, "amount": [1, 2]}
    )
    write_parquet(table, folder / "orders.parquet")
    trail = opened(folder)
    assert {(row["order_id"], row["account_id"]) for row in orders_by_id(trail).values()} == {("1", "7"), ("2", "8")}
    trail.close()


def test_lines_that_differ_in_an_unknown_column_are_no_duplicates(clean: Path) -> None:
    lines = ["order_id,product_id,quantity,unit_price,line_no", "O1,P1,1,5,1", "O1,P1,1,5,2", "O1,P1,1,5,2"]
    (clean / "order_lines.csv").write_text("\n".join(lines))
    trail = opened(clean)
    assert {count.name: (count.rows, count.set_aside) for count in trail.counts}["order_lines"] == (2, 1)
    assert [(row.row, row.reason) for row in trail.set_aside] == [(3, "exact duplicate of row 2")]
    trail.close()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: folder / "nowhere", "There is no file or folder"),
        (lambda folder: folder, "holds no file with tables"),
        (lambda folder: _made(folder / "notes.md", b"# notes"), "no file that holds tables"),
        (lambda folder: _made(folder / "empty.csv", b""), "no rows to read"),
    ],
)
def test_the_wrong_place_is_told_in_one_sentence(make: Callable[[Path], Path], said: str, folder: Path) -> None:
    with pytest.raises(UnreadableTrailError, match=said) as caught:
        opened(make(folder))
    assert "\n" not in str(caught.value)


def _made(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@contextmanager
def somebody_without_rights() -> Iterator[None]:
    """Be nobody for a while where the tests run as root, who may read everything."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    yield
    os.seteuid(user)


def test_a_file_that_may_not_be_read_is_told() -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "trail")
        folder.mkdir()
        _made(folder / "orders.csv", b"x").chmod(0)
        Path(place).chmod(0o777)
        with somebody_without_rights(), pytest.raises(UnreadableTrailError, match="may not be read"):
            opened(folder)


def test_strict_names_the_first_rows(clean: Path) -> None:
    (clean / "accounts.csv").write_text("account_id,name\nA1,\nA2,x\nA2,y\n")
    with pytest.raises(
        UnreadableTrailError, match=r"^2 rows cannot be used.*accounts, accounts.csv row 1, name: empty"
    ):
        opened(clean, strict=True)


def test_an_unknown_source_is_told(clean: Path) -> None:
    with pytest.raises(UnreadableTrailError, match="no source 'nobody'; known are mingdan"):
        opened(clean, source="nobody")


def test_set_aside_csv_opens_in_a_spreadsheet_without_running_anything(clean: Path, tmp_path: Path) -> None:
    (clean / "orders.csv").write_text(
        "order_id,account_id,ordered_at,amount\nO1,A1,2024-01-01,1\nO2,A1,=HYPERLINK(1),5\nO3,A1,2024-01-01,-x\n"
    )
    trail = opened(clean)
    trail.write_set_aside(tmp_path / "set_aside.csv")
    text = (tmp_path / "set_aside.csv").read_bytes().decode("utf-8-sig")
    assert text.splitlines() == [
        "table,file,row,column,value,reason,reason_zh",
        "orders,orders.csv,2,ordered_at,'=HYPERLINK(1),not a time,不是有效的时间",
        "orders,orders.csv,3,amount,'-x,not an amount,不是有效的金额或数量",
    ]
    trail.close()


def test_progress_goes_from_nothing_to_all(clean: Path) -> None:
    seen: list[tuple[str, float]] = []
    opened(clean, on_progress=lambda doing, share: seen.append((doing, share))).close()
    shares = [share for _, share in seen]
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] <= 1
    assert "orders.csv" in [doing for doing, _ in seen]
