"""Zoho CRM: bulk-read CSV files, exports from the web pages, and JSON pages of the interface with timelines."""

from collections.abc import Sequence

import duckdb

from mingdan.engine.findings import Text
from mingdan.engine.reading.raw import RawTable, SourceOptions, Translation, UnreadableTrailError
from mingdan.engine.sources import notices
from mingdan.engine.sources.modules import text_tables
from mingdan.engine.sources.stages import stage_names
from mingdan.engine.sources.zoho.contact import made_of_contact
from mingdan.engine.sources.zoho.deals import made_of_deals
from mingdan.engine.sources.zoho.export import HISTORY, TIMELINE, Export, modules_of
from mingdan.engine.sources.zoho.names import STANDARD_STAGES, api_name, signature
from mingdan.engine.sources.zoho.people import made_of_people
from mingdan.engine.sources.zoho.trade import made_of_trade

_UNMISTAKABLE = ("Deals", "Quotes", "Sales_Orders", "Invoices", "Leads")


class ZohoSource:
    """An export of Zoho CRM, one file or several pages for each module.

    A TOML file given as mapping may say what the company's own stage names mean: [stages] and [outcomes].
    """

    name = "zoho"

    def recognises(self, raw: Sequence[RawTable]) -> bool:
        """Return whether one of these tables has the columns by which a Zoho module cannot be mistaken."""
        by_module = modules_of(raw)
        return any(
            {api_name(heading).split(".")[0] for heading in table.columns}.issuperset(signature(module))
            for module in _UNMISTAKABLE
            for table in by_module.get(module, ())
        )

    def translate(self, raw: Sequence[RawTable], con: duckdb.DuckDBPyConnection, options: SourceOptions) -> Translation:
        """Make tables of the contract; raise UnreadableTrailError if these are no modules of Zoho."""
        export = Export(con, raw, stage_names(options.mapping, STANDARD_STAGES))
        made = [*made_of_people(export), *made_of_deals(export), *made_of_trade(export), *made_of_contact(export)]
        tables, left_out = text_tables(con, "zoho", made)
        if not tables:
            raise UnreadableTrailError(
                "No module of Zoho CRM was found; name the files Deals.csv, Accounts.csv and so on."
            )
        return Translation(tables, (*left_out, *_notices(export, raw)))


def _notices(export: Export, raw: Sequence[RawTable]) -> list[Text]:
    used = {table.relation for tables in modules_of(raw).values() for table in tables}
    left = [table for table in raw if table.relation not in used and "." not in table.name]
    stages = export.stages
    unknown = [name for name in export.stage_names() if not stages.stage(name) and stages.outcome(name) == "open"]
    has_timelines = export.module(TIMELINE).is_there and export.module(HISTORY).is_there
    return [
        *(notices.not_read(table.file, table.name) for table in left),
        *([notices.unknown_stages(unknown)] if unknown else []),
        *([notices.NO_TIMELINES] if export.module("Deals").is_there and not has_timelines else []),
        *([notices.NO_USERS] if not export.module("Users").is_there else []),
    ]
