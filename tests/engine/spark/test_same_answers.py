"""What DuckDB finds, Spark finds: byte for byte, on a real standalone cluster."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mingdan.engine.detector import Detector
from mingdan.engine.detectors import DETECTORS
from mingdan.engine.output import scan_json, write_findings
from mingdan.engine.reading import ReadTrail
from mingdan.engine.scan import ScanOptions, scan
from mingdan.engine.simulate import simulate
from mingdan.engine.tables import TABLES
from mingdan.engine.trail import Tables
from tests.engine.spark.small_trail import write_small_trail

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

BY_CODE = {detector.code: detector for detector in DETECTORS}
LOOKED_BACK = ("accounts", "leads", "opportunities", "quotes", "order_lines", "employees", "field_changes")


def scanned(trail: str | Path, engine: str, folder: Path) -> tuple[dict[str, Any], bytes, bytes, ReadTrail]:
    """Return scan.json, findings.parquet and set_aside.csv, and the trail."""
    folder.mkdir()
    options = ScanOptions(engine=engine, min_probability=0.05)
    result, read = scan(trail, options, workspace=folder, on_progress=lambda _doing, _share: None)
    write_findings(result, BY_CODE, folder / "findings.parquet")
    read.write_set_aside(folder / "set_aside.csv")
    document = json.loads(scan_json(result, BY_CODE))
    for timed in (document["scan"], *document["scan"]["detectors"]):
        timed.pop("seconds", None)
    document["scan"].pop("engine")
    return document, (folder / "findings.parquet").read_bytes(), (folder / "set_aside.csv").read_bytes(), read


@pytest.fixture(scope="module")
def both(
    session: "SparkSession", cluster: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[ReadTrail, ReadTrail, list[tuple[Any, ...]]]]:
    folder = tmp_path_factory.mktemp("company")
    simulate(folder / "trail", reps=8, accounts=120, years=1.5, seed=502, guilty_share=0.25, complete=True)
    here = scanned(folder / "trail", "duckdb", folder / "here")
    there = scanned(folder / "trail", cluster, folder / "there")
    yield here[3], there[3], [here[:3], there[:3]]
    here[3].close()
    there[3].close()


def test_a_scan_on_a_cluster_gives_the_same_bytes(both: tuple[ReadTrail, ReadTrail, list[tuple[Any, ...]]]) -> None:
    _, read, (here, there) = both
    assert read.engine == "spark"
    assert here[0]["findings"]
    assert there == here


def test_an_earlier_day_looks_the_same(both: tuple[ReadTrail, ReadTrail, list[tuple[Any, ...]]]) -> None:
    here, there, _ = both
    middle = here.latest - (here.latest - here.latest.replace(year=here.latest.year - 1)) / 2
    ours, theirs = here.as_of(middle), there.as_of(middle)
    assert theirs.supplied == ours.supplied
    for name in LOOKED_BACK:
        order = [column.name for column in TABLES[name].columns if column.kind != "list"]
        assert theirs.records(theirs[name], order_by=order) == ours.records(ours[name], order_by=order), name


def test_parquet_on_a_store_is_read_in_place_and_checked_alike(
    session: "SparkSession", cluster: str, tmp_path: Path
) -> None:
    trail = write_small_trail(tmp_path / "trail")
    here = scanned(trail, "duckdb", tmp_path / "here")
    there = scanned(trail.as_uri(), cluster, tmp_path / "there")
    assert len(here[3].set_aside) == 11
    assert there[3].set_aside == here[3].set_aside
    assert there[3].notices == here[3].notices
    assert there[:3] == here[:3]


def on_spark(tables: Tables, session: "SparkSession") -> Tables:
    """Return the same trail on Spark, with a view for each table that has rows."""
    from mingdan.engine.spark.backend import ArrowSpark

    for name in tables.supplied:
        session.createDataFrame(tables.con.to_pyarrow(tables[name])).createOrReplaceTempView(name)
    return Tables(ArrowSpark.of(session), tables.supplied, tables.as_of, tables.currency)


@pytest.mark.parametrize("detector", DETECTORS[::8], ids=lambda detector: detector.code)
def test_a_detector_says_the_same_on_its_first_example(detector: Detector[Any], empty_views: "SparkSession") -> None:
    from mingdan.engine.spark.store import SparkStore, empty_table

    example = next(example for example in detector.examples if example.fires)
    tables = Tables.from_records(example.records, as_of=example.as_of)
    try:
        assert detector.run(on_spark(tables, empty_views)) == detector.run(tables)
    finally:
        store = SparkStore(empty_views)
        for name in tables.supplied:
            empty_table(store, TABLES[name]).createOrReplaceTempView(name)
