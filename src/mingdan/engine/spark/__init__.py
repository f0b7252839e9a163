"""The same scan on a Spark cluster."""

from mingdan.engine.spark.session import UnusableEngineError, is_uri
from mingdan.engine.spark.start import read_on_spark

__all__ = ["UnusableEngineError", "is_uri", "read_on_spark"]
