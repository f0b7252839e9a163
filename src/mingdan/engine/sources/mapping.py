"""Exports of any shape, read by a mapping file."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from mingdan.engine.findings import Text
from mingdan.engine.reading.identifiers import free_name, quoted
from mingdan.engine.reading.raw import (
    FILE,
    REST,
    ROW,
    RawTable,
    SourceOptions,
    TextTable,
    Translation,
    UnreadableTrailError,
)
from mingdan.engine.sources.mapping_file import MappingFile, closest, is_about_stages, read_mapping
from mingdan.engine.sources.mapping_sql import BlockQuery
from mingdan.engine.sources.notices import file_left_out, headings_left_out


class MappingSource:
    """Any CSV or xlsx, mapped by a TOML file that people wrote or `mingdan map` proposed."""

    name = "mapping"

    def recognises(self, raw: Sequence[RawTable]) -> bool:
        """Return False: only a mapping file says that tables are meant this way."""
        return False

    def translate(self, raw: Sequence[RawTable], con: duckdb.DuckDBPyConnection, options: SourceOptions) -> Translation:
        """Make tables of the contract as the mapping file says; raise MappingError with its line and a sentence."""
        if options.mapping is None:
            raise UnreadableTrailError("These exports need a mapping file: `mingdan map FOLDER` proposes one.")
        mapping = read_mapping(options.mapping)
        _check_zones(mapping, con)
        queries = [BlockQuery(mapping, block, raw) for block in mapping.blocks]
        by_table: dict[str, list[BlockQuery]] = {}
        for block, query in zip(mapping.blocks, queries, strict=True):
            by_table.setdefault(block.table.name, []).append(query)
        tables = tuple(_text_table(con, name, blocks) for name, blocks in by_table.items())
        return Translation(tables, tuple(_unused(raw, queries)))


def file_options(path: Path) -> Mapping[str, Mapping[str, str]]:
    """Return how a mapping file wants single files to be read (separator, encoding, ...), by their names.

    A file with the stage names of a CRM's export says nothing about that. Raise MappingError as `read_mapping` does.
    """
    return {} if is_about_stages(path) else read_mapping(path).files


def _text_table(con: duckdb.DuckDBPyConnection, table: str, queries: Sequence[BlockQuery]) -> TextTable:
    columns = tuple(dict.fromkeys(name for query in queries for name in query.columns))
    columns += (REST,) if any(query.has_rest for query in queries) else ()
    union = " UNION ALL BY NAME ".join(query.sql() for query in queries)
    relation = free_name(con, f"mapped {table}")
    listed = ", ".join(map(quoted, columns))
    con.execute(f"CREATE VIEW {quoted(relation)} AS SELECT {ROW}, {FILE}, {listed} FROM ({union})")
    return TextTable(table, relation, columns)


def _unused(raw: Sequence[RawTable], queries: Sequence[BlockQuery]) -> list[Text]:
    """Say which files and headings the mapping leaves out, so that nothing is missed unnoticed."""
    used: dict[str, set[str]] = {}
    for query in queries:
        for sheet in query.sheets:
            used.setdefault(sheet.relation, set()).update(query.used)
    notices = []
    for table in raw:
        left = [column for column in table.columns if column not in used.get(table.relation, set())]
        if table.relation not in used:
            notices.append(file_left_out(table.file))
        elif left:
            notices.append(headings_left_out(table.file, left))
    return notices


def _check_zones(mapping: MappingFile, con: duckdb.DuckDBPyConnection) -> None:
    named = {cell.zone for block in mapping.blocks for cell in block.columns.values()} | {mapping.zone}
    known = {zone for (zone,) in con.execute("SELECT name FROM pg_timezone_names()").fetchall()}
    for zone in sorted(zone for zone in named if zone is not None):
        if zone not in known:
            raise mapping.complaint(mapping.line_of(zone), f"there is no time zone {zone!r}{closest(zone, known)}")
