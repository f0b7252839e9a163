"""What the values of a column look like: how many differ, and whether they are dates, amounts, addresses or choices."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import duckdb

from mingdan.engine.reading.identifiers import literal, quoted
from mingdan.engine.reading.raw import RawTable
from mingdan.engine.sources import cells

Looks = Literal["empty", "date", "number", "email", "phone", "text"]

_SAMPLE = 20_000
_MOST_CHOICES = 24
_MOSTLY = 0.9
_OTHER_DATE_FORMS = (
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%d-%b-%Y",
    "%b %d, %Y",
)
_ISO = "^(19[5-9]|20[0-9])[0-9]-[0-9]{2}-[0-9]{2}T"
_PHONE = "^[+(]?[0-9][0-9()\\- ]{6,19}$"


@dataclass(frozen=True)
class Profile:
    """One column: `form` is how its dates are written where that is unusual, `choices` its values where they are few."""

    heading: str
    rows: int
    filled: int
    distinct: int
    looks: Looks
    form: str | None
    choices: tuple[str, ...]
    sample: tuple[str, ...]

    @property
    def is_unique(self) -> bool:
        return self.rows > 0 and self.filled == self.rows == self.distinct


def profiles_of(con: duckdb.DuckDBPyConnection, table: RawTable) -> list[Profile]:
    """Look at every column of a raw table: counts over all rows, forms over the first 20,000."""
    if not table.columns:
        return []
    relation = quoted(table.relation)
    counted = ", ".join(
        f"count({cells.trimmed(quoted(name))}), count(DISTINCT {cells.trimmed(quoted(name))})" for name in table.columns
    )
    counts = con.execute(f"SELECT count(*), {counted} FROM {relation}").fetchall()[0]
    return [
        _profile(con, table, name, counts[0], counts[1 + 2 * index], counts[2 + 2 * index])
        for index, name in enumerate(table.columns)
    ]


def _profile(
    con: duckdb.DuckDBPyConnection, table: RawTable, name: str, rows: int, filled: int, distinct: int
) -> Profile:
    cell = cells.trimmed(quoted(name))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE looked_at AS SELECT v FROM (SELECT {cell} AS v, _row FROM {quoted(table.relation)} "
        f"ORDER BY _row LIMIT {_SAMPLE}) WHERE v IS NOT NULL"
    )
    looks, form = _looks(con)
    few = 0 < distinct <= _MOST_CHOICES and looks == "text"
    ordered = con.execute("SELECT v FROM looked_at GROUP BY v ORDER BY count(*) DESC, v LIMIT 40").fetchall()
    values = tuple(value for (value,) in ordered)
    return Profile(name, rows, filled, distinct, looks, form, values if few else (), values[:5])


def _looks(con: duckdb.DuckDBPyConnection) -> tuple[Looks, str | None]:
    """Judge the values in `looked_at`; dates before numbers, as 20240305 is both."""
    if _share(con, "true") == 0:
        return "empty", None
    if _share(con, f"regexp_matches({cells.moment('v')}, '{_ISO}')") >= _MOSTLY:
        return "date", None
    for form in _OTHER_DATE_FORMS:
        if _share(con, f"try_strptime(v, {literal(form)}) IS NOT NULL") == 1:
            return "date", form
    if _share(con, "regexp_matches(v, '^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$')") >= _MOSTLY:
        return "email", None
    if _share(con, f"regexp_matches(v, '{_PHONE}') AND regexp_matches(v, '^1[3-9]|[-+( ]')") >= _MOSTLY:
        return "phone", None
    if _share(con, f"TRY_CAST({cells.number('v')} AS DOUBLE) IS NOT NULL") >= _MOSTLY:
        return "number", None
    return "text", None


def _share(con: duckdb.DuckDBPyConnection, condition: str) -> float:
    found = con.execute(
        f"SELECT coalesce(avg(CASE WHEN {condition} THEN 1.0 ELSE 0.0 END), 0) FROM looked_at"
    ).fetchall()
    return float(found[0][0])


def overlap(con: duckdb.DuckDBPyConnection, here: tuple[RawTable, str], there: tuple[RawTable, str]) -> float:
    """Return the share of the different values of one column that stand in another."""
    mine, other = (
        f"SELECT DISTINCT {cells.trimmed(quoted(name))} AS v FROM {quoted(table.relation)}"
        for table, name in (here, there)
    )
    found = con.execute(
        f"SELECT coalesce(avg(CASE WHEN o.v IS NOT NULL THEN 1.0 ELSE 0.0 END), 0) FROM ({mine}) AS m LEFT JOIN ({other}) AS o "
        "ON m.v = o.v WHERE m.v IS NOT NULL"
    ).fetchall()
    return float(found[0][0])


def unmatched(
    con: duckdb.DuckDBPyConnection, here: tuple[RawTable, str], there: tuple[RawTable, str]
) -> Sequence[tuple[str, str]]:
    """Return values that stand in the other column but for spaces, case and punctuation, each with how it is written there."""
    form = "regexp_replace(lower(v), '[^\\p{L}\\p{N}]', '', 'g')"
    mine, other = (
        f"SELECT DISTINCT {cells.trimmed(quoted(name))} AS v FROM {quoted(table.relation)}"
        for table, name in (here, there)
    )
    return con.execute(
        f"WITH o AS (SELECT v, {form} AS f FROM ({other}) WHERE v IS NOT NULL), m AS (SELECT v, {form} AS f FROM ({mine}) WHERE v IS NOT NULL) "
        "SELECT m.v, min(o.v) FROM m JOIN o USING (f) WHERE m.v NOT IN (SELECT v FROM o) AND m.f <> '' "
        "GROUP BY m.v HAVING count(*) = 1 ORDER BY m.v LIMIT 50"
    ).fetchall()
