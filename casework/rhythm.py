"""Rhythm: the six ones (六个一) of a pair as obligations, window by window (notice 三(一)3).

The notice says 每周, 每半个月, 每月: so there are windows, and not days since the last time. The
window in which a pairing begins or ends is not counted, nor one in which it rests. What is done
must be done inside its window; to write it down there are some days more.
"""

import tomllib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from casework.handbook import CareEntry, CareKind

ONE_DAY = timedelta(days=1)


class Period(StrEnum):
    """How often (周期)."""

    WEEK = "week"
    HALF_MONTH = "half_month"
    MONTH = "month"
    QUARTER = "quarter"
    TERM = "term"
    YEAR = "year"


class CareState(StrEnum):
    """How a window stands (办理情况)."""

    OPEN = "open"
    """It goes on, or has just ended and may still be written down."""
    DONE = "done"
    DONE_LATE = "done_late"
    """Done inside its window, written down after the days of grace."""
    EXCUSED = "excused"
    MISSED = "missed"


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """The days within which one of the six is to be done once; both ends included."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Whether a day lies in it."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What a pair owes, and how it is judged; see the preset for each rule's source."""

    name: str
    grace_days: int
    concern_days: int
    periods: Mapping[CareKind, Period]

    @classmethod
    @cache
    def preset(cls) -> "Rhythm":
        """Read the rules that ship."""
        rules = _rules()
        periods = {CareKind(kind): Period(every) for kind, every in rules["periods"].items()}
        return cls(rules["name"], rules["grace_days"], rules["concern_days"], periods)


@dataclass(frozen=True, slots=True)
class Lived:
    """The time a pairing was in force: what it is judged on.

    Attributes
    ----------
    ended_on
        None while it goes on.
    rests
        From when to when it rested, the second None while it does.
    """

    started_on: date
    ended_on: date | None = None
    rests: Sequence[tuple[date, date | None]] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """A line of the handbook with the day it was written down."""

    entry: CareEntry
    written_on: date


@dataclass(frozen=True, slots=True)
class Obligation:
    """One of the six in one window, and how it stands (一项应办)."""

    kind: CareKind
    window: Window
    state: CareState


@dataclass(frozen=True, slots=True)
class Tally:
    """How one of the six stands for one pair, by a day.

    Attributes
    ----------
    now
        The window that goes on: None between terms, or before the first whole window.
    begins
        Where none goes on: the day from which the next one counts.
    is_done_now
        Whether it was done, or excused, in that window; nothing is owed there yet.
    owed, done, missed, late
        Windows that are over: how many counted, were done (late ones too), were missed, were
        written down late. What is excused is not owed.
    to_write
        Windows just over without a line: there are some days left to write it down.
    """

    kind: CareKind
    now: Window | None
    begins: date | None
    is_done_now: bool
    owed: int
    done: int
    missed: int
    late: int
    to_write: int
    last_done: date | None


def obligations(
    rhythm: Rhythm, lived: Lived, written: Iterable[Written], on: date
) -> tuple[Obligation, ...]:
    """Give every window of a pair that counts and has begun, by kind and time."""
    by_kind = _by_kind(written)
    return tuple(
        Obligation(kind, window, _state(rhythm, window, by_kind[kind], on))
        for kind, period in rhythm.periods.items()
        for window in _counted(windows(period, lived.started_on.year, on.year), lived, on)
    )


def tallies(
    rhythm: Rhythm, lived: Lived, written: Iterable[Written], on: date
) -> tuple[Tally, ...]:
    """Sum a pair's obligations up: one line for each of the six."""
    lines = tuple(written)
    by_kind = _by_kind(lines)
    mine: dict[CareKind, list[Obligation]] = {kind: [] for kind in rhythm.periods}
    for one in obligations(rhythm, lived, lines, on):
        mine[one.kind].append(one)
    return tuple(
        _tally(kind, mine[kind], by_kind[kind], on, _next_begin(period, lived, on))
        for kind, period in rhythm.periods.items()
    )


@lru_cache(maxsize=64)
def windows(period: Period, first_year: int, last_year: int) -> tuple[Window, ...]:
    """Give every window that begins in these years, in order; weeks begin on Monday."""
    if period is Period.TERM:
        return _terms(first_year, last_year)
    begins = [day for year in range(first_year, last_year + 1) for day in _begins(period, year)]
    ends = [*begins[1:], _begins(period, last_year + 1)[0]]
    return tuple(Window(day, end - ONE_DAY) for day, end in zip(begins, ends, strict=True))


