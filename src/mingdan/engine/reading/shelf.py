"""Where raw tables, rows that could not be split, and remarks gather while files are read."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from mingdan.engine.findings import Text
from mingdan.engine.reading.identifiers import free_name, literal, quoted
from mingdan.engine.reading.raw import FILE, ROW, RawTable

_BATCH = 20_000

SCRATCH = "scratch"
"""Where raw cells lie: never compressed, as they are read once or twice; DuckDB moves them to the disk beyond its limit."""


@dataclass
class Shelf:
    """Raw tables and what came with them.

    `failures` are sentences about files that could not be read. `options` says how single files are written, by their names; `workspace` is a folder for copies. Rows that no table
    could take lie in the relation `unread rows`.
    """

    con: duckdb.DuckDBPyConnection
    workspace: Path
    options: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    on_progress: Callable[[str, float], None] = lambda _doing, _share: None
    tables: list[RawTable] = field(default_factory=list)
    notices: list[Text] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    unread: int = 0

    def __post_init__(self) -> None:
        self.con.execute(f"ATTACH IF NOT EXISTS ':memory:' AS {SCRATCH}")
        self.con.execute(
            f"CREATE TABLE IF NOT EXISTS {UNREAD} ({ROW} BIGINT, {FILE} VARCHAR, name VARCHAR, value VARCHAR, reason VARCHAR)"
        )

    def say(self, en: str, zh: str) -> None:
        """Keep a remark for people."""
        self.notices.append(Text(en=en, zh=zh))

    def put_unread(self, file: str, name: str, rows: Sequence[tuple[int, str, str]]) -> None:
        """Keep rows (place, text, reason) that no table could take."""
        for start in range(0, len(rows), _BATCH):
            part = rows[start : start + _BATCH]
            batch = pa.table(
                {"r": [row[0] for row in part], "v": [row[1] for row in part], "w": [row[2] for row in part]}
            )
            self.con.register("unread batch", batch)
            self.con.execute(
                f'INSERT INTO {UNREAD} SELECT r, {literal(file)}, {literal(name)}, v, w FROM "unread batch"'
            )
            self.con.unregister("unread batch")
        self.unread += len(rows)

    def copy_of(self, path: Path) -> Path:
        """Return a free name in the workspace for a copy of a file."""
        number = 1
        while (copy := self.workspace / f"copy-{number}{path.suffix}").exists():
            number += 1
        return copy

    def add_rows(self, name: str, file: str, headings: Sequence[str], rows: Iterable[Sequence[str | None]]) -> RawTable:
        """Put a table on the shelf from rows of text in Python, each as wide as the headings."""
        columns = distinct_headings(headings)
        relation = free_name(self.con, f"raw {name}")
        declared = ", ".join(f"{quoted(column)} VARCHAR" for column in columns)
        self.con.execute(f"CREATE TABLE {SCRATCH}.{quoted(relation)} ({ROW} BIGINT, {FILE} VARCHAR, {declared})")
        self.con.execute(f"CREATE VIEW {quoted(relation)} AS FROM {SCRATCH}.{quoted(relation)}")
        batch: list[Sequence[str | None]] = []
        done = 0
        for row in rows:
            batch.append(row)
            if len(batch) == _BATCH:
                done = self._insert(relation, file, len(columns), batch, done)
                batch = []
        self._insert(relation, file, len(columns), batch, done)
        table = RawTable(name, relation, columns, file)
        self.tables.append(table)
        return table

    def _insert(self, relation: str, file: str, width: int, rows: Sequence[Sequence[str | None]], done: int) -> int:
        if rows:
            arrays = {"r": pa.array(range(done + 1, done + 1 + len(rows)), pa.int64())}
            for at in range(width):
                arrays[f"c{at}"] = pa.array([row[at] for row in rows], pa.string())
            self.con.register("row batch", pa.table(arrays))
            listed = ", ".join(f"c{at}" for at in range(width))
            self.con.execute(
                f'INSERT INTO {SCRATCH}.{quoted(relation)} SELECT r, {literal(file)}, {listed} FROM "row batch"'
            )
            self.con.unregister("row batch")
        return done + len(rows)


UNREAD = '"unread rows"'


def distinct_headings(headings: Sequence[str]) -> tuple[str, ...]:
    """Give every heading a name of its own: an empty one is called after its place, a second one gets a number.

    DuckDB does not tell Name from name, so neither does this.
    """
    taken = {ROW, FILE}
    names = []
    for at, heading in enumerate(headings, start=1):
        wanted = heading.replace("\0", "").strip() or f"column {at}"
        name, number = wanted, 2
        while name.lower() in taken:
            name, number = f"{wanted}_{number}", number + 1
        taken.add(name.lower())
        names.append(name)
    return tuple(names)
