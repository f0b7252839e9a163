"""Mingdan 明单: every deal on the books."""

from importlib.metadata import version

__version__ = version("mingdan")
