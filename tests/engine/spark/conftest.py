"""A real standalone Spark on the loopback, a master and a worker, started and stopped by the tests."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mingdan.engine.tables import TABLES

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SMALL = """\
spark.sql.shuffle.partitions 2
spark.default.parallelism 2
spark.sql.adaptive.enabled false
spark.sql.codegen.wholeStage false
spark.ui.enabled false
spark.executor.memory 900m
spark.driver.memory 900m
spark.executor.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC
"""
"""Settings that make many small queries fast; what they give is the same."""


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a master and a worker; yield the engine's name."""
    if shutil.which("java") is None:
        pytest.skip("no Java, so nothing is proved about Spark here (Debian: apt install openjdk-17-jre-headless)")
    folder = tmp_path_factory.mktemp("spark")
    (folder / "conf").mkdir()
    (folder / "conf" / "spark-defaults.conf").write_text(SMALL, encoding="utf-8")
    settings = {
        "SPARK_CONF_DIR": str(folder / "conf"),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(folder),
        "SPARK_SUBMIT_OPTS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "PYSPARK_PYTHON": sys.executable,
    }
    before = dict(os.environ)
    os.environ.update(settings)
    master, page = _free_port(), _free_port()
    url = f"spark://127.0.0.1:{master}"
    address = ("--host", "127.0.0.1", "--port")
    started = []
    try:
        started.append(_start(folder, "master.Master", *address, str(master), "--webui-port", str(page)))
        size = ("--cores", "2", "--memory", "1g", "--work-dir", str(folder / "work"), "--webui-port", "0")
        _wait(lambda: _page(page))
        started.append(_start(folder, "worker.Worker", *address, "0", *size, url))
        _wait(lambda: _page(page).get("aliveworkers") == 1)
        yield url
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(30)
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(scope="session")
def session(cluster: str) -> Iterator["SparkSession"]:
    """Yield one session on the cluster, which scans of the same process share."""
    from mingdan.engine.spark.session import open_session

    opened = open_session(cluster)
    yield opened
    opened.stop()


@pytest.fixture(scope="session")
def empty_views(session: "SparkSession") -> "SparkSession":
    """Return the session with a view without rows for every table of the contract."""
    from mingdan.engine.spark.store import SparkStore, empty_table

    store = SparkStore(session)
    for table in TABLES.values():
        empty_table(store, table).createOrReplaceTempView(table.name)
    return session


def _start(folder: Path, name: str, *arguments: str) -> "subprocess.Popen[bytes]":
    import pyspark

    command = [
        str(Path(pyspark.__file__).parent / "bin" / "spark-class"),
        f"org.apache.spark.deploy.{name}",
        *arguments,
    ]
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=log)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _page(port: int) -> dict[str, object]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/", timeout=5) as answer:
        page: dict[str, object] = json.load(answer)
        return page or {"is": "there"}


def _wait(until: Callable[[], object]) -> None:
    """Wait for something that starts, two minutes at most: it takes seconds unless the machine is very busy."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        try:
            if until():
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise TimeoutError("Spark's master or worker did not start")
