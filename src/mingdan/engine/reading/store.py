"""Where typed tables lie once a trail is read: an engine that answers the reader's own questions and holds the views."""

from collections.abc import Mapping
from typing import Any, Protocol

import duckdb
import ibis

from mingdan.engine.reading.identifiers import quoted


class Rows(Protocol):
    """What a query found."""

    def fetchone(self) -> tuple[Any, ...] | None: ...

    def fetchall(self) -> list[tuple[Any, ...]]: ...


class Store(Protocol):
    """Typed tables under `trail.<table>`, asked in DuckDB's SQL whatever the engine is."""

    engine: str

    def execute(self, query: str) -> Rows:
        """Run a query that gives few rows."""
        ...

    def views(self, queries: Mapping[str, str]) -> ibis.BaseBackend:
        """Return an Ibis backend whose tables are these queries, beside those of other calls."""
        ...

    def close(self) -> None:
        """Let go of everything; backends handed out can no longer be used."""
        ...


class DuckStore:
    """Typed tables in one DuckDB database."""

    engine = "duckdb"

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con, self._made = con, 0

    def execute(self, query: str) -> Rows:
        """Run a query."""
        return self._con.execute(query)

    def views(self, queries: Mapping[str, str]) -> ibis.BaseBackend:
        """Make a schema of views, and return a backend on a cursor that looks there."""
        self._made += 1
        schema = f"as_of_{self._made}"
        cursor = self._con.cursor()
        cursor.execute(f"CREATE SCHEMA {schema}; SET schema='{schema}'; SET TimeZone='UTC'")
        made = (f"CREATE VIEW {schema}.{quoted(name)} AS {query}" for name, query in queries.items())
        cursor.execute(f"BEGIN; {'; '.join(made)}; COMMIT")
        backend: ibis.BaseBackend = ibis.duckdb.from_connection(cursor)
        return backend

    def close(self) -> None:
        """Close the database."""
        self._con.close()
