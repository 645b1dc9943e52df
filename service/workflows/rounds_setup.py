"""What a round on record is planned from: rules, teams and closures, kept and changed (排期条件).

The setup is the frame without wishes, as JSON; wishes come from the collected declarations
when the round is planned.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from math import inf
from pathlib import Path

from casework.access import Actor
from casework.errors import Conflict, Refused
from casework.findings import Finding
from casework.round_frame_json import frame_from, frame_json
from casework.round_notes import UnitNote
from casework.round_report import RoundFrame
from casework.round_rules import Round
from casework.rounds import EVERYWHERE, Closure, Team, Wish
from casework.session_dates import read_session_dates
from casework.session_rules import SessionRules
from geo.areas import Gazetteer, Unit
from ledger.record.rounds import StoredRound, add_round, all_rounds, save_setup
from ledger.record.store import Store
from ledger.rounds_files import WHOLE_CITY, RoundFiles
from service.workflows.collection import receipt_day
from service.workflows.declarations import open_terms
from service.workflows.ledgers import Terms
from service.workflows.rounds_pins import pins_taken

MOST_TEAMS = 60
MOST_CLOSURES = 400
MOST_SEATS = 5_000
MOST_STEPS_BACK = 10
EARLIER = "earlier"
"""In a setup: the setups before it, the last change last, so that it can be taken back."""


@dataclass(frozen=True, slots=True)
class RoundDesk:
    """The store as whoever is signed in may use it."""

    store: Store
    actor: Actor


def newest_round(desk: RoundDesk) -> StoredRound | None:
    """Give the newest round; None where none was begun."""
    with desk.store.reading(desk.actor, "round") as book:
        return next(iter(all_rounds(book)), None)


def begin_round(desk: RoundDesk, seen: str = "") -> StoredRound:
    """Begin a round by the preset's rules; the teams of the last round go on.

    Parameters
    ----------
    seen
        The newest round; where it is empty, only the very first one is begun, once.

    Raises
    ------
    Conflict
        When the newest round is another than the one that was seen: it was begun meanwhile.
    """
    rules = Round.from_toml()
    on = max(receipt_day(open_terms(Terms(b""))), rules.window_start)
    frame = RoundFrame(rules, SessionRules.from_toml(), on, (), ())
    with desk.store.writing(desk.actor, "begin a round") as book:
        last = next(iter(all_rounds(book)), None)
        if last and not seen:
            return last
        if seen and (last is None or last.id != seen):
            raise Conflict("别人刚另起了一轮，请刷新 / another round was just begun: reload")
        if last:
            frame = replace(frame, teams=frame_from(last.setup).teams)
        return add_round(book, frame_json(frame))


def frame_of(found: StoredRound) -> RoundFrame:
    """Give what a round is planned from, without wishes."""
    return frame_from(found.setup)


def save_frame(desk: RoundDesk, found: StoredRound, frame: RoundFrame, what: str) -> None:
    """Keep a changed setup; ``what`` says which part."""
    setup = frame_json(frame)
    before = {key: value for key, value in found.setup.items() if key != EARLIER}
    if setup == before:
        return
    earlier = [*found.setup.get(EARLIER, []), before][-MOST_STEPS_BACK:]
    with desk.store.writing(desk.actor, "set up a round") as book:
        save_setup(book, found, {**setup, EARLIER: earlier}, what)


def setup_mark(found: StoredRound) -> str:
    """Give a mark of a setup, by which a page says which one it was drawn from."""
    text = json.dumps(found.setup, ensure_ascii=False, sort_keys=True)
    return sha256(text.encode()).hexdigest()[:16]


def seen_frame(found: StoredRound, seen: str) -> RoundFrame:
    """Give what a round is planned from, if it is still what was seen; "" asks nothing.

    Raises
    ------
    Conflict
        When somebody changed it since: what is typed whole would undo what she typed.
    """
    if seen and seen != setup_mark(found):
        raise Conflict("本轮的条件刚被别人改过 / somebody changed the set-up meanwhile")
    return frame_of(found)


def setup_back(desk: RoundDesk, found: StoredRound) -> None:
    """Take the last change of the setup back.

    Raises
    ------
    Conflict
        When there is none.
    """
    earlier = found.setup.get(EARLIER, [])
    if not earlier:
        raise Conflict("没有可以撤销的改动 / there is nothing to undo")
    with desk.store.writing(desk.actor, "set up a round") as book:
        save_setup(book, found, {**earlier[-1], EARLIER: earlier[:-1]}, "undo")


def is_older(planned: RoundFrame, frame: RoundFrame) -> bool:
    """Say whether a timetable was planned from another setup than the one there is now."""

    def given(each: RoundFrame) -> tuple[object, ...]:
        closures, notes = set(each.closures), set(each.notes)
        teams = {team.team: team for team in each.teams}
        return each.rules, each.session, teams, closures, dict(each.known_minutes), notes

    return given(planned) != given(frame)


def take_file(
    frame: RoundFrame, what: str, path: Path, wishes: Mapping[str, Wish] | None
) -> tuple[RoundFrame, tuple[Finding, ...]]:
    """Read teams, closures, minutes on the road or rules from a file, for those there are.

    Parameters
    ----------
    wishes
        What units ask for, to judge the dates that a venue file fixes; None once there is a plan.

    Raises
    ------
    Refused
        When nothing in it could be used: what was there stays.
    """
    files = RoundFiles(frame.rules, Gazetteer.on(frame.rules.window_start))
    if what == "rules":
        rules, session = Round.from_toml(path), SessionRules.from_toml(path)
        return replace(frame, rules=rules, session=session, on=min(frame.on, rules.window_end)), ()
    if what == "roads":
        roads, found = files.roads(path, frame.teams)
        _refuse_none(tuple(roads), found)
        return replace(frame, known_minutes=roads), found
    if what == "teams":
        teams, found = files.teams(path)
        _refuse_none(teams, found)
        return replace(frame, teams=teams), found
    if what == "venues":
        notes, found = files.notes(path, frame.teams)
        _refuse_none(notes, found)
        given = (note.pin for note in notes if note.pin)
        frame = replace(frame, notes=tuple(replace(note, pin=None) for note in notes))
        pins, told = pins_taken(frame, given, wishes)
        return replace(frame, pins=pins), (*found, *told)
    closures, found = files.closures(path)
    _refuse_none(closures, found)
    return replace(frame, closures=closures), found


def _refuse_none(things: tuple[object, ...], found: Iterable[Finding]) -> None:
    if not things:
        why = next((finding.message_zh for finding in found), "")
        raise Refused(f"文件里没有能用的行，没有改动。{why} / no usable row, nothing was changed")


@dataclass(frozen=True, slots=True)
class TeamTyped:
    """A team's row as it is typed on the page."""

    code: str
    name: str
    base: str
    days_off: str = ""
    sessions_per_day: str = ""
    skills: str = ""


