"""Dates are written so that they are read again as they were meant."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.rounds import Slot
from casework.session_dates import read_session_dates
from casework.session_days import Refusal, SessionDates, SessionDay
from casework.session_writing import write_session_dates

START, END = date(2021, 9, 15), date(2021, 11, 30)


def read(text):
    return read_session_dates(text, START, END)


@pytest.mark.parametrize(
    "text",
    [
        "10月16-17日",
        "10.16、17",
        "10月16日上、下午",
        "10月16日下午-17日上午",
        "10月16日（2场）、17日（1场）",
        "10月16-17日，每天2场",
        "10月16日半天",
        "拟于10月16日、17日开展",
        "暂定10月16日，其余待定",
        "待通知",
        "2022年1月5日",
        "",
    ],
)
def test_what_is_written_is_read_again_as_it_was_meant(text):
    once = read(text)
    assert read(write_session_dates(once, 2021)) == once


halves = st.sampled_from(
    [(Slot.DAY,), (Slot.MORNING,), (Slot.AFTERNOON,), (Slot.MORNING, Slot.AFTERNOON)]
)


@given(
    st.dictionaries(st.integers(0, (END - START).days), halves, min_size=1, max_size=8),
    st.booleans(),
    st.booleans(),
)
def test_days_and_half_days_in_any_number_survive(days, is_open, is_tentative):
    meant = SessionDates(
        tuple(
            SessionDay(START + timedelta(days=n), slot)
            for n, slots in sorted(days.items())
            for slot in slots
        ),
        is_open,
        is_tentative,
    )
    assert read(write_session_dates(meant, 2021)) == meant


@given(
    st.lists(st.tuples(halves, st.sampled_from([None, 1, 2, 3])), min_size=1, max_size=5),
    st.booleans(),
)
def test_whatever_the_reader_makes_of_counted_sessions_is_not_misread(days, is_open):
    meant = SessionDates(
        tuple(
            SessionDay(START + timedelta(days=n), slot, count)
            for n, (slots, count) in enumerate(days)
            for slot in slots
        ),
        is_open,
    )
    again = read(write_session_dates(meant, 2021))
    if again.refusal is None:
        assert again.dates == meant.dates
        once = read(write_session_dates(again, 2021))
        assert once == again


def test_a_refused_cell_leaves_nothing_of_what_stood_in_it():
    assert write_session_dates(SessionDates(refusal=Refusal.UNREAD, piece="张三"), 2021) == ""
