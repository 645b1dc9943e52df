"""A counselling round's people and dates: wishes in, timetable out (团辅轮次与排期).

A *wish* is what a unit's declaration (申报表) asks of the round. Every wish has exactly one
line in a timetable: in ``units``, or in ``unplaced`` with the reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from casework.proposals import Proof
from casework.round_rules import Term
from geo.place import Place

SCHEMA = "nuantong/timetable/1"
EVERYWHERE = ""
"""The unit of a closure that closes all units."""


class Slot(StrEnum):
    """Part of a day a session takes: the day, or one of its halves."""

    DAY = "day"
    MORNING = "am"
    AFTERNOON = "pm"


@dataclass(frozen=True, slots=True)
class Contingent:
    """Who comes from one township: the chair brings them together, in one vehicle.

    Attributes
    ----------
    children
        Participating children by age in full years.
    escorts
        Adults beside the caregivers: the township chair and helpers.
    """

    township: str
    name: str
    children: Mapping[int, int]
    caregivers: int = 0
    escorts: int = 1
    wheelchairs: int = 0
    travel_minutes: int | None = None

    @property
    def child_count(self) -> int:
        """Children of all ages."""
        return sum(self.children.values())

    @property
    def people(self) -> int:
        """Everybody who needs a seat."""
        return self.child_count + self.caregivers + self.escorts


@dataclass(frozen=True, slots=True)
class Wish:
    """What one unit asks of the round.

    Attributes
    ----------
    unit
        The unit's code.
    group
        Terrain group, as in ``geo`` (CORE, NEW, NE, SE).
    sessions
        Sessions declared, 1 or more.
    dates
        Declared dates in order; empty where the unit left them open (待定).
    people
        Children and adults who come in all; 0 unknown.
    room
        Seats of the venue; None unknown.
    skills
        What a team must be able to do (手语 …).
    area
        Only teams of the same area may serve it; empty: any team.
    """

    unit: str
    name: str
    seat: Place
    group: str
    sessions: int
    dates: tuple[date, ...] = ()
    people: int = 0
    room: int | None = None
    venue: str = ""
    skills: frozenset[str] = frozenset()
    area: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no wish."""
        if not 1 <= self.sessions <= 1000:
            raise ValueError(f"{self.unit}: sessions must be 1 to 1000, not {self.sessions}")
        if list(self.dates) != sorted(set(self.dates)):
            raise ValueError(f"{self.unit}: dates in order, each once")
        if self.people < 0 or (self.room is not None and self.room < 1):
            raise ValueError(f"{self.unit}: people 0 or more, room 1 or more")


@dataclass(frozen=True, slots=True)
class Team:
    """A team of psychologists (团辅团队).

    Attributes
    ----------
    sessions_per_day
        Half-days it works, 1 or 2; None: as the round says.
    available
        First and last day it can be booked; None where open.
    """

    team: str
    name: str
    home: Place
    group: str = "CORE"
    days_off: frozenset[date] = frozenset()
    available: tuple[date | None, date | None] = (None, None)
    sessions_per_day: int | None = None
    skills: frozenset[str] = frozenset()
    area: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no team."""
        if self.sessions_per_day not in (None, 1, 2):
            raise ValueError(f"{self.team}: sessions a day 1 or 2")

    def is_off(self, day: date) -> bool:
        """Whether the team cannot be booked on this day."""
        first, last = self.available
        outside = (first is not None and day < first) or (last is not None and day > last)
        return outside or day in self.days_off


@dataclass(frozen=True, slots=True)
class Closure:
    """Days on which no session may be held in a unit (停办), as in an epidemic."""

    unit: str
    first: date
    last: date
    reason_zh: str = ""

    def closes(self, unit: str, day: date) -> bool:
        """Whether the unit is closed on this day."""
        return self.unit in (EVERYWHERE, unit) and self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Pin:
    """A unit whose dates, team or both the office has fixed (锁定).

    Attributes
    ----------
    dates, team
        None leaves that part to the solver.
    held
        Already held: history, on which no rule is judged any more.
    """

    unit: str
    dates: tuple[date, ...] | None = None
    team: str | None = None
    held: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Session:
    """One session: a half-day or a day, with one team."""

    date: date
    slot: Slot
    team: str
    venue: str = ""
    townships: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """One unit's sessions, in order of date, and what became of its wish.

    Attributes
    ----------
    moved_days
        Days between the wished and the planned first day; 0 where the wish is kept.
    """

    unit: str
    name: str
    sessions: tuple[Session, ...]
    declared: tuple[date, ...] = ()
    kept: bool = False
    moved_days: int = 0
    reason_zh: str = ""

    @property
    def dates(self) -> tuple[date, ...]:
        """The days of its sessions, each once."""
        return tuple(sorted({session.date for session in self.sessions}))

    @property
    def teams(self) -> tuple[str, ...]:
        """The teams that serve it."""
        return tuple(sorted({session.team for session in self.sessions}))


class WhyUnplaced(StrEnum):
    """Why a unit has no place."""

    IMPOSSIBLE = "impossible"
    ROUND_FULL = "round_full"
    NEEDS_DATA = "needs_data"


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A unit without a place, and why."""

    unit: str
    name: str
    sessions: int
    reason: WhyUnplaced
    reason_zh: str


