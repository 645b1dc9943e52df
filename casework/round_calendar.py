"""Sessions as calendars know them, and what to tell when plans change (团辅日历).

A session keeps its UID for good: unit and number, and in a team's calendar the team too, since
what one team loses another gains. A change raises SEQUENCE by one; what is no longer held is
cancelled (RFC 5546).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from casework.round_report import Calendar, RoundFrame
from casework.rounds import Session, Slot, UnitPlan

DOMAIN = "nuantong"
SLOTS_ZH = {Slot.DAY: "全天", Slot.MORNING: "上午", Slot.AFTERNOON: "下午"}


class Audience(StrEnum):
    """Whose calendar it is."""

    TEAM = "team"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Event:
    """One session in one calendar.

    Attributes
    ----------
    owner
        Code of the team or unit whose calendar it stands in.
    number
        From 1, in the order of the unit's sessions.
    """

    uid: str
    audience: Audience
    owner: str
    unit: str
    number: int
    session: Session
    sequence: int = 0
    cancelled: bool = False

    @property
    def placement(self) -> str:
        """What a change of would be told: day, slot, team and place."""
        s = self.session
        return "|".join((s.date.isoformat(), str(s.slot), s.team, s.venue))


def events_of(
    frame: RoundFrame, plans: tuple[UnitPlan, ...], before: Calendar | None = None
) -> tuple[tuple[Event, ...], Calendar]:
    """Return every event of a timetable, those that are cancelled last, and what is now known.

    Parameters
    ----------
    before
        What calendars were told before; None when nothing was.
    """
    known = before or Calendar(revision=-1)
    sequences, last = dict(known.sequences), dict[str, str]()
    events = []
    for event in _events(frame, plans):
        told = known.last.get(event.uid)
        sequence = sequences.get(event.uid, -1)
        if told != event.placement:
            sequence += 1
        sequences[event.uid], last[event.uid] = sequence, event.placement
        events.append(_numbered(event, sequence))
    for uid, placement in sorted(known.last.items()):
        if uid not in last:
            sequences[uid] += 1
            events.append(_cancelled(uid, placement, sequences[uid]))
    return tuple(events), Calendar(known.revision + 1, sequences, last)


def _events(frame: RoundFrame, plans: tuple[UnitPlan, ...]) -> Iterator[Event]:
    name = frame.rules.name
    for plan in plans:
        for number, session in enumerate(plan.sessions, 1):
            for audience, owner in ((Audience.UNIT, plan.unit), (Audience.TEAM, session.team)):
                uid = _uid(name, audience, owner, plan.unit, number)
                yield Event(uid, audience, owner, plan.unit, number, session)


def _uid(name: str, audience: Audience, owner: str, unit: str, number: int) -> str:
    return f"{name}/{audience}/{owner}/{unit}/{number}@{DOMAIN}"


def _numbered(event: Event, sequence: int) -> Event:
    return Event(
        event.uid,
        event.audience,
        event.owner,
        event.unit,
        event.number,
        event.session,
        sequence,
    )


def _cancelled(uid: str, placement: str, sequence: int) -> Event:
    """Give an event that was told of and is no more."""
    _, audience, owner, unit, number = uid.removesuffix(f"@{DOMAIN}").rsplit("/", 4)
    day, slot, team, venue = placement.split("|", 3)
    session = Session(date.fromisoformat(day), Slot(slot), team, venue)
    return Event(
        uid, Audience(audience), owner, unit, int(number), session, sequence, cancelled=True
    )
