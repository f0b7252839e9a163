"""Every source of a sales trail, one line each."""

from mingdan.engine.reading.raw import Source
from mingdan.engine.sources.fxiaoke import FxiaokeSource
from mingdan.engine.sources.mapping import MappingSource
from mingdan.engine.sources.mingdan import MingdanSource
from mingdan.engine.sources.zoho import ZohoSource

SOURCES: tuple[Source, ...] = (
    MingdanSource(),
    ZohoSource(),
    FxiaokeSource(),
    MappingSource(),
)
