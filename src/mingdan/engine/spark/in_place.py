"""Read a trail in place: a folder of <table>.parquet on any store that Hadoop knows (hdfs:, s3a:, file:)."""

from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any

import duckdb
from pyspark.sql import DataFrame, SparkSession

from mingdan.engine.findings import Text
from mingdan.engine.reading import ReadTrail, UnreadableTrailError
from mingdan.engine.reading.border import Admitted
from mingdan.engine.reading.identifiers import literal, quoted
from mingdan.engine.reading.raw import FILE, REST, ROW, RawTable, TextTable
from mingdan.engine.reading.read import Progress, check_start, counts_of, open_workspace
from mingdan.engine.reading.references import dangling
from mingdan.engine.reading.set_aside import SetAsideRows
from mingdan.engine.sources.mingdan import missing_notice, unknown_columns_notice, unknown_file_notice
from mingdan.engine.sources.placing import Placed, place
from mingdan.engine.spark.border import SparkBorder
from mingdan.engine.spark.store import SparkStore, empty_table
from mingdan.engine.tables import TABLES


def read_in_place(
    session: SparkSession, uri: str, *, strict: bool, workspace: Path, on_progress: Progress
) -> ReadTrail:
    """Check and type the Parquet under `uri` where it lies; only the rows set aside come to this machine."""
    con = open_workspace(workspace)
    store = SparkStore(session)
    try:
        read = _read(store, con, uri, strict, on_progress)
    except BaseException:
        store.close()
        con.close()
        raise
    read.on_close(con.close)
    return read


def _read(
    store: SparkStore, con: duckdb.DuckDBPyConnection, uri: str, strict: bool, on_progress: Progress
) -> ReadTrail:
    said: list[Text] = []
    placed = _placed(store, uri, said)
    set_aside = SetAsideRows(con)
    border = SparkBorder(store, con, set_aside)
    admitted: dict[str, Admitted] = {}
    for at, name in enumerate(TABLES):
        on_progress(name, at / len(TABLES))
        found = border.admit(_text_table(store, *placed[name])) if name in placed else None
        if found is not None:
            admitted[name] = found
        else:
            store.put(name, empty_table(store, TABLES[name]))
    store.put_state_changes()
    said += border.notices
    check_start(uri, list(placed), [], admitted, said)
    if strict:
        set_aside.refuse()
    said += dangling(store, admitted)
    return ReadTrail(store, admitted, counts_of(admitted, set_aside), set_aside, said, None)


def _placed(store: SparkStore, uri: str, said: list[Text]) -> dict[str, tuple[Placed, DataFrame]]:
    """Return the table of the contract that each Parquet file or folder is, with its rows."""
    found: dict[str, tuple[Placed, DataFrame]] = {}
    for entry, parts in _listed(store.session, uri).items():
        if not entry.endswith((".parquet", ".pq")):
            continue
        name = PurePosixPath(entry).stem
        frame = store.session.read.option("mergeSchema", "true").parquet(f"{uri.rstrip('/')}/{entry}")
        columns = tuple(frame.columns)
        one = place(RawTable(name, entry, columns, entry))
        if one is not None and not one.missing and one.table.name in found:
            raise UnreadableTrailError(
                f"{uri} holds {one.table.name} twice; put its parts into one folder {name}.parquet."
            )
        if one is not None and not one.missing:
            found[one.table.name] = one, frame
        said += [notice for part in parts if (notice := _notice(RawTable(name, entry, columns, part)))]
    return found


def _notice(raw: RawTable) -> Text | None:
    """Return what is to be said of one file, as if it were read here."""
    placed = place(raw)
    if placed is None:
        return unknown_file_notice(raw)
    if placed.missing:
        return missing_notice(placed)
    return unknown_columns_notice(placed) if placed.unknown else None


def _listed(session: SparkSession, uri: str) -> dict[str, list[str]]:
    """Return what lies in a folder of any store, each with its files: single files first, then folders of parts."""
    jvm: Any = session._jvm
    try:
        path = jvm.org.apache.hadoop.fs.Path(uri)
        files = path.getFileSystem(session._jsc.hadoopConfiguration())
        found = {status.getPath().getName(): status.getPath() for status in files.listStatus(path) if status.isFile()}
        folders = {one.getPath().getName(): one.getPath() for one in files.listStatus(path) if one.isDirectory()}
        parts = {name: [one.getPath().getName() for one in files.listStatus(folders[name])] for name in folders}
    except Exception as error:  # whatever the store's Java client throws
        raise UnreadableTrailError(f"{uri} cannot be listed: {str(error).strip().splitlines()[-1][:200]}") from error
    return {name: [name] for name in _shown(found)} | {
        name: [f"{name}/{part}" for part in _shown(parts[name])] for name in _shown(folders)
    }


def _shown(names: Iterable[str]) -> list[str]:
    return sorted(name for name in names if not name.startswith((".", "_")))


def _text_table(store: SparkStore, placed: Placed, frame: DataFrame) -> TextTable:
    """Make a view of one table's Parquet with where each row stands, under the contract's names."""
    if any(taken.unit for taken in placed.columns.values()):
        raise UnreadableTrailError(
            f"{placed.raw.file} has units in its headings; name its columns as the contract does."
        )
    entry, relation = placed.raw.relation, f"raw_{placed.table.name}"
    store.put(
        f"{relation}_parquet",
        frame.selectExpr("*", "_metadata.file_path AS _path", f"_metadata.row_index + 1 AS {ROW}"),
    )
    cells = ", ".join(f"{quoted(taken.heading)} AS {quoted(name)}" for name, taken in placed.columns.items())
    rest = f", hash({', '.join(map(quoted, placed.unknown))}) AS {REST}" if placed.unknown else ""
    file = f"concat({literal(entry)}, split_part(_path, {literal(entry)}, 2))"
    view = f'SELECT {ROW}, {file} AS {FILE}, {cells}{rest} FROM trail."{relation}_parquet"'
    store.put_relation(relation, view)
    columns = (*placed.columns, *((REST,) if rest else ()))
    return TextTable(placed.table.name, relation, columns)