def base_of(team: Team, gazetteer: Gazetteer) -> Unit:
    """Name the unit that a team's home is in, or is nearest to."""

    def apart(unit: Unit) -> float:
        if unit.seat is None:
            return inf
        return (unit.seat.lon - team.home.lon) ** 2 + (unit.seat.lat - team.home.lat) ** 2

    return min(gazetteer.units, key=apart)


def teams_typed(frame: RoundFrame, rows: Iterable[TeamTyped]) -> tuple[Team, ...]:
    """Read the teams that are typed; what is not typed about a team stays.

    Raises
    ------
    Refused
        When a row cannot be read; the message says which.
    """
    known = {team.team: team for team in frame.teams}
    gazetteer = Gazetteer.on(frame.rules.window_start)
    teams: dict[str, Team] = {}
    for row in rows:
        if not row.name.strip():
            continue
        code = row.code.strip() or _free_code({*known, *teams})
        if code in teams:
            raise Refused(f"团队编号“{code[:20]}”重复 / this code twice")
        teams[code] = _team(frame, known.get(code), replace(row, code=code), gazetteer)
    if len(teams) > MOST_TEAMS:
        raise Refused(f"最多 {MOST_TEAMS} 支团队 / at most {MOST_TEAMS} teams")
    return tuple(teams.values())


def _free_code(taken: set[str]) -> str:
    return next(code for n in range(1, 999) if (code := f"T{n:02d}") not in taken)


