"""Calendars of a round, one file a team and one a unit (.ics，iCalendar).

What a file cancels stands in a file of its own, since METHOD holds for the whole file. No time
of writing is in them: the same timetable gives the same bytes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time

from icalendar import Calendar
from icalendar import Event as Entry

from casework.office_time import OFFICE_ZONE, ZONE_NAME
from casework.round_calendar import SLOTS_ZH, Audience, Event
from casework.round_report import RoundFrame

PRODID = "-//Nuantong 暖童//Counselling round 团辅排期//ZH"
AUDIENCES_ZH = {Audience.TEAM: "团队", Audience.UNIT: "区县"}
CANCELLED = "（取消）"


def calendar_files(
    frame: RoundFrame, events: Iterable[Event], townships: dict[str, str]
) -> Iterator[tuple[str, bytes]]:
    """Give each file's name, such as 团队_第1团辅队.ics, and its content.

    Parameters
    ----------
    townships
        Names of townships by code.
    """
    files: dict[tuple[Audience, str, bool], list[Event]] = defaultdict(list)
    for event in events:
        files[event.audience, event.owner, event.cancelled].append(event)
    for (audience, owner, cancelled), own in sorted(files.items()):
        is_team = audience is Audience.TEAM
        name = frame.team_name(owner) if is_team else frame.unit_name(owner)
        ending = CANCELLED if cancelled else ""
        file = f"{AUDIENCES_ZH[audience]}_{_file_name(name)}{ending}.ics"
        yield file, _calendar(frame, name, own, townships)


def _file_name(name: str) -> str:
    return "".join(c if c.isalnum() or c in "-（）()" else "_" for c in name)[:60] or "_"


def _calendar(
    frame: RoundFrame, name: str, events: list[Event], townships: dict[str, str]
) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "CANCEL" if events[0].cancelled else "PUBLISH")
    calendar.add("x-wr-calname", f"{name}团辅日程")
    calendar.add("x-wr-timezone", ZONE_NAME)
    for event in sorted(events, key=lambda event: (event.session, event.uid)):
        calendar.add_component(_entry(frame, event, townships))
    calendar.add_missing_timezones(date(2021, 1, 1))
    content: bytes = calendar.to_ical()
    return content


def _entry(frame: RoundFrame, event: Event, townships: dict[str, str]) -> Entry:
    session, unit = event.session, frame.unit_name(event.unit)
    stamp = datetime.combine(frame.on, time(), UTC)
    start, end = frame.session.hours[session.slot]
    entry = Entry()
    entry.add("uid", event.uid)
    entry.add("dtstamp", stamp)
    entry.add("last-modified", stamp)
    entry.add("sequence", event.sequence)
    entry.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    entry.add("summary", f"{unit}困境儿童团辅第{event.number}场（{SLOTS_ZH[session.slot]}）")
    entry.add("dtstart", datetime.combine(session.date, start, OFFICE_ZONE))
    entry.add("dtend", datetime.combine(session.date, end, OFFICE_ZONE))
    entry.add("location", session.venue or f"{unit}（场地以区县通知为准）")
    coming = "、".join(townships.get(code, code) for code in session.townships)
    lines = [f"承担团队：{frame.team_name(session.team)}"]
    if coming:
        lines.append(f"参加镇街：{coming}")
    entry.add("description", "\n".join(lines))
    entry.add("transp", "OPAQUE")
    return entry
