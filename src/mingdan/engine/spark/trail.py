"""A trail for Spark: read here and handed over as typed Parquet, or read in place where it lies on the cluster's store."""

from pathlib import Path

from pyspark.sql import SparkSession

from mingdan.engine.reading import ReadTrail
from mingdan.engine.spark.store import SparkStore, empty_table
from mingdan.engine.tables import TABLES


def hand_over(read: ReadTrail, session: SparkSession, workspace: Path) -> ReadTrail:
    """Write a trail's typed tables into the workspace and let Spark answer from there; return the same trail.

    Workers on other machines must see the workspace under the same path.
    """
    folder = workspace / "typed"
    folder.mkdir()
    files = read.write_tables(folder)
    store = SparkStore(session)
    for name in TABLES:
        if name not in files:
            store.put(name, empty_table(store, TABLES[name]))
    for name, file in files.items():
        store.put(name, session.read.parquet(file.absolute().as_uri()))
    read.hand_over(store)
    return read
