"""RoundProblem: everything a timetable may depend on (团辅排期问题)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import ceil

from casework.round_rules import Round, TeamsPerUnit, Term, UnitDays
from casework.rounds import Closure, Pin, Team, UnitPlan, Wish

METHOD = "trips/1"
"""Version of the method, part of every fingerprint."""


@dataclass(frozen=True, slots=True)
class RoundProblem:
    """A round's rules, the units' wishes, the teams, and what the office has fixed.

    Attributes
    ----------
    known_minutes
        Minutes on the road the office knows, by the codes of two units or of a team and a
        unit, in either order; the rest is estimated.
    published
        Plans already announced: as few of them as possible are changed, before all else.
    changes_at_most
        No more published plans than this may change; None leaves it open.
    """

    round: Round
    wishes: tuple[Wish, ...]
    teams: tuple[Team, ...]
    closures: tuple[Closure, ...] = ()
    pins: tuple[Pin, ...] = ()
    known_minutes: Mapping[tuple[str, str], int] = field(default_factory=dict)
    published: tuple[UnitPlan, ...] = ()
    changes_at_most: int | None = None

    def __post_init__(self) -> None:
        """Refuse two wishes of one unit, and two teams of one name."""
        for codes in ([w.unit for w in self.wishes], [t.team for t in self.teams]):
            if len(codes) != len(set(codes)):
                raise ValueError("each unit and each team once")

    def in_order(self) -> "RoundProblem":
        """Give the same problem in the one order that every answer is made from."""
        return replace(
            self,
            wishes=tuple(sorted(self.wishes, key=lambda wish: wish.unit)),
            teams=tuple(sorted(self.teams, key=lambda team: team.team)),
            closures=tuple(sorted(self.closures, key=lambda c: (c.unit, c.first, c.last))),
            pins=tuple(sorted(self.pins, key=_pin_key)),
            published=tuple(sorted(self.published, key=lambda plan: plan.unit)),
        )


@dataclass(frozen=True, slots=True)
class RoundLimits:
    """How much work an answer may cost; never wall-clock seconds, so that it repeats.

    Attributes
    ----------
    deterministic_seconds
        CP-SAT's own measure of work for choosing among equal plans, in all.
    most_columns
        Trips enumerated at most; beyond it the answer is feasible, not proven.
    workers
        Processes for rounds that fall into areas of their own.
    """

    deterministic_seconds: float = 15.0
    most_columns: int = 25_000
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Part:
    """One team's share of a unit: the whole, unless several teams serve it at once.

    Attributes
    ----------
    wish
        Index of the wish.
    rank
        0 for the unit's first (and longest) part.
    """

    wish: int
    rank: int
    sessions: int


def sessions_needed(wish: Wish, rules: Round) -> int:
    """Count a unit's sessions: as declared, or more where its people exceed the room."""
    if rules.rooms_required and wish.room and wish.people:
        return max(wish.sessions, ceil(wish.people / wish.room))
    return wish.sessions


def days_needed(sessions: int, a_day: int, wish: Wish, rules: Round) -> int:
    """Count the days that so many sessions take, at so many a day."""
    fewest = ceil(sessions / a_day)
    if rules.days_of_a_unit is UnitDays.AS_DECLARED and fewest <= len(wish.dates) <= sessions:
        return len(wish.dates)
    return fewest


def sessions_a_day(
    team: Team, part: Part, parts: tuple[Part, ...], rules: Round
) -> tuple[int, bool]:
    """Give a team's sessions a day in a part, and whether it is too slow to share the unit.

    Teams that serve a unit at once keep to the round's pace, so that they end together.
    """
    shared = sum(other.wish == part.wish for other in parts) > 1
    own = team.sessions_per_day or rules.sessions_per_day
    return (rules.sessions_per_day, own < rules.sessions_per_day) if shared else (own, False)


def parts_of(problem: RoundProblem) -> tuple[Part, ...]:
    """Split each wish into the parts that one team serves each."""
    rules = problem.round
    parts: list[Part] = []
    for w, wish in enumerate(problem.wishes):
        sessions = sessions_needed(wish, rules)
        shares = 1
        if rules.teams_per_unit is TeamsPerUnit.PARALLEL:
            days = days_needed(sessions, rules.sessions_per_day, wish, rules)
            shares = ceil(days / rules.parallel_days)
        for rank in range(shares):
            share = sessions // shares + (rank < sessions % shares)
            parts.append(Part(w, rank, share))
    return tuple(parts)


def levels_of(rules: Round) -> tuple[tuple[Term, ...], ...]:
    """Give the round's levels; travel breaks ties where no level asks about routes."""
    if any(term.needs_routes for level in rules.levels for term in level):
        return rules.levels
    return (*rules.levels, (Term.TRAVEL_MINUTES,))


def name_of(terms: tuple[Term, ...]) -> str:
    """Name a level by its terms."""
    return "+".join(terms)


def _pin_key(pin: Pin) -> tuple[str, str, str, bool]:
    days = "" if pin.dates is None else " ".join(day.isoformat() for day in pin.dates)
    return pin.unit, days, pin.team or "", pin.held
