"""A replay looks at nothing later than its day, and raises nothing twice."""

import json
import shutil
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingdan.engine.output import scan_json
from mingdan.engine.parameters import shipped
from mingdan.engine.reading import read_trail
from mingdan.engine.replay import days_of, replay
from mingdan.engine.result import ScanResult
from mingdan.engine.scan import ScanOptions
from mingdan.engine.tables import TABLES
from tests.engine.companies import small_company

REBUILT_FROM = ("owner_changes", "field_changes")
"""What stood before a later change is read from the change itself: only through it is a present state brought back."""

LONG_AGO = datetime(1970, 1, 1)  # noqa: DTZ001  # the trail is naive UTC throughout
LATE = ScanOptions(min_probability=0.05, budget=3)


def test_months_keep_to_their_last_day() -> None:
    assert days_of(date(2024, 1, 31), date(2024, 4, 30), "month") == (
        date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30),
    )  # fmt: skip


def test_quarters_and_weeks_are_steps_too() -> None:
    assert days_of(date(2024, 1, 15), date(2024, 8, 1), "quarter") == (
        date(2024, 1, 15), date(2024, 4, 15), date(2024, 7, 15),
    )  # fmt: skip
    assert len(days_of(date(2024, 1, 1), date(2024, 1, 29), "week")) == 5


@given(st.dates(date(2015, 1, 1), date(2025, 1, 1)), st.integers(0, 900))
def test_the_days_rise_from_the_first_and_never_pass_the_last(start: date, span: int) -> None:
    end = date.fromordinal(start.toordinal() + span)
    for every in ("week", "month", "quarter"):
        days = days_of(start, end, every)
        assert days[0] == start
        assert days[-1] <= end
        assert list(days) == sorted(set(days))


def middle_and_end() -> tuple[date, date]:
    times = pq.read_table(small_company() / "orders.parquet", columns=["ordered_at"])["ordered_at"]  # type: ignore[no-untyped-call]
    latest: datetime = max(times.to_pylist())
    return date.fromordinal(latest.toordinal() - 200), date.fromordinal(latest.toordinal() - 90)


def replayed(trail: Path, workspace: Path, days: tuple[date, ...]) -> Iterator[ScanResult]:
    workspace.mkdir()
    read = read_trail(trail, workspace=workspace)
    yield from replay(read, days, LATE, on_progress=lambda _what, _share: None)
    read.close()


def told(result: ScanResult) -> str:
    document: dict[str, Any] = json.loads(scan_json(result, shipped().by_code))
    document["scan"].pop("seconds")
    for run in document["scan"]["detectors"]:
        run.pop("seconds", None)
    return json.dumps(document, ensure_ascii=False, indent=1)


def perturbed(trail: Path, day: date, seed: int, *, later: bool) -> None:
    """Drop half of the rows that became visible after the day's end (or, as a control, before), and shuffle the rest."""
    dice = np.random.default_rng(seed)
    dropped: dict[str, set[str]] = {}
    for table in TABLES.values():
        path = trail / f"{table.name}.parquet"
        stamps = [name for name in table.visible_at if name not in TABLES]
        if not path.exists() or not stamps or table.visible_at[0] in TABLES or table.name in REBUILT_FROM:
            continue
        rows = pq.read_table(path)  # type: ignore[no-untyped-call]
        hit = _visible_after(rows, stamps, datetime.combine(day, time.max))
        hit = hit if later else ~hit
        kept = ~hit | (dice.random(len(hit)) < 0.5)
        for name in rows.column_names:
            if name not in (*table.key, *stamps):
                rows = rows.set_column(rows.column_names.index(name), name, _shuffled(rows[name], hit, dice))
        dropped[table.name] = set(rows.filter(pa.array(~kept))[table.key[0]].to_pylist())
        pq.write_table(rows.filter(pa.array(kept)), path)  # type: ignore[no-untyped-call]
    _drop_children(trail, dropped)


def _drop_children(trail: Path, dropped: dict[str, set[str]]) -> None:
    """Drop the lines of what was dropped: an order takes its lines along."""
    for table in TABLES.values():
        path = trail / f"{table.name}.parquet"
        parent = table.visible_at[0] if table.visible_at and table.visible_at[0] in TABLES else None
        if parent and path.exists():
            rows = pq.read_table(path)  # type: ignore[no-untyped-call]
            link = next(column.name for column in table.columns if column.refers_to == parent)
            kept = [value not in dropped.get(parent, ()) for value in rows[link].to_pylist()]
            pq.write_table(rows.filter(pa.array(kept, pa.bool_())), path)  # type: ignore[no-untyped-call]


def _visible_after(rows: pa.Table, stamps: list[str], moment: datetime) -> np.ndarray[Any, np.dtype[np.bool_]]:
    times = [[_naive(value) for value in rows[name].to_pylist()] for name in stamps if name in rows.column_names]
    first = [next((value for value in row if value is not None), LONG_AGO) for row in zip(*times, strict=True)]
    return np.array([value > moment for value in first], dtype=bool)


def _naive(value: datetime | date | None) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value.replace(tzinfo=None) if value else None
    return datetime.combine(value, time.min)


def _shuffled(
    column: pa.ChunkedArray, hit: np.ndarray[Any, np.dtype[np.bool_]], dice: np.random.Generator
) -> pa.ChunkedArray:
    order = np.arange(len(hit))
    order[hit] = dice.permutation(order[hit])
    return column.take(pa.array(order))


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_becomes_visible_later_changes_no_byte(tmp_path: Path, seed: int) -> None:
    day, _ = middle_and_end()
    shutil.copytree(small_company(), tmp_path / "other")
    perturbed(tmp_path / "other", day, seed, later=True)
    (before,) = replayed(small_company(), tmp_path / "one", (day,))
    (after,) = replayed(tmp_path / "other", tmp_path / "two", (day,))
    assert before.findings
    assert told(before).splitlines() == told(after).splitlines()


def test_what_was_visible_does_change_it(tmp_path: Path) -> None:
    day, _ = middle_and_end()
    shutil.copytree(small_company(), tmp_path / "other")
    perturbed(tmp_path / "other", day, 1, later=False)
    (before,) = replayed(small_company(), tmp_path / "one", (day,))
    (after,) = replayed(tmp_path / "other", tmp_path / "two", (day,))
    assert told(before) != told(after)


def test_no_matter_is_raised_twice(tmp_path: Path) -> None:
    day, end = middle_and_end()
    results = list(replayed(small_company(), tmp_path / "one", days_of(day, end, "quarter")))
    raised = [alert.matter for result in results for alert in result.alerts]
    assert raised
    seen: set[tuple[str | None, str]] = set()
    for matter in raised:
        about = {
            (matter.employee_id, one) for one in (*matter.account_ids, *matter.opportunity_ids, *matter.company_ids)
        }
        assert not about & seen
        seen |= about
