"""The whole rule book over stints alone, as a mixed-integer model (HiGHS).

Who travels where does not matter here, only whether it may be: enough for the levels of the
objective that depend on dates (moved units, moved days). The linear bound, without the rules
that seldom bind, is nearly always whole. A stint whose reduced cost exceeds the room between
bound and value is in no better plan, so the integer model takes the others only, with every
rule, and the room grows until the plan found proves that it was wide enough.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from solver.linear import Linear, Solved, run
from solver.rounds.board import Board
from solver.rounds.shapes import Bools, Ints
from solver.rounds.stint_rows import (
    Floats,
    Rows,
    cover_rows,
    day_rows,
    left_cells,
    link_rows,
    seldom_rows,
)

FRACTION = 1e-4

Stint = tuple[int, int, int]
"""Part, team, first day."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """What to make small: an amount for each stint, and for each part left over.

    Attributes
    ----------
    stint
        (part, team, first day).
    left
        By part.
    """

    stint: Ints
    left: Ints

    def of(self, stints: Iterable[Stint]) -> int:
        """Weigh a plan."""
        chosen = list(stints)
        left = set(range(len(self.left))) - {i for i, _, _ in chosen}
        return sum(int(self.stint[at]) for at in chosen) + sum(int(self.left[i]) for i in left)


@dataclass(frozen=True, slots=True)
class Budget:
    """A plan's weight by ``weighing`` is at most ``most``."""

    weighing: Weighing
    most: int


@dataclass(frozen=True, slots=True)
class StintAnswer:
    """A plan by stints, and what is proven of its cost.

    Attributes
    ----------
    stints
        By part; a part without one is left over.
    bound
        No plan costs less; equal to ``value`` when proven.
    optimal
        Stints that a plan of this value can have, (part, team, first day).
    may_leave
        Parts that a plan of this value can leave over.
    """

    stints: tuple[Stint, ...]
    value: int
    bound: int
    optimal: Bools
    may_leave: Bools

    @property
    def is_proven(self) -> bool:
        """Whether no plan costs less."""
        return self.bound >= self.value


def best_stints(
    board: Board,
    usable: Bools,
    weighing: Weighing,
    budgets: tuple[Budget, ...] = (),
    rooms: tuple[float, ...] = (),
    within: float = 0.99,
) -> StintAnswer | None:
    """Find the plan of least weight; None when the budgets allow none.

    Parameters
    ----------
    rooms
        Widths to try for the room between bound and value, before all stints are taken.
    within
        A plan is good enough when it costs at most so much more than the bound.
    """
    relaxed = _solve(board, usable, weighing, budgets, whole=False)
    if relaxed is None:
        return None
    slack = np.full(_size(board) + board.size[0], np.inf)
    slack[_cells(board, usable)] = relaxed.reduced
    for room in (*rooms, np.inf):
        wide = slack <= room + _tolerance(relaxed.value)
        mask = wide[: _size(board)].reshape(board.size) & usable
        solved = _solve(board, mask, weighing, budgets, whole=True, within=within)
        everything = room == np.inf or np.array_equal(mask, usable)
        enough = max(room, within) + _tolerance(relaxed.value)
        if everything or (solved is not None and solved.value - relaxed.value <= enough):
            break
    return None if solved is None else _answer(board, mask, solved, relaxed.value, slack)


def left_prices(board: Board) -> Floats | None:
    """Give what each part's place adds to a linear proof that not all have one.

    None where the linear model finds a place for all: then only whole plans can tell.
    """
    sessions = np.array([part.sessions for part in board.parts], np.int64)
    weighing = Weighing(np.zeros_like(board.moved), sessions)
    relaxed = _solve(board, board.possible, weighing, (), whole=False)
    if relaxed is None or relaxed.value < FRACTION:
        return None
    return sessions - relaxed.reduced[-len(sessions) :]


def _answer(
    board: Board, mask: Bools, solved: Solved, relaxed: float, slack: Floats
) -> StintAnswer:
    chosen = _cells(board, mask)[solved.x > 0.5]
    at = np.unravel_index(chosen[chosen < _size(board)], board.size)
    bound = max(relaxed, min(solved.bound, solved.value))
    room = solved.value - relaxed + _tolerance(solved.value)
    return StintAnswer(
        tuple((int(i), int(j), int(s)) for i, j, s in zip(*at, strict=True)),
        round(solved.value),
        int(np.ceil(bound - _tolerance(bound))),
        (slack[: _size(board)].reshape(board.size) <= room) & mask,
        slack[_size(board) :] <= room,
    )


def _solve(
    board: Board,
    usable: Bools,
    weighing: Weighing,
    budgets: tuple[Budget, ...],
    *,
    whole: bool,
    within: float = 0.99,
) -> Solved | None:
    """Solve over the usable stints; the seldom rules only where plans are whole."""
    blocks = [of(board, usable) for of in (cover_rows, day_rows, link_rows)]
    blocks += [seldom_rows(board, usable)] if whole else []
    blocks += [_budget_row(board, budget) for budget in budgets]
    rows, cells = Rows.joined(blocks), _cells(board, usable)
    column = np.full(_size(board) + board.size[0], -1, np.int64)
    column[cells] = np.arange(len(cells))
    kept = column[rows.cell] >= 0
    matrix = csr_matrix(
        (rows.amount[kept].astype(float), (rows.row[kept], column[rows.cell[kept]])),
        shape=(rows.count, len(cells)),
    )
    cost = np.concatenate([weighing.stint.ravel(), weighing.left])[cells].astype(float)
    model = Linear(matrix, rows.low, rows.high, cost, np.ones(len(cells)))
    return run(model, whole=whole, within=within)


def _budget_row(board: Board, budget: Budget) -> Rows:
    stint = budget.weighing.stint.ravel()
    used = np.flatnonzero(stint)
    cells = np.concatenate([used, left_cells(board)])
    return Rows.at_most(
        [(cells, np.concatenate([stint[used], budget.weighing.left]))], [budget.most]
    )


def _cells(board: Board, usable: Bools) -> Ints:
    return np.concatenate([np.flatnonzero(usable), left_cells(board)])


def _size(board: Board) -> int:
    return int(np.prod(board.size))


def _tolerance(value: float) -> float:
    """Give what floating point may be off at this size."""
    return 1e-6 + 1e-9 * abs(value)
