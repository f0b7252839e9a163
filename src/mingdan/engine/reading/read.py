"""From a folder or file to a typed trail."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from mingdan.engine import sources
from mingdan.engine.findings import Text
from mingdan.engine.reading import forms
from mingdan.engine.reading.atomic import disk_full_told
from mingdan.engine.reading.border import Admitted, Border, create_empty
from mingdan.engine.reading.files import read_files
from mingdan.engine.reading.identifiers import quoted
from mingdan.engine.reading.keying import Keyer, fingerprint_in
from mingdan.engine.reading.opened import ReadTrail
from mingdan.engine.reading.raw import RawTable, Source, SourceOptions, TextTable, Translation, UnreadableTrailError
from mingdan.engine.reading.references import dangling
from mingdan.engine.reading.set_aside import SetAsideRows
from mingdan.engine.reading.shelf import SCRATCH, Shelf
from mingdan.engine.reading.store import DuckStore
from mingdan.engine.result import TableRead
from mingdan.engine.tables import TABLES

Progress = Callable[[str, float], None]

_TO_START = ("opportunities", "orders")
_TO_READ = 3 << 29
_TO_ASK = 4 << 30
"""Memory for reading, which only passes through, and for the detectors' joins and windows; beyond it DuckDB uses the disk."""


def read_trail(
    path: Path,
    *,
    source: str | None = None,
    mapping: Path | None = None,
    key_file: Path | None = None,
    strict: bool = False,
    workspace: Path,
    on_progress: Progress | None = None,
) -> ReadTrail:
    """Read, check and type the trail at `path`: a folder, a workbook, a database, or any file with tables.

    `source` names whose export it is (found out if None), `mapping` a TOML file for exports of any shape. Everything
    lies in a DuckDB file in `workspace`, a folder that the caller removes. `on_progress` takes what is being read and how
    far it is (0 to 1). Raise UnreadableTrailError with one sentence where there is no trail to read, or under `strict`
    where a row cannot be used; KeyFileError where plain values cannot be keyed; OSError (ENOSPC) on a full disk.
    """
    con = open_workspace(workspace)
    try:
        with disk_full_told(workspace), _told_clearly():
            return _read(con, path, source, mapping, key_file, strict, workspace, on_progress or _quiet)
    except BaseException:
        con.close()
        raise


