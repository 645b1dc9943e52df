"""Session dates written out in one way, from what was read (团辅时间的规范写法).

What is written here is read again as the same days by ``casework.session_dates``, and holds
nothing but days: whatever else stood in the cell stays behind.
"""

from collections.abc import Iterator, Sequence
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
    “拟10月16日上午、下午、10月17日（2场），其余待定”
    """
    named = "、".join(_days(dates.days, year))
    if not named:
        return "待定" if dates.is_open else ""
    total = f"，共{dates.stated_sessions}场" if dates.stated_sessions else ""
    rest = "，其余待定" if dates.is_open else ""
    return f"{'拟' if dates.is_tentative else ''}{named}{total}{rest}"


def _days(days: Sequence[SessionDay], year: int) -> Iterator[str]:
    for day, group in groupby(days, key=lambda each: each.day):
        other_year = f"{day.year}年" if day.year != year else ""
        parts = [
            _SLOTS[each.slot] + (f"（{each.sessions}场）" if each.sessions else "")
            for each in group
        ]
        yield f"{other_year}{day.month}月{day.day}日" + "、".join(parts)
