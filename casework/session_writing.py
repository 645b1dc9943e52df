"""Session dates written out in one way, from what was read (团辅时间的规范写法).

What is written here is read again as the same days by ``casework.session_dates``, and holds
nothing but days: whatever else stood in the cell stays behind.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

from casework.rounds import Slot
from casework.session_days import SessionDates, SessionDay

_SLOTS = {Slot.DAY: "", Slot.MORNING: "上午", Slot.AFTERNOON: "下午"}


def write_session_dates(dates: SessionDates, year: int) -> str:
    """Write dates as the form asks for them; empty where nothing was read.

    Parameters
    ----------
    year
        The round's: days of another are written with theirs.

    Examples
    --------
    “拟10月16日至10月18日，每天2场”; “10月16日上午、下午、10月17日全天，其余待定”
    """
    if not dates.days and not dates.is_open:
        return ""
    alike = {(each.slot, each.sessions) for each in dates.days}
    if len(alike) == 1 and dates.days[0].slot is Slot.DAY:
        named = "、".join(_runs(dates.dates, year))
        each_day = dates.days[0].sessions
    else:
        named, each_day = "、".join(_days(dates.days, year)), None
    counted = f"，每天{each_day}场" if each_day else ""
    if dates.stated_sessions and not each_day:
        counted = f"，共{dates.stated_sessions}场"
    tentative = "拟" if dates.is_tentative else ""
    rest = "，其余待定" if dates.is_open and named else ""
    return f"{tentative}{named or '待定'}{counted}{rest}"


def _runs(days: Sequence[date], year: int) -> Iterator[str]:
    """Write days that follow one another as one run."""
    first = last = days[0]
    for day in (*days[1:], None):
        if day is not None and day - last == timedelta(days=1):
            last = day
            continue
        joint = "、" if (last - first).days == 1 else "至"
        yield _day(first, year) + (f"{joint}{_day(last, year)}" if last > first else "")
        first = last = day or last


def _days(days: Sequence[SessionDay], year: int) -> Iterator[str]:
    """Write each day with its halves and sessions."""
    # A bare day before 上午 might share it: beside half-days a whole day says so.
    whole = "全天" if any(each.slot is not Slot.DAY for each in days) else ""
    for day, group in groupby(days, key=lambda each: each.day):
        parts = [
            (_SLOTS[each.slot] or whole) + (f"（{each.sessions}场）" if each.sessions else "")
            for each in group
        ]
        yield _day(day, year) + "、".join(parts)


def _day(day: date, year: int) -> str:
    return f"{'' if day.year == year else f'{day.year}年'}{day.month}月{day.day}日"
