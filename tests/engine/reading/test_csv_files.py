"""Text files cell by cell: what was written is what is read, on the fast way and the slow one."""

import csv
import io
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingdan.engine.reading import csv_files
from mingdan.engine.reading.csv_files import read_csv
from mingdan.engine.reading.csv_form import form_of
from mingdan.engine.reading.csv_mend import Damaged, mend
from mingdan.engine.reading.identifiers import quoted
from mingdan.engine.reading.raw import UnreadableTrailError
from mingdan.engine.reading.shelf import UNREAD, Shelf

_CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
_ROWS = st.lists(st.tuples(_CELL, _CELL, _CELL), min_size=1, max_size=8)
_SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _cells(shelf: Shelf, path: Path) -> list[tuple[str | None, ...]]:
    shelf.tables.clear()
    read_csv(path, shelf, "t", path.name)
    (table,) = shelf.tables
    columns = ", ".join(map(quoted, table.columns))
    return shelf.con.execute(f"SELECT {columns} FROM {quoted(table.relation)} ORDER BY _row").fetchall()


def _written(path: Path, rows: list[tuple[str, ...]], separator: str = ",") -> Path:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerows([("first heading", "second heading", "third heading"), *rows])
    path.write_bytes(out.getvalue().encode())
    return path


def _expected(rows: list[tuple[str, ...]]) -> list[tuple[str | None, ...]]:
    return [tuple(cell or None for cell in row) for row in rows]


@_SLOW
@given(rows=_ROWS, separator=st.sampled_from([",", ";", "\t", "|"]))
def test_any_text_survives_the_reader(rows: list[tuple[str, ...]], separator: str, shelf: Shelf) -> None:
    path = _written(
        shelf.workspace / "t.csv", [("plain", "plain", "plain"), *rows, ("plain", "plain", "plain")], separator
    )
    assert _without_plain(_cells(shelf, path)) == _without_plain(_expected(list(rows)))


def _without_plain(rows: list[tuple[str | None, ...]]) -> list[tuple[str | None, ...]]:
    """Leave out rows in which all is empty, and the ones put around to show what the separator is."""
    return [row for row in rows if any(cell and cell.strip() for cell in row) and row != ("plain", "plain", "plain")]


@_SLOW
@given(rows=_ROWS)
def test_any_text_survives_mending(rows: list[tuple[str, ...]], tmp_path: Path) -> None:
    path = _written(tmp_path / "t.csv", [("plain", "plain", "plain"), *rows])
    form = form_of(path, {"separator": ","})
    assert form is not None
    damaged: list[Damaged] = []
    mend(path, form, tmp_path / "mended.csv", damaged.append)
    with (tmp_path / "mended.csv").open(encoding="utf-8", newline="") as file:
        found = [tuple(cells[1:]) for cells in csv.reader(file)]
    assert damaged == []
    assert [row for row in found if any(cell.strip() for cell in row)][1:] == [
        row for row in rows if any(cell.strip() for cell in row)
    ]


