"""A trail that has been read: typed tables in an engine, what was set aside, and the view as of any moment."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

import ibis

from mingdan.engine.findings import Text
from mingdan.engine.reading.as_of import AsOf
from mingdan.engine.reading.border import Admitted
from mingdan.engine.reading.border_sql import SCHEMA
from mingdan.engine.reading.identifiers import literal, quoted
from mingdan.engine.reading.newest import newest
from mingdan.engine.reading.raw import ROW
from mingdan.engine.reading.rebuilt import STATE_CHANGES
from mingdan.engine.reading.set_aside import SetAsideRows
from mingdan.engine.reading.store import Store
from mingdan.engine.result import SetAside, TableRead
from mingdan.engine.tables import TABLES
from mingdan.engine.trail import Tables

_MOST_SHOWN = 1000
_MONEY_TABLES = ("orders", "opportunities", "quotes", "contracts", "payments", "invoices")


class ReadTrail:
    """A typed trail.

    `supplied` gives the columns that hold at least one value, by table; `counts` how many rows each table keeps and how
    many were set aside; `fingerprint` names the secret behind its match keys.
    """

    def __init__(
        self,
        store: Store,
        admitted: Mapping[str, Admitted],
        counts: tuple[TableRead, ...],
        set_aside: SetAsideRows,
        notices: Iterable[Text],
        fingerprint: str | None,
    ) -> None:
        self._store = self._asked = store
        self._set_aside = set_aside
        self._closing: list[Callable[[], None]] = []
        self.supplied = {name: found.supplied for name, found in admitted.items() if found.rows}
        self.counts = counts
        self.fingerprint = fingerprint
        self.latest, late = newest(store, self.supplied)
        self.notices: tuple[Text, ...] = (*notices, *late, *self._about_currencies(), *self._about_undated())
        self._as_of = AsOf(store, self.supplied, self.latest)

    @cached_property
    def con(self) -> ibis.BaseBackend:
        """The typed tables as they are at the end of the trail."""
        return self.as_of(self.latest).con

    @property
    def set_aside(self) -> tuple[SetAside, ...]:
        """The first thousand rows that were set aside; `write_set_aside` writes all of them."""
        return tuple(self._set_aside.rows(_MOST_SHOWN))

    def write_set_aside(self, path: Path) -> None:
        """Write every row that was set aside as CSV with table, file, row, column, value and reason in two languages."""
        self._set_aside.write(path)

    @cached_property
    def currency(self) -> str:
        """The currency of most amounts; CNY where the trail does not say."""
        return next(iter(self._currencies), "CNY")

    def write_tables(self, folder: Path) -> dict[str, Path]:
        """Write each typed table that has rows as Parquet, with what the views need beside; return the files by table."""
        files = {name: folder / f"{name}.parquet" for name in (*self.supplied, STATE_CHANGES)}
        for name, file in files.items():
            columns = [*TABLES[name].column_names, ROW] if name in TABLES else ["*"]
            cells = ", ".join(column if column == "*" else quoted(column) for column in columns)
            self._store.execute(
                f"COPY (SELECT {cells} FROM {SCHEMA}.{quoted(name)}) TO {literal(str(file))} (FORMAT parquet)"
            )
        return files

    def as_of(self, moment: datetime) -> Tables:
        """Return the trail as it was known at a moment (naive UTC): later rows do not exist, later cells are as before."""
        backend = self._as_of.backend(moment)
        supplied = self.supplied if moment >= self.latest else self._as_of.filled(backend)
        return Tables(backend, supplied, moment, self.currency)

    def counts_at(self, tables: Tables) -> tuple[TableRead, ...]:
        """Return how many rows each table had at the moment of `tables`; rows set aside have no date and count always."""
        if tables.as_of >= self.latest:
            return self.counts
        return tuple(replace(one, rows=_rows_of(tables, one.name)) for one in self.counts)

    @property
    def engine(self) -> str:
        """The name of what computes."""
        return self._asked.engine

    def hand_over(self, store: Store) -> None:
        """Let another engine, which holds the same typed tables, answer from now on."""
        self._asked = store
        self._as_of = AsOf(store, self.supplied, self.latest)

    def close(self) -> None:
        """Let go of the workspace; tables handed out before can no longer be read."""
        for store in dict.fromkeys((self._asked, self._store)):
            store.close()
        for close in self._closing:
            close()

    def on_close(self, close: Callable[[], None]) -> None:
        """Let go of something else together with the workspace."""
        self._closing.append(close)

    @cached_property
    def _currencies(self) -> dict[str, int]:
        """The number of rows by currency, most first."""
        tables = [name for name in _MONEY_TABLES if "currency" in self.supplied.get(name, ())]
        if not tables:
            return {}
        union = " UNION ALL ".join(f"SELECT currency FROM {SCHEMA}.{quoted(name)}" for name in tables)
        rows = self._store.execute(
            f"SELECT currency, count(*) AS rows FROM ({union}) WHERE currency IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
        ).fetchall()
        return dict(rows)

    def _about_undated(self) -> list[Text]:
        """Say how many deals were won or lost nobody wrote when: looking back, they count as open."""
        if "outcome" not in self.supplied.get("opportunities", ()):
            return []
        undated = "outcome <> 'open' AND closed_at IS NULL"
        found = self._store.execute(f"SELECT count(*) FROM {SCHEMA}.opportunities WHERE {undated}").fetchone()
        count = int(found[0]) if found else 0
        en = f"opportunities: {count:,} closed deals have no closed_at; for any day before {self.latest:%Y-%m-%d} they count as open."
        zh = f"opportunities：{count:,} 个已结商机没有关闭时间；回看 {self.latest:%Y-%m-%d} 之前的日期时按进行中处理。"
        return [Text(en=en, zh=zh)] if count else []

    def _about_currencies(self) -> list[Text]:
        if len(self._currencies) < 2:
            return []
        others = ", ".join(f"{name} ({rows:,})" for name, rows in list(self._currencies.items())[1:6])
        return [
            Text(
                en=f"Amounts are in several currencies and are not converted: {self.currency}, and rows in {others}.",
                zh=f"金额涉及多种货币，未作换算：以 {self.currency} 为主，另有 {others} 行。",
            )
        ]


def _rows_of(tables: Tables, name: str) -> int:
    count: int = tables.con.to_pyarrow(tables[name].count()).as_py()
    return count
