"""From files to typed tables."""

from mingdan.engine.reading.opened import ReadTrail
from mingdan.engine.reading.raw import UnreadableTrailError
from mingdan.engine.reading.read import read_trail

__all__ = ["ReadTrail", "UnreadableTrailError", "read_trail"]
