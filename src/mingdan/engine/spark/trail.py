"""A trail for Spark: read here and handed over as typed Parquet, or read in place where it lies on the cluster's store."""

from pathlib import Path

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import LongType, StructType

from mingdan.engine.reading import ReadTrail
from mingdan.engine.reading.raw import ROW
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
    for name, table in TABLES.items():
        kinds = empty_table(store, table).schema
        file = files.pop(name, None)
        store.put(name, _read(session, kinds.add(ROW, LongType()), file) if file else empty_table(store, table))
    for name, file in files.items():
        store.put(name, session.read.parquet(file.absolute().as_uri()))
    read.hand_over(store)
    return read


def _read(session: SparkSession, kinds: StructType, file: Path) -> DataFrame:
    """Read what was just written; to say its types saves a job that would look for them."""
    return session.read.schema(kinds).parquet(file.absolute().as_uri())
