"""Teams, closures, notes on units and drives as the office writes them (团队、停办、区县补充).

A row with an ERROR is held back and told with its row, column and remedy; the others go on.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from casework.findings import Finding, Severity
from casework.round_notes import UnitNote
from casework.round_rules import Round
from casework.rounds import EVERYWHERE, Closure, Pin, Team
from casework.session_dates import read_session_dates
from geo.areas import Gazetteer, Unit
from geo.coordinates import CoordinateProblem, read_coordinates
from geo.datum import Datum, read_datum
from geo.place import Place
from ledger.rounds_tables import (
    CLOSURES,
    ROADS,
    TEAMS,
    UNITS,
    Headings,
    RoundRow,
    RoundTable,
    read_round_table,
)

WHOLE_CITY = frozenset(("", "全市", "全部", "所有区县", "各区县", "全市各区县"))
_BETWEEN = re.compile(r"[、,，;；/\s]+")
MOST_ROWS = 5_000
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class RoundFiles:
    """What reading a round's tables may depend on: its rules and the areas."""

    rules: Round
    gazetteer: Gazetteer

    def teams(self, path: Path) -> tuple[tuple[Team, ...], tuple[Finding, ...]]:
        """Read the teams of a file, by code."""
        teams, findings = self._read(path, TEAMS, ("name",), self._team)
        return _once(teams, lambda team: team.team, "round_team_twice", findings)

    def closures(self, path: Path) -> tuple[tuple[Closure, ...], tuple[Finding, ...]]:
        """Read the closures of a file; identical ones are one."""
        closures, findings = self._read(path, CLOSURES, ("unit",), self._closure)
        unique = dict.fromkeys(closure for closure, _ in closures)
        return tuple(unique), tuple(findings)

    def notes(
        self, path: Path, teams: Sequence[Team]
    ) -> tuple[tuple[UnitNote, ...], tuple[Finding, ...]]:
        """Read what the office knows of units beside their forms: venue, room, pins."""

        def note(row: RoundRow, told: list[Finding]) -> UnitNote | None:
            return self._note(row, told, teams)

        notes, findings = self._read(path, UNITS, ("unit",), note)
        return _once(notes, lambda note: note.unit, "round_unit_twice", findings)

    def roads(
        self, path: Path, teams: Sequence[Team]
    ) -> tuple[dict[tuple[str, str], int], tuple[Finding, ...]]:
        """Read minutes on the road the office knows, by the codes of both ends."""

        def road(row: RoundRow, told: list[Finding]) -> tuple[tuple[str, str], int] | None:
            ends = [self._end(row, name, teams, told) for name in ("start", "goal")]
            minutes = _whole(row, "minutes", 1, 1440, told)
            if None in ends or minutes is None:
                return None
            return (str(ends[0]), str(ends[1])), minutes

        found, findings = self._read(path, ROADS, ("start", "goal", "minutes"), road)
        return {ends: minutes for (ends, minutes), _ in found}, tuple(findings)

    def _read(
        self,
        path: Path,
        headings: Headings,
        needed: Sequence[str],
        judge: Callable[[RoundRow, list[Finding]], Thing | None],
    ) -> tuple[list[tuple[Thing, RoundRow]], list[Finding]]:
        table: RoundTable = read_round_table(path, headings, needed)
        findings, things = list(table.findings), []
        for row in table.rows[:MOST_ROWS]:
            told: list[Finding] = []
            thing = judge(row, told)
            findings += told
            if thing is not None and all(f.severity is not Severity.ERROR for f in told):
                things.append((thing, row))
        if not table.rows:
            findings.append(Finding("round_table_empty", RoundRow(0, {}, table).at()))
        return things, findings

    def _team(self, row: RoundRow, told: list[Finding]) -> Team | None:
        home, group = self._home(row, told)
        a_day = (
            _whole(row, "sessions_per_day", 1, 2, told) if row.text("sessions_per_day") else None
        )
        off = self._days(row, "days_off", told)
        first, last = self._day(row, "first", told), self._day(row, "last", told)
        if first and last and last < first:
            told.append(Finding("round_backwards", row.at("last")))
        if home is None:
            return None
        name = row.text("name")
        return Team(
            row.text("team") or name,
            name,
            home,
            group,
            frozenset(off),
            (first, last),
            a_day,
            _words(row.text("skills")),
            row.text("area"),
        )

    def _home(self, row: RoundRow, told: list[Finding]) -> tuple[Place | None, str]:
        """Give where a team lives: its coordinates, else the unit it names."""
        base = self.gazetteer.find_unit(row.text("base")) if row.text("base") else None
        place = self._place(row, told)
        if place is None and base is not None:
            place = base.seat
        if place is None:
            told.append(Finding("round_team_home", row.at("base" if row.text("base") else "lon")))
            return None, ""
        nearest = base or self._nearest(place)
        return place, nearest.group if nearest else "CORE"

    def _place(self, row: RoundRow, told: list[Finding]) -> Place | None:
        datum = read_datum(row.text("datum")) if row.text("datum") else Datum.WGS84
        if datum is None:
            told.append(Finding("round_datum", row.at("datum")))
            return None
        found = read_coordinates(row.cells.get("lon"), row.cells.get("lat"), datum)
        if found.problem not in (None, CoordinateProblem.MISSING):
            told.append(Finding("round_coordinates", row.at("lon")))
        return found.place

    def _nearest(self, place: Place) -> Unit | None:
        seated = [unit for unit in self.gazetteer.units if unit.seat]
        return min(seated, key=lambda unit: _apart(unit.seat, place), default=None)

    def _closure(self, row: RoundRow, told: list[Finding]) -> Closure | None:
        unit = self._unit(row, told, also=WHOLE_CITY)
        days = self._days(row, "dates", told)
        first = self._day(row, "first", told) or (days[0] if days else None)
        last = self._day(row, "last", told) or (days[-1] if days else None)
        if first is None and not any(f.severity is Severity.ERROR for f in told):
            told.append(Finding("round_closure_days", row.at("first")))
        if first and last is None:
            last = self.rules.window_end
            told.append(Finding("round_closure_open", row.at("last"), values={"last": last}))
        if first and last and last < first:
            told.append(Finding("round_backwards", row.at("last")))
        if first is None or last is None or unit is None:
            return None
        return Closure(unit, first, last, row.text("reason")[:40])

    def _unit(
        self, row: RoundRow, told: list[Finding], also: frozenset[str] = frozenset()
    ) -> str | None:
        """Give the code of the unit a row names; EVERYWHERE where it says one of ``also``."""
        name = row.text("unit")
        if name in also:
            return EVERYWHERE
        match = self.gazetteer.match_unit(name) if name else None
        if match and match.unit:
            return match.unit.code
        near = "、".join(unit.name for unit in match.candidates) if match else ""
        values = {"near": f"（可能是：{near}）" if near else "", "near_en": near or "none"}
        told.append(Finding("round_unit_unknown", row.at("unit"), values=values))
        return None

    def _note(self, row: RoundRow, told: list[Finding], teams: Sequence[Team]) -> UnitNote | None:
        unit = self._unit(row, told)
        room = _whole(row, "room", 1, 100_000, told) if row.text("room") else None
        dates = self._days(row, "pin_dates", told)
        team = row.text("pin_team")
        known = {name: t.team for t in teams for name in (t.name, t.team)}
        if team and team not in known:
            told.append(Finding("round_team_unknown", row.at("pin_team")))
        place = self._place(row, told)
        if unit is None:
            return None
        pin = Pin(unit, tuple(dates) or None, known.get(team)) if dates or team else None
        skills = _words(row.text("skills"))
        return UnitNote(unit, row.text("venue"), room, skills, row.text("area"), place, pin)

    def _end(
        self, row: RoundRow, name: str, teams: Sequence[Team], told: list[Finding]
    ) -> str | None:
        """Give the code of the team or unit at one end of a road."""
        text = row.text(name)
        known = {said: t.team for t in teams for said in (t.name, t.team)}
        unit = self.gazetteer.find_unit(text) if text else None
        code = known.get(text) or (unit.code if unit else None)
        if code is None:
            told.append(Finding("round_end_unknown", row.at(name)))
        return code

    def _days(self, row: RoundRow, name: str, told: list[Finding]) -> list[date]:
        return list(_days(row, name, self.rules, told))

    def _day(self, row: RoundRow, name: str, told: list[Finding]) -> date | None:
        """Give the one day a cell says."""
        days = self._days(row, name, told)
        if len(days) > 1:
            told.append(Finding("round_one_day", row.at(name)))
        return days[0] if days else None