def _team(frame: RoundFrame, known: Team | None, row: TeamTyped, gazetteer: Gazetteer) -> Team:
    unit = gazetteer.find_unit(row.base.strip()) if row.base.strip() else None
    if unit is None or unit.seat is None:
        raise Refused(f"“{row.name[:20]}”的驻地请写区县名，如 渝中区 / name its unit")
    rules = frame.rules
    off = read_session_dates(row.days_off.strip() or None, rules.window_start, rules.window_end)
    if off.refusal:
        raise Refused(
            f"“{row.name[:20]}”不能安排的日期看不懂，请写如 10月1-7日、10月16日"
            " / write days like 10月1-7日"
        )
    stays = known is not None and base_of(known, gazetteer).code == unit.code
    return Team(
        row.code[:20],
        row.name.strip()[:40],
        known.home if known and stays else unit.seat,
        unit.group,
        frozenset(off.dates),
        known.available if known else (None, None),
        int(row.sessions_per_day) if row.sessions_per_day in ("1", "2") else None,
        frozenset(row.skills.replace("，", "、").replace(",", "、").split("、")) - {""},
        known.area if known else "",
    )


def closures_typed(frame: RoundFrame, rows: Iterable[Mapping[str, str]]) -> tuple[Closure, ...]:
    """Read closures that are typed: unit (or 全市), first and last day, reason.

    Raises
    ------
    Refused
        When a row cannot be read.
    """
    gazetteer = Gazetteer.on(frame.rules.window_start)
    found: list[Closure] = []
    for row in rows:
        name = row["unit"].strip()
        if not name and not row["first"]:
            continue
        unit = gazetteer.find_unit(name) if name not in WHOLE_CITY else None
        if unit is None and (name not in WHOLE_CITY or not name):
            raise Refused(f"没有区县“{name[:20]}”，全部区县请写 全市 / no such unit")
        first = _day(row["first"], name)
        last = _day(row["last"], name) if row["last"] else first
        if last < first:
            raise Refused(f"“{name[:20]}”停办的结束日期早于开始日期 / it ends before it begins")
        code = unit.code if unit else EVERYWHERE
        found.append(Closure(code, first, last, row["reason"].strip()[:100] or "停办"))
    if len(found) > MOST_CLOSURES:
        raise Refused(f"最多 {MOST_CLOSURES} 段停办 / at most {MOST_CLOSURES} closures")
    return tuple(dict.fromkeys(found))


def venues_typed(frame: RoundFrame, rows: Iterable[Mapping[str, str]]) -> tuple[UnitNote, ...]:
    """Read venues that are typed: unit, venue, seats, whether wheelchairs get in.

    What is not typed of a unit, as the venue's place, stays.

    Raises
    ------
    Refused
        When a row cannot be read; the message says which.
    """
    gazetteer = Gazetteer.on(frame.rules.window_start)
    known = {note.unit: note for note in frame.notes}
    found: dict[str, UnitNote] = {}
    for row in rows:
        name, venue = row["unit"].strip(), row["venue"].strip()
        if not (name or venue or row["room"].strip()):
            continue
        unit = gazetteer.find_unit(name) if name else None
        if unit is None:
            raise Refused(f"没有区县“{name[:20]}”，请写区县名，如 渝中区 / no such unit")
        if unit.code in found:
            raise Refused(f"“{unit.name}”写了两行会场，请只留一行 / {unit.code} stands twice")
        if not venue or len(venue) > 60 or not venue.isprintable():
            raise Refused(f"请写“{unit.name}”的会场名称（60字以内） / name the venue")
        before = known.get(unit.code, UnitNote(unit.code))
        moved = before.venue not in ("", venue)
        found[unit.code] = replace(
            before,
            venue=venue,
            room=_seats(row["room"].strip(), unit.name),
            accessible=row["accessible"] == "1",
            place=None if moved else before.place,
        )
    return tuple(found[unit] for unit in sorted(found))


def _seats(text: str, name: str) -> int | None:
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= MOST_SEATS:
        return int(text)
    raise Refused(f"“{name}”会场可容纳人数请写 1 到 {MOST_SEATS} 的数 / seats: 1 to {MOST_SEATS}")


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(f"请给“{name[:20]}”选停办的开始日期 / choose the day it begins") from None
