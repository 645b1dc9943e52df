"""Days as people type them."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.written_dates import read_date

DAY = date(2012, 3, 5)


@pytest.mark.parametrize(
    "written",
    [
        DAY,
        datetime(2012, 3, 5, 8, 30),  # noqa: DTZ001 - as a workbook gives it
        "2012-03-05",
        "2012-3-5",
        "2012.3.5",
        "2012/3/5",
        "2012年3月5日",
        "2012年 3月 5日",
        "２０１２－３－５",
        "20120305",
        20120305,
        20120305.0,
        "2012-03-05 00:00:00",
        " 2012-03-05 ",
        "2012年3月5日生",
    ],
)
def test_a_plain_day_is_read_without_a_word(written):
    assert read_date(written)[:2] == (DAY, "")


@pytest.mark.parametrize("written", [40973, 40973.0, 40973.5, "40973"])
def test_excels_count_of_days_is_read_and_told(written):
    assert read_date(written)[:2] == (DAY, "date_serial")


@pytest.mark.parametrize("written", ["2012年3月", "2012-03", "2012/3", "201203"])
def test_a_month_without_a_day_is_told_with_its_month(written):
    assert read_date(written) == (None, "date_partial", date(2012, 3, 1))


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("12/03/05", "date_ambiguous"),
        ("03/05/2012", "date_ambiguous"),
        ("5.3.12", "date_ambiguous"),
        ("2012-02-30", "date_impossible"),
        ("2012-13-01", "date_impossible"),
        ("20120230", "date_impossible"),
        ("2012", "date_partial"),
        (2012.1, "date_partial"),  # January, or October that lost its zero
        ("去年", "date_unreadable"),
        (6, "date_unreadable"),
        (True, "date_unreadable"),
        ("²", "date_unreadable"),
    ],
)
def test_a_doubtful_day_is_told_and_never_guessed(written, rule):
    assert read_date(written)[:2] == (None, rule)


@pytest.mark.parametrize("written", [None, "", " ", "无", "/", "-", "#N/A"])
def test_nothing_is_no_day_and_no_fault(written):
    assert read_date(written) == (None, "", None)


@given(st.one_of(st.text(max_size=30), st.integers(), st.floats(), st.booleans()))
def test_whatever_stands_there_is_read_or_told(value):
    cell = read_date(value)
    assert cell.day is None or 1800 < cell.day.year < 2200 or isinstance(value, str)


@given(st.dates(date(1930, 1, 1), date(2090, 1, 1)))
def test_every_usual_form_of_a_day_gives_that_day(day):
    forms = f"{day:%Y-%m-%d}", f"{day:%Y%m%d}", f"{day.year}年{day.month}月{day.day}日"
    assert {read_date(form).day for form in forms} == {day}