def _days(row: RoundRow, name: str, rules: Round, told: list[Finding]) -> tuple[date, ...]:
    value = row.cells.get(name)
    read = read_session_dates(value or None, rules.window_start, rules.window_end)
    if read.refusal and isinstance(value, date):  # a day outside the round's year is a day too
        return (date(value.year, value.month, value.day),)
    if read.refusal:
        told.append(Finding("round_dates", row.at(name), values={"piece": _shown(read.piece)}))
    return read.dates


def _shown(piece: str) -> str:
    """Show a piece of a date, letters left out: somebody's name may have slipped in."""
    return re.sub(r"[^\d年月日号.\-/、,至周一二三四五六天上下午]", "*", piece)[:12]


def _whole(row: RoundRow, name: str, least: int, most: int, told: list[Finding]) -> int | None:
    """Read a whole number with or without its unit (80人, 2场)."""
    found = re.fullmatch(r"(\d{1,6})(?:\.0+)?\s*(?:人|场|座|位|分钟|分|个)?", row.text(name))
    number = int(found[1]) if found else -1
    if least <= number <= most:
        return number
    told.append(Finding("round_number", row.at(name), values={"least": least, "most": most}))
    return None


def _words(text: str) -> frozenset[str]:
    return frozenset(filter(None, _BETWEEN.split(text)))


def _apart(seat: Place | None, place: Place) -> float:
    assert seat is not None
    return (seat.lon - place.lon) ** 2 + (seat.lat - place.lat) ** 2


def _once(
    things: Sequence[tuple[Thing, RoundRow]],
    code: Callable[[Thing], str],
    rule: str,
    findings: list[Finding],
) -> tuple[tuple[Thing, ...], tuple[Finding, ...]]:
    """Keep the first of each code; tell the others, unless they say the very same."""
    kept: dict[str, Thing] = {}
    for thing, row in things:
        first = kept.setdefault(code(thing), thing)
        if first != thing:
            findings.append(Finding(rule, row.at()))
    return tuple(kept[name] for name in sorted(kept)), tuple(findings)
