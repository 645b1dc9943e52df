"""Written dates: days as people type them into a ledger (日期的写法).

A day is read only where its order is plain: the year first, in four digits. ``12/03/05`` or a
month without a day is told, never guessed.
"""

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from casework.writing import narrowed, said

_EXCEL_EPOCH = date(1899, 12, 30)
_SERIALS = range(7_000, 73_051)  # 1919 to 2099
_SEPARATED = re.compile(r"(\d{4})[-./年](\d{1,2})(?:[-./月](\d{1,2})日?)?月?[生]?(?:[ T][\d:.]+)?")
_RUN_TOGETHER = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})?")
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]+)?")
_YEAR_LAST = re.compile(r"\d{1,2}[-./年月]\d{1,2}[-./月日]\d{2,4}日?")


class WrittenDate(NamedTuple):
    """A date cell, judged.

    Attributes
    ----------
    day
        The day; None where the cell is empty or cannot be read.
    rule
        Empty when all is well; ``date_serial`` tells of a number taken for a day;
        ``date_partial``, ``date_ambiguous``, ``date_impossible``, ``date_unreadable`` refuse.
    month
        The first of the month where the cell has a month and no day.
    """

    day: date | None
    rule: str = ""
    month: date | None = None


def read_date(value: object) -> WrittenDate:
    """Read a day from a cell: a date, an Excel serial or text."""
    if isinstance(value, datetime):
        return WrittenDate(value.date())
    if isinstance(value, date):
        return WrittenDate(value)
    if value is None or isinstance(value, bool):
        return WrittenDate(None, "" if value is None else "date_unreadable")
    return _read_text(said(value))


@lru_cache(maxsize=65536)
def _read_text(said_text: str) -> WrittenDate:
    text = re.sub(r"\s*([-./年月日])\s*", r"\1", narrowed(said_text)).strip(" '`。")
    if not text:
        return WrittenDate(None)
    if _NUMBER.fullmatch(text) and not _RUN_TOGETHER.fullmatch(text):
        return _from_serial(text)
    parts = _SEPARATED.fullmatch(text) or _RUN_TOGETHER.fullmatch(text)
    if parts:
        return _from_parts(*parts.groups())
    return WrittenDate(None, "date_ambiguous" if _YEAR_LAST.fullmatch(text) else "date_unreadable")


def _from_parts(year: str, month: str, day: str | None) -> WrittenDate:
    try:
        read = date(int(year), int(month), int(day or 1))
    except ValueError:
        return WrittenDate(None, "date_impossible")
    return WrittenDate(read) if day else WrittenDate(None, "date_partial", read)


def _from_serial(text: str) -> WrittenDate:
    """Read Excel's count of days; ``2012.3`` and ``2012`` are a year with no day."""
    whole = text.split(".")[0]
    if len(whole) == 4 and whole[:2] in ("19", "20"):
        return WrittenDate(None, "date_partial")
    if int(whole) in _SERIALS:
        return WrittenDate(_EXCEL_EPOCH + timedelta(days=int(whole)), "date_serial")
    return WrittenDate(None, "date_unreadable")
