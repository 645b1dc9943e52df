"""What is told of a planned round beside its timetable (排期报告).

Values only, in the staff's words, so that workbook, calendar, map, page and JSON all tell the
same. Nobody's name is in them: only units, teams and townships.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from casework.round_notes import UnitNote
from casework.round_rules import Round
from casework.rounds import Closure, Contingent, Pin, Team, Timetable, UnitPlan, Wish
from casework.session_rules import SessionNeeds, SessionRules
from geo.areas import Gazetteer


@dataclass(frozen=True, slots=True)
class Holder:
    """A unit that holds a team on a wished date."""

    date: date
    team: str
    unit: str
    name: str


@dataclass(frozen=True, slots=True)
class CounterOffer:
    """What a unit can be told about its wish (答复意见).

    Attributes
    ----------
    planned
        What the timetable gives it; None where it has no place.
    holders
        Who holds which team on its wished dates.
    alternatives
        Plans that would fit with everybody else staying, nearest to the wish first.
    """

    unit: str
    name: str
    wished: tuple[date, ...]
    planned: UnitPlan | None
    holders: tuple[Holder, ...]
    alternatives: tuple[UnitPlan, ...]
    reason_zh: str


@dataclass(frozen=True, slots=True)
class GivenUp:
    """What giving one requirement up would buy."""

    words_zh: str
    sessions_more: int
    resolves: bool


@dataclass(frozen=True, slots=True)
class WhyNot:
    """A smallest set of requirements that cannot hold together (排不下的原因).

    Attributes
    ----------
    days_asked, days_there
        Team-days that the units of the set take, and that all teams have.
    """

    requirements_zh: tuple[str, ...]
    given_up: tuple[GivenUp, ...]
    days_asked: int
    days_there: int
    is_minimal: bool


@dataclass(frozen=True, slots=True)
class Strict:
    """What finishing by the strict reading of the notice would cost (从严口径)."""

    end: date
    sessions_lost: int
    moved_more: int
    more: Mapping[str, int]
    is_proven: bool


@dataclass(frozen=True, slots=True)
class Leg:
    """One drive of a team.

    Attributes
    ----------
    day
        The day of sessions it leads to; of the drive home, the last day of sessions.
    start, goal
        Code of a unit; empty for the team's home.
    nights
        Nights away before the day, on this leg.
    """

    team: str
    day: date
    start: str
    goal: str
    minutes: int
    nights: int = 0


@dataclass(frozen=True, slots=True)
class Coming:
    """A township that comes to a session; how many come from it stays with the office."""

    township: str
    name: str
    travel_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Composed:
    """Who comes to one of a unit's sessions, by township, and what that takes (场次组成).

    Counts are of the whole session: of one township they would tell of one or two children.

    Attributes
    ----------
    number
        From 1, in the order of the unit's sessions.
    """

    unit: str
    number: int
    coming: tuple[Coming, ...]
    needs: SessionNeeds


@dataclass(frozen=True, slots=True)
class RoundFrame:
    """What a round is planned from: rules, wishes, teams, closures, pins, known drives.

    Attributes
    ----------
    contingents
        Who comes from each township, by unit, where the hand-in tells; never written out.
    notes
        Venues as the office gave them beside the forms; pins stand in ``pins``.
    """

    rules: Round
    session: SessionRules
    on: date
    wishes: tuple[Wish, ...]
    teams: tuple[Team, ...]
    closures: tuple[Closure, ...] = ()
    pins: tuple[Pin, ...] = ()
    known_minutes: Mapping[tuple[str, str], int] = field(default_factory=dict)
    contingents: Mapping[str, tuple[Contingent, ...]] = field(default_factory=dict)
    notes: tuple[UnitNote, ...] = ()

    def team_name(self, code: str) -> str:
        """Give a team's name; its code where it is unknown."""
        return next((team.name for team in self.teams if team.team == code), code)

    def unit_name(self, code: str) -> str:
        """Give a unit's name, also of one that has withdrawn; its code where it is unknown."""
        name = next((wish.name for wish in self.wishes if wish.unit == code), "")
        areas = Gazetteer.on(self.rules.window_start)
        return name or (areas.unit(code).name if areas.has_unit(code) else code)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which sessions calendars know, so that they can be told of changes (日历).

    Attributes
    ----------
    revision
        0 for what was published first.
    sequences
        How often each session was changed, by its UID; cancelled ones stay in it.
    last
        Day, slot, team and place that were published last, by UID; empty when cancelled.
    """

    revision: int = 0
    sequences: Mapping[str, int] = field(default_factory=dict)
    last: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RoundReport:
    """A planned round whole: the timetable and all that is told with it.

    Attributes
    ----------
    declared
        The annex's cells of each unit, by field, without its contact.
    mark
        The fingerprint of a report that was read back; empty for one just made.
    """

    frame: RoundFrame
    timetable: Timetable
    offers: tuple[CounterOffer, ...] = ()
    why_not: WhyNot | None = None
    strict: Strict | None = None
    legs: tuple[Leg, ...] = ()
    composed: tuple[Composed, ...] = ()
    declared: Mapping[str, Mapping[str, int | str | None]] = field(default_factory=dict)
    calendar: Calendar = Calendar()
    changed: tuple[str, ...] = ()
    mark: str = ""
