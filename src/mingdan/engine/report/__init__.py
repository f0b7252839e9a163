"""The report: one self-contained HTML document for people, in English and Chinese."""

from mingdan.engine.report.document import render

__all__ = ["render"]
