"""Why there is no complete timetable: requirements that cannot hold together (排不下的原因).

First each unit alone (milliseconds), then all together: the linear bound or, where that does
not tell, CP-SAT's core over the units' places names suspects; the suspects are verified by a
fresh solve and reduced one by one, each time on the real model, until every one is needed.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from solver.rounds.board import Board, board_of
from solver.rounds.columns_choice import one_worker
from solver.rounds.requirements import Kind, Requirement, holding, requirements_of
from solver.rounds.shapes import Bools, Ints
from solver.rounds.stint_model import Weighing, best_stints, left_prices
from solver.rounds.stint_rows import cover_rows, day_rows, left_cells, link_rows, seldom_rows
from solver.timetable_problem import RoundProblem

CORE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Remedy:
    """What giving one requirement up would buy.

    Attributes
    ----------
    sessions_more
        Sessions that the whole round could then hold beyond what it can now.
    resolves
        Whether the whole round could then be held.
    """

    requirement: Requirement
    sessions_more: int
    resolves: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """Requirements that cannot all hold, none of which can be left out of the list.

    Attributes
    ----------
    days_asked, days_there
        Team-days that the units in the conflict take, and that all teams have.
    remedies
        For each requirement that is no unit's place; giving up a place buys just that place.
    is_minimal
        Whether every one was shown to be needed.
    """

    requirements: tuple[Requirement, ...]
    remedies: tuple[Remedy, ...]
    days_asked: int
    days_there: int
    is_minimal: bool = True


def find_conflict(
    problem: RoundProblem, keep: Collection[str] = (), *, with_remedies: bool = True
) -> Conflict | None:
    """Return a smallest set of requirements that cannot hold together; None when all can.

    Smallest: leaving any one out lets the others hold. Another set of fewer may exist.

    Parameters
    ----------
    keep
        Units whose declared dates shall hold.
    with_remedies
        Whether to solve the whole round once more for each, to say what giving it up buys.
    """
    ordered = problem.in_order()
    everything = requirements_of(ordered, keep)
    suspects = _impossible_alone(ordered, everything) or _suspects(ordered, everything)
    if suspects is None:
        return None
    core = _reduced(ordered, suspects)
    remedies = _remedies(ordered, everything, core) if with_remedies else ()
    board = board_of(holding(ordered, core))
    asked = int(board.days.min(axis=(1, 2)).sum()) if board.days.size else 0
    there = int(sum((board.allowed & ~off).sum() for off in _offs(board)))
    return Conflict(tuple(core), remedies, asked, there)


def _offs(board: Board) -> list[Ints]:
    days = board.problem.round.days()
    return [np.array([team.is_off(day) for day in days]) for team in board.problem.teams]


def _impossible_alone(
    problem: RoundProblem, everything: list[Requirement]
) -> list[Requirement] | None:
    """Give the requirements of the first unit that could not be held even alone."""
    board = board_of(holding(problem, everything))
    for i, part in enumerate(board.parts):
        if not board.possible[i].any():
            unit = board.problem.wishes[part.wish].unit
            own = (Kind.PLACE, Kind.DATES, Kind.PIN)
            return [r for r in everything if r.kind not in own or r.about == unit]
    return None


def _suspects(problem: RoundProblem, everything: list[Requirement]) -> list[Requirement] | None:
    """Give requirements that cannot hold together, the units cut down to a core."""
    board = board_of(holding(problem, everything))
    units = _core_by_bound(board)
    if units is None:
        if can_place_all(board):
            return None
        units = _core_by_assumptions(board)
    core = [r for r in everything if r.kind is not Kind.PLACE or r.about in units]
    return core if not can_place_all(board_of(holding(problem, core))) else everything


def can_place_all(board: Board) -> bool:
    """Whether every unit of a board can have a place."""
    return sessions_left(board) == 0


def sessions_left(board: Board) -> int:
    """Count the sessions that the best plan leaves over."""
    if not board.parts:
        return 0
    sessions = np.array([part.sessions for part in board.parts], np.int64)
    nothing = np.zeros_like(board.moved)
    some: Bools = np.any(board.possible, axis=(1, 2))
    if not some.any() or len(some) == 1:
        return int(sessions[~some].sum())
    if _core_by_bound(board) is None:
        step = 2 * int((board.moved + board.moved_days).max(axis=(1, 2)).sum()) + 1
        weighing = Weighing(board.moved + board.moved_days, step * sessions)
        rooms = (3.0, 15.0, 60.0, 3.0 * step)
        answer = best_stints(board, board.possible, weighing, (), rooms, within=step // 2)
    else:
        weighing = Weighing(nothing, sessions)
        answer = best_stints(board, board.possible, weighing, (), (0.5, 3.0))
    placed = {i for i, _, _ in answer.stints} if answer else set()
    return int(sum(n for i, n in enumerate(sessions) if i not in placed))


def _core_by_bound(board: Board) -> set[str] | None:
    """Give the units whose places the linear bound says cannot all be; None when it may be."""
    prices = left_prices(board)
    if prices is None:
        return None
    parts = np.flatnonzero(prices > 1e-6)
    return {board.problem.wishes[board.parts[i].wish].unit for i in parts}


def _core_by_assumptions(board: Board) -> set[str]:
    """Ask CP-SAT which places cannot all be; presolve off, so that only places are named."""
    model = cp_model.CpModel()
    size = int(np.prod(board.size))
    taken: dict[int, cp_model.BoolVarT] = {
        int(c): model.new_bool_var("") for c in np.flatnonzero(board.possible)
    }
    placed = [model.new_bool_var("") for _ in board.parts]
    taken |= {int(c): ~placed[i] for i, c in enumerate(left_cells(board))}
    for rows in (cover_rows, day_rows, link_rows, seldom_rows):
        block = rows(board, board.possible)
        members: dict[int, list[tuple[int, int]]] = {}
        for row, cell, amount in zip(block.row, block.cell, block.amount, strict=True):
            members.setdefault(int(row), []).append((int(cell), int(amount)))
        for row, cells in sorted(members.items()):
            total = sum(amount * taken[cell] for cell, amount in cells)
            model.add(total <= int(block.high[row]))
            if np.isfinite(block.low[row]):
                model.add(total >= int(block.low[row]))
    model.add_assumptions(placed)
    solver = one_worker(CORE_SECONDS)
    solver.parameters.cp_model_presolve = False
    names = {var.index: part for var, part in zip(placed, board.parts, strict=True)}
    if solver.solve(model) != cp_model.INFEASIBLE or not size:
        return {board.problem.wishes[part.wish].unit for part in board.parts}
    core = [names[n] for n in solver.sufficient_assumptions_for_infeasibility() if n in names]
    return {board.problem.wishes[part.wish].unit for part in core}


def _reduced(problem: RoundProblem, suspects: list[Requirement]) -> list[Requirement]:
    """Leave out, one by one, whatever the conflict does not need."""
    core = list(suspects)
    size = max(1, len(core) // 4)
    while size >= 1:
        n = 0
        while n < len(core):
            fewer = core[:n] + core[n + size :]
            if any(r.kind is Kind.PLACE for r in fewer) and not can_place_all(
                board_of(holding(problem, fewer))
            ):
                core = fewer
            else:
                n += size
        size //= 2
    return core


def _remedies(
    problem: RoundProblem, everything: list[Requirement], core: list[Requirement]
) -> tuple[Remedy, ...]:
    """Solve the whole round without each requirement of the core that is no unit's place."""
    before = sessions_left(board_of(holding(problem, everything)))
    remedies = []
    for given_up in [r for r in core if r.kind is not Kind.PLACE]:
        rest = [r for r in everything if r != given_up]
        after = sessions_left(board_of(holding(problem, rest)))
        remedies.append(Remedy(given_up, before - after, after == 0))
    return tuple(remedies)
