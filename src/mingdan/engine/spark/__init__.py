"""The same scan on a Spark cluster."""

from mingdan.engine.spark.session import UnusableEngineError

__all__ = ["UnusableEngineError"]
