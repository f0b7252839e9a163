"""Find the files of a trail and put what they hold on the shelf."""

import gzip
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath

import duckdb

from mingdan.engine.reading.csv_files import read_csv
from mingdan.engine.reading.databases import read_duckdb, read_parquet, read_sqlite
from mingdan.engine.reading.json_pages import read_json, unreadable_rows
from mingdan.engine.reading.raw import UnreadableTrailError
from mingdan.engine.reading.shelf import Shelf
from mingdan.engine.reading.workbooks import read_workbook

Reader = Callable[[Path, Shelf, str, str], None]

_DEEPEST = 4
_MOST_UNPACKED = 64 << 30
_NOT_READ = frozenset({"truth", "__macosx"})
"""Folders that are never part of a trail: `truth` holds a simulated world's answers."""

_NO_FILES = (".", "~$", "_SUCCESS", "_metadata", "_common_metadata", "_committed", "_started")
"""How files begin that programs leave beside the real ones."""

_PASSED_OVER = frozenset(
    {".md", ".pdf", ".docx", ".doc", ".html", ".htm", ".toml", ".yaml", ".yml", ".png", ".jpg", ".jpeg", ".py", ".sql"}
    | {".log", ".crc", ".ini", ".lnk", ".tmp", ".key", ".license"}
)


def read_files(path: Path, shelf: Shelf) -> None:
    """Read everything under `path` (a folder or one file) that can hold tables.

    A file that cannot be read is a remark, unless it is the only one. Raise UnreadableTrailError where there is nothing
    to read, with a sentence that says what was found instead.
    """
    files = list(_files_in(path))
    sizes = [_size(file) for file, _ in files]
    done, total = 0, sum(sizes) or 1
    for (file, shown), size in zip(files, sizes, strict=True):
        shelf.on_progress(shown, done / total)
        try:
            _read_one(file, shelf, _stem(file), shown)
        except UnreadableTrailError as error:
            shelf.failures.append(str(error))
        except PermissionError:
            shelf.failures.append(f"{shown} may not be read; ask for the right to read it.")
        done += size
    if not shelf.tables:
        raise UnreadableTrailError(" ".join(shelf.failures[:3]) or _nothing_in(path, shelf))
    for failure in shelf.failures:
        shelf.say(failure, f"有文件无法读取：{failure}")


def raw_shelf(path: Path, con: duckdb.DuckDBPyConnection, workspace: Path) -> Shelf:
    """Return the raw tables under `path` on a shelf, for whoever wants to look at exports before mapping them."""
    shelf = Shelf(con, workspace)
    read_files(path, shelf)
    return shelf


def _files_in(path: Path) -> Iterator[tuple[Path, str]]:
    """Yield files and the names to show for them: those that lie higher come first, then by name."""
    if not path.exists():
        raise UnreadableTrailError(f"There is no file or folder {path}.")
    try:
        if path.is_file():
            yield path, path.name
            return
        if not path.is_dir():
            raise UnreadableTrailError(f"{path} is neither a file nor a folder.")
        found = sorted(_walk(path), key=lambda file: (len(file.parts), file.as_posix()))
    except PermissionError as error:
        raise UnreadableTrailError(f"{path} may not be read; ask for the right to read it.") from error
    for file in found:
        yield file, file.relative_to(path).as_posix()


def _walk(folder: Path) -> Iterator[Path]:
    os.listdir(folder)  # noqa: PTH208  # os.walk keeps silent where a folder may not be read
    for here, folders, names in os.walk(folder):
        depth = len(Path(here).relative_to(folder).parts)
        folders[:] = [
            name for name in folders if depth < _DEEPEST and name.lower() not in _NOT_READ and name[0] not in "._"
        ]
        yield from (Path(here) / name for name in names if not name.startswith(_NO_FILES))


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _stem(file: PurePath) -> str:
    """Return a file's name without its endings; the parts of a folder `orders.parquet` are all called orders."""
    if file.parent.suffix.lower() in _READERS:
        return file.parent.stem
    stem = file.stem
    while PurePath(stem).suffix.lower() in _READERS or PurePath(stem).suffix.lower() == ".gz":
        stem = PurePath(stem).stem
    return stem