def open_workspace(workspace: Path) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB file in a folder, in UTC, with bounded memory, and never looking for anything on the network."""
    con = duckdb.connect(str(workspace / "workspace.duckdb"))
    _limit_memory(con, _TO_READ)
    con.execute(f"SET temp_directory='{workspace / 'spill'}'".replace("\\", "/"))
    con.execute("SET TimeZone='UTC'; SET autoinstall_known_extensions=false; SET autoload_known_extensions=false")
    con.execute("SET enable_progress_bar=false")
    forms.install(con)
    return con


def _limit_memory(con: duckdb.DuckDBPyConnection, limit: int) -> None:
    memory = min(limit, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2)
    con.execute(f"SET memory_limit='{memory >> 20}MiB'")


def _read(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    source: str | None,
    mapping: Path | None,
    key_file: Path | None,
    strict: bool,
    workspace: Path,
    on_progress: Progress,
) -> ReadTrail:
    shelf = Shelf(con, workspace, _file_options(mapping), lambda what, share: on_progress(what, share / 2))
    read_files(path, shelf)
    chosen = _source(shelf.tables, source, mapping)
    translation = chosen.translate(shelf.tables, con, SourceOptions(mapping=mapping))
    set_aside = SetAsideRows(con)
    keyer = Keyer(con, key_file, fingerprint_in(path))
    border = Border(con, keyer, set_aside)
    admitted = _admit(con, border, translation, chosen, on_progress)
    set_aside.take_unread(_tables_of_files(con, shelf, translation), frozenset(border.personal_files))
    said = [*shelf.notices, *map(_text, translation.notices), *border.notices]
    names = list(dict.fromkeys(table.name for table in shelf.tables))
    check_start(str(path), names, shelf.failures, admitted, said)
    if strict:
        set_aside.refuse()
    store = DuckStore(con)
    said += dangling(store, admitted)
    fingerprint = keyer.fingerprint
    keyer.forget()
    _forget_cells(con)
    _limit_memory(con, _TO_ASK)
    return ReadTrail(store, admitted, counts_of(admitted, set_aside), set_aside, said, fingerprint)


def _forget_cells(con: duckdb.DuckDBPyConnection) -> None:
    """Let go of the raw cells, and with them of every plain value, once they are typed."""
    con.execute(f"DETACH {SCRATCH}")


def _file_options(mapping: Path | None) -> Mapping[str, Mapping[str, str]]:
    from mingdan.engine.sources.mapping import file_options  # sources are themselves built on this package

    return file_options(mapping) if mapping else {}


def _source(raw: Sequence[RawTable], name: str | None, mapping: Path | None) -> Source:
    """Choose the source that was named, or that recognises the tables; our own where none does, as it says what is missing."""
    known = {known.name: known for known in sources.SOURCES}
    if mapping is not None and name in (None, "mapping"):
        return known["mapping"]
    if name is not None:
        if name not in known:
            raise UnreadableTrailError(f"There is no source {name!r}; known are {', '.join(known)}.")
        return known[name]
    return next((one for one in sources.SOURCES if one.recognises(raw)), known["mingdan"])


def _admit(
    con: duckdb.DuckDBPyConnection, border: Border, translation: Translation, chosen: Source, on_progress: Progress
) -> dict[str, Admitted]:
    admitted = {}
    by_name = {text.table: text for text in translation.tables}
    for at, table in enumerate(TABLES.values()):
        text = by_name.get(table.name)
        if text is not None:
            on_progress(table.name, 0.5 + at / len(TABLES) / 2)
            found = border.admit(text if chosen.name == "mingdan" else _settled(con, text))
            if found is not None:
                admitted[table.name] = found
    create_empty(con, [table for table in TABLES.values() if table.name not in admitted])
    return admitted


def _settled(con: duckdb.DuckDBPyConnection, text: TextTable) -> TextTable:
    """Write a translated table down once, because its query may be long and is read several times."""
    relation = f"settled {text.table}"
    con.execute(f"CREATE TABLE {quoted(relation)} AS SELECT * FROM {quoted(text.relation)}")
    return TextTable(text.table, relation, text.columns)


def _tables_of_files(
    con: duckdb.DuckDBPyConnection, shelf: Shelf, translation: Translation
) -> list[tuple[RawTable, str]]:
    """Return which table of the contract each raw table became, by the files that its rows come from."""
    if not shelf.unread:
        return []
    pairs = []
    for text in translation.tables:
        rows = con.execute(f"SELECT DISTINCT _file FROM {quoted(text.relation)}").fetchall()
        files = {file for (file,) in rows}
        pairs += [(raw, text.table) for raw in shelf.tables if raw.file in files]
    return pairs


def counts_of(admitted: Mapping[str, Admitted], set_aside: SetAsideRows) -> tuple[TableRead, ...]:
    """Return how many rows each table keeps, and how many were set aside."""
    aside = set_aside.counts()
    return tuple(TableRead(name, found.rows, aside.get(name, 0)) for name, found in admitted.items())


def check_start(
    path: str, names: Sequence[str], failures: Sequence[str], admitted: Mapping[str, Admitted], said: Sequence[Text]
) -> None:
    """Raise a sentence that says what was found instead, where there is neither a deal nor an order."""
    if any(name in admitted and admitted[name].rows for name in _TO_START):
        return
    found = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
    why = " ".join([*failures[:2], *_about_start(admitted, said)])
    raise UnreadableTrailError(
        f"{path} has no usable opportunities or orders, and one of them is needed to start; found: {found}. "
        f"{why}{' ' if why else ''}For exports of another shape, make a mapping file: mingdan map {path}"
    )


def _about_start(admitted: Mapping[str, Admitted], said: Sequence[Text]) -> list[str]:
    """Return why deals or orders were not taken."""
    missing = [text.en for text in said if any(f"not used for {name}" in text.en for name in _TO_START)]
    return missing[:1] or [f"No row of {name} can be used." for name in _TO_START if name in admitted]


def _text(notice: str | Text) -> Text:
    return notice if isinstance(notice, Text) else Text(en=notice, zh=notice)


def _quiet(_doing: str, _share: float) -> None:
    return None


@contextmanager
def _told_clearly() -> Iterator[None]:
    """Turn what DuckDB says of damaged files and lack of memory into sentences; a full disk is told elsewhere."""
    try:
        yield
    except duckdb.Error as error:
        said = str(error)
        if "No space left" in said:
            raise
        if isinstance(error, duckdb.OutOfMemoryException):
            raise UnreadableTrailError(
                "The trail needs more memory than this machine has; scan fewer years or tables."
            ) from error
        raise UnreadableTrailError(
            f"The trail cannot be read, a file may be damaged: {said.splitlines()[0]}"
        ) from error
