"""Plan a counselling round: every unit's sessions, dates and team, proven (团辅排期).

The objective's levels are settled in order. Levels of dates alone (moved units, moved days)
go through the model over stints; levels with travel through trips and column generation,
among the stints that the levels before leave. Every answer passes ``round_check``, which
shares no code with the models; what is not proven is said to be so.
"""

from dataclasses import dataclass, replace
from math import gcd

import numpy as np

from casework.round_rules import Term
from casework.rounds import Timetable
from solver.rounds.answer import Settled, SettledLevel, as_timetable, fingerprint_of
from solver.rounds.areas import areas_of, side_by_side, solve_each
from solver.rounds.board import Board, board_of
from solver.rounds.columns_choice import Choice, best_choice, canonical, stints_of
from solver.rounds.columns_level import LevelAnswer, LevelProblem, best_trips
from solver.rounds.columns_master import Master, MasterCosts
from solver.rounds.costs import dated_costs, trip_costs
from solver.rounds.shapes import Bools, Ints
from solver.rounds.stint_model import Budget, Stint, StintAnswer, Weighing, best_stints
from solver.rounds.trips import Trip, Trips
from solver.rounds.watching import tell
from solver.timetable_problem import RoundLimits, RoundProblem, levels_of, name_of

PLACED, CHANGED = "unplaced_sessions", "changed_units"
OPEN = 2**50
"""No limit on a level's cost."""


def plan_round(problem: RoundProblem, limits: RoundLimits | None = None) -> Timetable:
    """Return the best timetable found, with what is proven of it.

    Units that cannot be held at all, or that the round has no room for, are in ``unplaced``.
    """
    ordered, limits = problem.in_order(), limits or RoundLimits()
    areas = areas_of(ordered)
    if len(areas) == 1:
        return plan_area(ordered, limits)
    return side_by_side(solve_each(areas, limits, plan_area), fingerprint_of(ordered))


def plan_area(problem: RoundProblem, limits: RoundLimits) -> Timetable:
    """Return the best timetable of a problem in order, all in one."""
    return as_timetable(problem, settle(problem, limits))


def plan_dates(problem: RoundProblem, limits: RoundLimits | None = None) -> Timetable:
    """Return a timetable whose levels of dates alone are settled; its travel is left as it comes.

    Quick, for asking what another window or rule would do to the units' dates.
    """
    ordered = problem.in_order()
    return as_timetable(ordered, settle(ordered, limits or RoundLimits(), routes=False))


def settle(problem: RoundProblem, limits: RoundLimits, *, routes: bool = True) -> Settled:
    """Settle every level of the objective for a problem in order, or those of dates alone."""
    whole = board_of(problem)
    units = {p.wish for i, p in enumerate(whole.parts) if not whole.possible[i].any()}
    wishes = tuple(w for n, w in enumerate(problem.wishes) if n not in units)
    impossible = tuple(problem.wishes[n].unit for n in sorted(units))
    rest = replace(problem, wishes=wishes)
    if not wishes or not problem.teams:
        return Settled(rest, (), _nothing(problem), impossible, is_canonical=True)
    settling = _Settling(rest, board_of(rest) if impossible else whole, limits)
    return settling.run(impossible, routes=routes)


def _nothing(problem: RoundProblem) -> tuple[SettledLevel, ...]:
    """Settle all levels of a round in which nothing can be placed: there is but one plan."""
    weights = [
        {term: problem.round.weights[term] for term in terms} for terms in levels_of(problem.round)
    ]
    levels = [SettledLevel(name_of(tuple(given)), given, 0, 0) for given in weights]
    return (SettledLevel(PLACED, {}, 0, 0), *levels)


@dataclass(frozen=True, slots=True)
class _Level:
    """A level by name, what its terms weigh, and how to weigh it by stints.

    Attributes
    ----------
    unit
        The weights' greatest common divisor; ``weighing`` leaves it out.
    """

    name: str
    weights: dict[Term, int]
    weighing: Weighing
    unit: int = 1


