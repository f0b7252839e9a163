"""A trail for Spark: read here and handed over as typed Parquet, or read in place where it lies on the cluster's store."""

from pathlib import Path

from pyspark.sql import DataFrame, SparkSession

from mingdan.engine.reading import ReadTrail
from mingdan.engine.schema import DUCKDB_TYPES
from mingdan.engine.spark.store import SparkStore
from mingdan.engine.tables import TABLES


def hand_over(read: ReadTrail, session: SparkSession, workspace: Path) -> ReadTrail:
    """Write a trail's typed tables into the workspace and let Spark answer from there; return the same trail.

    Workers on other machines must see the workspace under the same path.
    """
    folder = workspace / "typed"
    folder.mkdir()
    files = read.write_tables(folder)
    store = SparkStore(session)
    for name in (*TABLES, *(name for name in files if name not in TABLES)):
        if name in files:
            store.put(name, session.read.parquet(files[name].absolute().as_uri()))
        else:
            store.put(name, empty(store, name))
    read.hand_over(store)
    return read


def empty(store: SparkStore, table: str) -> DataFrame:
    """Return a table of the contract without rows."""
    cells = ", ".join(
        f'CAST(NULL AS {DUCKDB_TYPES[column.kind]}) AS "{column.name}"' for column in TABLES[table].columns
    )
    return store.frame(f"SELECT {cells} WHERE false")
