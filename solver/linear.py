"""Linear and mixed-integer models through HiGHS, one thread, same answer every time."""

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]
MOST_NODES = 20_000


@dataclass(frozen=True, slots=True)
class Linear:
    """A model: minimise cost over ``low <= matrix x <= high``, ``0 <= x <= upper``."""

    matrix: csr_matrix
    low: Floats
    high: Floats
    cost: Floats
    upper: Floats


@dataclass(frozen=True, slots=True)
class Solved:
    """A solution; ``bound`` holds for every one, ``reduced`` and ``duals`` for linear ones only.

    ``duals`` has a figure other than 0 for each row that the optimum rests upon.
    """

    x: Floats
    value: float
    bound: float
    reduced: Floats
    duals: Floats


class _Quiet(highspy.Highs):
    """Silent before the constructor's last step, which else greets on standard output."""

    def enableCallbacks(self) -> None:  # noqa: N802 - its own name
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def quiet_highs() -> highspy.Highs:
    """Give a solver that prints nothing and uses one thread."""
    solver = _Quiet()  # type: ignore[no-untyped-call]
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", 0)
    return solver


def run(model: Linear, *, whole: bool, within: float = 0.99) -> Solved | None:
    """Solve a model, its variables whole or not; None where it has no solution.

    Parameters
    ----------
    within
        A whole solution is good enough when it costs at most so much more than the bound.
    """
    solver = quiet_highs()
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", within)
    solver.setOptionValue("mip_max_nodes", MOST_NODES)
    solver.passModel(_as_highs(model, whole=whole))
    solver.run()
    return _solution(solver, whole=whole)


def _solution(solver: highspy.Highs, *, whole: bool) -> Solved | None:
    info = solver.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    solution = solver.getSolution()
    value = float(info.objective_function_value)
    bound = float(info.mip_dual_bound) if whole else value
    duals = np.array(solution.row_dual)
    return Solved(np.array(solution.col_value), value, bound, np.array(solution.col_dual), duals)


class Relaxed:
    """Linear models of the same rows one after another, each begun where the last one ended."""

    def __init__(self, matrix: csr_matrix, low: Floats, high: Floats) -> None:
        nothing = np.zeros(matrix.shape[1])
        self._places = np.arange(matrix.shape[1], dtype=np.int32)
        self._solver = quiet_highs()
        self._solver.passModel(_as_highs(Linear(matrix, low, high, nothing, nothing), whole=False))

    def run(self, cost: Floats, upper: Floats) -> Solved | None:
        """Solve with these costs and upper bounds; None where there is no solution."""
        size, nothing = len(cost), np.zeros(len(cost))
        self._solver.changeColsCost(size, self._places, cost)
        self._solver.changeColsBounds(size, self._places, nothing, upper)
        self._solver.run()
        return _solution(self._solver, whole=False)


def _as_highs(model: Linear, *, whole: bool) -> highspy.HighsLp:
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = model.matrix.shape
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = model.cost, 0 * model.cost, model.upper
    lp.row_lower_, lp.row_upper_ = model.low, model.high
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = model.matrix.indptr
    lp.a_matrix_.index_ = model.matrix.indices
    lp.a_matrix_.value_ = model.matrix.data
    if whole:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * len(model.cost)
    return lp
