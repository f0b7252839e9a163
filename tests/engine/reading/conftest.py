"""Folders with a trail, and databases to ask."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from mingdan.engine.reading.read import open_workspace
from mingdan.engine.reading.shelf import Shelf
from tests.engine.reading.clean_trail import write_clean


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for a trail."""
    made = tmp_path / "trail"
    made.mkdir()
    return made


@pytest.fixture
def clean(folder: Path) -> Path:
    """The clean trail."""
    write_clean(folder)
    return folder


@pytest.fixture
def con(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_workspace(tmp_path) as opened:
        yield opened


@pytest.fixture
def shelf(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> Shelf:
    return Shelf(con, tmp_path)
