"""Sign-in sheets made at the unit, from its own ledger, for a published session (签到名册)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from casework.contingents import Participants, contingents_of
from casework.eligibility import ScopeKind, scope_of
from casework.errors import NotFound, Unreadable
from casework.findings import Finding
from casework.hand_in import minimise
from casework.rounds import UnitPlan
from casework.sign_in import Roster, RosterChild, deal, roster_child
from geo.areas import Gazetteer
from ledger.pairings import current_pairs
from ledger.people import Ledgers, read_ledgers
from ledger.reader import Reader
from ledger.tables import Table, TableKind
from ledger.workbook import read_many
from service.outputs import whole_file, write_whole
from service.progress import Progress, Stage, silent
from service.workflows.rounds import Published
from solver.rounds.packing import pack_sessions

_SESSION = re.compile(r"(?P<unit>.+?)(?:\s*(?:[-—/]|第)\s*(?P<number>\d{1,3})\s*场?)?")


@dataclass(frozen=True, slots=True)
class Rosters:
    """Sign-in sheets, and what a person should know of them."""

    rosters: tuple[Roster, ...]
    findings: tuple[Finding, ...]


def session_named(text: str, published: Published) -> tuple[UnitPlan, int | None]:
    """Find the unit's plan and the session that a text names: 武隆区, 武隆区-2.

    Raises
    ------
    NotFound
        When there is no such unit or session in the published timetable.
    """
    found = _SESSION.fullmatch(text.strip())
    gazetteer = Gazetteer.on(published.frame.rules.window_start)
    unit = gazetteer.find_unit(found["unit"]) if found else None
    plan = next((p for p in published.plans if unit and p.unit == unit.code), None)
    if plan is None or found is None:
        raise NotFound(f"排期里没有“{text[:20]}”，请写如“武隆区-1” / no such session")
    number = int(found["number"]) if found["number"] else None
    if number is not None and not 1 <= number <= len(plan.sessions):
        raise NotFound(
            f"{plan.name}共{len(plan.sessions)}场，没有第{number}场 / there is no such session"
        )
    return plan, number


def make_rosters(
    session: str,
    published: Published,
    paths: Sequence[Path],
    reader: Reader,
    progress: Progress = silent,
) -> Rosters:
    """Make the sign-in sheets of a unit's session, or of all its sessions.

    Raises
    ------
    NotFound
        When the timetable has no such session.
    Unreadable
        When a ledger cannot be read, has no children, or is another unit's.
    """
    plan, number = session_named(session, published)
    progress(Stage.READ, 0, len(paths))
    ledgers = _ledgers(paths, reader)
    area = ledgers.unit.area
    if area is not None and area.code != plan.unit:
        raise Unreadable(f"台账是{area.name}的，不是{plan.name}的 / the ledger is of another unit")
    progress(Stage.COMPOSE, 0, 0)
    children = _children(ledgers, published, reader, plan.dates[0])
    townships = _townships(plan, published, ledgers, reader)
    dealt, strangers = deal(children, townships)
    frame = published.frame
    rosters = tuple(
        Roster(plan.name, n, at, frame.team_name(at.team), tuple(coming), frame.session)
        for n, (at, coming) in enumerate(zip(plan.sessions, dealt, strict=True), 1)
        if number in (None, n)
    )
    return Rosters(rosters, tuple(_about(children, strangers, published)))


def _ledgers(paths: Sequence[Path], reader: Reader) -> Ledgers:
    tables: list[Table] = []
    for _, reading in read_many(tuple(dict.fromkeys(paths))):
        if isinstance(reading, Unreadable):
            raise reading
        tables += reading.tables
    if not any(table.kind in (TableKind.CHILDREN, TableKind.COMBINED) for table in tables):
        names = "、".join(path.name for path in paths)
        raise Unreadable(f"{names} 里没有找到困境儿童台账 / no table of children was found")
    return read_ledgers(tables, reader)


def _children(
    ledgers: Ledgers, published: Published, reader: Reader, on: date
) -> tuple[RosterChild, ...]:
    """Give the children of age, each with the caregiver on record that day."""
    pairs, _ = current_pairs(ledgers, on)
    names = {caregiver.id: caregiver.name for caregiver in ledgers.caregivers}
    beside = {pair.child: names.get(pair.caregiver, "") for pair in pairs}
    bands = published.frame.session.bands
    found = []
    for child in ledgers.children:
        if scope_of(child, reader.programme, on).kind is ScopeKind.OUT:
            continue
        line = roster_child(child, beside.get(child.id) or child.caregiver_name, on)
        if line.age_years is None or bands[0].first <= line.age_years <= bands[-1].last:
            found.append(line)
    return tuple(found)


def _townships(
    plan: UnitPlan, published: Published, ledgers: Ledgers, reader: Reader
) -> list[tuple[str, ...]]:
    """Give each session's townships: as published, else packed from the unit's own counts."""
    if any(session.townships for session in plan.sessions):
        return [session.townships for session in plan.sessions]
    frame = published.frame
    wish = next((wish for wish in frame.wishes if wish.unit == plan.unit), None)
    areas = Gazetteer.on(frame.rules.window_start)
    own = minimise(ledgers.children, None, reader.programme, plan.dates[0], areas)
    everybody = Participants(None, len(ledgers.caregivers) or None)
    seat = wish.seat if wish else None
    contingents = contingents_of(own, everybody, areas, seat, frame.session)
    room = wish.room if wish and frame.rules.rooms_required else None
    packing = pack_sessions(contingents, len(plan.sessions), room, frame.session)
    return [packed.townships for packed in packing.sessions]


def _about(
    children: Sequence[RosterChild], strangers: Sequence[str], published: Published
) -> list[Finding]:
    found = []
    ageless = sum(child.age_years is None for child in children)
    if ageless:
        youngest = published.frame.session.bands[0].first
        values: dict[str, object] = {"n": ageless, "from_age": youngest}
        found.append(Finding("round_roster_no_age", values=values))
    if strangers:
        names = {"names": "、".join(strangers)}
        found.append(Finding("round_roster_unassigned", values=names))
    return found


def write_roster_files(made: Rosters, on: date, out: Path | None, pdf: Path | None) -> None:
    """Write the sheets as a workbook and as a PDF, each whole or not at all."""
    from ledger.sign_in_sheets import rosters_pdf, write_rosters

    if out:
        with whole_file(out) as draft:
            write_rosters(draft, made.rosters, on)
    if pdf:
        write_whole(pdf, rosters_pdf(made.rosters))


def reader_on(reader: Reader, published: Published) -> Reader:
    """Judge the ledger by the areas of the round's own year."""
    return replace(reader, gazetteer=Gazetteer.on(published.frame.rules.window_start))