@_SLOW
@given(text=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_a_sentence(text: bytes, shelf: Shelf) -> None:
    path = shelf.workspace / "bytes.csv"
    path.write_bytes(b"a,b\n1,2\n" + text)
    said = ""
    try:
        _cells(shelf, path)
    except UnreadableTrailError as error:
        said = str(error)
    assert "\n" not in said


def test_both_ways_number_rows_alike(shelf: Shelf) -> None:
    rows = [(f"r{at}", "x\ny" if at % 3 else "x", "") for at in range(2500)]
    sound = _written(shelf.workspace / "sound.csv", list(rows))
    damaged = shelf.workspace / "damaged.csv"
    damaged.write_bytes(sound.read_bytes() + b'"open,1,2\r\n')
    for path in (sound, damaged):
        shelf.tables.clear()
        read_csv(path, shelf, "t", path.name)
        found = shelf.con.execute(
            f'SELECT _row, "first heading" FROM {quoted(shelf.tables[0].relation)} ORDER BY _row'
        ).fetchall()
        assert found == [(at + 1, f"r{at}") for at in range(2500)]
    assert shelf.con.execute(f"SELECT _row, reason FROM {UNREAD}").fetchall() == [
        (2501, "a quotation mark is opened and never closed")
    ]


def test_a_sound_file_is_not_read_row_by_row(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_files, "_read_mended", None)  # whoever takes the slow way fails
    rows = [("1", 'says "no"', "two\nlines"), ("2", "", "苏州"), ("3", '5" pipe and 6" pipe', ",;")]
    assert _cells(shelf, _written(shelf.workspace / "sound.csv", list(rows))) == _expected(list(rows))


def test_one_slip_in_a_long_file_costs_one_row(shelf: Shelf) -> None:
    lines = [f"O{at},A{at % 7},{at}" for at in range(30_000)]
    lines[15_000] = 'O15000,"A,1'
    path = shelf.workspace / "long.csv"
    path.write_text("a,b,c\n" + "\n".join(lines) + "\n")
    found = _cells(shelf, path)
    assert len(found) == 29_999
    assert (found[14_999][0], found[15_000][0]) == ("O14999", "O15001")
    assert shelf.con.execute(f"SELECT _row, value FROM {UNREAD}").fetchall() == [(15_001, 'O15000,"A,1')]


def test_a_line_without_end_does_not_fill_the_memory(shelf: Shelf) -> None:
    path = shelf.workspace / "endless.csv"
    path.write_text("a,b\n1,2\n" + "x" * 5_000_000 + "\n3,4\n")
    assert _cells(shelf, path) == [("1", "2"), ("3", "4")]
    assert shelf.con.execute(f"SELECT _row, reason FROM {UNREAD}").fetchall() == [(2, "longer than a row can be")]


def test_chinese_far_down_in_a_long_file_is_still_chinese(shelf: Shelf) -> None:
    path = shelf.workspace / "late.csv"
    path.write_bytes(b"a,b\n" + (b"1,2" + b"." * 90 + b"\n") * 100_000 + "1,晨光机械\n".encode("gb18030"))
    shelf.tables.clear()
    read_csv(path, shelf, "t", "late.csv")
    found = shelf.con.execute(f"SELECT _row, b FROM {quoted(shelf.tables[0].relation)} WHERE b > '3'").fetchall()
    assert found == [(100_001, "晨光机械")]


def test_columns_aligned_with_spaces_are_told_apart(shelf: Shelf) -> None:
    path = shelf.workspace / "aligned.txt"
    path.write_text(" id  date     n  value\n 00001 19970101 1  11.77\n 00002 19970112 12 9.00\n")
    assert _cells(shelf, path) == [("00001", "19970101", "1", "11.77"), ("00002", "19970112", "12", "9.00")]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"separator": "#"}, b"a#b\n1#2\n"),
        ({"encoding": "big5"}, "a,b\n1,2\n".encode("big5")),
        ({"quote": "'"}, b"a,b\n'1',2\n"),
        ({"header": "false"}, b"1,2\n"),
        ({"skip": "2"}, b"x,y\nz,z\na,b\n1,2\n"),
    ],
)
def test_a_mapping_may_say_how_a_file_is_written(
    options: dict[str, str], text: bytes, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    (tmp_path / "odd.csv").write_bytes(text)
    shelf = Shelf(con, tmp_path, {"odd.csv": options})
    assert _cells(shelf, tmp_path / "odd.csv") == [("1", "2")]


def test_an_unknown_encoding_is_one_sentence(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_bytes(b"a,b\n1,2\n")
    with pytest.raises(UnreadableTrailError, match="no encoding 'klingon'"):
        read_csv(tmp_path / "odd.csv", Shelf(con, tmp_path, {"odd.csv": {"encoding": "klingon"}}), "odd", "odd.csv")
