"""Ask whether a simulated world gives its offenders away: one number for each salesperson and mechanical feature.

A generator whose offenders stand out by one column proves nothing about detectors (PaySim issue 13). So features are
made without thinking, from every table and column that names a salesperson or one of his customers.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from mingdan.engine.schema import Column, Table
from mingdan.engine.simulate.dice import Dice, Flags, Floats
from mingdan.engine.tables import TABLES

FEW = 12
"""Texts with at most so many values are counted value by value."""

_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class World:
    """The features (salespeople x features, NaN is none) and parts of one simulated company."""

    names: tuple[str, ...]
    features: Floats
    is_guilty: Flags
    is_twin: Flags


def measure(trail: Path, tables: Sequence[str] = tuple(TABLES)) -> World:
    """Return every mechanical feature of every salesperson of a trail with its truth, or those of some tables."""
    with duckdb.connect() as sql:
        for path in sorted(trail.glob("*.parquet")):
            sql.execute(f"CREATE TABLE {path.stem} AS SELECT * FROM '{path}'")
        truth = sql.execute(f"SELECT * FROM '{trail}/truth/employees.parquet' ORDER BY employee_id").fetchnumpy()
        people = {name: place for place, name in enumerate(truth["employee_id"])}
        named = dict(_all_features(sql, people, tables))
    names = tuple(sorted(named))
    features = np.column_stack([named[name] for name in names])
    return World(names, features, truth["scheme"] != "", truth["innocent_twin"] != "")


@dataclass(frozen=True)
class Separation:
    """How well one feature tells the guilty from the others: ROC-AUC either way (0.5 to 1), and by chance `spread`."""

    auc: float
    spread: float

    @property
    def is_chance(self) -> bool:
        """Whether chance alone would often show as much (two-sided 5 %, normal approximation of Mann and Whitney's U)."""
        return self.auc - 0.5 < 1.96 * self.spread


def separation(
    worlds: Sequence[World], *, twins_only: bool = False, features: Callable[[str], bool] = lambda name: True
) -> dict[str, Separation]:
    """Return for each feature that every world has how well it tells the guilty from the others, or from twins only.

    Comparisons are made within each world, so that worlds may differ.
    """
    shared = set.intersection(*(set(world.names) for world in worlds))
    found = {}
    places = [{name: place for place, name in enumerate(world.names)} for world in worlds]
    for name in sorted(filter(features, shared)):
        won = pairs = variance = 0.0
        for world, place in zip(worlds, places, strict=True):
            against = world.is_twin if twins_only else ~world.is_guilty
            more = _wins(world.features[:, place[name]], world.is_guilty, against)
            won, pairs, variance = won + more[0], pairs + more[1], variance + more[2]
        if pairs:
            found[name] = Separation(max(won, pairs - won) / pairs, variance**0.5 / pairs)
    return found


def shuffled(world: World, dice: Dice) -> World:
    """Return the world with its offenders drawn by lot: what chance alone would show."""
    order = dice.permutation(len(world.is_guilty))
    return World(world.names, world.features, world.is_guilty[order], world.is_twin[order])


def _wins(values: Floats, guilty: Flags, against: Flags) -> tuple[float, float, float]:
    """Return how many pairs (guilty, other) the guilty one wins, ties as a half, how many there are, and the variance."""
    values = np.where(np.isnan(values), -np.inf, values)
    kept = guilty | against
    ranks, is_guilty = rankdata(values[kept]), guilty[kept]
    n, m = float(is_guilty.sum()), float((~is_guilty).sum())
    return float(ranks[is_guilty].sum()) - n * (n + 1) / 2, n * m, n * m * (n + m + 1) / 12


def _all_features(
    sql: duckdb.DuckDBPyConnection, people: dict[str, int], tables: Sequence[str]
) -> Iterator[tuple[str, Floats]]:
    for table in (TABLES[name] for name in tables):
        if not sql.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [table.name]).fetchone():
            continue
        present = [table.column(row[0]) for row in sql.execute(f"DESCRIBE {table.name}").fetchall()]
        aggregates = dict(_aggregates(sql, table, present))
        for label, source in _links(table, present):
            yield from _by_person(sql, f"{table.name} by {label}", source, aggregates, people)