@dataclass(frozen=True, slots=True)
class LevelValue:
    """One level of the objective: what was reached, and what is proven of it.

    Attributes
    ----------
    value, bound
        Weighed sum of the level's terms, and what no timetable that is as good on the levels
        before can go below; None where nothing is proven.
    """

    name: str
    value: int
    bound: int | None
    amounts: Mapping[str, int] = field(default_factory=dict)
    weights: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_proven(self) -> bool:
        """Whether no timetable is better on this level."""
        return self.bound is not None and self.bound >= self.value


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule a timetable breaks, where, in the staff's words."""

    rule: str
    unit: str
    team: str
    date: date | None
    message_zh: str


@dataclass(frozen=True, slots=True)
class Timetable:
    """A round's sessions; ``units`` and ``unplaced`` sorted by unit code."""

    round_name: str
    units: tuple[UnitPlan, ...]
    unplaced: tuple[Unplaced, ...]
    objective: tuple[LevelValue, ...]
    amounts: Mapping[Term, int]
    proof: Proof
    violations: tuple[Violation, ...] = ()
    fingerprint: str = ""

    def plan(self, unit: str) -> UnitPlan | None:
        """Give a unit's line, or None where it has no place."""
        return next((plan for plan in self.units if plan.unit == unit), None)

    def as_json(self) -> dict[str, Any]:
        """Give the timetable as ``nuantong/timetable/1``."""
        return {
            "schema": SCHEMA,
            "round": self.round_name,
            "units": [_unit_json(plan) for plan in self.units],
            "unplaced": [
                {
                    "unit": left.unit,
                    "name": left.name,
                    "sessions": left.sessions,
                    "reason": str(left.reason),
                    "reason_zh": left.reason_zh,
                }
                for left in self.unplaced
            ],
            "objective": [_level_json(level) for level in self.objective],
            "amounts": {str(term): amount for term, amount in sorted(self.amounts.items())},
            "proof": {
                "status": str(self.proof.status),
                "bound": list(self.proof.bound),
                "gap": self.proof.gap,
                "certificate": "verified" if self.proof.certificate_verified else "none",
            },
            "violations": [
                {
                    "rule": broken.rule,
                    "unit": broken.unit,
                    "team": broken.team,
                    "date": broken.date.isoformat() if broken.date else None,
                    "message_zh": broken.message_zh,
                }
                for broken in self.violations
            ],
            "fingerprint": self.fingerprint,
        }


def _unit_json(plan: UnitPlan) -> dict[str, Any]:
    return {
        "unit": plan.unit,
        "name": plan.name,
        "sessions": [
            {
                "date": session.date.isoformat(),
                "slot": str(session.slot),
                "team": session.team,
                "venue": session.venue,
                "townships": list(session.townships),
            }
            for session in plan.sessions
        ],
        "declared": [day.isoformat() for day in plan.declared],
        "kept": plan.kept,
        "moved_days": plan.moved_days,
        "reason_zh": plan.reason_zh,
    }


def _level_json(level: LevelValue) -> dict[str, Any]:
    return {
        "level": level.name,
        "value": level.value,
        "bound": level.bound,
        "amounts": dict(level.amounts),
        "weights": dict(level.weights),
    }
