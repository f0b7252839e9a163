"""Every question a detector asks can be put to Spark: it is asked of DuckDB, and analysed by Spark without running."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest import mock

import ibis
import pytest

from mingdan.engine.detector import Detector
from mingdan.engine.detectors import DETECTORS
from mingdan.engine.trail import Tables

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@contextmanager
def also_analysed(tables: Tables, session: "SparkSession") -> Iterator[list[str]]:
    """Let Spark analyse whatever is asked of these tables; yield the questions that it cannot take."""
    from mingdan.engine.spark.backend import ArrowSpark

    spark, refused = ArrowSpark.of(session), []
    ask = tables.con.to_pyarrow

    def asked(expression: Any, **options: Any) -> Any:
        try:
            spark.schema_of(expression)
        except Exception as error:  # whatever Ibis, sqlglot or Spark object to
            refused.append(
                f"{type(error).__name__}: {str(error)[:400]}\n{ibis.to_sql(expression, dialect='duckdb')[:2000]}"
            )
        return ask(expression, **options)

    with mock.patch.object(tables.con, "to_pyarrow", asked):
        yield refused


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.code)
def test_spark_understands_what_a_detector_asks(detector: Detector[Any], empty_views: "SparkSession") -> None:
    example = next(example for example in detector.examples if example.fires)
    tables = Tables.from_records(example.records, as_of=example.as_of)
    with also_analysed(tables, empty_views) as refused:
        assert detector.run(tables)
    assert refused == []
