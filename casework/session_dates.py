"""Session dates as offices write them: 10月16-17日, 10.16–17, 11月29日上午, 待定 (团辅时间).

Everything that is written must be understood, or the whole cell is refused with the reason and
the piece that stopped the reading: half-read dates would send a team to an empty hall. So a
day without a month, a day that steps back, 上旬, 左右, or a half-day that may belong to one day or
to all are refused, never guessed.
"""

import re
from datetime import date, datetime, timedelta

from casework.session_days import Refusal, SessionDates, SessionDay
from casework.session_reader import Reader, Refused

EXCEL_EPOCH = date(1899, 12, 30)


def read_session_dates(value: object, window_start: date, window_end: date) -> SessionDates:
    """Read a cell of dates, as text, as a date or as the number Excel made of it.

    Parameters
    ----------
    window_start, window_end
        The round's window: a date without a year gets the year that puts it inside, else the
        year of the start.

    Examples
    --------
    ``10月16日、17日`` and ``10.16–17`` are the same two days; ``10月30日-11月1日`` is three;
    ``10月中旬`` is refused as inexact.
    """
    if value is None:
        return SessionDates()
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        return _of_cell(day, window_start, window_end)
    if isinstance(value, bool):
        return SessionDates(refusal=Refusal.UNREAD, piece=str(value))
    if isinstance(value, int | float):
        return _of_number(value, window_start, window_end)
    try:
        return Reader(str(value), window_start, window_end).read()
    except Refused as refused:
        return SessionDates(refusal=refused.reason, piece=refused.piece)


def _of_cell(day: date, start: date, end: date) -> SessionDates:
    """Take a date cell, unless Excel has put the year of typing into it."""
    if not start.year <= day.year <= end.year:
        return SessionDates(refusal=Refusal.YEAR, piece=day.isoformat())
    return SessionDates((SessionDay(day),))


def _of_number(number: float, start: date, end: date) -> SessionDates:
    """Take Excel's count of days, or 10.16; 10.1 may have been 10.10 and is refused."""
    text = f"{number:g}"
    if 20_000 < number < 80_000 and number == int(number):
        return _of_cell(EXCEL_EPOCH + timedelta(days=int(number)), start, end)
    if re.fullmatch(r"\d{1,2}\.\d\d", text):
        return read_session_dates(text, start, end)
    return SessionDates(refusal=Refusal.NUMBER, piece=text)
