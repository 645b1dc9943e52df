"""Session days: what a cell of dates says, or why it was refused (团辅日期)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from casework.rounds import Slot


class Refusal(StrEnum):
    """Why dates were not read."""

    UNREAD = "unread"
    INEXACT = "inexact"
    MONTH_MISSING = "month_missing"
    DAY_MISSING = "day_missing"
    IMPOSSIBLE = "impossible"
    BACKWARDS = "backwards"
    TWICE = "twice"
    WEEKDAY = "weekday"
    HALF_DAY = "half_day"
    COUNT = "count"
    NUMBER = "number"
    YEAR = "year"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class SessionDay:
    """A day, or half of one, on which sessions are to be held; ``sessions`` where it says."""

    day: date
    slot: Slot = Slot.DAY
    sessions: int | None = None


@dataclass(frozen=True, slots=True)
class SessionDates:
    """A cell of dates, read.

    Attributes
    ----------
    days
        In order; empty where the cell is blank, open or refused.
    is_open
        The unit leaves its dates, or the rest of them, to the city office (待定).
    is_tentative
        It says 拟, 计划, 暂定.
    stated_sessions
        Sessions in all, where the cell says so (共3场).
    refusal, piece
        Why nothing was read, and at which piece of the text; None when it was read.
    """

    days: tuple[SessionDay, ...] = ()
    is_open: bool = False
    is_tentative: bool = False
    stated_sessions: int | None = None
    refusal: Refusal | None = None
    piece: str = ""

    @property
    def dates(self) -> tuple[date, ...]:
        """Every day once, in order."""
        return tuple(sorted({each.day for each in self.days}))
