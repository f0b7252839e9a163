"""Every question a detector asks can be put to Spark: it is asked of DuckDB, and analysed by Spark without running."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest import mock

import ibis
import pytest

from mingdan.engine.detector import Detector
from mingdan.engine.detectors import DETECTORS
from mingdan.engine.queries import fetched
from mingdan.engine.trail import Tables

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@contextmanager
def also_analysed(session: "SparkSession") -> Iterator[tuple[list[str], list[str]]]:
    """Let Spark analyse whatever is asked of any tables; yield the questions, and those that it cannot take."""
    from mingdan.engine.spark.backend import ArrowSpark

    spark = ArrowSpark.of(session)
    questions: list[str] = []
    refused: list[str] = []

    def asked(con: ibis.BaseBackend, expression: Any) -> Any:
        questions.append(str(type(expression)))
        try:
            spark.schema_of(expression)
        except Exception as error:  # whatever Ibis, sqlglot or Spark object to
            refused.append(f"{type(error).__name__}: {str(error)[:400]}\n{expression}"[:3000])
        return fetched(con, expression)

    with mock.patch("mingdan.engine.trail.fetched", asked):
        yield questions, refused


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.code)
def test_spark_understands_what_a_detector_asks(detector: Detector[Any], empty_views: "SparkSession") -> None:
    example = next(example for example in detector.examples if example.fires)
    tables = Tables.from_records(example.records, as_of=example.as_of)
    with also_analysed(empty_views) as (questions, refused):
        assert detector.run(tables)
    assert questions
    assert refused == []
