"""Times as in crontab, in a company's own time zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingdan.lib.cron import Cron

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


def next_times(written: str, after: str, zone: ZoneInfo, count: int = 1) -> list[str]:
    at, found = datetime.fromisoformat(after).replace(tzinfo=zone), []
    for _ in range(count):
        at = Cron.read(written).next_after(at, zone)
        found.append(at.astimezone(zone).strftime("%Y-%m-%d %H:%M"))
    return found


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("30 2 * * *", ["2026-03-03 02:30", "2026-03-04 02:30"]),
        ("*/20 9-10 * * *", ["2026-03-02 09:40", "2026-03-02 10:00"]),
        ("0 8 * * 1-5", ["2026-03-03 08:00", "2026-03-04 08:00"]),
        ("0 8 1 * *", ["2026-04-01 08:00", "2026-05-01 08:00"]),
        ("0 0 13 * 5", ["2026-03-06 00:00", "2026-03-13 00:00"]),
        ("0 0 * * 7", ["2026-03-08 00:00", "2026-03-15 00:00"]),
        ("5,35 * * * *", ["2026-03-02 09:35", "2026-03-02 10:05"]),
        ("0 0 29 2 *", ["2028-02-29 00:00", "2032-02-29 00:00"]),
    ],
)
def test_the_next_times_are_those_of_crontab(written: str, expected: list[str]) -> None:
    assert next_times(written, "2026-03-02 09:30", SHANGHAI, 2) == expected


def test_a_time_that_the_clocks_jump_over_comes_once_after_the_jump() -> None:
    times = next_times("30 2 * * *", "2026-03-28 12:00", BERLIN, 2)
    assert times == ["2026-03-29 03:30", "2026-03-30 02:30"]


def test_a_time_that_comes_twice_counts_once() -> None:
    times = next_times("30 2 * * *", "2026-10-24 12:00", BERLIN, 2)
    assert times == ["2026-10-25 02:30", "2026-10-26 02:30"]


@pytest.mark.parametrize(
    "written", ["", "* * * *", "60 * * * *", "* 24 * * *", "x * * * *", "*/0 * * * *", "5-1 * * * *", "0 0 30 2 *"]
)
def test_what_is_no_time_or_never_comes_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"fields|is no|outside|never comes"):
        Cron.read(written)


@given(
    minute=st.integers(0, 59),
    hour=st.integers(0, 23),
    at=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)),  # noqa: DTZ001  given its zone below
)
def test_a_daily_time_comes_within_a_day_and_a_jump(minute: int, hour: int, at: datetime) -> None:
    now = at.replace(tzinfo=UTC)
    due = Cron.read(f"{minute} {hour} * * *").next_after(now, BERLIN)
    assert now < due <= now + timedelta(hours=25)
