"""Raw tables as the reader hands them to a source, and the text that comes out."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import pytest

from mingdan.engine.findings import Text
from mingdan.engine.reading.identifiers import free_name, literal, quoted
from mingdan.engine.reading.json_pages import read_json
from mingdan.engine.reading.raw import RawTable, Translation

ROOT = Path(__file__).parents[3]
SHARED = ROOT.parent / "shared" / "data"

Row = dict[str, str]
Loader = Callable[[Path], list[RawTable]]
Rows = Callable[[Translation, str], list[Row]]


def said(translation: Translation) -> list[str]:
    """Return the notices in English; each must be there in Chinese too."""
    texts = [notice for notice in translation.notices if isinstance(notice, Text)]
    assert len(texts) == len(translation.notices)
    assert all(any("\u4e00" <= sign <= "\u9fff" for sign in text.zh) for text in texts)
    return [text.en for text in texts]


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


@pytest.fixture
def load(con: duckdb.DuckDBPyConnection) -> Loader:
    """Load every file of a folder as text, JSON by the real reader, CSV and aligned text cell by cell."""

    def loaded(folder: Path) -> list[RawTable]:
        raw: list[RawTable] = []
        for path in sorted(folder.iterdir()):
            raw += read_json(path, con, path.stem) if path.suffix.startswith(".json") else [_text_file(con, path)]
        return raw

    return loaded


@pytest.fixture
def rows(con: duckdb.DuckDBPyConnection) -> Rows:
    """Return the rows of one translated table without nulls, in the order of the file."""

    def found(translation: Translation, table: str) -> list[Row]:
        (text,) = [made for made in translation.tables if made.table == table]
        query = con.execute(
            f"SELECT {', '.join(map(quoted, text.columns))} FROM {quoted(text.relation)} ORDER BY _file, _row"
        )
        return [
            {name: cell for name, cell in zip(text.columns, row, strict=True) if cell is not None}
            for row in query.fetchall()
        ]

    return found


def _text_file(con: duckdb.DuckDBPyConnection, path: Path) -> RawTable:
    if path.suffix == ".txt":
        lines: Sequence[Sequence[str]] = [line.split() for line in path.read_text(encoding="utf-8").splitlines()]
    else:
        with path.open(encoding="utf-8", newline="") as file:
            lines = list(csv.reader(file))
    relation = free_name(con, f"raw {path.stem}")
    columns = ", ".join(f"{quoted(name)} VARCHAR" for name in lines[0])
    con.execute(f"CREATE TABLE {quoted(relation)} (_row BIGINT, _file VARCHAR, {columns})")
    values = [
        f"({at}, {literal(path.name)}, {', '.join(literal(cell) if cell else 'NULL' for cell in line)})"
        for at, line in enumerate(lines[1:], start=1)
    ]
    for start in range(0, len(values), 2000):
        con.execute(f"INSERT INTO {quoted(relation)} VALUES {', '.join(values[start : start + 2000])}")
    return RawTable(path.stem, relation, tuple(lines[0]), path.name)
