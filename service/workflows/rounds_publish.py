"""A round published: as its next revision, its files, its calendars, who sees what (公布排期)."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from casework.access import Actor, Role
from casework.declaration_cells import Contact
from casework.errors import CaseworkError
from casework.round_calendar import Audience, events_of
from casework.round_frame_json import composed_from
from casework.round_reading import read_told
from casework.rounds import UnitPlan
from ledger.record.round_voices import Feed
from ledger.record.rounds import (
    Made,
    Revision,
    What,
    add_revision,
    find_round,
    publish,
)
from service.workflows.rounds_again import read_contacts
from service.workflows.rounds_edit import (
    AtHand,
    freshened,
    refuse_unsaid,
    refuse_unseen,
    report_of,
)
from service.workflows.rounds_out import RoundOutputs, write_calendars
from service.workflows.rounds_out import write_round_outputs as write_outputs
from service.workflows.rounds_setup import RoundDesk
from service.workroom import scratch

LONGEST_NOTE = 300


def publish_at_hand(desk: RoundDesk, hand: AtHand, note: str) -> Revision:
    """Publish the timetable at hand; offers that lag behind a change by hand are made anew."""
    refuse_unsaid(hand, note)
    document = freshened(hand) if hand.is_stale else None
    with desk.store.writing(desk.actor, "publish a round") as book:
        found = find_round(book, hand.found.id)
        refuse_unseen(found, hand.found.current)
        if document is not None:
            add_revision(book, found, Made(What.MOVED, document))
            found = find_round(book, found.id)
        return publish(book, found, note.strip()[:LONGEST_NOTE])


def file_of(hand: AtHand, what: str, contacts: Mapping[str, Contact]) -> bytes:
    """Give one of a timetable's files: xlsx, pdf, html, or ics as a zip."""
    report = report_of(hand)
    before = hand.before.calendar if hand.before else None
    with scratch() as room:
        path = room / f"round.{what}"
        if what == "ics":
            write_calendars(report, path, before)
            return _zipped(path)
        outputs = {"xlsx": "workbook", "pdf": "pdf", "html": "map"}
        write_outputs(report, RoundOutputs(**{outputs[what]: path}), contacts, before)
        return path.read_bytes()


def contacts_of(hand: AtHand, collection: Path) -> dict[str, Contact]:
    """Give whom to call, from the collected forms; nobody where there are none any more."""
    try:
        return read_contacts(collection, hand.told.frame)
    except CaseworkError:
        return {}


def _zipped(folder: Path) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for path in sorted(folder.iterdir()):
            bundle.writestr(zipfile.ZipInfo(path.name, (2021, 1, 1, 0, 0, 0)), path.read_bytes())
    return out.getvalue()


def feed_bytes(document: Mapping[str, Any], feed: Feed) -> bytes:
    """Give the calendar of one team or unit as it stands."""
    from ledger.rounds_calendar import calendar_files

    told = read_told(document)
    events, _ = events_of(told.frame, told.timetable.units, told.calendar)
    own = [
        event
        for event in events
        if event.audience is Audience(feed.audience) and event.owner == feed.owner
    ]
    names = {c.township: c.name for each in composed_from(document) for c in each.coming}
    for _, content in calendar_files(told.frame, own, names):
        return content
    return _EMPTY


_EMPTY = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Nuantong//ZH\r\nMETHOD:PUBLISH\r\n"
    b"END:VCALENDAR\r\n"
)


def cut_for(document: Mapping[str, Any], actor: Actor, team: str = "") -> dict[str, Any]:
    """Cut a published timetable to what somebody may see of it.

    The city and the auditor see all; a unit, and a township in it, the unit's own dates and
    offers; a team the sessions it is booked for.
    """
    if actor.role in (Role.CITY, Role.AUDITOR, Role.SYSTEM):
        return {**document}
    kept = ("schema", "round", "title_zh", "on", "revision", "fingerprint")
    shown = {key: document[key] for key in kept}
    if actor.role is Role.TEAM:
        return shown | {"units": _booked(document, team)}
    unit = actor.scope[1]
    lists = ("units", "unplaced", "counter_offers", "composition")
    return shown | {
        name: [line for line in document[name] if line["unit"] == unit] for name in lists
    }


def _booked(document: Mapping[str, Any], team: str) -> list[dict[str, Any]]:
    booked = []
    for line in document["units"]:
        own = [session for session in line["sessions"] if team and session["team"] == team]
        if own:
            booked.append({"unit": line["unit"], "name": line["name"], "sessions": own})
    return booked


def differences(
    before: tuple[UnitPlan, ...], now: tuple[UnitPlan, ...]
) -> tuple[tuple[UnitPlan | None, UnitPlan | None], ...]:
    """Pair the plans that differ between two timetables: by days, halves or teams."""
    old, new = {p.unit: p for p in before}, {p.unit: p for p in now}
    return tuple(
        (old.get(unit), new.get(unit))
        for unit in sorted({*old, *new})
        if _placement(old.get(unit)) != _placement(new.get(unit))
    )


def _placement(plan: UnitPlan | None) -> object:
    return plan and tuple((s.date, s.slot, s.team, s.venue) for s in plan.sessions)
