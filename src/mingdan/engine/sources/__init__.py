"""Every source of a sales trail, one line each."""

from mingdan.engine.reading.raw import Source

SOURCES: tuple[Source, ...] = ()
