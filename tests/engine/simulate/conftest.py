"""What tests of the simulator share."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest


@pytest.fixture
def sql(trail: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    for path in [*trail.glob("*.parquet"), *trail.glob("truth/*.parquet")]:
        name = path.stem if path.parent == trail else f"true_{path.stem}"
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM '{path}'")
    yield connection
    connection.close()
