"""Holidays, make-up workdays and what follows what."""

from datetime import date, timedelta

import chinese_calendar
import pytest

from casework.workdays import (
    UnknownYear,
    consecutive,
    days_between,
    holiday_name,
    is_holiday,
    is_makeup_workday,
    is_rest_day,
    is_workday,
)

EVERY_DAY = [date(2020, 1, 1) + timedelta(days=n) for n in range(7 * 365 + 2)]


def test_every_day_of_seven_years_is_work_or_rest_as_the_announcements_say():
    assert EVERY_DAY[-1] == date(2026, 12, 31)
    assert [d for d in EVERY_DAY if is_workday(d) != chinese_calendar.is_workday(d)] == []


def test_a_holiday_is_not_any_weekend():
    announced = set(chinese_calendar.constants.holidays)
    assert [d for d in EVERY_DAY if is_holiday(d) != (d in announced)] == []
    assert not is_holiday(date(2021, 10, 16))
    assert is_rest_day(date(2021, 10, 16))


def test_autumn_2021_has_51_workdays_and_26_rest_days():
    days = days_between(date(2021, 9, 15), date(2021, 11, 30))
    assert sum(map(is_workday, days)) == 51
    assert sum(map(is_rest_day, days)) == 26
    assert sum(map(is_holiday, days)) == 10
    assert [d for d in days if is_makeup_workday(d)] == [
        date(2021, 9, 18),
        date(2021, 9, 26),
        date(2021, 10, 9),
    ]


def test_a_holiday_has_its_name_and_a_plain_day_has_none():
    assert holiday_name(date(2021, 9, 20)) == "中秋节"
    assert holiday_name(date(2021, 9, 22)) is None


def test_a_year_not_announced_is_refused_not_guessed():
    with pytest.raises(UnknownYear, match="2031"):
        is_rest_day(date(2031, 1, 1))


def test_a_weekend_is_consecutive_and_two_weekends_are_not():
    saturday = date(2021, 10, 16)
    assert consecutive([saturday + timedelta(days=1), saturday])
    assert not consecutive([saturday, saturday + timedelta(days=2)])


def test_two_weekends_are_consecutive_in_rest_days():
    days = [date(2021, 10, d) for d in (16, 17, 23, 24)]
    assert consecutive(days, is_rest_day)
    assert not consecutive(days[:1] + days[2:], is_rest_day)


def test_a_make_up_workday_breaks_no_run_of_rest_days():
    assert consecutive([date(2021, 10, 7), date(2021, 10, 10)], is_rest_day)


def test_a_workday_never_follows_across_a_gap():
    assert not consecutive([date(2021, 10, 13), date(2021, 10, 16)], is_rest_day)


def test_one_day_and_no_day_are_consecutive():
    assert consecutive([])
    assert consecutive([date(2021, 10, 16)] * 2)