def _begins(period: Period, year: int) -> list[date]:
    """Give the days of a year on which a window begins."""
    if period is Period.WEEK:
        first = date(year, 1, 1)
        monday = first + timedelta(days=-first.weekday() % 7)
        days = (monday + timedelta(weeks=n) for n in range(54))
        return [day for day in days if day.year == year]
    if period is Period.HALF_MONTH:
        return [date(year, month, day) for month in range(1, 13) for day in (1, 16)]
    step = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}[period]
    return [date(year, month, 1) for month in range(1, 13, step)]


def _terms(first_year: int, last_year: int) -> tuple[Window, ...]:
    """Give the school terms that begin in these years; where none is known, the usual days."""
    rules = _rules()["terms"]
    known = [Window(*days) for days in rules["known"]]
    found = []
    for year in range(first_year, last_year + 1):
        for usual in (rules["usual_spring"], rules["usual_autumn"]):
            begin = date(year, *usual[:2])
            end = date(year + (usual[2] < usual[0]), *usual[2:])
            announced = (term for term in known if term.first <= end and begin <= term.last)
            found.append(next(announced, Window(begin, end)))
    return tuple(found)


def _counted(all_windows: Sequence[Window], lived: Lived, on: date) -> Sequence[Window]:
    """Give the windows that a pair lived through whole, as far as they have begun."""
    last = min(on, lived.ended_on - ONE_DAY) if lived.ended_on else on
    first = bisect_left(all_windows, Window(lived.started_on, date.min))
    begun = all_windows[first : bisect_left(all_windows, Window(last + ONE_DAY, date.min))]
    if lived.ended_on:
        begun = [window for window in begun if window.last < lived.ended_on]
    if not lived.rests:
        return begun
    return [window for window in begun if not _rested(window, lived.rests)]


def _rested(window: Window, rests: Iterable[tuple[date, date | None]]) -> bool:
    return any(
        since <= window.last and (until is None or window.first < until) for since, until in rests
    )


def _by_kind(written: Iterable[Written]) -> Mapping[CareKind, list[Written]]:
    """Sort lines by what they count for, the earliest first."""
    found: dict[CareKind, list[Written]] = {kind: [] for kind in CareKind}
    for line in sorted(written, key=_day):
        for kind in line.entry.kinds:
            found[kind].append(line)
    return found


def _day(line: Written) -> date:
    return line.entry.on


def _state(rhythm: Rhythm, window: Window, lines: Sequence[Written], on: date) -> CareState:
    """Say how a window stands by the lines of its kind."""
    grace_ends = window.last + timedelta(days=rhythm.grace_days)
    here = lines[
        bisect_left(lines, window.first, key=_day) : bisect_right(lines, window.last, key=_day)
    ]
    done = [line.written_on for line in here if line.entry.excuse is None]
    if done:
        return CareState.DONE if min(done) <= grace_ends else CareState.DONE_LATE
    if here:
        return CareState.EXCUSED
    return CareState.OPEN if on <= grace_ends else CareState.MISSED


def _next_begin(period: Period, lived: Lived, on: date) -> date:
    """Give the first day of the next whole window."""
    after = max(on + ONE_DAY, lived.started_on)
    later = windows(period, after.year, after.year + 1)
    return later[bisect_left(later, Window(after, date.min))].first


def _tally(
    kind: CareKind,
    mine: Sequence[Obligation],
    lines: Sequence[Written],
    on: date,
    next_begin: date,
) -> Tally:
    over = [one.state for one in mine if one.window.last < on]
    done = sum(state in (CareState.DONE, CareState.DONE_LATE) for state in over)
    missed, waits = over.count(CareState.MISSED), over.count(CareState.OPEN)
    current = mine[-1] if mine and mine[-1].window.holds(on) else None
    days = (_day(line) for line in lines if line.entry.excuse is None)
    return Tally(
        kind=kind,
        now=current.window if current else None,
        begins=None if current else next_begin,
        is_done_now=current is not None and current.state is not CareState.OPEN,
        owed=done + missed + waits,
        done=done,
        missed=missed,
        late=over.count(CareState.DONE_LATE),
        to_write=waits,
        last_done=max(days, default=None),
    )


@cache
def _rules() -> dict[str, Any]:
    source = files("casework").joinpath("presets", "rhythm_chongqing_2021.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))
