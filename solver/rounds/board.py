"""Board: every stint a round allows, a unit's part with one team from a first day on.

Indices: i part, j team, s first day, counted from the window's start. All unit-team rules
become one mask each, so that the reason why a unit has no stint can be read off them.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from casework.rounds import EVERYWHERE, Wish
from solver.rounds.shapes import Bools, Ints, Shape, allowed_mask, shape_of
from solver.rounds.travel import Travel, travel_of
from solver.timetable_problem import (
    Part,
    RoundProblem,
    days_needed,
    parts_of,
    sessions_a_day,
)

LAYERS = (
    *("last", "days", "head", "tail", "head_gap_days", "moved", "moved_days"),
    *("school_days", "late_days", "changed", "minutes", "nights"),
)
RULES = (
    *("closures", "days_off", "skills", "nearest_teams", "longest_run", "long_travel"),
    "pins",
)

NEVER = 2**40
"""More minutes than any drive."""


@dataclass(frozen=True, slots=True)
class Board:
    """All stints of a round; arrays by (part, team, first day) unless they say otherwise.

    Attributes
    ----------
    possible
        Whether the stint breaks no rule by itself.
    last, days, head, tail, head_gap_days
        Last day; days of sessions; lengths of its first and last run of following days, and
        of the pause after the first.
    moved, moved_days, school_days, late_days, changed
        What the stint adds to each term; a unit's own terms stand with its first part.
    minutes, nights
        On the road and away between the days of the stint itself.
    barred
        For each rule, by its name, the stints it alone would take away.
    """

    problem: RoundProblem
    parts: tuple[Part, ...]
    allowed: Bools
    travel: Travel
    possible: Bools
    last: Ints
    days: Ints
    head: Ints
    tail: Ints
    head_gap_days: Ints
    moved: Ints
    moved_days: Ints
    school_days: Ints
    late_days: Ints
    changed: Ints
    minutes: Ints
    nights: Ints
    barred: dict[str, Bools]

    @property
    def size(self) -> tuple[int, int, int]:
        """Count parts, teams and days."""
        i, j, s = self.possible.shape
        return i, j, s

    def worked(self, i: int, j: int, s: int) -> Ints:
        """Give the days of sessions of a stint."""
        days = np.arange(s, self.last[i, j, s] + 1)
        return days[self.allowed[days]]


def board_of(problem: RoundProblem) -> Board:
    """Lay out every stint of a problem that stands in order (``RoundProblem.in_order``)."""
    parts = parts_of(problem)
    allowed = allowed_mask(problem.round)
    travel = travel_of(problem, [problem.wishes[part.wish] for part in parts])
    layers = _Layers(problem, parts, allowed, travel)
    return layers.board()


class _Layers:
    """The arrays while they are being filled, one part and team at a time."""

    def __init__(
        self,
        problem: RoundProblem,
        parts: tuple[Part, ...],
        allowed: Bools,
        travel: Travel,
    ) -> None:
        self.problem, self.parts, self.allowed, self.travel = problem, parts, allowed, travel
        self.dates = problem.round.days()
        self.index = {day: d for d, day in enumerate(self.dates)}
        size = (len(parts), len(problem.teams), len(self.dates))
        self.of = {name: np.zeros(size, np.int64) for name in LAYERS}
        self.of["last"] -= 1
        self.exists = np.zeros(size, dtype=bool)
        self.barred = {rule: np.zeros(size, dtype=bool) for rule in RULES}
        self.shapes: dict[int, Shape] = {}
        rules_ = problem.round
        school = np.array([rules_.is_school_day(day) for day in self.dates])
        self.school = _before(school & allowed)
        self.usable = _before(allowed)
        self.off = [np.array([t.is_off(day) for day in self.dates]) for t in problem.teams]

    def board(self) -> Board:
        """Fill all layers."""
        near = nearest_mask(self.problem, self.parts, self.travel)
        for i, part in enumerate(self.parts):
            wish = self.problem.wishes[part.wish]
            closed = _before(self._closed(wish) & self.allowed)
            for j, team in enumerate(self.problem.teams):
                a_day, slow = sessions_a_day(team, part, self.parts, self.problem.round)
                shape = self._shape(days_needed(part.sessions, a_day, wish, self.problem.round))
                self._lay(i, j, shape)
                self._bar(i, j, shape, closed)
                skilled = wish.skills <= team.skills or not self.problem.round.skills_required
                apart = bool(wish.area and team.area and wish.area != team.area)
                self.barred["skills"][i, j] = not skilled or apart or slow
                self.barred["nearest_teams"][i, j] = not near[i, j]
            self._pin(i, part, wish)
        possible = self.exists.copy()
        for bar in self.barred.values():
            possible &= ~bar
        return Board(
            self.problem,
            self.parts,
            self.allowed,
            self.travel,
            possible,
            barred={rule: bar & self.exists for rule, bar in self.barred.items()},
            **self.of,
        )

    def _shape(self, days: int) -> Shape:
        if days not in self.shapes:
            self.shapes[days] = shape_of(days, self.allowed, self.problem.round)
        return self.shapes[days]

    def _closed(self, wish: Wish) -> Bools:
        closures = [c for c in self.problem.closures if c.unit in (EVERYWHERE, wish.unit)]
        return np.array([any(c.closes(wish.unit, day) for c in closures) for day in self.dates])

    def _lay(self, i: int, j: int, shape: Shape) -> None:
        """Write where the stints of a part and team stand and what they add to each term."""
        of, part = self.of, self.parts[i]
        exists = shape.last >= 0
        self.exists[i, j] = exists
        for name in ("last", "head", "tail", "head_gap_days"):
            of[name][i, j] = getattr(shape, name)
        of["days"][i, j] = shape.days
        starts, ends = np.flatnonzero(exists), shape.last[exists]
        of["school_days"][i, j, starts] = self.school[ends + 1] - self.school[starts]
        leg = int(self.travel.home_minutes[j, i])
        if self.travel.commutes[j, i]:
            of["minutes"][i, j, starts] = 2 * leg * (shape.days - 1)
        else:
            of["minutes"][i, j, starts] = 2 * leg * shape.home_gaps[exists]
            of["nights"][i, j, starts] = shape.stay_nights[exists]
        if part.rank == 0:
            of["late_days"][i, j, starts] = starts
            moved_days, moved = self._moves(self.problem.wishes[part.wish], shape)
            of["moved_days"][i, j], of["moved"][i, j] = moved_days, moved

    def _moves(self, wish: Wish, shape: Shape) -> tuple[Ints, Ints]:
        """Give for each first day how far it lies from the wish, and whether at all."""
        size = len(self.dates)
        if not wish.dates:
            return np.zeros(size, np.int64), np.zeros(size, np.int64)
        starts = np.flatnonzero(shape.last >= 0)
        met = np.full(size, -1, np.int64)
        met[starts] = self._wished_within(starts, shape.last[starts], wish)
        kept = (met == shape.days) | (met == len(wish.dates))
        first = (wish.dates[0] - self.dates[0]).days
        near = np.flatnonzero(kept) if kept.any() else np.array([first])
        away = np.abs(np.arange(size)[:, None] - near[None, :]).min(axis=1)
        return np.where(kept, 0, np.maximum(away, 1)), (~kept).astype(np.int64)

    def _wished_within(self, starts: Ints, ends: Ints, wish: Wish) -> Ints:
        """Count the declared dates among each block's session days."""
        usable = [day in wish.dates and bool(self.allowed[d]) for d, day in enumerate(self.dates)]
        wished = _before(usable)
        return wished[ends + 1] - wished[starts]

    def _bar(self, i: int, j: int, shape: Shape, closed: Ints) -> None:
        """Mark which stints closures, days off, runs and long drives take away."""
        rules = self.problem.round
        exists = shape.last >= 0
        starts, ends = np.flatnonzero(exists), shape.last[exists]
        self.barred["closures"][i, j, starts] = closed[ends + 1] > closed[starts]
        off = _before(self.off[j] & self.allowed)
        away = off[ends + 1] > off[starts]
        long_run = (shape.longest > rules.longest_run_days) | ~shape.rested
        self.barred["longest_run"][i, j] = long_run & exists
        if self.travel.far[j, i]:
            free = np.concatenate([[True], ~self.off[j], [True]])
            away |= ~(free[starts] & free[ends + 2])
            self.barred["long_travel"][i, j] = exists & (shape.shortest_home_gap_days < 2)
        self.barred["days_off"][i, j, starts] = away

    def _pin(self, i: int, part: Part, wish: Wish) -> None:
        """Bar what a pin forbids, lift other rules for what was held, mark what is changed."""
        pins = [pin for pin in self.problem.pins if pin.unit == wish.unit]
        published = next((p for p in self.problem.published if p.unit == wish.unit), None)
        if not pins and published is None:
            return
        for j, team in enumerate(self.problem.teams):
            if pins:
                pin = pins[min(part.rank, len(pins) - 1)]
                fits = self._standing_on(i, j, pin.dates) & (pin.team in (None, team.team))
                self.barred["pins"][i, j] = ~fits
                if pin.held:
                    for bar in self.barred.values():
                        bar[i, j, fits] = False
            if published is not None:
                days = sorted({x.date for x in published.sessions if x.team == team.team})
                self.of["changed"][i, j] = ~self._standing_on(i, j, tuple(days))

    def _standing_on(self, i: int, j: int, dates: tuple[date, ...] | None) -> Bools:
        """Mark the first day of the stint on exactly these dates; every one for None."""
        if dates is None:
            every: Bools = self.exists[i, j].copy()
            return every
        found = np.zeros(len(self.dates), dtype=bool)
        start = self.index.get(dates[0], -1) if dates else -1
        if start >= 0 and self.exists[i, j, start]:
            days = np.arange(start, self.of["last"][i, j, start] + 1)
            worked = days[self.allowed[days]]
            found[start] = tuple(self.dates[d] for d in worked) == dates
        return found


def nearest_mask(problem: RoundProblem, parts: tuple[Part, ...], travel: Travel) -> Bools:
    """Tell, by (part, team), whether the team is near enough to serve the part.

    Only teams that may serve the part's area are ranked: the nearest of another area is none.
    """
    minutes = travel.home_minutes.T
    most = problem.round.nearest_teams
    if not 0 < most < minutes.shape[1]:
        return np.ones(minutes.shape, dtype=bool)
    areas = [problem.wishes[part.wish].area for part in parts]
    apart = np.array(
        [[bool(a and team.area and a != team.area) for team in problem.teams] for a in areas]
    )
    order = np.argsort(np.where(apart, NEVER, minutes), axis=1, kind="stable")
    return np.argsort(order, axis=1, kind="stable") < most


def _before(days: Bools | list[bool]) -> Ints:
    """Count the true days before each day; one entry more than days."""
    return np.concatenate([[0], np.cumsum(np.asarray(days, dtype=np.int64))])
