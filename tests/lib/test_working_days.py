from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingdan.lib.working_days import (
    CalendarsDisagreeError,
    Day,
    WorkingCalendar,
    ensure_calendars_agree,
    is_year_final,
    official_day,
)

OFFICIAL = WorkingCalendar({})
DAYS = st.dates(date(2010, 1, 1), date(2026, 6, 30))


@pytest.mark.parametrize("year", range(2010, 2027))
def test_two_independent_calendars_agree_on_every_day(year: int) -> None:
    ensure_calendars_agree(year)


def test_a_disagreement_is_named() -> None:
    # Control: the one day on which the packages differ; the notice for 2006 made it a working day.
    with pytest.raises(CalendarsDisagreeError, match="2005-12-31"):
        ensure_calendars_agree(2005)


def test_a_weekend_day_worked_in_exchange_is_a_working_day() -> None:
    assert official_day(date(2026, 10, 10)).is_working
    assert not official_day(date(2026, 10, 6)).is_working


def test_a_year_without_a_notice_is_not_final() -> None:
    far = date.today().replace(month=10, day=1) + timedelta(days=3 * 366)  # noqa: DTZ011  any far year will do
    assert not is_year_final(far.year)
    day = official_day(date(far.year, 10, 1))
    assert not day.is_final
    assert not day.is_working


def test_the_companys_own_day_wins() -> None:
    holiday = date(2026, 10, 1)
    calendar = WorkingCalendar({holiday: Day(holiday, is_working=True, is_final=True, name="stock-taking")})
    assert calendar.is_working(holiday)


def test_the_third_working_day_after_the_eve_of_a_long_holiday() -> None:
    assert OFFICIAL.after(date(2026, 9, 30), 3) == date(2026, 10, 10)


@given(DAYS, st.integers(0, 60))
def test_counting_forwards_and_between_agree(start: date, days: int) -> None:
    end = OFFICIAL.after(start, days)
    assert OFFICIAL.is_working(end)
    if days:
        assert OFFICIAL.between(start, end) == days
