"""A Spark session for one scan: which master, and the settings without which the answers would differ from DuckDB's."""

import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LOCAL = "spark://local"
_URI = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]+:/")

SAME_ANSWERS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "false",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.decimalOperations.allowPrecisionLoss": "true",
}
"""Times without zones, errors instead of silent nulls: as in DuckDB."""

_QUIET = Path(__file__).with_name("log4j2.properties").as_uri()
_OF_THE_PROCESS = {
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.catalogImplementation": "in-memory",
}
_ON_THIS_MACHINE = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.driver.memory": "2g",
    "spark.sql.shuffle.partitions": str(2 * (os.cpu_count() or 1)),
}


class UnusableEngineError(Exception):
    """The engine asked for cannot compute here; the message is one sentence that says what to do."""


def is_uri(trail: str | Path) -> bool:
    """Return whether a trail is named as Hadoop names files (hdfs://..., s3a://..., file:///...)."""
    return bool(_URI.match(str(trail)))


def open_session(engine: str) -> "SparkSession":
    """Return a session on the master that `engine` names: `spark://host:port`, or `spark://local` for this machine.

    What a cluster needs beside (memory, credentials of a store) is read from spark-defaults.conf in SPARK_CONF_DIR, as
    for every Spark program. Raise UnusableEngineError where PySpark, Java or the master is missing.
    """
    _check_installed()
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ["SPARK_SUBMIT_OPTS"] = f"{os.environ.get('SPARK_SUBMIT_OPTS', '')} -Dlog4j2.configurationFile={_QUIET}"
    is_local = engine == LOCAL
    builder = SparkSession.builder.appName("mingdan").master("local[*]" if is_local else engine)
    for name, value in (
        SAME_ANSWERS | _OF_THE_PROCESS | (_ON_THIS_MACHINE if is_local else _to_be_found(engine))
    ).items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
        session.range(1).count()
    except PySparkException as error:
        raise UnusableEngineError(
            "Spark does not start; it needs Java 17 or 21 (Debian: openjdk-17-jre-headless)."
        ) from error
    except Exception as error:  # Py4J hands on whatever Java throws
        raise UnusableEngineError(f"The Spark master {engine} does not take work: {_first_line(error)}") from error
    return session


def has_session() -> bool:
    """Return whether this process already works with Spark, so that a scan must not stop it."""
    pyspark = sys.modules.get("pyspark.sql")
    return pyspark is not None and pyspark.SparkSession.getActiveSession() is not None


def _to_be_found(engine: str) -> dict[str, str]:
    """Return where the workers find us: on the loopback where the master is there, else by what Spark itself takes."""
    host = engine.removeprefix("spark://").rpartition(":")[0]
    return {"spark.driver.host": host, "spark.driver.bindAddress": host} if host in ("127.0.0.1", "localhost") else {}


def _check_installed() -> None:
    try:
        import pyspark  # noqa: F401  # only whether it is there
    except ImportError as error:
        raise UnusableEngineError("PySpark is not installed; install mingdan[spark] to scan with Spark.") from error
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        raise UnusableEngineError("Spark needs Java 17 or 21, and there is none (Debian: openjdk-17-jre-headless).")


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
