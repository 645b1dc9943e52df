"""Rosters of sessions (场次名册): which sessions a team is booked for, and who is called to one.

A session is named by its unit and its number there, as the last published timetable says. Who
comes is read from the unit's own record; what is shown of a child is what the policy gives.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from casework.access import Action, Field, Target, area
from casework.eligibility import ScopeKind, scope_of
from casework.errors import NotFound
from casework.people import ChildStatus, Sex
from casework.programme import Programme
from casework.round_frame_json import frame_from
from casework.session_rules import AgeBand
from casework.sign_in import RosterChild, deal, roster_child
from ledger.record.book import Book
from ledger.record.deciding import require
from ledger.record.people import whole
from ledger.record.rounds import last_published
from ledger.record.scope import NOT_THERE


@dataclass(frozen=True, slots=True)
class CalledChild:
    """A child as a roster names one: never a birth date; ``township`` only for the unit."""

    name: str
    sex: Sex | None
    age_band: str
    township: str = ""


@dataclass(frozen=True, slots=True)
class SessionRoster:
    """A session and who is called to it.

    Attributes
    ----------
    session
        As the document writes it: date, slot, team, venue, townships.
    is_on_record
        Whether the unit has anybody on record, and the timetable says who is called.
    """

    unit: str
    unit_name: str
    number: int
    session: Mapping[str, Any]
    children: tuple[CalledChild, ...]
    is_on_record: bool


def session_id(unit: str, number: int) -> str:
    """Name a session; ``number`` counts from 1 in the unit."""
    return f"{unit}-{number}"


def booked_sessions(connection: Connection, team: str) -> frozenset[str]:
    """Give the ids of the sessions that a team is booked for."""
    found = last_published(connection) if team else None
    return frozenset(
        session_id(line["unit"], number)
        for line in (found[1].get("units", ()) if found else ())
        for number, session in enumerate(line["sessions"], 1)
        if session["team"] == team
    )


def roster_of(book: Book, unit: str, number: int, programme: Programme) -> SessionRoster:
    """Give who is called to a session, as far as whoever asks may see.

    Raises
    ------
    NotFound
        When there is no such session, or it is none of hers.
    """
    name = session_id(unit, number)
    decision = require(
        book, Action.SESSION_ROSTER, Target("session", area(unit), name, session=name)
    )
    found = last_published(book.connection)
    line = (
        next((u for u in found[1].get("units", ()) if u["unit"] == unit), None) if found else None
    )
    if found is None or line is None or not 1 <= number <= len(line["sessions"]):
        raise NotFound(NOT_THERE)
    sessions = line["sessions"]
    on = date.fromisoformat(sessions[0]["date"])
    bands = frame_from(found[1]["problem"]).session.bands
    children = _of_age(book, unit, (programme, bands), on)
    called = [tuple(session.get("townships") or ()) for session in sessions]
    dealt, _ = deal(children, called) if any(called) else ([()] * len(sessions), ())
    with_area = Field.AREA in decision.fields
    shown = tuple(_shown(child, bands, with_area) for child in dealt[number - 1])
    book.note(Action.SESSION_ROSTER, "session", [name], children=len(shown))
    is_known = bool(children) and any(called)
    return SessionRoster(unit, line["name"], number, sessions[number - 1], shown, is_known)


def _of_age(
    book: Book, unit: str, rules: tuple[Programme, tuple[AgeBand, ...]], on: date
) -> tuple[RosterChild, ...]:
    programme, bands = rules
    found = []
    for known in whole(book, "child", unit):
        child = known.record
        if child.status is not ChildStatus.ACTIVE:
            continue
        line = roster_child(child, "", on)
        is_out = scope_of(child, programme, on).kind is ScopeKind.OUT
        if not is_out and (line.age_years is None or _band(bands, line.age_years)):
            found.append(line)
    return tuple(found)


def _shown(child: RosterChild, bands: tuple[AgeBand, ...], with_area: bool) -> CalledChild:
    band = _band(bands, child.age_years) if child.age_years is not None else ""
    return CalledChild(child.name, child.sex, band, child.township_name if with_area else "")


def _band(bands: tuple[AgeBand, ...], age_years: int) -> str:
    return next((b.name_zh for b in bands if b.first <= age_years <= b.last), "")
