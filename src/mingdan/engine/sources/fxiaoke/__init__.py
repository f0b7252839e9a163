"""纷享销客 (Fxiaoke, ShareCRM): JSON pages of its open interface, one object to a file, and the Excel export of customers."""

from collections.abc import Sequence

import duckdb

from mingdan.engine.findings import Text
from mingdan.engine.reading.raw import RawTable, SourceOptions, Translation, UnreadableTrailError
from mingdan.engine.sources import notices
from mingdan.engine.sources.fxiaoke.contact import made_of_contact
from mingdan.engine.sources.fxiaoke.export import Export, objects_of
from mingdan.engine.sources.fxiaoke.names import RUNNING_STATES, STANDARD_STAGES
from mingdan.engine.sources.fxiaoke.people import made_of_people
from mingdan.engine.sources.fxiaoke.sales import made_of_sales
from mingdan.engine.sources.modules import text_tables
from mingdan.engine.sources.stages import stage_names


class FxiaokeSource:
    """An export of Fxiaoke, one object in one file or several pages.

    A TOML file given as mapping may say what the company's own stage names mean: [stages] and [outcomes].
    """

    name = "fxiaoke"

    def recognises(self, raw: Sequence[RawTable]) -> bool:
        """Return whether a table is called after one of the vendor's objects or has its customer labels."""
        return bool(objects_of(raw))

    def translate(self, raw: Sequence[RawTable], con: duckdb.DuckDBPyConnection, options: SourceOptions) -> Translation:
        """Make tables of the contract; raise UnreadableTrailError if these are no objects of Fxiaoke."""
        export = Export(con, raw, stage_names(options.mapping, STANDARD_STAGES))
        made = [*made_of_people(export), *made_of_sales(export), *made_of_contact(export)]
        tables, left_out = text_tables(con, "fxiaoke", made)
        if not tables or not objects_of(raw):
            raise UnreadableTrailError("No object of Fxiaoke was found; name the files AccountObj.json and so on.")
        return Translation(tables, (*left_out, *_notices(export, raw)))


def _notices(export: Export, raw: Sequence[RawTable]) -> list[Text]:
    used = {table.relation for tables in objects_of(raw).values() for table in tables}
    left = [table for table in raw if table.relation not in used and "." not in table.name]
    stages = export.stages
    unknown = [
        name
        for name in export.stage_names()
        if not stages.stage(name) and stages.outcome(name) == "open" and name not in RUNNING_STATES
    ]
    return [
        *(notices.not_read(table.file, table.name) for table in left),
        *([notices.unknown_stages(unknown)] if unknown else []),
    ]
