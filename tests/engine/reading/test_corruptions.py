"""No damage gives a traceback or costs a good row."""

from pathlib import Path

import pytest

from mingdan.engine.reading import ReadTrail, UnreadableTrailError
from tests.engine.reading.clean_trail import ORDERS, ROWS, opened, orders_by_id, write_clean
from tests.engine.reading.corruptions import CORRUPTIONS
from tests.engine.reading.damage import Corruption

_GOOD = {row[0]: row for row in ORDERS[1:]}
_AMOUNTS = {order: float(row[3]) for order, row in _GOOD.items()}


@pytest.mark.parametrize("corruption", CORRUPTIONS, ids=lambda corruption: corruption.name)
def test_damage_costs_no_good_row_and_is_told(corruption: Corruption, tmp_path: Path) -> None:
    folder = tmp_path / "trail"
    folder.mkdir()
    write_clean(folder)
    corruption.change(folder)
    if corruption.error:
        with pytest.raises(UnreadableTrailError) as caught:
            opened(folder)
        _is_a_sentence(str(caught.value), corruption.error)
        return
    trail = opened(folder)
    _is_as_expected(trail, corruption)
    trail.close()


def _is_a_sentence(said: str, expected: str) -> None:
    assert expected in said
    assert "\n" not in said
    assert "Traceback" not in said


def _is_as_expected(trail: ReadTrail, corruption: Corruption) -> None:
    orders = orders_by_id(trail)
    assert set(orders) == set(_GOOD) - corruption.lost
    assert {order: float(row["amount"]) for order, row in orders.items()} == {
        order: amount for order, amount in _AMOUNTS.items() if order in orders
    }
    found = [(row.table, row.row, row.column, row.reason) for row in trail.set_aside]
    assert [row[:3] for row in found] == [row[:3] for row in corruption.aside]
    assert all(part in row[3] for row, (*_, part) in zip(found, corruption.aside, strict=True))
    kept = {count.name: count.rows for count in trail.counts}
    expected = {**ROWS, "orders": len(orders), **corruption.rows}
    assert {name: kept.get(name, 0) for name in expected} == expected
    said = [*(text.en for text in trail.notices), *(text.zh for text in trail.notices)]
    assert corruption.notice == "" or any(corruption.notice in one for one in said), said


def test_there_are_at_least_forty_kinds_of_damage() -> None:
    assert len({corruption.name for corruption in CORRUPTIONS}) == len(CORRUPTIONS) >= 40


def test_a_clean_trail_gives_no_notice_and_sets_nothing_aside(tmp_path: Path) -> None:
    folder = tmp_path / "trail"
    folder.mkdir()
    write_clean(folder)
    trail = opened(folder)
    assert (trail.notices, trail.set_aside) == ((), ())
    row = orders_by_id(trail)["O2"]
    assert row["ship_to_area"] == "江苏省,苏州市\n工业园区"
    trail.close()


@pytest.mark.parametrize("text", ["", "   "])
def test_the_line_of_nothing_is_no_row(text: str, tmp_path: Path) -> None:
    (tmp_path / "trail").mkdir()
    (tmp_path / "trail" / "orders.csv").write_text(
        f"order_id,account_id,ordered_at,amount\n{text}\nO1,A1,2024-01-01,1\n"
    )
    trail = opened(tmp_path / "trail")
    assert [(count.rows, count.set_aside) for count in trail.counts] == [(1, 0)]
    trail.close()
