"""Judge a scan or a replay by the truth of an invented company."""

from mingdan.engine.evaluate.figures import Evaluation, Measure
from mingdan.engine.evaluate.judging import evaluate
from mingdan.engine.evaluate.reading import UnreadableResultError

__all__ = ["Evaluation", "Measure", "UnreadableResultError", "evaluate"]