class _Settling:
    """One problem's levels being settled, each within what the ones before reached."""

    def __init__(self, problem: RoundProblem, board: Board, limits: RoundLimits) -> None:
        self.problem, self.board, self.limits = problem, board, limits
        self.usable: Bools = board.possible
        self.may_leave = np.ones(board.size[0], dtype=bool)
        self.budgets: list[Budget] = []
        self.levels: list[SettledLevel] = []
        if problem.changes_at_most is not None:
            self.budgets.append(Budget(self._by_dates(board.changed), problem.changes_at_most))

    def run(self, impossible: tuple[str, ...], *, routes: bool = True) -> Settled:
        """Settle all levels, or those of dates alone."""
        dated, routed = self._split()
        plan = self._settle_dates(dated, routed[0])
        if plan is None:
            return Settled(self.problem, (), (), impossible)
        certain = all(level.bound == level.value for level in self.levels)
        stints = plan.stints
        if certain and routes:
            stints, certain = self._settle_routes(routed, stints)
        return Settled(self.problem, stints, tuple(self.levels), impossible, certain)

    def _by_dates(self, stint: Ints) -> Weighing:
        return Weighing(stint, np.zeros(self.board.size[0], np.int64))

    def _split(self) -> tuple[list[_Level], list[_Level]]:
        """Split the levels into those of dates alone and, from the first with travel, routes."""
        sessions = np.array([part.sessions for part in self.board.parts], np.int64)
        nothing = np.zeros_like(self.board.moved)
        dated = [_Level(PLACED, {}, Weighing(nothing, sessions))]
        if self.problem.published and self.problem.changes_at_most is None:
            dated.append(_Level(CHANGED, {}, self._by_dates(self.board.changed)))
        levels = [self._level(terms) for terms in levels_of(self.problem.round)]
        count = next(n for n, level in enumerate(levels) if _needs_routes(level.weights))
        return dated + levels[:count], levels[count:]

    def _level(self, terms: tuple[Term, ...]) -> _Level:
        weights = {term: self.problem.round.weights[term] for term in terms}
        unit = gcd(*weights.values()) or 1
        least = {term: weight // unit for term, weight in weights.items()}
        weighing = self._by_dates(dated_costs(self.board, least))
        return _Level(name_of(terms), weights, weighing, unit)

    def _settle_dates(self, levels: list[_Level], after: _Level) -> StintAnswer | None:
        """Settle levels of dates alone in one model: each outweighs all that follow it.

        Where only placing is asked, what the next level says of dates comes last of all: the
        plan is a good one to begin from, and nothing is concluded from it.
        """
        alone = len(levels) == 1
        guide = [after.weighing] if alone else []
        steps = _steps([level.weighing for level in levels] + guide)
        weighings = [level.weighing for level in levels] + guide
        rooms = sorted({room for step in steps for room in (3 * step, 15 * step, 60 * step)})
        answer = best_stints(
            self.board,
            self.usable,
            _weighed(self.board, weighings, begins=not alone),
            tuple(self.budgets),
            tuple(rooms),
            within=steps[0] // 2 if alone else 0.99,
        )
        if answer is None:
            return None
        if not alone:
            self.usable = self.usable & answer.optimal
        self.may_leave = answer.may_leave if not alone else self._may_leave(answer)
        bound = answer.bound
        steps = steps[: len(levels)]
        for step, level in zip(steps, levels, strict=True):
            value = level.weighing.of(answer.stints)
            proven, bound = divmod(bound, step) if answer.is_proven else (bound // step, 0)
            unit = level.unit
            self._reached(level, unit * value, unit * proven)
            self.budgets.append(Budget(level.weighing, value))
            if proven < value:
                break
        return answer

    def _reached(self, level: _Level, value: int, bound: int) -> None:
        """Note what a level came to, and tell whoever watches."""
        self.levels.append(SettledLevel(level.name, level.weights, value, bound))
        tell(level.name, value, bound)

    def _may_leave(self, answer: StintAnswer) -> Bools:
        """Tell which parts may be left over: none, where a plan places all."""
        return np.full(self.board.size[0], len(answer.stints) < self.board.size[0])

    def _settle_routes(
        self, levels: list[_Level], stints: tuple[Stint, ...]
    ) -> tuple[tuple[Stint, ...], bool]:
        """Settle the levels with travel, then choose the canonical plan of equal cost."""
        first, *later = levels
        given = LevelProblem(
            self.board,
            self.usable,
            trip_costs(self.board, first.weights),
            self._costs(first),
            tuple(budget for budget in self.budgets if _binds(budget, self.usable)),
            stints,
        )
        answer = best_trips(given, self.limits.most_columns)
        self._reached(first, answer.value, answer.bound)
        if not (answer.is_proven and answer.columns):
            return stints_of(answer.trips), False
        plan, held = Choice(answer.trips, answer.value, answer.bound), [(first, answer.value)]
        master = self._among(answer, held, given.budgets)
        for level in later:
            held = [*held, (level, 0)]
            master = self._among(answer, held, given.budgets)
            plan = best_choice(master, OPEN) or plan
            self._reached(level, plan.value, plan.bound)
            held[-1] = (level, plan.value)
            if plan.bound < plan.value:
                return stints_of(plan.trips), False
        chosen, certain = canonical(
            self._among(answer, held, given.budgets), plan, self.limits.deterministic_seconds
        )
        return stints_of(chosen), certain

    def _costs(self, level: _Level) -> MasterCosts:
        uneven = level.weights.get(Term.UNEVEN_DAYS, 0)
        return MasterCosts(level.weighing.left, self.may_leave, uneven)

    def _among(
        self,
        answer: LevelAnswer,
        levels: list[tuple[_Level, int]],
        budgets: tuple[Budget, ...],
    ) -> Master:
        """Weigh by the last level the trips that the first leaves, holding those between."""
        trips = {(t.team, t.stints): t for t in (*answer.columns, *answer.trips)}
        columns = [trips[key] for key in sorted(trips)]
        last, _ = levels[-1]
        master = Master(self.board, self._costs(last), budgets)
        master.add(self._weighed(columns, last))
        for level, value in levels[:-1]:
            costs = [trip.cost for trip in self._weighed(columns, level)]
            master.hold(costs, level.weights.get(Term.UNEVEN_DAYS, 0), value)
        return master

    def _weighed(self, columns: list[Trip], level: _Level) -> list[Trip]:
        """Give the same trips at what they cost by a level."""
        trips = Trips(self.board, trip_costs(self.board, level.weights), self.usable)
        return [trips.alone(trip) for trip in columns]


def _needs_routes(weights: dict[Term, int]) -> bool:
    return any(term.needs_routes for term in weights)


def _binds(budget: Budget, usable: Bools) -> bool:
    """Whether a budget can be exceeded at all."""
    most = np.where(usable, budget.weighing.stint, 0).max(axis=(1, 2))
    return bool(np.maximum(most, budget.weighing.left).sum() > budget.most)


def _steps(weighings: list[Weighing]) -> list[int]:
    """Give each level a step more than twice what the levels after it can add up to."""
    steps, reach = [1], 0
    for weighing in reversed(weighings):
        steps.insert(0, 2 * reach + 1)
        most = np.maximum(weighing.stint.max(axis=(1, 2)), weighing.left)
        reach += steps[0] * int(most.sum())
    return steps[:-1]


def _weighed(board: Board, weighings: list[Weighing], *, begins: bool) -> Weighing:
    """Weigh by several levels at once, each by its step."""
    stint, left = np.zeros_like(board.moved), np.zeros(board.size[0], np.int64)
    for step, weighing in zip(_steps(weighings), weighings, strict=True):
        stint, left = stint + step * weighing.stint, left + step * weighing.left
    counts = range(1, len(weighings)) if begins else ()
    firsts = tuple(_weighed(board, weighings[:count], begins=False) for count in counts)
    return Weighing(stint, left, firsts)