def _links(table: Table, present: list[Column]) -> Iterator[tuple[str, str]]:
    """Return how the rows of a table belong to salespeople: by each column that names one, and by the customer's."""
    numbered = f"(SELECT *, row_number() OVER () AS place FROM {table.name})"
    direct = [
        column.name
        for column in present
        if column.refers_to == "employees" or table.key == (column.name,) == ("employee_id",)
    ]
    for name in direct:
        yield name, f"(SELECT t.{name} AS person, t.* FROM {numbered} t)"
    for column in present:
        if column.refers_to == "accounts":
            for role in ("owner_id",) if direct else ("owner_id", "created_by"):
                joined = f"{numbered} t JOIN accounts a ON a.account_id = t.{column.name}"
                yield f"{column.name}.{role}", f"(SELECT a.{role} AS person, t.* FROM {joined})"


def _aggregates(sql: duckdb.DuckDBPyConnection, table: Table, present: list[Column]) -> Iterator[tuple[str, str]]:
    yield "rows", "count(*)"
    times = [column.name for column in present if column.kind in ("timestamp", "date")]
    for column in present:
        yield from _of_column(sql, table, column)
    for place, first in enumerate(times):
        for second in times[place + 1 :]:
            yield f"{first} to {second}", f"avg(epoch({second}::TIMESTAMP) - epoch({first}::TIMESTAMP))"
    if table.has_row_id and table.name not in ("products", "company_profile"):
        yield "id", f"avg({_decoded(table.key[0])})"
        if table.name in ("employees", "accounts", "contacts", "leads"):
            yield "place", "avg(place)"


def _of_column(sql: duckdb.DuckDBPyConnection, table: Table, column: Column) -> Iterator[tuple[str, str]]:
    name = column.name
    yield f"{name} null", f"avg(({name} IS NULL)::INT)"
    if column.kind in ("decimal", "fraction", "integer"):
        yield from ((f"{name} {how}", f"{how}({name}::DOUBLE)") for how in ("sum", "avg", "max", "stddev_pop"))
    elif column.kind == "boolean":
        yield f"{name} true", f"avg({name}::INT)"
    elif column.kind in ("timestamp", "date"):
        yield from (
            (f"{name} {how}", f"{how}(epoch({name}::TIMESTAMP))") for how in ("avg", "min", "max", "stddev_pop")
        )
        yield f"{name} hour", f"avg(hour({name}::TIMESTAMP))"
    else:
        yield f"{name} distinct", f"count(DISTINCT {name})"
        yield f"{name} repeated", f"count(DISTINCT {name}) / count(*)"
        values = sql.execute(
            f"SELECT DISTINCT {name} FROM {table.name} WHERE {name} IS NOT NULL ORDER BY 1 LIMIT {FEW + 1}"
        ).fetchall()
        if column.kind in ("enum", "text") and len(values) <= FEW:
            for (value,) in values:
                quoted = str(value).replace("'", "''")
                yield f"{name} = {value}", f"avg(({name} = '{quoted}')::INT)"


def _decoded(name: str) -> str:
    """Return SQL that reads an id's signs as a number: nothing but chance may lie in it."""
    terms = (f"(strpos('{_SIGNS}', substr({name}, {place}, 1)) - 1) * {32 ** (9 - place)}" for place in range(3, 10))
    return " + ".join(terms)


def _by_person(
    sql: duckdb.DuckDBPyConnection, label: str, source: str, aggregates: dict[str, str], people: dict[str, int]
) -> Iterator[tuple[str, Floats]]:
    listed = ", ".join(f"({how})::DOUBLE" for how in aggregates.values())
    rows = sql.execute(f"SELECT person, {listed} FROM {source} WHERE person IS NOT NULL GROUP BY person").fetchall()
    values: NDArray[np.float64] = np.full((len(people), len(aggregates)), np.nan)
    values[:, 0] = 0.0
    for row in rows:
        if row[0] in people:
            values[people[row[0]]] = [np.nan if cell is None else cell for cell in row[1:]]
    for place, name in enumerate(aggregates):
        yield f"{label}: {name}", values[:, place]
