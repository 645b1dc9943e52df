"""Where one more unit fits into a timetable that otherwise stays (可插空的日期).

Looks at every team and first day a unit could have, nearest to its wish first, and keeps those
that the independent judge finds no fault with beside the other plans.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from casework.rounds import UnitPlan, Wish
from solver.round_check import judge
from solver.rounds.answer import plans_of
from solver.rounds.board import Board, board_of
from solver.rounds.stint_model import Stint
from solver.timetable_problem import RoundProblem


@dataclass(frozen=True, slots=True)
class Places:
    """The stints of a problem's units, made once and asked for many."""

    problem: RoundProblem
    board: Board

    @classmethod
    def of(cls, problem: RoundProblem) -> "Places":
        """Lay out the places of a problem; published plans and their budget do not count."""
        ordered = replace(problem, changes_at_most=None).in_order()
        return cls(ordered, board_of(ordered))

    def free(self, unit: str, others: Iterable[UnitPlan]) -> Iterator[UnitPlan]:
        """Give each plan for the unit that fits beside the others, nearest to its wish first."""
        beside = [plan for plan in others if plan.unit != unit]
        busy = {(s.team, s.date) for plan in beside for s in plan.sessions}
        faults = len(judge(self.problem, beside).violations)
        for stints in self._in_order(unit):
            (plan,) = plans_of(self.problem, stints)
            if any((s.team, s.date) in busy for s in plan.sessions):
                continue
            if len(judge(self.problem, [*beside, plan]).violations) <= faults:
                yield plan

    def _in_order(self, unit: str) -> Iterator[tuple[Stint, ...]]:
        """Give the unit's stints, all its parts at once, by distance from the wish."""
        board, wishes = self.board, self.problem.wishes
        parts = [i for i, part in enumerate(board.parts) if wishes[part.wish].unit == unit]
        if not parts:
            return
        first = parts[0]
        team, start = np.nonzero(board.possible[first])
        moved = board.moved_days[first, team, start]
        early = np.abs(start - _wanted(wishes[board.parts[first].wish], self.problem))
        for n in np.lexsort((team, early, moved)):
            stint = (first, int(team[n]), int(start[n]))
            rest = self._others(parts[1:], int(start[n]), {int(team[n])})
            if rest is not None:
                yield (stint, *rest)

    def _others(self, parts: list[int], start: int, taken: set[int]) -> list[Stint] | None:
        """Give the other parts to the first free teams on the same day."""
        stints: list[Stint] = []
        for i in parts:
            able = [int(j) for j in np.flatnonzero(self.board.possible[i, :, start])]
            free = [j for j in able if j not in taken]
            if not free:
                return None
            taken = taken | {free[0]}
            stints.append((i, free[0], start))
        return stints


def _wanted(wish: Wish, problem: RoundProblem) -> int:
    first: date = wish.dates[0] if wish.dates else problem.round.window_start
    return (first - problem.round.window_start).days


def fill_in(
    problem: RoundProblem, plans: Iterable[UnitPlan]
) -> tuple[tuple[UnitPlan, ...], tuple[str, ...]]:
    """Place every unit without a plan where it first fits; give the plans, and who is left.

    Units with the most sessions go first: they fit in the fewest places.
    """
    held = list(plans)
    places, left = Places.of(problem), []
    placed = {plan.unit for plan in held}
    waiting = [wish for wish in problem.wishes if wish.unit not in placed]
    for wish in sorted(waiting, key=lambda wish: (-wish.sessions, wish.unit)):
        plan = next(places.free(wish.unit, held), None)
        if plan is None:
            left.append(wish.unit)
        else:
            held.append(plan)
    return tuple(sorted(held, key=lambda plan: plan.unit)), tuple(sorted(left))
