"""An officer's own timetable, read from a workbook (排期表的读取).

Either one row a session (区县、日期、时段、团队) or one row a unit with all its dates; our own
workbook is read by its sheet 场次表. What cannot be read is told and not judged.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from casework.findings import Finding, Severity
from casework.round_report import RoundFrame
from casework.rounds import Session, Slot, UnitPlan
from casework.session_dates import read_session_dates
from casework.session_days import SessionDay
from geo.areas import Gazetteer
from ledger.rounds_tables import TIMETABLE, RoundRow, read_round_table

SLOTS = {
    "": None,
    "上午": Slot.MORNING,
    "am": Slot.MORNING,
    "下午": Slot.AFTERNOON,
    "pm": Slot.AFTERNOON,
    "全天": Slot.DAY,
    "day": Slot.DAY,
}


@dataclass(frozen=True, slots=True)
class RowOf:
    """Which row of the file says that a unit is served on a day by a team."""

    unit: str
    day: date
    team: str
    number: int


def read_timetable(
    path: Path, frame: RoundFrame, gazetteer: Gazetteer
) -> tuple[tuple[UnitPlan, ...], tuple[RowOf, ...], tuple[Finding, ...]]:
    """Read a timetable: the plans by unit, the row of each, and what could not be read.

    Raises
    ------
    Unreadable
        When no sheet has units, days and teams.
    """
    table = read_round_table(path, TIMETABLE, ("unit", "dates", "team"))
    reader = _Reader(frame, gazetteer)
    for row in table.rows:
        reader.take(row)
    return reader.plans(), tuple(reader.rows), tuple(reader.findings)


class _Reader:
    def __init__(self, frame: RoundFrame, gazetteer: Gazetteer) -> None:
        self.frame, self.gazetteer = frame, gazetteer
        self.rows: list[RowOf] = []
        self.findings: list[Finding] = []
        self.sessions: dict[str, list[Session]] = defaultdict(list)
        self.teams = {said: t.team for t in frame.teams for said in (t.name, t.team)}
        self.wishes = {wish.unit: wish for wish in frame.wishes}

    def take(self, row: RoundRow) -> None:
        """Take one row, whole or not at all."""
        told: list[Finding] = []
        unit, days = self._unit(row, told), self._days(row, told)
        slot = self._slot(row, told)
        team = self.teams.get(row.text("team"), row.text("team"))
        if not team:
            told.append(Finding("round_team_unknown", row.at("team")))
        self.findings += told
        if unit is None or any(f.severity is Severity.ERROR for f in told):
            return
        for day, part in self._spread(unit, days, slot, row):
            session = Session(day, part, team, row.text("venue"))
            self.sessions[unit].append(session)
            self.rows.append(RowOf(unit, day, team, row.number))

    def _unit(self, row: RoundRow, told: list[Finding]) -> str | None:
        match = self.gazetteer.match_unit(row.text("unit")) if row.text("unit") else None
        if match and match.unit:
            return match.unit.code
        near = "、".join(unit.name for unit in match.candidates) if match else ""
        values = {"near": f"（可能是：{near}）" if near else "", "near_en": near or "none"}
        told.append(Finding("round_unit_unknown", row.at("unit"), values=values))
        return None

    def _days(self, row: RoundRow, told: list[Finding]) -> tuple[SessionDay, ...]:
        rules = self.frame.rules
        value = row.cells.get("dates") or None
        read = read_session_dates(value, rules.window_start, rules.window_end)
        if read.refusal and isinstance(value, date):
            return (SessionDay(date(value.year, value.month, value.day)),)
        if read.refusal:
            told.append(Finding("round_dates", row.at("dates"), values={"piece": "…"}))
        elif not read.days:
            told.append(Finding("round_timetable_days", row.at("dates")))
        return read.days

    def _slot(self, row: RoundRow, told: list[Finding]) -> Slot | None:
        text = row.text("slot").lower()
        if text not in SLOTS:
            told.append(Finding("round_timetable_slot", row.at("slot")))
        return SLOTS.get(text)

    def _spread(
        self, unit: str, days: tuple[SessionDay, ...], slot: Slot | None, row: RoundRow
    ) -> Iterator[tuple[date, Slot]]:
        """Give each session's day and slot; a row that is a unit is dealt its sessions."""
        if "slot" in row.table.columns:
            for each in days:
                yield each.day, slot or each.slot
            return
        if any(each.slot is not Slot.DAY for each in days):
            yield from ((each.day, each.slot) for each in days)
            return
        wish = self.wishes.get(unit)
        count = max(len(days), wish.sessions if wish else len(days))
        twice = count - len(days)  # as many days as needed have two sessions, the first ones
        for n, each in enumerate(days):
            if each.sessions == 2 or (each.sessions is None and n < twice):
                yield from ((each.day, Slot.MORNING), (each.day, Slot.AFTERNOON))
            else:
                yield each.day, Slot.DAY

    def plans(self) -> tuple[UnitPlan, ...]:
        """Give what was read, one plan a unit."""
        found = []
        for unit, sessions in sorted(self.sessions.items()):
            wish = self.wishes.get(unit)
            name = wish.name if wish else self.gazetteer.unit(unit).name
            found.append(UnitPlan(unit, name, tuple(sorted(sessions)), wish.dates if wish else ()))
        return tuple(found)
