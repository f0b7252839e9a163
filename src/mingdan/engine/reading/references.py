"""References that lead nowhere: said, never held against a row."""

from collections.abc import Mapping

from mingdan.engine.findings import Text
from mingdan.engine.reading.border import Admitted
from mingdan.engine.reading.border_sql import SCHEMA
from mingdan.engine.reading.identifiers import quoted
from mingdan.engine.reading.store import Store
from mingdan.engine.schema import Column
from mingdan.engine.tables import TABLES


def dangling(store: Store, admitted: Mapping[str, Admitted]) -> list[Text]:
    """Return a notice for each column with references to rows that are not there, in tables that are."""
    notices = []
    for name, found in admitted.items():
        for column in found.table.columns:
            if column.refers_to and column.refers_to in admitted and column.name in found.supplied:
                notice = _notice(store, name, column, column.refers_to)
                notices += [notice] if notice else []
    return notices


def _notice(store: Store, table: str, column: Column, parent: str) -> Text | None:
    cell, key = quoted(column.name), quoted(TABLES[parent].key[0])
    lost = store.execute(
        f"SELECT count(*), coalesce(sum(rows), 0), min(value) FROM (SELECT {cell} AS value, count(*) AS rows "
        f"FROM {SCHEMA}.{quoted(table)} WHERE {cell} IS NOT NULL GROUP BY 1) "
        f"found WHERE NOT EXISTS (SELECT 1 FROM {SCHEMA}.{quoted(parent)} p WHERE p.{key} = found.value)"
    ).fetchone()
    if not lost or not lost[0]:
        return None
    values, rows, example = lost
    return Text(
        en=f"{table}.{column.name}: {rows:,} rows name {values:,} that {parent} does not have, such as {example!r}; they are kept.",
        zh=f"{table}.{column.name}：{rows:,} 行引用了 {parent} 中不存在的 {values:,} 个编号，例如 {example!r}；这些行予以保留。",
    )
