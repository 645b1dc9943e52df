"""From declarations to wishes: what a unit asks of the round (申报表转为排期需求).

Dates that could not be read or are left open (待定) become a wish without dates, for which the
round proposes some; a form without a number of sessions waits until somebody mends it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from casework.declaration import Declaration
from casework.findings import Finding
from casework.round_rules import Round
from casework.rounds import Pin, Wish
from casework.writing import narrowed
from geo.areas import Unit
from geo.place import Place

MOST_SESSIONS = 200
CITY_CENTRE = Place(106.55, 29.56)
_NOT_NEEDED = re.compile(r"(?:不|无)(?:需要?|要|用|必|配)\S{0,6}")
_NEED = re.compile(r"(?:需|要|请|配|希望|安排|懂|会)")
_ROOM = re.compile(r"(?:容纳|坐|座位)\D{0,4}?(\d{2,4})\s*(?:人|座|位|个)")
KNOWN_SKILLS = ("手语", "盲文", "苗语", "土家语")
"""What a remark may ask of a team, beside the skills that teams name themselves."""


@dataclass(frozen=True, slots=True)
class UnitNote:
    """What the office knows of a unit beside its form (区县补充).

    Attributes
    ----------
    room
        Seats of the venue, for children and adults.
    place
        The venue's; None takes the unit's seat.
    accessible
        Whether wheelchairs get in (无障碍); told with the venue's name wherever that stands.
    """

    unit: str
    venue: str = ""
    room: int | None = None
    skills: frozenset[str] = frozenset()
    area: str = ""
    place: Place | None = None
    pin: Pin | None = None
    accessible: bool = False

    @property
    def venue_told(self) -> str:
        """The venue as timetables and calendars name it."""
        return f"{self.venue}（无障碍）" if self.venue and self.accessible else self.venue


def wish_of(
    form: Declaration,
    unit: Unit,
    note: UnitNote | None,
    skills: frozenset[str],
    rules: Round,
) -> tuple[Wish | None, tuple[Finding, ...]]:
    """Return what a form asks of the round, and what a person should know of it.

    Parameters
    ----------
    skills
        What teams can do, in their own words: a remark that needs one of these is heeded.

    Returns
    -------
    tuple of Wish or None and tuple of Finding
        None where the form does not say how many sessions, or asks for none.
    """
    note = note or UnitNote(unit.code)
    if form.sessions is None or not 1 <= form.sessions <= MOST_SESSIONS:
        rule = "round_no_sessions" if form.sessions == 0 else "round_needs_sessions"
        return None, (Finding(rule, form.at("sessions"), values={"unit": unit.name}),)
    needs = note.skills | needs_of_remarks(form.remarks, skills)
    wish = Wish(
        unit.code,
        unit.name,
        note.place or unit.seat or CITY_CENTRE,
        unit.group,
        form.sessions,
        form.dates.dates,
        people=(form.participants_children or 0) + (form.participants_caregivers or 0),
        room=note.room or room_of_remarks(form.remarks),
        venue=note.venue_told,
        skills=needs,
        area=note.area,
    )
    return wish, tuple(_about(form, wish, rules))


def _about(form: Declaration, wish: Wish, rules: Round) -> Iterator[Finding]:
    if not wish.dates:
        yield Finding("round_dates_open", form.at("dates"), values={"unit": wish.name})
    elif form.dates.is_open:
        yield Finding("round_dates_partly_open", form.at("dates"), values={"unit": wish.name})
    if wish.skills:
        words = "、".join(sorted(wish.skills))
        values = {"unit": wish.name, "skills": words}
        yield Finding("round_needs_skills", form.at("remarks"), values=values)
    if rules.rooms_required and wish.room and wish.people > wish.room * wish.sessions:
        counts: dict[str, object] = {
            "unit": wish.name,
            "sessions": wish.sessions,
            "room": wish.room,
            "people": wish.people,
            "needed": ceil(wish.people / wish.room),
        }
        yield Finding("round_more_sessions", form.at("sessions"), values=counts)


def needs_of_remarks(remarks: str, skills: frozenset[str]) -> frozenset[str]:
    """Find what a remark asks a team to be able to do (需手语老师)."""
    asked = _NOT_NEEDED.sub("", narrowed(remarks))
    if not _NEED.search(asked):
        return frozenset()
    return frozenset(word for word in {*skills, *KNOWN_SKILLS} if len(word) > 1 and word in asked)


def room_of_remarks(remarks: str) -> int | None:
    """Find how many the venue holds where a remark says so (会场可容纳80人)."""
    found = _ROOM.search(narrowed(remarks))
    return int(found[1]) if found and int(found[1]) else None
