"""Reads session dates from left to right; what it does not know it refuses.

Use ``casework.session_dates``: this is the inside.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from casework import session_signs as signs
from casework.rounds import Slot
from casework.session_days import Refusal, SessionDates, SessionDay

LONGEST_TEXT = 200
MOST_DAYS = 60


class Refused(Exception):  # noqa: N818
    """Reading stops here; the door turns it into an answer."""

    def __init__(self, reason: Refusal, piece: str) -> None:
        super().__init__(reason)
        self.reason, self.piece = reason, piece[:12]


@dataclass(slots=True)
class Spell:
    """A day or a range, with what is said of it."""

    days: list[date]
    slots: list[Slot] = field(default_factory=list)  # said of the day, or of a range's first
    last_slots: list[Slot] = field(default_factory=list)  # said after a range
    is_range: bool = False
    sessions: int | None = None


class Reader:
    """Reads one text from left to right; every character must belong to something known."""

    def __init__(self, text: str, window_start: date, window_end: date) -> None:
        if len(text) > LONGEST_TEXT:
            raise Refused(Refusal.TOO_MANY, text)
        self._text = signs.prepare(text)
        self._at = 0
        self._window = window_start, window_end
        self._spells: list[Spell] = []
        self._told: set[date] = set()  # days whose weekday was written
        self._year: int | None = None
        self._month: int | None = None
        self._in_words = False  # the month was written with 月
        self._closed = True  # the last day was written with 日 or 号
        self._open = self._tentative = False
        self._total: int | None = None
        self._each: int | None = None

    def read(self) -> SessionDates:
        """Read it all, then see that what was said fits together."""
        steps: tuple[Callable[[], bool], ...] = (
            self._skip_open,
            self._skip_noise,
            self._take_sessions,
            self._take_weekdays,
            self._take_part,
            self._take_range,
            self._take_day,
            self._take_separator,
        )
        if self._text in ("", "/", "-", "无"):
            return SessionDates()
        while self._at < len(self._text):
            if not any(step() for step in steps):
                raise self._refuse(
                    Refusal.INEXACT if self._sees(signs.INEXACT) else Refusal.UNREAD
                )
        return self._result()

    def _sees(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        return pattern.match(self._text, self._at)

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Step over a match, if there is one here."""
        match = self._sees(pattern)
        if match:
            self._at = match.end()
        return match

    def _refuse(self, reason: Refusal, piece: str = "") -> Refused:
        return Refused(reason, piece or self._text[self._at :])

    def _skip_open(self) -> bool:
        found = self._take(signs.OPEN)
        self._open = self._open or bool(found)
        return bool(found)

    def _skip_noise(self) -> bool:
        found = self._take(signs.NOISE)
        self._tentative = self._tentative or bool(found and found[1])
        return bool(found)

    def _take_sessions(self) -> bool:
        """Read 共3场, 每天2场, 2场, 共2天."""
        if found := self._take(signs.ALL_SESSIONS):
            self._total = self._once(self._total, int(found[1]))
        elif found := self._take(signs.EACH_SESSIONS):
            self._each = self._once(self._each, int(found[1]))
        elif found := self._take(signs.DAY_COUNT):
            self._check_days(found)
        elif found := self._take(signs.SESSIONS):
            spell = self._last(found)
            spell.sessions = self._once(spell.sessions, int(found[1]))
        return bool(found)

    def _once(self, before: int | None, now: int) -> int:
        if now < 1 or before not in (None, now):
            raise self._refuse(Refusal.COUNT)
        return now

    def _check_days(self, found: re.Match[str]) -> None:
        days = {day for spell in self._spells for day in spell.days}
        if int(found[1]) not in (len(days), len(self._last(found).days)):
            raise self._refuse(Refusal.COUNT, found[0])

    def _last(self, found: re.Match[str]) -> Spell:
        if not self._spells:
            raise self._refuse(Refusal.UNREAD, found[0])
        return self._spells[-1]

    def _take_weekdays(self) -> bool:
        """Read (周六、周日) and see that the days before it are just these."""
        if found := self._take(signs.WEEKEND) if self._spells else None:
            days = self._untold_days()
            fits = bool(days) and all(day.weekday() >= 5 for day in days)
        elif found := self._take(signs.WEEKDAYS):
            said = [
                "一二三四五六日".index(c)
                for c in re.sub("[^一二三四五六日天]", "", found[0]).replace("天", "日")
            ]
            days = self._untold_days()
            spans = "-" in found[0] and days and [days[0], days[-1]]
            fits = bool(days) and said == [d.weekday() for d in (spans or days[-len(said) :])]
        if found and not fits:
            raise self._refuse(Refusal.WEEKDAY if self._spells else Refusal.INEXACT, found[0])
        self._told.update(self._untold_days() if found else ())
        return bool(found)

    def _untold_days(self) -> list[date]:
        days = [day for spell in self._spells for day in spell.days]
        return [day for day in days if day not in self._told]

    def _take_part(self) -> bool:
        """Read 上午, 下午, 全天 or a time of day, said of the last day."""
        found = self._take(signs.CLOCK) or self._take(signs.PART)
        if found is None:
            return False
        spell = self._last(found)
        slots = spell.last_slots if spell.is_range else spell.slots
        if found.re is signs.CLOCK:
            parts = self._part_of_clock(found, slots)
        else:
            parts = signs.PARTS.get(found[0], ())
        if found[0] == "半天":
            spell.sessions = self._once(spell.sessions, 1)
        slots += [part for part in parts if part not in slots]
        return True

    def _part_of_clock(self, clock: re.Match[str], said: list[Slot]) -> tuple[Slot, ...]:
        """Give the half a time of day is in; beside 上午 or 下午 it may only say the same."""
        shift = 12 if said == [Slot.AFTERNOON] and int(clock[1]) < 7 else 0
        start, end = int(clock[1]) + shift, int(clock[4] or clock[1]) + shift
        if not 7 <= start <= end <= 19:
            raise self._refuse(Refusal.UNREAD, clock[0])
        part = Slot.MORNING if start < 12 else Slot.AFTERNOON
        if start < 12 and end > 13:
            part = Slot.DAY
        if said and part not in said:
            raise self._refuse(Refusal.HALF_DAY, clock[0])
        return (part,)

    def _take_range(self) -> bool:
        """Read the rest of 10月16-17日 after its first day."""
        if self._text[self._at] != "-" or not self._spells or self._spells[-1].is_range:
            return False
        self._at += 1
        while self._skip_noise():
            pass
        spell, found = self._spells.pop(), len(self._spells)
        first = spell.days[0]
        if not self._take_day(first) or len(self._spells) != found + 1:
            raise self._refuse(Refusal.UNREAD)
        last = self._spells.pop().days[0]
        length = (last - first).days
        if length <= 0:
            raise self._refuse(Refusal.BACKWARDS, f"{first.day}-{last.day}")
        if length >= MOST_DAYS:
            raise self._refuse(Refusal.TOO_MANY, f"{first.month}.{first.day}-")
        spell.days = [first + timedelta(days=n) for n in range(length + 1)]
        spell.is_range = True
        self._spells.append(spell)
        return True

    def _take_day(self, after: date | None = None) -> bool:
        """Read one day, with its month or under the month before it."""
        may_dot = self._closed or not self._in_words
        if found := self._take(signs.WHOLE) or self._take(signs.RUN):
            self._year, self._month = int(found[1]), int(found[2])
            self._in_words = "月" in found[0]
            day = found[3]
        elif found := self._take(signs.MONTH_DAY):
            self._month, day, self._in_words = int(found[1]), found[2], True
        elif may_dot and (found := self._take(signs.DOTTED)):
            self._month, day, self._in_words = int(found[1]), found[2], False
        elif found := self._take(signs.DAY):
            self._follow(int(found[1]), after)
            day = found[1]
        else:
            if self._sees(signs.MONTH):
                raise self._refuse(Refusal.DAY_MISSING)
            return False
        self._closed = found[0][-1] in "日号"
        self._spells.append(Spell([self._date(int(day), found[0])]))
        return True

    def _follow(self, day: int, after: date | None) -> None:
        """Let a bare day stand only under a month, and after the day before it."""
        if self._month is None:
            raise self._refuse(Refusal.MONTH_MISSING, str(day))
        before = after or (self._spells[-1].days[-1] if self._spells else None)
        if before and day <= before.day:
            reason = Refusal.TWICE if day == before.day else Refusal.BACKWARDS
            raise self._refuse(reason, f"{before.day}、{day}")

    def _date(self, day: int, piece: str) -> date:
        """Make the date, in the year that puts it into the window."""
        start, end = self._window
        years = [self._year] if self._year else sorted({start.year, end.year})
        try:
            dates = [date(year, self._month or 0, day) for year in years]
        except ValueError:
            raise self._refuse(Refusal.IMPOSSIBLE, piece) from None
        return next((each for each in dates if start <= each <= end), dates[0])

    def _take_separator(self) -> bool:
        inner = self._in_words and not self._closed and self._take(signs.INNER_SEPARATOR)
        return bool(inner or self._take(signs.SEPARATOR))

    def _result(self) -> SessionDates:
        self._check_half_days()
        if not all(spell.sessions for spell in self._spells):
            self._forget_counts()
        days = [day for spell in self._spells for day in self._days_of(spell)]
        days.sort(key=lambda each: (each.day, list(Slot).index(each.slot)))
        for before, after in pairwise(days):
            whole = Slot.DAY in (before.slot, after.slot) or before.slot is after.slot
            if before.day == after.day and whole:
                raise self._refuse(Refusal.TWICE, f"{after.day.month}月{after.day.day}日")
        if len(days) > MOST_DAYS:
            raise self._refuse(Refusal.TOO_MANY, self._text)
        if not days and not self._open:
            raise self._refuse(Refusal.UNREAD, self._text)
        return SessionDates(tuple(days), self._open, self._tentative, self._stated(days))

    def _check_half_days(self) -> None:
        """Refuse a half-day that may be meant for the days before it as well."""
        unsaid = False
        for spell in self._spells:
            halves = {Slot.MORNING, Slot.AFTERNOON} & {*spell.slots, *spell.last_slots}
            if halves and (unsaid or (spell.is_range and not spell.slots)):
                raise self._refuse(Refusal.HALF_DAY, self._text)
            unsaid = unsaid or not (spell.slots or spell.last_slots)

    def _forget_counts(self) -> None:
        """Let 16日、17日（2场） say nothing of each day: it may mean two in all."""
        for spell in self._spells:
            spell.sessions = None

    def _days_of(self, spell: Spell) -> list[SessionDay]:
        first, last = spell.days[0], spell.days[-1]
        if not spell.is_range:
            each = spell.sessions or self._each
            return [SessionDay(first, slot, each) for slot in spell.slots or [Slot.DAY]]
        slots = dict.fromkeys(spell.days, Slot.DAY)
        if spell.slots == [Slot.AFTERNOON]:
            slots[first] = Slot.AFTERNOON
        if spell.last_slots == [Slot.MORNING]:
            slots[last] = Slot.MORNING
        return [SessionDay(day, slot, self._each) for day, slot in slots.items()]

    def _stated(self, days: list[SessionDay]) -> int | None:
        """Give the sessions in all, where they are said, and refuse two sums that differ."""
        sums = [self._total] if self._total else []
        said = [spell.sessions or (self._each or 0) * len(spell.days) for spell in self._spells]
        if said and all(said):
            sums.append(sum(said))
        if len(set(sums)) > 1:
            raise self._refuse(Refusal.COUNT, self._text)
        return sums[0] if sums else None
