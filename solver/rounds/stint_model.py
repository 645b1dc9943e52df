"""The whole rule book over stints alone, as a mixed-integer model (HiGHS).

Who travels where does not matter here, only whether it may be: enough for the levels of the
objective that depend on dates (moved units, moved days). The linear bound, without the rules
that seldom bind, is nearly always whole. A stint whose reduced cost exceeds the room between
bound and value is in no better plan, so the integer model takes the others only, with every
rule, and the room grows until the plan found proves that it was wide enough.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

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
    begins
        Where several levels are weighed at once: the first of them, the first two … . Each is
        bounded by itself and the bound rounded up: half a moved unit is one.
    """

    stint: Ints
    left: Ints
    begins: "tuple[Weighing, ...]" = ()

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


@dataclass(frozen=True, slots=True)
class Floor:
    """No plan weighs less than ``least`` by ``weighing``: proven before, stated as a row."""

    weighing: Weighing
    least: int


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
    model = _Model(board, usable, budgets)
    relaxed = model.relax(weighing)
    if relaxed is not None and weighing.begins and _in_pieces(relaxed):
        model = model.raise_floors(weighing.begins)
        relaxed = model.relax(weighing)
    if relaxed is None:
        return None
    slack = np.full(_size(board) + board.size[0], np.inf)
    slack[_cells(board, usable)] = relaxed.reduced
    left = sorted({*rooms, np.inf})
    while left:
        room = left.pop(0)
        wide = slack <= room + _tolerance(relaxed.value)
        mask = wide[: _size(board)].reshape(board.size) & usable
        solved = model.among(mask, weighing, within)
        if solved is None:
            continue
        gap = solved.value - relaxed.value
        if gap <= max(room, within) + _tolerance(relaxed.value) or np.array_equal(mask, usable):
            break
        left = [*[wider for wider in left if wider < gap], gap]
    return None if solved is None else _answer(board, mask, solved, relaxed.value, slack)


def _in_pieces(solved: Solved) -> bool:
    """Whether a linear plan takes parts of stints."""
    return bool((np.abs(solved.x - np.rint(solved.x)) > FRACTION).any())


def left_prices(board: Board) -> Floats | None:
    """Give what each part's place adds to a linear proof that not all have one.

    None where the linear model finds a place for all: then only whole plans can tell.
    """
    sessions = np.array([part.sessions for part in board.parts], np.int64)
    weighing = Weighing(np.zeros_like(board.moved), sessions)
    relaxed = _Model(board, board.possible, ()).relax(weighing)
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


@dataclass(frozen=True, slots=True)
class _Model:
    """The rules over some stints, to be weighed in one way or another."""

    board: Board
    usable: Bools
    budgets: tuple[Budget, ...]
    floors: tuple[Floor, ...] = ()

    def relax(self, weighing: Weighing) -> Solved | None:
        """Solve in pieces, without the rules that seldom bind."""
        return self._solve(self.usable, weighing, whole=False)

    def among(self, mask: Bools, weighing: Weighing, within: float) -> Solved | None:
        """Find a whole plan of just these stints, by every rule."""
        return self._solve(mask, weighing, whole=True, within=within)

    def raise_floors(self, levels: tuple[Weighing, ...]) -> "_Model":
        """Bound each of the levels by itself, and state it rounded up to a whole number."""
        model = self
        for level in levels:
            relaxed = model.relax(level)
            if relaxed is not None and _in_pieces(relaxed):
                least = int(np.ceil(relaxed.value - _tolerance(relaxed.value)))
                model = replace(model, floors=(*model.floors, Floor(level, least)))
        return model

    def _solve(
        self, mask: Bools, weighing: Weighing, *, whole: bool, within: float = 0.99
    ) -> Solved | None:
        board = self.board
        blocks = [of(board, mask) for of in (cover_rows, day_rows, link_rows)]
        blocks += [seldom_rows(board, mask)] if whole else []
        blocks += [_row(board, b.weighing, 1, b.most) for b in self.budgets]
        blocks += [_row(board, f.weighing, -1, -f.least) for f in self.floors]
        rows, cells = Rows.joined(blocks), _cells(board, mask)
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


def _row(board: Board, weighing: Weighing, sign: int, most: int) -> Rows:
    """Hold that a plan's weight, times the sign, is at most so much."""
    stint = weighing.stint.ravel()
    used = np.flatnonzero(stint)
    cells = np.concatenate([used, left_cells(board)])
    return Rows.at_most([(cells, sign * np.concatenate([stint[used], weighing.left]))], [most])


def _cells(board: Board, usable: Bools) -> Ints:
    return np.concatenate([np.flatnonzero(usable), left_cells(board)])


def _size(board: Board) -> int:
    return int(np.prod(board.size))


def _tolerance(value: float) -> float:
    """Give what floating point may be off at this size."""
    return 1e-6 + 1e-9 * abs(value)