def _read_one(file: Path, shelf: Shelf, name: str, shown: str) -> None:
    suffix = file.suffix.lower()
    if file.name == "trail.json" or suffix in _PASSED_OVER:
        return
    if not file.is_file():
        return
    shelf.found.append(shown)
    if _size(file) == 0:
        shelf.say(f"{shown} is empty.", f"{shown} 是空文件。")
        return
    reader = _reader_by_content(file) or _READERS.get(suffix)
    if reader is None:
        shelf.say(f"{shown}: not a kind of file that holds tables, left out.", f"{shown}：不是表格文件，未读取。")
        return
    reader(file, shelf, name, shown)


def _reader_by_content(file: Path) -> Reader | None:
    """Recognise a file that is not what its name says: many a CSV is a workbook."""
    with file.open("rb") as opened:
        head = opened.read(16)
    if head.startswith(b"PK\x03\x04") and file.suffix.lower() not in (".xlsx", ".xlsm", ".xlsb", ".ods", ".zip"):
        return _reader_of_package(file)
    if head.startswith(b"SQLite format 3"):
        return read_sqlite
    if head[8:12] == b"DUCK":
        return read_duckdb
    if head.startswith(b"PAR1"):
        return read_parquet
    if head.startswith(b"\x1f\x8b"):
        return _read_gzip
    return None


def _reader_of_package(file: Path) -> Reader:
    try:
        with zipfile.ZipFile(file) as package:
            return read_workbook if {"xl/workbook.xml", "content.xml"} & set(package.namelist()) else _read_zip
    except zipfile.BadZipFile:
        return _read_zip


def _read_gzip(path: Path, shelf: Shelf, name: str, file: str) -> None:
    inner = Path(path.stem)
    copy = shelf.copy_of(inner if inner.suffix else Path("unpacked.csv"))
    try:
        with gzip.open(path) as packed, copy.open("wb") as out:
            shutil.copyfileobj(packed, out, 8 << 20)
    except (gzip.BadGzipFile, EOFError, zipfile.BadZipFile) as error:
        raise UnreadableTrailError(f"{file} breaks off or is no gzip file; copy it again.") from error
    _read_one(copy, shelf, _stem(PurePath(name)), file)


def _read_zip(path: Path, shelf: Shelf, name: str, file: str) -> None:
    """Read the members of an archive as if they lay in the folder; their paths are never written to."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if _is_wanted(member)]
            if sum(member.file_size for member in members) > _MOST_UNPACKED:
                raise UnreadableTrailError(f"{file} would unpack to more than 64 GB; unpack what is needed yourself.")
            for member in sorted(members, key=lambda member: member.filename):
                copy = shelf.copy_of(Path(PurePath(member.filename).name))
                with archive.open(member) as packed, copy.open("wb") as out:
                    shutil.copyfileobj(packed, out, 8 << 20)
                _read_one(copy, shelf, _stem(PurePath(member.filename)), f"{file}/{member.filename}")
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise UnreadableTrailError(f"{file} is damaged or no zip file; copy it again.") from error
    except RuntimeError as error:
        raise UnreadableTrailError(f"{file} is protected by a password; unpack it and scan the folder.") from error


def _is_wanted(member: zipfile.ZipInfo) -> bool:
    parts = PurePath(member.filename).parts
    return not member.is_dir() and not any(part.lower() in _NOT_READ or part[0] in "._" for part in parts)


def _read_json_file(path: Path, shelf: Shelf, name: str, file: str) -> None:
    shelf.tables += read_json(path, shelf.con, name, file)
    broken = unreadable_rows(shelf.con)
    if broken:
        shelf.put_unread(file, name, broken)


_READERS: dict[str, Reader] = {
    **dict.fromkeys((".csv", ".tsv", ".txt", ".tab", ".psv"), read_csv),
    **dict.fromkeys((".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"), read_workbook),
    **dict.fromkeys((".json", ".jsonl", ".ndjson"), _read_json_file),
    **dict.fromkeys((".parquet", ".pq"), read_parquet),
    **dict.fromkeys((".duckdb", ".ddb"), read_duckdb),
    **dict.fromkeys((".sqlite", ".sqlite3"), read_sqlite),
    ".gz": _read_gzip,
    ".zip": _read_zip,
}


def _nothing_in(path: Path, shelf: Shelf) -> str:
    needed = "at least opportunities or orders are needed, as CSV, xlsx, Parquet, JSON, DuckDB or SQLite"
    if shelf.found:
        return f"{path} holds no rows to read ({', '.join(shelf.found[:3])}); {needed}."
    if path.is_file():
        return f"{path.name} is no file that holds tables; {needed}."
    return f"The folder {path} holds no file with tables; {needed}."
