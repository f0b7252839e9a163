"""The newest moment of a trail, which a slip of the pen in one row must not decide."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from mingdan.engine.findings import Text
from mingdan.engine.reading.border_sql import SCHEMA
from mingdan.engine.reading.identifiers import quoted
from mingdan.engine.reading.store import Store
from mingdan.engine.schema import Table
from mingdan.engine.tables import TABLES

_GAP = timedelta(days=90)
_FEW = 0.005
_EMPTY = datetime(1970, 1, 1)  # noqa: DTZ001  # the trail is naive UTC throughout


def newest(store: Store, supplied: Mapping[str, Collection[str]]) -> tuple[datetime, list[Text]]:
    """Return the newest time in the trail (naive UTC), and a notice where later times were left out as slips.

    Slips are the times after a gap of 90 days that belong to less than one in 200 rows: the year 2052 typed for 2025
    would otherwise make every customer look silent for decades.
    """
    queries = [
        f"SELECT {quoted(column)} AS moment FROM {SCHEMA}.{quoted(name)}"
        for name, columns in supplied.items()
        for column in _moments(TABLES[name])
        if column in columns
    ]
    if not queries:
        return _EMPTY, []
    days = store.execute(
        "SELECT CAST(moment AS DATE) AS day, count(*), max(moment) FROM (" + " UNION ALL ".join(queries) + ") "
        "WHERE moment IS NOT NULL GROUP BY 1 ORDER BY 1"
    ).fetchall()
    kept = _without_slips(days)
    late = sum(count for _, count, _ in days[len(kept) :])
    return (kept[-1][2] if kept else _EMPTY), _notices(late, kept)


def _moments(table: Table) -> list[str]:
    """Return the columns that say when something happened or was written down; dates may lie ahead (a leave, a tariff)."""
    named = (*table.visible_at, *(stamp for stamp, _ in table.stamps))
    known = {column.name: column.kind for column in table.columns}
    return [name for name in named if known.get(name) == "timestamp"]


def _without_slips(days: list[tuple[date, int, datetime]]) -> list[tuple[date, int, datetime]]:
    """Cut what lies after the first long gap behind which only few rows are left."""
    left = total = sum(count for _, count, _ in days)
    for at in range(1, len(days)):
        left -= days[at - 1][1]
        if days[at][0] - days[at - 1][0] > _GAP and left < _FEW * total:
            return days[:at]
    return days


def _notices(late: int, kept: list[tuple[date, int, datetime]]) -> list[Text]:
    if not late:
        return []
    day = kept[-1][0].isoformat()
    return [
        Text(
            en=f"{late:,} times lie more than 90 days after everything else and count as slips; the trail ends on {day}.",
            zh=f"有 {late:,} 个时间比其余记录晚 90 天以上，视为笔误；轨迹截止于 {day}。",
        )
    ]
